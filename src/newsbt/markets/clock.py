"""The rows of a run in every market, and the row on which an instant can first be acted on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from newsbt._typing import Bools, Instants, Ints
from newsbt.domain.index_sets import in_order
from newsbt.domain.market_panel import NO_INSTANT, Clock, frozen_array
from newsbt.markets.calendars import Sessions, previous, sessions
from newsbt.markets.dated_rules import Rulebook

__all__ = ["AFTER", "BEFORE", "bar_clock", "close_rows", "daily_clock", "place"]

BEFORE = -1  # a session before row 0 would have taken it
AFTER = -2  # no row of its market is left

_ONE_HOUR = np.timedelta64(1, "h")


def daily_clock(markets: Sequence[str], start: date, end: date, rulebook: Rulebook) -> Clock:
    """A row for each day, from `start` to `end`, on which one of the markets has a session.

    A market's days beyond its calendar's horizon have no session.

    Raises
    ------
    DataError
        A market is unknown.
    """
    listed = [sessions(mic, start, end, rulebook) for mic in markets]
    dates = np.unique(np.concatenate([item.dates for item in listed])) if listed else np.empty(0, "datetime64[D]")
    shape = (len(dates), len(markets))
    open_at, close_at, cutoff_at = (np.full(shape, NO_INSTANT) for _ in range(3))
    session_of = np.full(shape, -1, dtype=np.int64)
    for m, item in enumerate(listed):
        rows = np.searchsorted(dates, item.dates)
        open_at[rows, m] = item.open_at
        close_at[rows, m] = item.close_at
        cutoff_at[rows, m] = item.cutoff_at
        session_of[rows, m] = np.arange(len(rows))
    first = dates[0].item() if len(dates) else start
    before = [previous(mic, first, rulebook) for mic in markets]
    return Clock(
        markets=tuple(markets),
        dates=frozen_array(dates, "datetime64[D]"),
        open_at=frozen_array(open_at, "datetime64[ns]"),
        close_at=frozen_array(close_at, "datetime64[ns]"),
        cutoff_at=frozen_array(cutoff_at, "datetime64[ns]"),
        session_of=frozen_array(session_of, np.int64),
        previous_cutoff_at=frozen_array(
            [item.cutoff_at[-1] if len(item) else NO_INSTANT for item in before], "datetime64[ns]"
        ),
    )


def bar_clock(markets: Sequence[str], bars: Mapping[str, Instants], interval: int, rulebook: Rulebook) -> Clock:
    """T9: a row for each instant at which a bar of one of the markets starts.

    A market has a cell in a row when it trades then by its calendar and the row starts on its grid of bars, whether or
    not prices have that bar (T3). For the same reason bars of the grid that no ticker has, between the first and the
    last bar of all, are rows as well, unless the market's own bars lie off the grid. A grid starts anew at the
    opening and after lunch.

    Parameters
    ----------
    markets : sequence of str
        MICs, in the order of the clock's columns.
    bars : mapping of MIC to ndarray of shape (K,), datetime64[ns], UTC
        Starts of the bars that prices have, in any order. Those outside the market's trading hours get no cell;
        :meth:`Sessions.containing` tells them, and they are bad rows (`not_a_session`).
    interval : int
        Length of a bar in nanoseconds. A bar ends at lunch or its session's close at the latest.

    Raises
    ------
    DataError
        A market is unknown.
    """
    step = np.timedelta64(interval, "ns")
    present = {mic: in_order(bars.get(mic, np.empty(0, "datetime64[ns]")).astype("datetime64[ns]")) for mic in markets}
    ends = [(starts[0], starts[-1]) for starts in present.values() if len(starts)]
    if not ends:
        return _no_bars(tuple(markets))
    first, last = min(low for low, _ in ends), max(high for _, high in ends)
    # A session's local date may differ from the UTC day of its bars by one.
    one_day = np.timedelta64(1, "D")
    span = ((first.astype("datetime64[D]") - one_day).item(), (last.astype("datetime64[D]") + one_day).item())
    listed = [sessions(mic, *span, rulebook) for mic in markets]
    grids = [_grid(item, step) for item in listed]
    cells = []
    for mic, item, grid in zip(markets, listed, grids, strict=True):
        starts = present[mic][item.containing(present[mic]) >= 0]
        on_grid = _among(starts, grid).all()
        cells.append(in_order(np.concatenate([starts, grid])) if on_grid else starts)
    wanted = [
        cell[(cell >= first) & (cell <= last)] if len(present[mic]) else present[mic]
        for mic, cell in zip(markets, cells, strict=True)
    ]
    instants = in_order(np.concatenate(wanted))
    if not len(instants):
        return _no_bars(tuple(markets))
    shape = (len(instants), len(markets))
    open_at, close_at = (np.full(shape, NO_INSTANT) for _ in range(2))
    session_of = np.full(shape, -1, dtype=np.int64)
    dates = np.full(len(instants), np.datetime64("NaT", "D"))
    previous_start = np.full(len(markets), NO_INSTANT)
    for m, (mic, item, grid) in enumerate(zip(markets, listed, grids, strict=True)):
        rows = np.flatnonzero(_among(instants, cells[m]))
        inside = item.containing(instants[rows])
        open_at[rows, m] = instants[rows]
        lunch = item.lunch_start_at[inside]
        end = np.where(instants[rows] < lunch, lunch, item.close_at[inside])  # no instant comes before a NaT
        close_at[rows, m] = np.minimum(instants[rows] + step, end)
        session_of[rows, m] = inside - (inside[0] if len(inside) else 0)
        dates[rows] = np.where(np.isnat(dates[rows]), item.dates[inside], dates[rows])
        earlier = previous(mic, span[0], rulebook)
        before = np.concatenate([_grid(earlier, step), grid])
        before = before[before < instants[0]]
        if len(before):
            previous_start[m] = before[-1]
    return Clock(
        markets=tuple(markets),
        dates=frozen_array(dates, "datetime64[D]"),
        open_at=frozen_array(open_at, "datetime64[ns]"),
        close_at=frozen_array(close_at, "datetime64[ns]"),
        cutoff_at=frozen_array(open_at, "datetime64[ns]"),
        session_of=frozen_array(session_of, np.int64),
        previous_cutoff_at=frozen_array(previous_start, "datetime64[ns]"),
        intraday=True,
    )


def place(known_at: Instants, clock: Clock) -> Ints:
    """T2 and T3: the first row of each market whose cut-off an instant meets; exactly at the cut-off is in time.

    Parameters
    ----------
    known_at : ndarray of shape (E,), datetime64[ns], UTC

    Returns
    -------
    ndarray of shape (E, M)
        A row, `BEFORE` where a session before row 0 would have taken it, `AFTER` where no row is left.
    """
    known_at = known_at.astype("datetime64[ns]")
    found = np.full((len(known_at), len(clock.markets)), AFTER, dtype=np.int64)
    for m in range(len(clock.markets)):
        rows = np.flatnonzero(~np.isnat(clock.cutoff_at[:, m]))
        order = np.searchsorted(clock.cutoff_at[rows, m], known_at, side="left")
        in_time = order < len(rows)
        found[in_time, m] = rows[order[in_time]]
        found[known_at <= clock.previous_cutoff_at[m], m] = BEFORE
    return found


def close_rows(known_at: Instants, clock: Clock, rulebook: Rulebook) -> Ints:
    """T7: the row at whose close an event fills under `entry: same_close`, where it was known inside that session.

    Parameters
    ----------
    known_at : ndarray of shape (E,), datetime64[ns], UTC

    Returns
    -------
    ndarray of shape (E, M)
        The row of each market that ends with the session in which the instant lies, lunch included, at least an hour
        before the session's real close; -1 where there is none, and the entry is as for `next_open`.
    """
    known_at = known_at.astype("datetime64[ns]")
    found = np.full((len(known_at), len(clock.markets)), -1, dtype=np.int64)
    if not len(clock):
        return found
    span = (clock.dates[0].item(), clock.dates[-1].item())
    for m, mic in enumerate(clock.markets):
        item = sessions(mic, *span, rulebook)
        rows = np.flatnonzero(~np.isnat(clock.close_at[:, m]))
        if not len(item) or not len(rows):
            continue
        inside = np.searchsorted(item.open_at, known_at, side="right") - 1
        close_at = item.close_at[inside]
        good = (inside >= 0) & (known_at <= close_at - _ONE_HOUR)
        order = np.searchsorted(clock.close_at[rows, m], close_at, side="left")
        row = rows[np.minimum(order, len(rows) - 1)]
        good &= clock.close_at[row, m] == close_at
        found[good, m] = row[good]
    return found


def _no_bars(markets: tuple[str, ...]) -> Clock:
    empty = frozen_array(np.empty((0, len(markets))), "datetime64[ns]")
    return Clock(
        markets=markets,
        dates=frozen_array([], "datetime64[D]"),
        open_at=empty,
        close_at=empty,
        cutoff_at=empty,
        session_of=frozen_array(np.empty((0, len(markets))), np.int64),
        previous_cutoff_at=frozen_array([NO_INSTANT] * len(markets), "datetime64[ns]"),
        intraday=True,
    )


def _grid(item: Sessions, step: np.timedelta64) -> Instants:
    """The starts of a market's bars by its calendar, ascending."""
    halves = []
    for k in range(len(item)):
        if np.isnat(item.lunch_start_at[k]):
            halves.append(np.arange(item.open_at[k], item.close_at[k], step))
        else:
            halves.append(np.arange(item.open_at[k], item.lunch_start_at[k], step))
            halves.append(np.arange(item.lunch_end_at[k], item.close_at[k], step))
    grid: Instants = np.concatenate(halves) if halves else np.empty(0, "datetime64[ns]")
    return grid


def _among(instants: Instants, ordered: Instants) -> Bools:
    """Which instants are in an ascending array."""
    if not len(ordered):
        return np.zeros(len(instants), dtype=bool)
    at = np.minimum(np.searchsorted(ordered, instants), len(ordered) - 1)
    result: Bools = ordered[at] == instants
    return result
