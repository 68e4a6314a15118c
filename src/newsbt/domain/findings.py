"""One thing that is odd about prices, and what kinds of it there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from newsbt._plain import JsonValue
from newsbt._typing import Days

__all__ = ["KINDS", "Finding", "rows_text", "spans"]

KINDS = {
    "unreadable": "a file cannot be read as prices",
    "duplicate": "a ticker and time that stand twice",
    "ohlc_order": "open or close outside low to high",
    "not_positive": "a price of zero or less",
    "naive_time": "a time without an offset, and no zone to read it in",
    "bad_value": "a cell that is no number or no day",
    "not_a_session": "a row on a day, or at a time, without trading",
    "midnight_stamp": "bars of a day's parts that are stamped at midnight",
    "same_file": "two files with the same bytes",
    "same_series": "two tickers with the same prices",
    "restated": "values that a provider has changed from one pull to the next",
    "removed_row": "rows that a provider gave and no longer gives",
    "sources_differ": "two sources with other prices of one ticker",
    "split_in_prices": "a split that looks to be in the prices already",
    "split_not_in_prices": "a split that is not applied, and looks to be real",
    "split_day": "a split on another day than the prices move by it",
    "unadjusted_split": "a move that looks like a split",
    "large_move": "a move by more than a factor of five, or a far one that is taken back",
    "beyond_limit": "a price beyond the exchange's price limit without dividend or split",
    "absurd_volume": "a volume below one share, or hundreds of times the usual",
    "volume_unit": "volumes of another size from one bar on",
    "stale_tail": "last bars that do not move",
    "ends_early": "a ticker that ends before the others of its exchange",
    "before_listing": "rows before a ticker was listed, or first traded",
    "after_delisting": "rows after a ticker's end",
    "copied_row": "a row that repeats the one before it",
    "gap": "sessions of the exchange without a row",
    "missing_bars": "sessions with fewer bars than the exchange's hours hold",
    "half_day_bar": "a half day as one flat bar without volume",
    "flat_bar": "one price all day without volume",
    "zero_volume": "bars without volume",
    "blank_volume": "bars whose volume is not known",
    "blank_price": "rows that lack a price",
    "stamped_at_end": "bars that seem to be stamped at their end",
    "off_tick": "prices between the exchange's price steps",
    "adjusted_prices": "prices that seem to be adjusted",
    "unknown_exchange": "a ticker whose exchange is not known",
    "late_start": "a ticker that begins after the others of its exchange",
    "split_since": "numbers that hold a split which came between two pulls: the same traded prices",
}
"""Kinds of findings, the gravest first; `ERRORS` stop a run under `on_bad_row: error`, `NOTES` may be as they are."""

NOTES = ("unknown_exchange", "late_start", "split_since")
ERRORS = ("naive_time", "unreadable", "duplicate", "ohlc_order", "not_positive", "bad_value", "not_a_session")

MOST_SPANS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One kind of oddity of one ticker: how many rows, the first one's day, file and line, and a sentence that begins
    with the ticker. What is said of a series, and not of its rows, counts as one."""

    kind: str
    message: str
    ticker: str = ""
    date: str | None = None
    count: int = 1
    file: str | None = None
    line: int | None = None
    row: int | None = None  # of the table; becomes file and line

    def __post_init__(self) -> None:
        assert self.kind in KINDS, self.kind

    @property
    def is_error(self) -> bool:
        """Whether a run would stop at it."""
        return self.kind in ERRORS

    @property
    def severity(self) -> str:
        """``error``, ``doubt`` or ``note``."""
        return "error" if self.is_error else "note" if self.kind in NOTES else "doubt"

    def as_dict(self) -> dict[str, JsonValue]:
        """The entry of `newsbt data check --json`."""
        return {
            "kind": self.kind,
            "severity": self.severity,
            "ticker": self.ticker or None,
            "date": self.date,
            "count": self.count,
            "file": self.file,
            "line": self.line,
            "message": self.message,
        }


def rows_text(count: int, what: str = "row") -> str:
    """``1 row``, ``3 rows``."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def spans(days: Days, among: Days) -> str:
    """Some days in words, neighbours among `among` (ascending, holding all of them) joined to a span.

    >>> week = np.arange("2025-03-03", "2025-03-08", dtype="M8[D]")
    >>> spans(week[[0, 1, 2, 4]], week)
    '2025-03-03 to 2025-03-05, 2025-03-07'
    """
    indices = np.searchsorted(among, days)
    runs: Sequence[Days] = np.split(days, np.flatnonzero(np.diff(indices) != 1) + 1)
    shown = [str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs if len(run)]
    more = len(shown) - MOST_SPANS
    return ", ".join(shown[:MOST_SPANS]) + (f" and {more} more stretches" if more > 0 else "")
