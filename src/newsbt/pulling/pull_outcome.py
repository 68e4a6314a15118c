"""What became of a pull: of each instrument and pair what came from whom, and what did not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from newsbt.domain.command_documents import PullDocument, PulledItem, PullProviderJson
from newsbt.pulling.provider_contract import ErrorKind
from newsbt.pulling.provider_list import PROVIDERS

__all__ = ["Attempt", "Gap", "GapKind", "ItemOutcome", "ProviderState", "PullOutcome", "pull_document"]

Status = Literal["pulled", "up_to_date", "gap", "failed", "not_listed"]
GapKind = Literal[
    "no_prices", "no_rates", "no_new_days", "sessions_missing", "begins_late", "no_previous_close", "no_dividends",
    "no_splits", "left_out", "not_kept",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Why a provider's answer is not the one that was taken."""

    provider: str
    kind: ErrorKind | Literal["incomplete"]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that is wanted and that nobody gave: of one instrument or pair, or of all of an `exchange`."""

    kind: GapKind
    message: str
    ticker: str = ""
    exchange: str = ""


@dataclass(slots=True, kw_only=True)
class ItemOutcome:
    """What became of one instrument, or pair of currencies. `first` and `last` are days of rows that came."""

    name: str
    exchange: str
    status: Status
    provider: str = ""
    rows: int = 0
    asked_from: date | None = None
    asked_through: date | None = None
    first: str = ""
    last: str = ""
    tried: list[Attempt] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderState:
    """A provider that was asked: its library's version, empty where it is not installed, and why it was left alone."""

    name: str
    version: str = ""
    resting: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullOutcome:
    """All of a pull."""

    first: date
    last: date
    prices: Sequence[ItemOutcome]
    rates: Sequence[ItemOutcome]
    gaps: Sequence[Gap]
    providers: Sequence[ProviderState]

    @property
    def failed(self) -> bool:
        """Whether something did not come that another pull may bring: a provider could not be asked, or the store could
        not be written."""
        return any(item.status == "failed" for item in (*self.prices, *self.rates))

    @property
    def counts(self) -> Mapping[str, int]:
        """Instruments and pairs by status, rows, and gaps."""
        items = (*self.prices, *self.rates)
        found = {status: sum(item.status == status for item in items) for status in get_args(Status)}
        return {**found, "rows": sum(item.rows for item in items), "gaps": len(self.gaps)}


def pull_document(outcome: PullOutcome, store: str) -> PullDocument:
    """As `newsbt data pull --json` prints it."""
    return {
        "ok": not outcome.failed,
        "store": store,
        "first": outcome.first.isoformat(),
        "last": outcome.last.isoformat(),
        "counts": dict(outcome.counts),
        "providers": [provider_json(state) for state in outcome.providers],
        "tickers": [_item(item) for item in outcome.prices],
        "rates": [_item(item) for item in outcome.rates],
        "gaps": [
            {"kind": gap.kind, "ticker": gap.ticker or None, "exchange": gap.exchange or None, "message": gap.message}
            for gap in outcome.gaps
        ],
    }


def provider_json(state: ProviderState) -> PullProviderJson:
    """A provider with what is to be told of it once."""
    provider = PROVIDERS[state.name]
    return {
        "name": state.name, "version": state.version or None, "service": provider.service, "gives": provider.gives,
        "terms": provider.terms, "resting": state.resting or None,
    }  # fmt: skip


def _item(item: ItemOutcome) -> PulledItem:
    asked = [None if day is None else day.isoformat() for day in (item.asked_from, item.asked_through)]
    return {
        "ticker": item.name,
        "exchange": item.exchange or None,
        "status": item.status,
        "provider": item.provider or None,
        "rows": item.rows,
        "asked_from": asked[0],
        "asked_through": asked[1],
        "first": item.first or None,
        "last": item.last or None,
        "tried": [{"provider": one.provider, "kind": one.kind, "message": one.message} for one in item.tried],
    }
