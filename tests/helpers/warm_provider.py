"""yfinance inside the command's own process, and nobody waits between two questions: called in a forked command."""

from __future__ import annotations

from newsbt.pulling import asked_provider
from newsbt.pulling.from_yfinance import YfinanceProvider
from newsbt.pulling.politeness import PolitenessClock
from newsbt.pulling.provider_list import PullProvider

__all__ = ["use"]


class _Here(YfinanceProvider):
    def __init__(self, provider: PullProvider) -> None:
        super().__init__()
        self.provider = provider

    def close(self) -> None:
        pass


def use() -> None:
    asked_provider.ProviderProcess = _Here
    asked_provider.PolitenessClock = lambda: PolitenessClock(sleep=lambda seconds: None)
