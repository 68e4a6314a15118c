"""The numbers of which services' answers are made up: one walk a company, by day or in bars of five minutes."""

from __future__ import annotations

import pandas as pd

from vendor_tables import amount, bars, five_minute_ends

__all__ = ["amount", "daily", "five_minutes", "hong_kong_ends"]

SEEDS = {"first": (100.0, 1), "second": (300.0, 2), "index": (4000.0, 3)}


def daily(walk: str = "first") -> pd.DataFrame:
    """60 days, prices in cents."""
    price, seed = SEEDS[walk]
    return bars(price, seed=seed).round(2)


def five_minutes(walk: str = "first", ends: list[str] | None = None) -> pd.DataFrame:
    """The same walk as one day's bars of five minutes, stamped as stated: by default by their ends, in Shanghai."""
    stamps = five_minute_ends("2025-03-06") if ends is None else ends
    return daily(walk).iloc[: len(stamps)].set_axis(pd.DatetimeIndex(stamps, name="Date"))


def hong_kong_ends() -> list[str]:
    """The morning of a day in Hong Kong, and its afternoon from 13:30 on."""
    ends = [*pd.date_range("2025-03-06 09:35", "2025-03-06 12:00", freq="5min")]
    return [*map(str, [*ends, *pd.date_range("2025-03-06 13:35", "2025-03-06 16:00", freq="5min")])]
