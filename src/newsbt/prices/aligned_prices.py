"""A panel and what is to be told about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.showing import brief
from newsbt.errors import DataError
from newsbt.prices.quality import Doubt

__all__ = ["AlignedPrices", "EmptyPeriodError"]


class EmptyPeriodError(DataError):
    """The period has no price, or no session."""


@dataclass(frozen=True, kw_only=True)
class AlignedPrices:
    """The panel and what is to be told about it: rows left out by reason (T8), strangers' rows by ticker, doubts.

    `starts_late` says that there are daily prices before the first row. `off_ticks` are the doubts of
    `quality.find_off_ticks`, None where nobody has looked for them.
    """

    panel: MarketPanel
    rows_read: int
    bad_rows: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    ignored_tickers: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    readings: tuple[tuple[str, tuple[str, ...]], ...] = ()
    doubts: tuple[Doubt, ...] = ()
    starts_late: bool = False
    off_ticks: tuple[Doubt, ...] | None = None

    __repr__ = brief
