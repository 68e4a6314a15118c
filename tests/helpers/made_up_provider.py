"""A provider that answers what a test says, and stores whose clock stands where a test puts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pandas as pd

from newsbt.domain.entity import Instrument
from newsbt.pulling.asked_provider import AskedProvider
from newsbt.pulling.needs import Needs
from newsbt.pulling.politeness import Manners, PolitenessClock
from newsbt.pulling.provider_contract import (
    AnsweredPrices,
    AnsweredRates,
    AskedPrices,
    AskedRates,
    ProviderError,
)

__all__ = ["NOW", "Clock", "MadeUpProvider", "asked_providers_of", "days", "instrument", "needs", "prices"]

NOW = datetime(2025, 3, 14, 22, 0, tzinfo=UTC)  # a Friday night, on which all sessions are over


def days(first: str = "2025-03-03", last: str = "2025-03-14") -> list[str]:
    return [f"{day:%Y-%m-%d}" for day in pd.bdate_range(first, last)]


def prices(on: Sequence[str] | None = None, **changes: object) -> AnsweredPrices:
    """One price a day."""
    on = days() if on is None else on
    column = [float(10 + k) for k in range(len(on))]
    values = dict.fromkeys(("open", "high", "low", "close", "volume"), column)
    fields = {"currency": "HKD", "adjusted": "none", "days": on, "values": values, "dividends": {}, "splits": {}}
    return AnsweredPrices(**{**fields, **changes})


Answers = Mapping[str, AnsweredPrices | AnsweredRates | ProviderError | Sequence[object]]


@dataclass
class MadeUpProvider:
    """Answers by ticker or pair, a list one after the other; what is not there it does not have."""

    answers: Answers = field(default_factory=dict)
    asked: list[AskedPrices | AskedRates] = field(default_factory=list)

    def version(self) -> str:
        return "1.0"

    def prices(self, asked: AskedPrices):
        self.asked.append(asked)
        return self._answer(asked.ticker)

    def rates(self, asked: AskedRates):
        self.asked.append(asked)
        return self._answer(asked.pair)

    def _answer(self, name: str):
        found = self.answers.get(name, ProviderError("nothing", f"no {name}"))
        if isinstance(found, list):
            found = found.pop(0)
        if isinstance(found, BaseException):
            raise found
        return found() if callable(found) else found


@dataclass
class Clock:
    """Stands still but for what is slept; `waits` are the pauses."""

    at: float = 0.0
    waits: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.at += seconds

    @property
    def politeness(self) -> PolitenessClock:
        return PolitenessClock(now=lambda: self.at, sleep=self.sleep, jitter=lambda: 0.5)


def asked_providers_of(clock: Clock | None = None, **providers: MadeUpProvider) -> dict[str, AskedProvider]:
    """Each with manners of its own, and a gap of a second between two questions."""
    clock = clock or Clock()
    return {
        name: AskedProvider(name, provider, Manners(gap_seconds=1.0, clock=clock.politeness))
        for name, provider in providers.items()
    }


def instrument(ticker: str = "0700.HK", exchange: str = "XHKG", **changes: object) -> Instrument:
    fields = {"name": ticker, "board": "main", "currency": "HKD", **changes}
    return Instrument(ticker=ticker, exchange=exchange, **fields)


def needs(*instruments: Instrument, pairs: Sequence[str] = (), **changes: date) -> Needs:
    fields = {"first": date(2025, 3, 3), "last": date(2025, 3, 14), **changes}
    return Needs(instruments=instruments or (instrument(),), pairs=pairs, **fields)
