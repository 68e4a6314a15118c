"""The benchmark as a curve: bought once with the whole cash, and marked (R7)."""

from __future__ import annotations

import numpy as np

from newsbt._typing import Floats
from newsbt.domain.ledger import FILL, LOT, REFUSAL, Ledger
from newsbt.domain.market_panel import MarketPanel, carried_prices, ex_price
from newsbt.errors import DataError

__all__ = ["benchmark_ledger"]


def benchmark_ledger(panel: MarketPanel, column: int, cash: float, fill_rate: Floats, mark_rate: Floats) -> Ledger:
    """Buy at the open of the first bar with a rate, in fractions of a share and free of cost, and hold.

    Dividends and splits are those of the books (X19): marks come from the panel, a dividend is cash from then on.

    Parameters
    ----------
    column : int
        The benchmark's column; where it has an `adj_factor`, that stands for its dividends and splits.
    fill_rate, mark_rate : ndarray of shape (T,)
        Account currency for one unit of the benchmark's (C1), NaN before the first.

    Raises
    ------
    DataError
        The benchmark has no bar with an open in the period, or none with a rate.
    """
    bars = np.flatnonzero(np.isfinite(panel.open[:, column]) & np.isfinite(panel.close[:, column]))
    if not len(bars):
        raise DataError(
            f"the benchmark {panel.tickers[column]} has no price in the period; give prices for it, or leave out "
            "`benchmark`",
            code="no_data",
        )
    first_rows = bars[np.isfinite(fill_rate[bars])]
    if not len(first_rows):
        raise DataError(
            f"the benchmark {panel.tickers[column]} has no bar with a rate of its currency before it; give earlier "
            "rates, or leave out `benchmark`",
            code="missing_rate",
        )
    first = int(first_rows[0])
    fill_rate, mark_rate = (np.where(np.isfinite(rates), rates, 0.0) for rates in (fill_rate, mark_rate))
    opened, mark = panel.open[:, column], panel.mark[:, column]
    dividend, split = panel.dividend[:, column].copy(), panel.split[:, column].copy()
    dividend[: first + 1], split[: first + 1] = 0.0, 1.0  # before there is a position
    factor = panel.adj_factor[:, column]
    if (factor != 1.0).any():
        opened, dividend, split = opened * factor, np.zeros(len(factor)), np.ones(len(factor))
        mark = carried_prices(np.nan, panel.close[:, column] * factor, dividend, split)[1:]
    # What a share cost follows its dividends and splits as its mark does, so that a price that has not moved is worth
    # what was paid, to the last bit.
    rate, cost = float(fill_rate[first]), np.full(len(mark), opened[first])
    for t in np.flatnonzero((dividend != 0.0) | (split != 1.0)).tolist():
        cost[t:] = ex_price(cost[t], dividend[t], split[t])
    shares = cash / (opened[first] * rate) * np.cumprod(split, dtype=np.float64)
    paid = shares / split * dividend
    held = np.arange(len(mark)) >= first
    gain = shares * (mark * mark_rate - cost * rate) + np.cumsum(paid * (fill_rate - rate))
    worth = np.where(held, shares * (mark * mark_rate), 0.0)
    return Ledger(
        fills=np.empty(0, FILL),
        refusals=np.empty(0, REFUSAL),
        lots=np.empty(0, LOT),
        equity=cash + np.where(held, gain, 0.0),
        cash=np.where(held, np.cumsum(paid * fill_rate), cash),
        gross=worth,
        stale=np.zeros(len(mark), dtype=np.int64),
        outcome=np.empty(0, dtype=np.int64),
        initial_cash=cash,
        dividends=float((paid * fill_rate).sum()),
    )
