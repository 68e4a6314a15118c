"""From signals to entries: which row each one fills in, which ticker is traded, and what share of equity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from newsbt._typing import Bools, Floats, Instants, Ints
from newsbt.domain.entity import Universe
from newsbt.domain.entries import Entries
from newsbt.domain.event_table import EventTable
from newsbt.domain.ledger import Outcome
from newsbt.domain.market_panel import MarketPanel
from newsbt.errors import StrategyError, nearest
from newsbt.markets.clock import AFTER, BEFORE

__all__ = ["PlacedSignals", "delayed_rows", "entry_rows", "ordered_entries", "place_signals", "traded_places"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedSignals:
    """Every signalled pair, K of them, in the strategy's order, and the entries made of those inside the run.

    `event`, `linked` (the signalled instrument), `ticker` (the traded one, X18), `signal`, `delay`, `row` (-1 outside
    the run) are (K,); `entry` (K,) is the place in `entries`, -1 for pairs that are `BEFORE_PERIOD` or `AFTER_PERIOD`
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


def traded_places(universe: Universe) -> Ints:
    """(N,): the place of the instrument that is traded for each one: an index's proxy, else itself (X18)."""
    return np.array(
        [
            universe.position[item.proxy] if item.is_index and item.proxy else n
            for n, item in enumerate(universe.instruments)
        ],
        dtype=np.int64,
    )


def place_signals(
    frame: pd.DataFrame,
    events: EventTable,
    universe: Universe,
    panel: MarketPanel,
    placement: Ints,
    close_rows: Ints | None,
    weight: float,
    event_weight: float | None,
) -> PlacedSignals:
    """Place event signals on rows (T2, T5, T7, S3), on traded tickers (X18), and size them (X4).

    Parameters
    ----------
    frame : DataFrame
        `event_id, ticker, signal, delay`, as `Signal.for_events` made it.
    placement : ndarray of shape (E, M)
        First tradable row of each event in each market, `markets.clock.BEFORE` or `AFTER` outside the run.
    close_rows : ndarray of shape (E, M), optional
        With `entry: same_close`, the row whose close an event fills at, -1 where it fills at an open.
    """
    event = _places(frame["event_id"], events.position, "event_id")
    linked = _places(frame["ticker"], universe.position, "ticker")
    ticker = traded_places(universe)[linked]
    signal = frame["signal"].to_numpy(np.float64)
    delay = frame["delay"].to_numpy(np.int64)
    row, at_close = entry_rows(panel, placement, close_rows, event, ticker, delay)

    outcome = np.full(len(row), Outcome.PENDING, dtype=np.int64)
    outcome[row == BEFORE] = Outcome.BEFORE_PERIOD
    outcome[row == AFTER] = Outcome.AFTER_PERIOD
    share = _weights(event, signal, weight, event_weight, len(events))
    entries, order = ordered_entries(
        events.known_at, event, ticker, np.where(signal > 0, 1, -1).astype(np.int64), share, row, at_close,
        size=np.abs(signal), linked=linked,
    )  # fmt: skip
    entry = np.full(len(row), -1, dtype=np.int64)
    entry[order] = np.arange(len(order))
    return PlacedSignals(
        event=event,
        linked=linked,
        ticker=ticker,
        signal=signal,
        delay=delay,
        row=np.where(row >= 0, row, -1),
        entry=entry,
        outcome=outcome,
        entries=entries,
    )


def entry_rows(
    panel: MarketPanel, placement: Ints, close_rows: Ints | None, event: Ints, ticker: Ints, delay: Ints
) -> tuple[Ints, Bools]:
    """The row in which each of K signals fills, `BEFORE` or `AFTER` if outside, and whether at its close (T2, T7, S3).

    `placement` and `close_rows` are (E, M), as in `place_signals`; `delay` (K,) counts own tradable bars.
    """
    market = panel.market_of[ticker]
    row = placement[event, market]
    at_close = np.zeros(len(row), dtype=bool)
    if close_rows is not None:
        closing = close_rows[event, market]
        at_close = (closing >= 0) & (delay == 0)
        row = np.where(at_close, closing, row)
    return delayed_rows(panel, row, ticker, delay), at_close


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


def ordered_entries(
    known_at: Instants, event: Ints, ticker: Ints, sign: Ints, weight: Floats, row: Ints, at_close: Bools, *,
    size: Floats, linked: Ints,
) -> tuple[Entries, Ints]:  # fmt: skip
    """Entries of those of K signals that are inside the run, in X5's order, and which of them they are.

    `known_at` is (E,), everything else (K,): `size` is |signal|, `linked` the signalled instrument, which tells an
    index from its proxy.
    """
    inside = np.flatnonzero(row >= 0)
    keys = (linked, ticker, -size, event, known_at[event], at_close, row)
    order = inside[np.lexsort(tuple(key[inside] for key in keys))]
    return (
        Entries(
            event=event[order],
            ticker=ticker[order],
            sign=sign[order],
            weight=weight[order],
            row=row[order],
            at_close=at_close[order],
        ),
        order,
    )


def _places(names: pd.Series, position: Mapping[str, int], what: str) -> Ints:
    codes, found = pd.factorize(names, use_na_sentinel=False)
    for name in found:
        if name not in position:
            raise StrategyError(f"the strategy signalled an unknown {what} {name!r}{nearest(str(name), position)}")
    places = np.array([position[name] for name in found], dtype=np.int64)
    return np.asarray(places[codes], dtype=np.int64)


def _weights(event: Ints, signal: Floats, weight: float, event_weight: float | None, count: int) -> Floats:
    share = weight * np.abs(signal)
    if event_weight is None:
        return share
    total = np.bincount(event, weights=share, minlength=count)
    scale = np.minimum(1.0, event_weight / np.where(total > 0, total, 1.0))
    return np.asarray(share * scale[event], dtype=np.float64)
