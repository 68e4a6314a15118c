"""What a provider of prices is: one class an adapter, which asks its library and answers in one form.

An adapter runs in a process of its own (`provider_worker`), so its answers are plain values; the library is imported
there and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

__all__ = [
    "ERRORS", "VALUES", "Adjustment", "AnsweredPrices", "AnsweredRates", "AskedPrices", "AskedRates", "ErrorKind",
    "LibraryVersion", "PriceProvider", "ProviderError", "ProviderFailure",
]  # fmt: skip

Adjustment = Literal["none", "splits", "splits+dividends"]
VALUES = ("open", "high", "low", "close", "volume", "previous_close")

ErrorKind = Literal["nothing", "uncovered", "busy", "unreachable", "unusable", "missing"]
ERRORS: Mapping[ErrorKind, str] = {
    "nothing": "it says that it has none",
    "uncovered": "it is not asked: it has no such thing",
    "busy": "it asks to wait",
    "unreachable": "it cannot be reached, or does not answer",
    "unusable": "what it answers cannot be used",
    "missing": "its library is not installed",
}


class ProviderError(Exception):
    """No answer: `kind` is one of :data:`ERRORS`, `wait_seconds` how long the provider asks to wait, where it does."""

    def __init__(self, kind: ErrorKind, message: str, wait_seconds: float | None = None) -> None:
        super().__init__(message)
        self.kind, self.wait_seconds = kind, wait_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPrices:
    """What is asked of one instrument: its own ticker, exchange (MIC) and board, the `symbol` where a config says how
    the provider calls it, else empty, and the days, both included. `today` is the last day on which something can have
    happened."""

    ticker: str
    exchange: str
    board: str
    first: date
    last: date
    today: date
    symbol: str = ""

    @property
    def is_index(self) -> bool:
        return self.board == "index"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRates:
    """What is asked of one pair, ``USDHKD`` being HKD per USD, and the days, both included."""

    pair: str
    first: date
    last: date
    today: date
    symbol: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredPrices:
    """R daily rows in ascending order as a provider gives them.

    `currency` is what the provider itself quotes the instrument in, empty where it does not say. `values` has of
    :data:`VALUES` what it gives, (R,) each, None where blank: volume in shares, prices in units of the currency,
    `previous_close` the exchange's reference. `dividends` (cash a share) and `splits` (new shares for an old one) are
    by day, None where the provider says nothing of them, NaN of a day that has one of which it does not say how much in
    the currency of the prices. `notes` say what was left out.
    """

    currency: str
    adjusted: Adjustment
    days: Sequence[str]
    values: Mapping[str, Sequence[float | None]]
    dividends: Mapping[str, float] | None = None
    splits: Mapping[str, float] | None = None
    notes: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredRates:
    """R rates of a pair in ascending order."""

    days: Sequence[str]
    rates: Sequence[float | None]
    notes: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class LibraryVersion:
    """The version of a client library."""

    text: str


@dataclass(frozen=True, slots=True)
class ProviderFailure:
    """A :class:`ProviderError` on its way from one process to another."""

    kind: ErrorKind
    message: str
    wait_seconds: float | None = None

    @property
    def error(self) -> ProviderError:
        return ProviderError(self.kind, self.message, self.wait_seconds)


class PriceProvider(Protocol):
    """An adapter of a client library, made once a process."""

    def version(self) -> str:
        """The library's."""
        ...

    def prices(self, asked: AskedPrices) -> AnsweredPrices:
        """The days of one instrument.

        Raises
        ------
        ProviderError
        """
        ...

    def rates(self, asked: AskedRates) -> AnsweredRates:
        """The rates of one pair.

        Raises
        ------
        ProviderError
        """
        ...
