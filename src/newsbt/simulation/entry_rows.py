"""From signals to entries: which row each one fills in, which ticker is traded, and what share of equity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from newsbt._typing import Floats, Instants, Ints
from newsbt.domain.entity import Universe
from newsbt.domain.entries import Entries, FillPoint
from newsbt.domain.event_table import EventTable
from newsbt.domain.ledger import Outcome
from newsbt.domain.market_panel import MarketPanel
from newsbt.errors import StrategyError, nearest
from newsbt.markets.clock import AFTER, BEFORE
from newsbt.markets.rules import TradingRules

__all__ = ["EntryPlacer", "PlacedEntries", "PlacedSignals", "Sizing", "delayed_rows", "traded_columns"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedSignals:
    """Every signalled pair, K of them, in the strategy's order, and the entries made of those inside the run.

    `event`, `linked` (the signalled instrument), `ticker` (the traded one, X18), `signal`, `delay`, `row` (-1 outside
    the run) are (K,); `entry` (K,) is the index in `entries`, -1 for pairs that are `BEFORE_PERIOD` or `AFTER_PERIOD`
    by `outcome` (K,).
    """

    event: Ints
    linked: Ints
    ticker: Ints
    signal: Floats
    delay: Ints
    row: Ints
    entry: Ints
    outcome: Ints
    entries: Entries


class PlacedEntries(NamedTuple):
    """The entries of those of K signalled pairs that are inside the run, in X5's order; which of the pairs they are;
    and the row of every pair (K,)."""

    entries: Entries
    order: Ints
    row: Ints


def traded_columns(universe: Universe) -> Ints:
    """(N,): the column of the instrument that is traded for each one: an index's proxy, else itself (X18)."""
    return np.array(
        [
            universe.position[item.proxy] if item.is_index and item.proxy else n
            for n, item in enumerate(universe.instruments)
        ],
        dtype=np.int64,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizing:
    """What share of equity each signal asks for (X4): `weight` at a signal of 1, and the most for all of an event."""

    weight: float
    event_weight: float | None = None

    def shares(self, event: Ints, size: Floats) -> Floats:
        """(K,): the fractions of equity of K signals, `size` being |signal| and `event` indices of events."""
        share = self.weight * size
        if self.event_weight is None:
            return share
        total = np.bincount(event, weights=share)
        scale = np.minimum(1.0, self.event_weight / np.where(total > 0, total, 1.0))
        return np.asarray(share * scale[event], dtype=np.float64)


@dataclass(frozen=True, kw_only=True)
class EntryPlacer:
    """Makes the entries of signals: in which row and at which point of it each one works, and what it asks for.

    It is asked anew wherever events are known at other instants. `placement` (E, M) is the first tradable row of each
    event in each market, `markets.clock.BEFORE` or `AFTER` outside the run; `close_rows` (E, M), with
    `entry: same_close`, the row whose close an event fills at, -1 where it fills at an open.
    """

    universe: Universe
    panel: MarketPanel
    rules: TradingRules
    limit_distance: float | None = None  # of X22, where entries are limit orders

    def signals(
        self, frame: pd.DataFrame, events: EventTable, placement: Ints, close_rows: Ints | None, sizing: Sizing
    ) -> PlacedSignals:
        """Place event signals on rows (T2, T5, T7, S3), on traded tickers (X18), and size them (X4).

        Parameters
        ----------
        frame : DataFrame
            `event_id, ticker, signal, delay`, as `Signal.for_events` made it.
        """
        event = _indices(frame["event_id"], events.position, "event_id")
        linked = _indices(frame["ticker"], self.universe.position, "ticker")
        ticker = traded_columns(self.universe)[linked]
        signal = frame["signal"].to_numpy(np.float64)
        delay = frame["delay"].to_numpy(np.int64)
        sign = np.where(signal > 0, 1, -1).astype(np.int64)
        placed = self.entries(
            events.known_at, placement, close_rows,
            event=event, linked=linked, ticker=ticker, sign=sign, size=np.abs(signal), delay=delay,
            share=sizing.shares(event, np.abs(signal)),
        )  # fmt: skip
        row = placed.row
        outcome = np.full(len(row), Outcome.PENDING, dtype=np.int64)
        outcome[row == BEFORE] = Outcome.BEFORE_PERIOD
        outcome[row == AFTER] = Outcome.AFTER_PERIOD
        entry = np.full(len(row), -1, dtype=np.int64)
        entry[placed.order] = np.arange(len(placed.order))
        return PlacedSignals(
            event=event,
            linked=linked,
            ticker=ticker,
            signal=signal,
            delay=delay,
            row=np.where(row >= 0, row, -1),
            entry=entry,
            outcome=outcome,
            entries=placed.entries,
        )

    def entries(
        self, known_at: Instants, placement: Ints, close_rows: Ints | None, *,
        event: Ints, linked: Ints, ticker: Ints, sign: Ints, size: Floats, delay: Ints, share: Floats,
    ) -> PlacedEntries:  # fmt: skip
        """The entries of K signalled pairs, of events known at these instants, (E,), for a `share` of equity each."""
        row, point = self._rows(placement, close_rows, event, ticker, delay)
        inside = np.flatnonzero(row >= 0)
        keys = (linked, ticker, -size, event, known_at[event], point, row)
        order = inside[np.lexsort(tuple(key[inside] for key in keys))]
        entries = Entries(
            event=event[order],
            ticker=ticker[order],
            sign=sign[order],
            weight=share[order],
            row=row[order],
            point=point[order],
            bound=self._limits(row[order], ticker[order], sign[order]),
        )
        return PlacedEntries(entries=entries, order=order, row=row)

    def _rows(
        self, placement: Ints, close_rows: Ints | None, event: Ints, ticker: Ints, delay: Ints
    ) -> tuple[Ints, Ints]:
        """The row in which each signal's entry works, `BEFORE` or `AFTER` if outside, and where in it (T2, T7, S3)."""
        market = self.panel.market_of[ticker]
        row = placement[event, market]
        point = np.full(len(row), FillPoint.OPEN if self.limit_distance is None else FillPoint.LIMIT, dtype=np.int64)
        if close_rows is not None:
            closing = close_rows[event, market]
            at_close = (closing >= 0) & (delay == 0)
            point[at_close] = FillPoint.CLOSE
            row = np.where(at_close, closing, row)
        return delayed_rows(self.panel, row, ticker, delay), point

    def _limits(self, row: Ints, ticker: Ints, sign: Ints) -> Floats:
        """(K,): the limits of entries (X22), NaN where they take any price, or have no reference price."""
        found = np.full(len(row), np.nan)
        if self.limit_distance is None:
            return found
        from newsbt.kernels._compile import plain
        from newsbt.kernels.rules.prices import limit_price

        panel, price = self.panel, plain(limit_price)
        for k, (t, n) in enumerate(zip(row.tolist(), ticker.tolist(), strict=True)):
            reference = panel.reference.item(t, n)
            if np.isfinite(reference):
                dividend, split = panel.dividend.item(t, n), panel.split.item(t, n)
                tick = self.rules.tick.item(t, n)
                found[k] = price(int(sign[k]), reference, dividend, split, tick, self.limit_distance)
        return found


def delayed_rows(panel: MarketPanel, row: Ints, ticker: Ints, delay: Ints) -> Ints:
    """Rows moved on by whole own tradable bars; `AFTER` where none is left."""
    moved = row.copy()
    late = (delay > 0) & (row >= 0)
    for n in np.unique(ticker[late]).tolist():
        mine = np.flatnonzero(late & (ticker == n))
        numbers = panel.bar_number[:, n]
        found = np.searchsorted(numbers, numbers[row[mine]] + delay[mine], side="left")
        moved[mine] = np.where(found < len(numbers), found, AFTER)
    return moved


def _indices(names: pd.Series, position: Mapping[str, int], what: str) -> Ints:
    codes, found = pd.factorize(names, use_na_sentinel=False)
    for name in found:
        if name not in position:
            raise StrategyError(f"the strategy signalled an unknown {what} {name!r}{nearest(str(name), position)}")
    indices = np.array([position[name] for name in found], dtype=np.int64)
    return np.asarray(indices[codes], dtype=np.int64)
