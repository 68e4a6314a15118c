"""One ticker's rows against its exchange's calendar: days too many, sessions missing, sessions with too few bars."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from newsbt._typing import Bools
from newsbt.domain.findings import Finding, rows_text, spans
from newsbt.markets.calendars import Sessions
from newsbt.prices.checking.series_findings import Series

__all__ = ["bar_counts", "gaps", "stray_days"]


def stray_days(series: Series, stray: Bools) -> Iterator[Finding]:
    """Rows on days without a session; copies of the row before them apart."""
    if not stray.any():
        return
    same = np.zeros(len(stray), dtype=bool)
    same[1:] = (series.prices[1:] == series.prices[:-1]).all(axis=1)
    copied = stray & same
    if copied.any():
        yield series.finding(
            "not_a_session", copied,
            f"has rows on days on which {series.item.exchange} was closed, copies of the row before: "
            f"{', '.join(map(str, series.day[copied][:6]))}",
        )  # fmt: skip
    rest = stray & ~same
    if rest.any():
        yield series.finding(
            "not_a_session", rest,
            f"has rows on days on which {series.item.exchange} was closed: "
            f"{', '.join(map(str, series.day[rest][:6]))}",
        )  # fmt: skip


def gaps(series: Series, listed: Sessions) -> Iterator[Finding]:
    """Sessions between the first row and the last that have none."""
    missing = listed.dates[~np.isin(listed.dates, series.day)]
    if len(missing):
        yield Finding(
            kind="gap",
            ticker=series.item.ticker,
            date=str(missing[0]),
            count=len(missing),
            message=f"{series.item.ticker} has no usable row for {len(missing)} of {len(listed)} sessions of "
            f"{series.item.exchange}: {spans(missing, listed.dates)}",
        )


def bar_counts(series: Series, listed: Sessions, interval_ns: int) -> Iterator[Finding]:
    """Intraday: sessions without any bar, sessions with too few, and bars that look stamped at their end."""
    yield from gaps(series, listed)
    if not len(listed) or not interval_ns:
        return
    step = np.timedelta64(interval_ns, "ns")
    when = series.when.astype("M8[ns]")
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
        )
    at_close = np.isin(when, listed.close_at).sum()
    at_open = np.isin(when, listed.open_at).sum()
    if at_close > at_open:
        yield Finding(
            kind="stamped_at_end",
            ticker=series.item.ticker,
            date=str(series.day[0]),
            count=int(at_close),
            message=f"{series.item.ticker} has bars at the close of {at_close} sessions and at the open of {at_open}: "
            "they seem to be stamped at their end; say `stamp: end`",
        )
