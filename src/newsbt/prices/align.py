"""From price rows to a panel on the run's rows: rules T3, T4 and T6."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from types import MappingProxyType

import numpy as np
import pandas as pd

from newsbt._typing import Bools, Days, Floats, Instants, Ints
from newsbt.domain.bad_rows import BadRows
from newsbt.domain.entity import Universe
from newsbt.domain.market_panel import Clock, MarketPanel, ex_price, frozen, frozen_array
from newsbt.domain.price_table import PRICES, STATED_SPLIT, PriceTable, add_bad_rows
from newsbt.errors import DataError, UnsupportedError
from newsbt.prices.aligned_prices import AlignedPrices, EmptyPeriodError
from newsbt.prices.quality import Doubt, find_doubts
from newsbt.prices.splits import split_doubts

__all__ = ["BarClockFor", "ClockFor", "align", "last_closes"]

ClockFor = Callable[[date, date, Sequence[str]], Clock]
"""A daily clock from the first to the last day, for these MICs: one row for each day on which any has a session."""

BarClockFor = Callable[[Sequence[str], Mapping[str, Instants], int], Clock]
"""An intraday clock for these MICs, from the bar starts that each has and the length of a bar in nanoseconds."""

MOST_STEPS = 100_000_000  # of a grid on which instants are looked for
BLOCK = 65_536  # rows looked at at a time

_BEFORE, _AFTER, _NO_SESSION = -1, -2, -3  # in place of a row: outside the period, or on a day without a session


def align(
    table: PriceTable,
    universe: Universe,
    clock_for: ClockFor,
    period_start: date | None = None,
    period_end: date | None = None,
    policy: str | None = None,
    bar_clock_for: BarClockFor | None = None,
) -> AlignedPrices:
    """Place price rows on the sessions of the run.

    Parameters
    ----------
    table : PriceTable
        Rows as read; those of tickers outside the universe are counted and left out.
    universe : Universe
        Gives the N columns, whether or not they have prices.
    clock_for : callable
        Makes the clock of the M exchanges of the universe, in the order in which they first appear there.
    period_start, period_end : date, optional
        The run's period; None reaches as far as the prices.
    policy : {'error', 'skip'}, optional
        What a row on a day without a session does; by default as the table's reader was told.
    bar_clock_for : callable, optional
        Makes the clock of intraday prices (T9).

    Returns
    -------
    AlignedPrices
        Its panel's rows are the sessions of the exchanges that have priced instruments (T6). Exchanges without
        any have a column in the clock and add no row.

    Raises
    ------
    DataError
        No price row of the universe, none in the period, or a bad row under ``error``.
    UnsupportedError
        Intraday prices without `bar_clock_for`.
    """
    known, column, ignored = _of_universe(table, universe)
    markets = tuple(dict.fromkeys(item.exchange for item in universe.instruments))
    market_of = np.array([markets.index(item.exchange) for item in universe.instruments], dtype=np.int64)
    has_prices = np.zeros(len(universe.instruments), dtype=np.bool_)
    has_prices[column] = True

    when = known.when
    start, end = _span(when, period_start, period_end)
    first, after = np.datetime64(start), np.datetime64(end) + np.timedelta64(1, "D")
    if known.intraday:
        clock = _bar_clock(known, (first, after), column, market_of, markets, bar_clock_for)
    else:
        clock = _with_sessions_of(np.unique(market_of[has_prices]), clock_for(start, end, markets))
    if not len(clock):
        raise EmptyPeriodError(f"no exchange with prices has a session from {start} to {end}", code="no_data")
    row_of = _rows(when, column, market_of, clock)
    row_of[when < first] = _BEFORE
    row_of[when >= after] = _AFTER
    counts = _refuse_strays(known, row_of, column, [item.exchange for item in universe.instruments], policy)

    is_index = np.array([item.is_index for item in universe.instruments], dtype=np.bool_)
    shape = (len(clock), len(universe.instruments))
    close_before = last_closes(known, row_of == _BEFORE, column, shape[1])
    splits = _split_doubts(known, row_of)
    found = partial(
        AlignedPrices,
        rows_read=table.rows_read,
        bad_rows=_summed(table.bad_rows, counts),
        ignored_tickers=_summed(table.ignored_tickers, ignored),
        readings=table.readings,
        starts_late=not known.intraday and bool(when.min() < clock.dates[0]),
    )
    adjusted, warnings = table.adjusted, table.warnings
    inside = row_of >= 0
    used = slice(None) if inside.all() else np.flatnonzero(inside)
    cell = row_of[used]
    cell *= shape[1]
    cell += column[used]
    cells = _Cells(dict(known.values), used, cell, shape)
    # Of rows that nobody else holds only what is not yet laid out is left.
    del table, known, when, column, row_of, inside
    bars = {name: cells.grid(name) for name in (*PRICES, "volume")}
    has_volume = (bars["volume"] > 0) | np.isnan(bars["volume"]) | is_index
    tradable = has_volume & np.logical_and.reduce([np.isfinite(bars[name]) for name in PRICES])
    panel = MarketPanel(
        tickers=universe.tickers,
        market_of=frozen_array(market_of, np.int64),
        clock=clock,
        **{name: frozen(grid) for name, grid in bars.items()},
        tradable=frozen(tradable),
        close_before=frozen_array(close_before, np.float64),
        dividend=frozen(cells.grid("dividend", 0.0)),
        split=frozen(cells.grid("split", 1.0)),
        prev_close=frozen(cells.grid("prev_close")),
        adj_factor=frozen(cells.grid("adj_factor", 1.0)),
        has_prices=frozen_array(has_prices, np.bool_),
    )
    doubts = find_doubts(panel, ~is_index, adjusted=adjusted, splits=splits)
    return found(panel=panel, doubts=(*(Doubt(kind="source", message=warning) for warning in warnings), *doubts))


def _split_doubts(table: PriceTable, row_of: Ints) -> list[Doubt]:
    """Doubts about the splits in the run's rows, from all rows in a session."""
    if not {"split", STATED_SPLIT} & table.values.keys():
        return []
    placed = np.flatnonzero(row_of != _NO_SESSION)
    inside = row_of[placed] >= 0
    sessions = table if len(placed) == len(table) else table.take(placed)
    days = sessions.when.astype("datetime64[D]")
    return [
        Doubt(
            kind=one.kind, message=one.message, ticker=one.ticker, date=days[one.row],
            days=tuple(str(days[row]) for row in one.rows),
        )
        for one in split_doubts(sessions)
        if inside[one.row]
    ]  # fmt: skip


def _of_universe(table: PriceTable, universe: Universe) -> tuple[PriceTable, Ints, Mapping[str, int]]:
    """The rows of instruments, the column of each, and how many rows of other tickers there were."""
    columns = np.array([universe.position.get(ticker, -1) for ticker in table.tickers], dtype=np.int64)
    counts = np.bincount(table.ticker_code, minlength=len(columns))
    ignored = {ticker: int(counts[code]) for code, ticker in enumerate(table.tickers) if columns[code] < 0}
    as_coded = np.array_equal(columns, np.arange(len(columns)))
    column = table.ticker_code if as_coded else columns[table.ticker_code]
    if not (column >= 0).any():
        bad = ", ".join(f"{reason} {count}" for reason, count in table.bad_rows.items())
        if bad and not ignored and not table.ignored_tickers:
            hint = "; write their offsets, or give the reader a `timezone`" if "naive_time" in table.bad_rows else ""
            raise DataError(f"none of the {table.rows_read:,} price rows can be used: {bad}{hint}", code="no_data")
        strangers = list(dict.fromkeys((*ignored, *table.ignored_tickers)))
        shown = ", ".join(strangers[:5]) or "no row that could be used"
        raise DataError(
            f"no price row belongs to an instrument of the universe ({', '.join(universe.tickers[:5])}, ...); "
            f"the prices have {shown}{f', and bad rows: {bad}' if bad else ''}",
            code="no_data",
        )
    if ignored:
        rows = np.flatnonzero(column >= 0)
        return table.take(rows), column[rows], ignored
    return table, column, ignored


def _span(when: Days | Instants, period_start: date | None, period_end: date | None) -> tuple[date, date]:
    """The first and the last day of the run: T6."""
    first: date = when.min().astype("datetime64[D]").astype(object)
    last: date = when.max().astype("datetime64[D]").astype(object)
    start = first if period_start is None else max(first, period_start)
    end = last if period_end is None else min(last, period_end)
    if start > end:
        ends = [f"{word} {day}" for word, day in (("from", period_start), ("to", period_end)) if day is not None]
        raise EmptyPeriodError(
            f"the period {' '.join(ends)} has no prices: they go from {first} to {last}", code="no_data"
        )
    return start, end


def _with_sessions_of(markets: Ints, clock: Clock) -> Clock:
    """The clock without the rows in which none of these markets has a session."""
    kept = (clock.session_of[:, markets] >= 0).any(axis=1)
    if kept.all():
        return clock
    names = ("dates", "open_at", "close_at", "cutoff_at", "session_of")
    arrays = {name: getattr(clock, name) for name in names}
    return replace(clock, **{name: frozen_array(array[kept], array.dtype) for name, array in arrays.items()})


def _bar_clock(
    table: PriceTable,
    period: tuple[np.datetime64, np.datetime64],
    column: Ints,
    market_of: Ints,
    markets: Sequence[str],
    bar_clock_for: BarClockFor | None,
) -> Clock:
    """The clock of the bars from the first of two days on, and before the second.

    A year of minutes of a hundred tickers has a hundred thousand instants in ten million rows: they are told apart
    before they are sorted.
    """
    if bar_clock_for is None:
        raise UnsupportedError(
            "prices with `bar_start` can be read, but this run is daily: give prices with `date`", code="unsupported"
        )
    first, after = period
    bars = {}
    for m, mic in enumerate(markets):
        found = _distinct(table.when if len(markets) == 1 else table.when[market_of[column] == m], table.interval_ns)
        bars[mic] = found[(found >= first) & (found < after)]
    return bar_clock_for(markets, bars, table.interval_ns)


def _distinct(when: Days | Instants, step: int) -> Instants:
    """The instants that there are, in order: found on the grid of the bars' length where all of them lie on it."""
    instants = when.astype("datetime64[ns]", copy=False)
    if len(instants) and step:
        start, end = instants.min(), instants.max()
        steps = int((end - start).astype(np.int64)) // step + 1
        present = np.zeros(steps if steps < MOST_STEPS else 0, dtype=np.bool_)
        for begin in range(0, len(instants) if len(present) else 0, BLOCK):
            since = (instants[begin : begin + BLOCK] - start).view(np.int64)
            number = since // step
            if (number * step != since).any():
                break
            present[number] = True
        else:
            if len(present):
                found: Instants = start + np.flatnonzero(present) * np.timedelta64(step, "ns")
                return found
    return np.sort(pd.unique(instants))


def _rows(when: Days | Instants, column: Ints, market_of: Ints, clock: Clock) -> Ints:
    """(R,): the clock's row of each price row, `_NO_SESSION` where its market has no session (or bar) then."""
    starts: Days | Instants = clock.dates
    if clock.intraday:
        far = np.where(np.isnat(clock.open_at), np.iinfo(np.int64).max, clock.open_at.view(np.int64))
        starts = far.min(axis=1).view("datetime64[ns]")
    found = np.empty(len(when), dtype=np.int64)
    for begin in range(0, len(when), BLOCK):
        block = slice(begin, begin + BLOCK)
        market = market_of[column[block]]
        row = np.minimum(np.searchsorted(starts, when[block]), len(clock) - 1)
        if clock.intraday:
            has_bar = clock.open_at[row, market] == when[block]
        else:
            has_bar = (clock.dates[row] == when[block]) & (clock.session_of[row, market] >= 0)
        found[block] = np.where(has_bar, row, _NO_SESSION)
    return found


def _refuse_strays(
    table: PriceTable, row_of: Ints, column: Ints, exchanges: Sequence[str], policy: str | None
) -> Mapping[str, int]:
    rows = np.flatnonzero(row_of == _NO_SESSION)
    may_skip = np.full(len(rows), policy == "skip") if policy is not None else table.may_skip(rows)
    counts: Mapping[str, int] = {}
    for asked, mine in (("error", rows[~may_skip]), ("skip", rows[may_skip])):
        bad = BadRows(asked)
        if len(mine):
            add_bad_rows(bad, table, "not_a_session", mine, lambda row: f"{exchanges[column[row]]} has no session then")
        counts = _summed(counts, bad.finish())
    return counts


@dataclass(frozen=True, eq=False)
class _Cells:
    """Columns of price rows, which rows of them are used, and the cell of each in a (T, N) grid, counted row by row."""

    values: dict[str, Floats]
    rows: Ints | slice
    cell: Ints
    shape: tuple[int, int]

    @cached_property
    def _is_full(self) -> bool:
        """Whether every cell of the grid has a row."""
        size = self.shape[0] * self.shape[1]
        if len(self.cell) < size:
            return False
        filled = np.zeros(size, dtype=np.bool_)
        filled[self.cell] = True
        return bool(filled.all())

    def grid(self, name: str, missing: float = np.nan) -> Floats:
        """(T, N): a column's values in their cells; `missing` where there is no row, no column, or a blank. The column
        is let go."""
        values = self.values.pop(name, None)
        if values is None:
            constant: Floats = np.broadcast_to(missing, self.shape)
            return constant
        result = np.empty(self.shape) if self._is_full else np.full(self.shape, missing)
        result.ravel()[self.cell] = _filled_in(values[self.rows], missing)
        return result


def last_closes(table: PriceTable, chosen: Bools, column: Ints, count: int) -> Floats:
    """(`count`,): the last finite close of each column among the `chosen` rows, NaN where there is none.

    `column` (R,) is the column of each row. Dividends and splits in later rows without a close are taken out (X19).
    """
    result = np.full(count, np.nan)
    close = table.values["close"]
    rows = np.flatnonzero(chosen)
    rows = rows[np.argsort(table.when[rows], kind="stable")]
    closed = rows[np.isfinite(close[rows])]
    result[column[closed]] = close[closed]  # of repeated columns the last one, the latest day, stays
    last_at = np.full(count, np.iinfo(np.int64).min)
    last_at[column[closed]] = table.when[closed].astype(np.int64)
    dividend, split = (
        _filled_in(table.values[name][rows], missing) if name in table.values else np.broadcast_to(missing, len(rows))
        for name, missing in (("dividend", 0.0), ("split", 1.0))
    )
    later = table.when[rows].astype(np.int64) > last_at[column[rows]]
    for k in np.flatnonzero(later & ((dividend != 0.0) | (split != 1.0))).tolist():
        n = column[rows[k]]
        result[n] = max(float(ex_price(result[n], dividend[k], split[k])), 0.0)
    return result


def _filled_in(values: Floats, missing: float) -> Floats:
    """The values, `missing` where they are blank."""
    return values if np.isnan(missing) else np.where(np.isnan(values), missing, values)


def _summed(counts: Mapping[str, int], more: Mapping[str, int]) -> Mapping[str, int]:
    return MappingProxyType({name: counts.get(name, 0) + more.get(name, 0) for name in dict.fromkeys((*counts, *more))})
