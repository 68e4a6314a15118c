"""From signals to entries: which row each one fills in, which ticker is traded, and what share of equity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from newsbt._typing import Bools, Floats, Instants, Ints
from newsbt.domain.announcement import RESUMPTION
from newsbt.domain.entity import Universe
from newsbt.domain.entries import Entries, FillPoint
from newsbt.domain.event_table import EventTable
from newsbt.domain.ledger import Outcome
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.showing import brief
from newsbt.errors import StrategyError, nearest
from newsbt.markets.clock import AFTER, BEFORE
from newsbt.markets.rules import TradingRules

__all__ = [
    "EntryPlacer", "PlacedEntries", "PlacedSignals", "SignalShares", "Sizing", "delayed_rows", "traded_columns",
    "waiting",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedSignals:
    """Every signalled pair, K of them, in the strategy's order, and the entries made of those inside the run.

    `event`, `linked` (the signalled instrument), `ticker` (the traded one, X18), `signal`, `delay`, `row` (-1 outside
    the run) are (K,); `entry` (K,) is the index in `entries`, -1 for pairs that are `BEFORE_PERIOD` or `AFTER_PERIOD`
    by `outcome` (K,). `sizing` is what they were sized by.
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
    sizing: Sizing

    def shares(self, chosen: Ints, sizing: Sizing | None = None) -> SignalShares:
        """What some of the pairs (P,), places of the K, ask for; by another sizing where one is given."""
        return SignalShares(
            sizing=sizing or self.sizing, event=self.event, ticker=self.ticker, size=np.abs(self.signal), chosen=chosen
        )


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
    """What share of equity signals ask for where they are placed (X4): `weight` at a signal of 1, a number or (T, N) by
    the row in which an order is placed and the ticker that it trades, NaN where none is known (X23); and the most for
    all of an event."""

    weight: float | Floats
    event_weight: float | None = None

    @property
    def weights(self) -> Floats | None:
        """(T, N), None where it is one number."""
        return self.weight if isinstance(self.weight, np.ndarray) else None

    def is_known(self, row: Ints, ticker: Ints | int) -> Bools:
        """(K,): whether K orders have a weight."""
        weights = self.weights
        return np.ones(len(row), dtype=bool) if weights is None else np.isfinite(weights[row, ticker])


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalShares:
    """What K signals ask for, wherever they are placed: the `sizing` that they carry with them.

    `event`, `ticker` (the traded one) and `size`, |signal|, are (K,); `chosen` (P,) are those of them that are placed.
    The others count in what `event_weight` caps.
    """

    sizing: Sizing
    event: Ints
    ticker: Ints
    size: Floats
    chosen: Ints

    def at(self, row: Ints, ticker: Ints) -> Floats:
        """(P,): the fractions of equity of those chosen, placed in these rows for these tickers; NaN where no weight is
        known. A row below 0, outside the run, is taken for the first."""
        weights, cap = self.sizing.weights, self.sizing.event_weight
        row = np.maximum(row, 0)
        if weights is None:
            shares = np.asarray(self.sizing.weight * self.size, dtype=np.float64)
            if cap is not None:
                total: Floats = np.bincount(self.event, weights=shares).astype(np.float64)
                shares = np.asarray(shares * _scales(cap, total)[self.event], dtype=np.float64)
            return np.asarray(shares[self.chosen])
        share: Floats = weights[row, ticker] * self.size[self.chosen]
        return share if cap is None else share * _scales(cap, self._of_events(weights, row, ticker))

    def _of_events(self, weights: Floats, row: Ints, ticker: Ints) -> Floats:
        """(P,): what all signals of each one's event would ask for in its own row: nobody knows more there."""
        every = self.ticker.copy()
        every[self.chosen] = ticker
        by_event = np.argsort(self.event, kind="stable")
        mine = self.event[self.chosen]
        first, last = (np.searchsorted(self.event[by_event], mine, side=side) for side in ("left", "right"))
        one = np.repeat(np.arange(len(mine)), last - first)
        other = by_event[np.arange(len(one)) - np.repeat(np.cumsum(last - first) - last, last - first)]
        asked = np.nan_to_num(weights[row[one], every[other]] * self.size[other], nan=0.0)
        return np.bincount(one, weights=asked, minlength=len(mine)).astype(np.float64)


def _scales(cap: float, total: Floats) -> Floats:
    """What leaves totals at a cap."""
    return np.asarray(np.minimum(1.0, cap / np.where(total > 0, total, 1.0)), dtype=np.float64)


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

    __repr__ = brief

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
        size = np.abs(signal)
        placed = self.entries(
            events.known_at, placement, close_rows,
            event=event, linked=linked, ticker=ticker, sign=sign, size=size, delay=delay, waits=waiting(events)[event],
            shares=SignalShares(
                sizing=sizing, event=event, ticker=ticker, size=size, chosen=np.arange(len(event), dtype=np.int64)
            ),
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
            sizing=sizing,
        )

    def entries(
        self, known_at: Instants, placement: Ints, close_rows: Ints | None, *,
        event: Ints, linked: Ints, ticker: Ints, sign: Ints, size: Floats, delay: Ints, waits: Bools,
        shares: SignalShares,
    ) -> PlacedEntries:  # fmt: skip
        """The entries of K signalled pairs, of events known at these instants, (E,); what each asks for is asked of
        `shares` in the row in which it is placed, and those that `waits` (K,) tells wait until they can be traded."""
        row, point = self._rows(placement, close_rows, event, ticker, delay, waits)
        inside = np.flatnonzero(row >= 0)
        keys = (linked, ticker, -size, event, known_at[event], point, row)
        order = inside[np.lexsort(tuple(key[inside] for key in keys))]
        entries = Entries(
            event=event[order],
            ticker=ticker[order],
            sign=sign[order],
            weight=shares.at(row, ticker)[order],
            row=row[order],
            point=point[order],
            bound=self._limits(row[order], ticker[order], sign[order]),
        )
        return PlacedEntries(entries=entries, order=order, row=row)

    def _rows(
        self, placement: Ints, close_rows: Ints | None, event: Ints, ticker: Ints, delay: Ints, waits: Bools
    ) -> tuple[Ints, Ints]:
        """The row in which each signal's entry works, `BEFORE` or `AFTER` if outside, and where in it (T2, T3, T7,
        S3)."""
        market = self.panel.market_of[ticker]
        row = placement[event, market]
        usual = FillPoint.OPEN if self.limit_distance is None else FillPoint.LIMIT
        point = np.full(len(row), usual, dtype=np.int64)
        if close_rows is not None:
            closing = close_rows[event, market]
            at_close = (closing >= 0) & (delay == 0)
            point[at_close] = FillPoint.CLOSE
            row = np.where(at_close, closing, row)
        row = delayed_rows(self.panel, row, ticker, delay)
        late = waits & (row >= 0)
        late[late] = ~self.panel.tradable[row[late], ticker[late]]
        point[late] = usual
        return delayed_rows(self.panel, row, ticker, late.astype(np.int64)), point

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


def waiting(events: EventTable) -> Bools:
    """(E,): whether the entries of each event wait until their instrument can be traded (T3)."""
    return events.columns.event_type.numbers(lambda kind: kind == RESUMPTION).astype(np.bool_)


def delayed_rows(panel: MarketPanel, row: Ints, ticker: Ints, delay: Ints) -> Ints:
    """Rows moved on by whole own tradable bars; `AFTER` where none is left."""
    moved = row.copy()
    late = np.flatnonzero((delay > 0) & (row >= 0))
    if not len(late):
        return moved
    late = late[np.argsort(ticker[late], kind="stable")]
    used, first = np.unique(ticker[late], return_index=True)
    for n, mine in zip(used.tolist(), np.split(late, first[1:]), strict=False):
        bars = np.append(np.flatnonzero(panel.tradable[:, n]), AFTER)
        number = np.searchsorted(bars[:-1], row[mine], side="right") + delay[mine] - 1
        moved[mine] = bars[np.minimum(number, len(bars) - 1)]
    return moved


def _indices(names: pd.Series, position: Mapping[str, int], what: str) -> Ints:
    codes, found = pd.factorize(names, use_na_sentinel=False)
    asked = found.tolist()
    try:
        indices = np.fromiter(map(position.__getitem__, asked), np.int64, len(asked))
    except KeyError:
        name = next(name for name in asked if name not in position)
        message = f"the strategy signalled an unknown {what} {name!r}{nearest(str(name), position)}"
        raise StrategyError(message, code="bad_signal") from None
    return np.asarray(indices[codes], dtype=np.int64)
