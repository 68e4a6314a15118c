"""The benchmark as a curve: bought once with the whole cash, and marked (R7)."""

from __future__ import annotations

import numpy as np

from newsbt._typing import Floats
from newsbt.domain.ledger import FILL, LOT, REFUSAL, Ledger
from newsbt.domain.market import MarketPanel
from newsbt.errors import DataError

__all__ = ["benchmark_ledger"]


def benchmark_ledger(panel: MarketPanel, place: int, cash: float, fill_rate: Floats, mark_rate: Floats) -> Ledger:
    """Buy at the open of the first bar, in fractions of a share and free of cost, and hold.

    Parameters
    ----------
    place : int
        The benchmark's column; its `adj_factor`, else its `split`, keeps returns comparable over time.
    fill_rate, mark_rate : ndarray of shape (T,)
        Account currency for one unit of the benchmark's (C1).

    Raises
    ------
    DataError
        The benchmark has no bar with an open in the period.
    """
    first_rows = np.flatnonzero(np.isfinite(panel.open[:, place]) & np.isfinite(panel.close[:, place]))
    if not len(first_rows):
        raise DataError(
            f"the benchmark {panel.tickers[place]} has no price in the period; give prices for it, or leave out "
            "`benchmark`"
        )
    first = int(first_rows[0])
    factor = panel.adj_factor[:, place]
    if (factor == 1.0).all():
        factor = np.cumprod(panel.split[:, place], dtype=np.float64)
    shares = cash / (panel.open[first, place] * factor[first] * fill_rate[first])
    close = panel.close[:, place] * factor
    filled = np.maximum.accumulate(np.where(np.isfinite(close), np.arange(len(close)), -1))
    value = np.full(len(close), cash)
    value[first:] = shares * close[filled[first:]] * mark_rate[first:]
    held = np.arange(len(close)) >= first
    return Ledger(
        fills=np.empty(0, FILL),
        refusals=np.empty(0, REFUSAL),
        lots=np.empty(0, LOT),
        equity=value,
        cash=np.where(held, 0.0, cash),
        gross=np.where(held, value, 0.0),
        stale=np.zeros(len(close), dtype=np.int64),
        outcome=np.empty(0, dtype=np.int64),
        initial_cash=cash,
    )
