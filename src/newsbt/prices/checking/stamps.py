"""Intraday stamps that do not fit the exchange's hours: bars of another zone, midnights, bars stamped at their end."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from newsbt._typing import Bools, Instants
from newsbt.domain.findings import Finding, rows_text
from newsbt.markets.calendars import Sessions
from newsbt.prices.checking.series import Series

__all__ = ["odd_stamps"]

HALF_HOURS = 47  # zones lie whole halves of an hour apart, less than a day
MOST_TRIED = 2_000  # bars by which a shift is told
FITS = 0.95


def odd_stamps(series: Series, listed: Sessions) -> Iterator[Finding]:
    """Bars on session days at times without trading, and what zone they may be of; bars stamped at their end."""
    if not len(listed):
        return
    when = series.when.astype("M8[ns]")
    index = np.minimum(np.searchsorted(listed.dates, series.day), len(listed) - 1)
    on_a_day = listed.dates[index] == series.day
    at_open, at_close = when == listed.open_at[index], when == listed.close_at[index]
    are_ends = at_close.sum() > at_open.sum()
    if are_ends:
        yield series.finding(
            "stamped_at_end", at_close,
            f"has bars at the close of {at_close.sum()} sessions and at the open of {at_open.sum()}: they seem to be "
            "stamped at their end; say `stamp: end`",
            count=1,
        )  # fmt: skip
    outside = on_a_day & (listed.containing(when) < 0)
    if are_ends:
        outside &= ~at_close & (when != listed.lunch_start_at[index])
    midnight = outside & (series.minute == 0)
    if midnight.any():
        yield series.finding(
            "midnight_stamp", midnight,
            f"has {rows_text(midnight.sum(), 'bar')} stamped at midnight: daily bars among others, or days without "
            "their time",
        )  # fmt: skip
    outside &= ~midnight
    if outside.any():
        days = np.unique(series.day[outside])
        hours = _shift(when[np.isin(series.day, days)], listed)
        what = "before the opening or after the close: pre-market bars?" if np.isnan(hours) else (
            f"that fit when moved by {hours:+g} hours: stamps of another zone, or of daylight saving time"
        )  # fmt: skip
        yield series.finding(
            "not_a_session", outside,
            f"has {rows_text(outside.sum(), 'bar')} outside the hours of {series.item.exchange} on "
            f"{series.days_of(outside)}, {what}",
        )  # fmt: skip


def _shift(when: Instants, listed: Sessions) -> float:
    """By how many hours some bars have to be moved to lie in sessions; NaN where no shift does it."""
    tried = when[:: max(1, len(when) // MOST_TRIED)]
    best, found = FITS, np.nan
    for halves in sorted(range(-HALF_HOURS, HALF_HOURS + 1), key=abs):
        moved = tried + np.timedelta64(30 * halves, "m")
        share = float(_inside(moved, listed).mean())
        if share > best:
            best, found = share, halves / 2
    return found


def _inside(when: Instants, listed: Sessions) -> Bools:
    found: Bools = listed.containing(when) >= 0
    return found
