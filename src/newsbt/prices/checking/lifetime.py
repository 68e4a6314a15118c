"""Rows before a ticker's listing or first trade, after its end, and tails that no longer move."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from newsbt._typing import Bools, Days
from newsbt.domain.entity import Instrument
from newsbt.domain.findings import Finding, rows_text
from newsbt.prices.checking.series import Series

__all__ = ["Ends", "ends_of", "late_and_early", "outside_life", "stale_tail"]

LONGEST = 5  # sessions by which a ticker may begin later or end earlier than others of its exchange
TAIL = 3  # equal bars at the end from which on they are stale


def outside_life(series: Series, half_days: Bools) -> tuple[Bools, Iterator[Finding]]:
    """Rows before the listing, or that open the series without a trade (half days apart), and rows after the end; (R,)
    which they are."""
    item, day = series.item, series.day
    count = len(day)
    traded = series.is_priced & ~(series.volume == 0)
    first = int(traded.argmax()) if traded.any() else 0
    early = np.arange(count) < (0 if item.is_index else first)
    if half_days[early].all():
        early = np.zeros(count, dtype=np.bool_)
    late = np.zeros(count, dtype=np.bool_)
    if item.listed_on is not None:
        early = day < np.datetime64(item.listed_on)
    if item.delisted_on is not None:
        late = day > np.datetime64(item.delisted_on)
    return early | late, _outside(series, early, late)


def _outside(series: Series, early: Bools, late: Bools) -> Iterator[Finding]:
    item = series.item
    if early.any():
        since = f"its listing on {item.listed_on}"
        if item.listed_on is None:
            since = f"its first trade on {series.day[int((~early).argmax())]}: filled in before a listing, or suspended"
        yield series.finding("before_listing", early, f"has {rows_text(early.sum())} before {since}")
    if late.any():
        yield series.finding(
            "after_delisting", late, f"has {rows_text(late.sum())} after its end on {item.delisted_on}"
        )


def stale_tail(series: Series) -> tuple[Bools, Iterator[Finding]]:
    """The last bars of a series, where none of them differs from the one before; (R,) which they are."""
    moves = ~(series.repeats() | (series.is_flat & (series.close == np.roll(series.close, 1))))
    last = len(moves) - 1 - int(moves[::-1].argmax()) if moves.any() else 0
    tail = np.arange(len(moves)) > last
    if tail.sum() < TAIL:
        return np.zeros(len(moves), dtype=np.bool_), iter(())
    text = f"does not move in its last {rows_text(tail.sum())}, from {series.day[last + 1]} on: stale, or suspended"
    return tail, iter((series.finding("stale_tail", tail, text),))


@dataclass(frozen=True, slots=True)
class Ends:
    """Where a ticker's rows begin and end: days, and rows of the table."""

    item: Instrument
    first: np.datetime64
    last: np.datetime64
    rows: tuple[int, int]


def ends_of(series: Series) -> Ends:
    """Of one ticker."""
    return Ends(series.item, series.day[0], series.day[-1], (int(series.rows[0]), int(series.rows[-1])))


def late_and_early(ends: Iterable[Ends], listed: Days) -> Iterator[Finding]:
    """Tickers of one exchange that begin later or end earlier than most others do; `listed` are its sessions."""
    known = list(ends)
    if len(known) < 2:
        return
    first, last = (np.array([getattr(one, name) for one in known], dtype="M8[D]") for name in ("first", "last"))
    begins, stops = (np.searchsorted(listed, days) for days in (first, last))
    usual_first, usual_last = int(np.median(begins)), int(np.median(stops))
    for k, one in enumerate(known):
        ticker = one.item.ticker
        if begins[k] - usual_first > LONGEST and one.item.listed_on is None:
            yield Finding(
                kind="late_start", ticker=ticker, date=str(first[k]), row=one.rows[0],
                message=f"{ticker} begins on {first[k]}, {begins[k] - usual_first} sessions after most others",
            )  # fmt: skip
        if usual_last - stops[k] > LONGEST and one.item.delisted_on is None:
            yield Finding(
                kind="ends_early", ticker=ticker, date=str(last[k]), row=one.rows[1],
                message=f"{ticker} ends on {last[k]}, {usual_last - stops[k]} sessions before most others: delisted, "
                "or a download that stopped",
            )  # fmt: skip
