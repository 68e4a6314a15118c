"""Processes of providers that tests share: slow to begin, so none ends with a command."""

from __future__ import annotations

from newsbt.pulling.provider_process import ProviderProcess

__all__ = ["LastingProcess"]


class LastingProcess:
    """A provider's process that goes on when a command is done with it."""

    def __init__(self, process: ProviderProcess) -> None:
        self.provider, self.version = process.provider, process.version
        self.prices, self.rates = process.prices, process.rates

    def close(self) -> None:
        pass
