"""A provider as a pull asks it: in its process, politely, and with what is to be told of it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TypeVar

from newsbt.errors import UnsupportedError
from newsbt.pulling.politeness import Manners, PolitenessClock
from newsbt.pulling.provider_contract import AnsweredPrices, AnsweredRates, AskedPrices, AskedRates, PriceProvider
from newsbt.pulling.provider_list import PROVIDERS
from newsbt.pulling.provider_process import ProviderProcess
from newsbt.pulling.pull_outcome import ProviderState

__all__ = ["AskedProvider", "asked_providers"]

T = TypeVar("T")


class AskedProvider:
    """A provider and how it is asked; `state` says what became of it."""

    def __init__(self, name: str, provider: PriceProvider, manners: Manners) -> None:
        self.name, self._provider, self._manners = name, provider, manners
        self._version = ""

    @property
    def state(self) -> ProviderState:
        return ProviderState(name=self.name, version=self._version, resting=self._manners.resting)

    def prices(self, asked: AskedPrices) -> AnsweredPrices:
        """See :meth:`PriceProvider.prices`."""
        return self._ask(lambda: self._provider.prices(asked))

    def rates(self, asked: AskedRates) -> AnsweredRates:
        """See :meth:`PriceProvider.rates`."""
        return self._ask(lambda: self._provider.rates(asked))

    def _ask(self, question: Callable[[], T]) -> T:
        if not self._version and not self._manners.resting:
            self._version = self._manners.ask(self._provider.version)
        return self._manners.ask(question)


@contextmanager
def asked_providers(
    names: Iterable[str], *, per_minute: float | None = None, clock: PolitenessClock | None = None
) -> Iterator[Mapping[str, AskedProvider]]:
    """The providers of some names, each in a process of its own as long as this lasts.

    `per_minute` stands in place of how often each is asked by itself.

    Raises
    ------
    UnsupportedError
        The library of none of them is installed.
    """
    wanted = list(dict.fromkeys(names))
    if not any(find_spec(name) for name in wanted):
        extras = ", ".join(wanted)
        message = (
            f"prices are pulled by {' or '.join(wanted)}, of which none is installed: pip install 'newsbt[{extras}]'"
        )
        raise UnsupportedError(message, code="missing_extra")
    processes = [ProviderProcess(PROVIDERS[name]) for name in wanted]
    try:
        yield {
            one.provider.name: AskedProvider(
                one.provider.name,
                one,
                Manners(
                    gap_seconds=one.provider.gap_seconds if per_minute is None else 60.0 / per_minute,
                    clock=clock or PolitenessClock(),
                ),
            )
            for one in processes
        }
    finally:
        for one in processes:
            one.close()
