"""One ticker's rows against its exchange's calendar: days too many, sessions missing, sessions with too few bars."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from newsbt._typing import Bools, Days
from newsbt.domain.findings import Finding, rows_text, spans
from newsbt.markets.calendars import Sessions
from newsbt.prices.checking.series import Series

__all__ = ["among", "gaps", "missing_bars", "sessions_between", "stray_days"]

MOST_DAYS = 6
DAY = np.timedelta64(1, "D")


def among(days: Days, ascending: Days) -> Bools:
    """Which days are in an ascending list of them."""
    if not len(ascending):
        return np.zeros(len(days), dtype=np.bool_)
    index = np.minimum(np.searchsorted(ascending, days), len(ascending) - 1)
    found: Bools = ascending[index] == days
    return found


def sessions_between(listed: Sessions, first: np.datetime64, last: np.datetime64) -> Sessions:
    """The sessions of two days and between them."""
    low = int(np.searchsorted(listed.dates, first))
    high = int(np.searchsorted(listed.dates, last, side="right"))
    names = ("dates", "open_at", "close_at", "cutoff_at", "lunch_start_at", "lunch_end_at")
    return Sessions(mic=listed.mic, **{name: getattr(listed, name)[low:high] for name in names})


def stray_days(series: Series, stray: Bools, listed: Sessions) -> Iterator[Finding]:
    """Rows on days without a session; copies of the row before them apart, and days that lie one off."""
    if not stray.any():
        return
    copied = stray & series.repeats()
    closed = f"has rows on days on which {series.item.exchange} was closed"
    if copied.any():
        yield series.finding("not_a_session", copied, f"{closed}, copies of the row before: {_days(series, copied)}")
    rest = stray & ~copied
    if rest.any():
        yield series.finding(
            "not_a_session", rest, f"{closed}: {_days(series, rest)}{_one_off(series.day, series.day[rest], listed)}"
        )


def _days(series: Series, which: Bools) -> str:
    days = np.unique(series.day[which])
    more = f" and {len(days) - MOST_DAYS} more" if len(days) > MOST_DAYS else ""
    return ", ".join(map(str, days[:MOST_DAYS])) + more


def _one_off(days: Days, strays: Days, listed: Sessions) -> str:
    """Whether strays are sessions that are missing, a day early or late."""
    for step, word in ((1, "late"), (-1, "early")):
        meant = strays + step * DAY
        if (np.isin(meant, listed.dates) & ~np.isin(meant, days)).mean() > 0.5 and len(strays) > 1:
            return (
                f"; a day {'later' if step > 0 else 'earlier'} they are sessions without a row: midnights of a zone "
                f"further {'west' if word == 'late' else 'east'}?"
            )
    return ""


def gaps(series: Series, listed: Sessions, bad: Days) -> Iterator[Finding]:
    """Sessions between the first row and the last that have none; `bad` are days whose row is told to be bad."""
    missing = listed.dates[~among(listed.dates, series.day) & ~np.isin(listed.dates, bad)]
    if len(missing):
        yield Finding(
            kind="gap",
            ticker=series.item.ticker,
            date=str(missing[0]),
            count=len(missing),
            message=f"{series.item.ticker} has no row for {len(missing)} of {len(listed)} sessions of "
            f"{series.item.exchange}: {spans(missing, listed.dates)}",
            row=int(series.rows[max(int(np.searchsorted(series.day, missing[0])) - 1, 0)]),
        )


def missing_bars(series: Series, listed: Sessions, interval_ns: int) -> Iterator[Finding]:
    """Intraday: sessions with too few bars."""
    if not len(listed) or not interval_ns:
        return
    step = np.timedelta64(interval_ns, "ns")
    whole = listed.close_at - listed.open_at
    lunch = np.where(
        np.isnat(listed.lunch_start_at), np.timedelta64(0, "ns"), listed.lunch_end_at - listed.lunch_start_at
    )
    expected = np.ceil((whole - lunch) / step).astype(np.int64)
    index = np.searchsorted(listed.dates, series.day)
    inside = (index < len(listed)) & (listed.dates[np.minimum(index, len(listed) - 1)] == series.day)
    found = np.bincount(index[inside], minlength=len(listed))
    few = (found > 0) & (found < expected)
    if few.any():
        days = listed.dates[few]
        yield Finding(
            kind="missing_bars",
            ticker=series.item.ticker,
            date=str(days[0]),
            count=int((expected - found)[few].sum()),
            message=f"{series.item.ticker} lacks bars in {rows_text(len(days), 'session')}: "
            + spans(days, listed.dates),
            row=int(series.rows[int(np.searchsorted(series.day, days[0]))]),
        )
