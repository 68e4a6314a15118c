"""A grid of target weights to follow (X21): its signals, what moved it, and which rows rebalance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from newsbt._typing import Bools, Days, Floats, Ints
from newsbt.domain.market_panel import MarketPanel

__all__ = ["Causes", "Targets", "rebalance_rows"]

Causes = Mapping[int, Sequence[tuple[int, int, float]]]
"""For a row: (ticker, event, size of the change it brings) for all that first count in that row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """`grid` (T, N) of signals by traded ticker, and `causes`: which events moved it, for attribution.

    `weights` (T, N) are those of a signal of 1 that is traded in a row, NaN where none is known (X23); None where
    `position.weight` is a number."""

    grid: Floats
    causes: Causes
    weights: Floats | None = None


def rebalance_rows(panel: MarketPanel, rebalance: str, grid: Floats) -> Bools:
    """(T, N): at the open of which rows each ticker is brought to its target.

    `daily` is the first row of each of its exchange's sessions, `weekly` and `monthly` the first session of an ISO
    week or month and the first that can trade at all, `on_change` a row of its exchange that follows another signal
    than the exchange's row before.
    """
    clock = panel.clock
    if rebalance == "on_change":
        return _changes(panel, grid)
    periods = {"daily": clock.dates, "weekly": _weeks(clock.dates), "monthly": clock.dates.astype("M8[M]")}[rebalance]
    number: Ints = periods.astype(np.int64)
    due = np.zeros(clock.session_of.shape, dtype=bool)
    for m in range(len(clock.markets)):
        rows = np.flatnonzero(clock.session_of[:, m] >= 0)
        due[rows, m] = True
        due[rows[1:], m] = np.diff(number[rows]) != 0
        due[rows[rows > 0][:1], m] = True
    return np.asarray(due[:, panel.market_of], dtype=np.bool_)


def _changes(panel: MarketPanel, grid: Floats) -> Bools:
    followed = np.vstack([np.zeros((1, grid.shape[1])), grid[:-1]])
    due = np.zeros(grid.shape, dtype=bool)
    for m in range(len(panel.clock.markets)):
        rows = np.flatnonzero(panel.clock.session_of[:, m] >= 0)
        columns = np.flatnonzero(panel.market_of == m)
        values = followed[np.ix_(rows, columns)]
        before = np.vstack([np.zeros((1, len(columns))), values[:-1]]) if len(rows) else values
        due[np.ix_(rows, columns)] = values != before
    return due


def _weeks(dates: Days) -> Ints:
    """ISO weeks, numbered: 1970-01-01 was a Thursday."""
    return (dates.astype("M8[D]").astype(np.int64) + 3) // 7
