"""Sizers: what share of equity a signal of 1 asks for, by row and ticker, from what is known before (X23)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from newsbt._typing import Floats, Ints
from newsbt.domain.market_panel import MarketPanel, frozen_array
from newsbt.domain.total_prices import total_prices
from newsbt.errors import StrategyError
from newsbt.ports import Sizer

__all__ = ["InverseVolatility", "asked_weights", "daily_volatility"]

SESSIONS_A_YEAR = 252  # by which a volatility of daily returns is made one of a year
STILL = 1e-9  # a daily volatility below which a price does not move


@dataclass(frozen=True, kw_only=True)
class InverseVolatility:
    """The weight at which a position has a volatility of `target` a year, as a share of equity: target / volatility.

    The volatility is that of the ticker's last `window` daily total returns before the row's session, times the root of
    252. No weight where there are fewer, or where they do not move; none above `max_weight`.

    Notes
    -----
    Volatility targeting by instrument: Moskowitz, Ooi & Pedersen (2012), "Time series momentum".
    """

    target: float = 0.02
    window: int = 60
    max_weight: float = 1.0

    def __post_init__(self) -> None:
        if not 0.0 < self.target < math.inf:
            raise ValueError(f"target is a volatility a year above 0, such as 0.02, not {self.target}")
        if self.window < 2:
            raise ValueError(f"window counts returns, at least 2, not {self.window}")
        if not 0.0 < self.max_weight <= 1.0:
            raise ValueError(f"max_weight is a share of equity above 0 and at most 1, not {self.max_weight}")

    def weights(self, panel: MarketPanel) -> Floats:
        daily = daily_volatility(panel, self.window)
        moving = np.where(daily > STILL, daily, np.nan)
        return np.asarray(np.minimum(self.max_weight, self.target / (moving * math.sqrt(SESSIONS_A_YEAR))))

    def in_words(self, panel: MarketPanel, row: int, ticker: int) -> str:
        """Of what the weight of one cell is made, as far as ``before`` its session."""
        daily = float(daily_volatility(panel, self.window)[row, ticker])
        if math.isnan(daily):
            return f"fewer than {self.window} daily returns"
        year = daily * math.sqrt(SESSIONS_A_YEAR)
        most = f" (at most {self.max_weight:g})" if daily > STILL and self.target / year > self.max_weight else ""
        return f"target {self.target:g} / volatility {year:.4g} a year{most} of the {self.window} returns"


def daily_volatility(panel: MarketPanel, window: int) -> Floats:
    """(T, N): the standard deviation (n - 1) of each ticker's last `window` daily total returns before a row's session.

    A ticker's return is from the last close of one session in which it traded (T4) to that of the next in which it did;
    NaN where there are fewer.
    """
    dates: Ints = panel.dates.astype("M8[D]").astype(np.int64)
    close = total_prices(panel).close
    found = np.full(panel.shape, np.nan)
    for n in np.flatnonzero(panel.has_prices).tolist():
        traded = np.flatnonzero(panel.tradable[:, n])
        traded = traded[np.append(np.diff(dates[traded]) != 0, True)[: len(traded)]]  # the last bar of each session
        if len(traded) <= window:
            continue
        returns = close[traded[1:], n] / close[traded[:-1], n] - 1.0
        windows = np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(returns, window))
        known = np.searchsorted(dates[traded], dates, side="left") - window  # windows that ended before each row
        enough = known > 0
        found[enough, n] = windows.std(axis=1, ddof=1)[known[enough] - 1]
    return found


def asked_weights(sizer: Sizer, panel: MarketPanel) -> Floats:
    """(T, N), read-only: what a sizer answers, checked.

    Raises
    ------
    StrategyError
        It answers no array of that shape, or a weight outside [0, 1].
    """
    name = type(sizer).__name__
    answer = np.asarray(sizer.weights(panel))
    if answer.shape != panel.shape or answer.dtype.kind not in "fiu":
        raise StrategyError(
            f"position.weight: {name}.weights() answered an array of shape {answer.shape} and type {answer.dtype}; "
            f"expected numbers of shape {panel.shape}, a row for each of panel.dates and a column for each of "
            "panel.tickers",
            code="component_failed",
        )
    weights: Floats = frozen_array(answer, np.float64)
    wrong = np.argwhere((weights < 0.0) | (weights > 1.0))
    if len(wrong):
        t, n = wrong[0].tolist()
        raise StrategyError(
            f"position.weight: {name}.weights() answered {float(weights[t, n])!r} for {panel.tickers[n]} in row {t} "
            f"({panel.dates[t]}); expected a share of equity in [0, 1], or NaN where there is none",
            code="component_failed",
        )
    return weights
