"""What a strategy is compared with: everything bought once, or held in equal parts."""

from __future__ import annotations

import numpy as np

from newsbt._typing import Bools, Floats, Ints
from newsbt.domain.entity import Universe
from newsbt.domain.entries import Entries, FillPoint
from newsbt.domain.market_panel import MarketPanel

__all__ = ["buy_and_hold", "equal_weight", "members"]


def members(universe: Universe, panel: MarketPanel) -> Ints:
    """Places of the tradable instruments with prices that are no index."""
    return np.array(
        [
            n
            for n, item in enumerate(universe.instruments)
            if item.tradable and not item.is_index and panel.has_prices[n]
        ],
        dtype=np.int64,
    )


def buy_and_hold(universe: Universe, panel: MarketPanel, has_rate: Bools) -> Entries:
    """1/N of the initial cash in each member, at its exchange's first session of the run in which there is a rate of
    its currency, by `has_rate` (T, N); where there never is, at the first of all (S6).

    A member without a close before that session is tried at the next one, by the close of the first; where there is no
    next one, not at all.
    """
    every = members(universe, panel)
    row = np.array([_first_row(panel, has_rate, int(n)) for n in every], dtype=np.int64)
    columns, row = every[row >= 0], row[row >= 0]
    order = np.lexsort((columns, row))
    count = len(columns)
    return Entries(
        event=np.full(count, -1, dtype=np.int64),
        ticker=columns[order],
        sign=np.ones(count, dtype=np.int64),
        weight=np.full(count, 1.0 / max(len(every), 1)),
        row=row[order],
        point=np.full(count, FillPoint.OPEN, dtype=np.int64),
        bound=np.full(count, np.nan),
    )


def _first_row(panel: MarketPanel, has_rate: Bools, n: int) -> int:
    """Which session is known when the order has to be in; -1 for none."""
    sessions = np.flatnonzero(panel.clock.session_of[:, panel.market_of[n]] >= 0)
    rated = sessions[has_rate[sessions, n]]
    sessions = rated if len(rated) else sessions
    if len(sessions) and np.isfinite(panel.reference[sessions[0], n]):
        return int(sessions[0])
    return int(sessions[1]) if len(sessions) > 1 else -1


def equal_weight(universe: Universe, panel: MarketPanel) -> Floats:
    """(T, N): a constant signal of 1 for each member; with a weight of 1/N and monthly rebalancing, equal parts."""
    grid = np.zeros(panel.shape)
    grid[:, members(universe, panel)] = 1.0
    return grid
