"""Slippage models: how far a fill moves against the trader, as tables that any engine can read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from newsbt._typing import Floats
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.slippage_table import Slippage
from newsbt.markets.rules import TradingRules

__all__ = ["Bps", "HalfSpread", "VolumeShare", "ZeroSlippage", "trailing_deviation"]

FEWEST_RETURNS = 5  # for a volatility


@dataclass(frozen=True, kw_only=True)
class ZeroSlippage:
    """Fills at the price itself."""

    def table(self, panel: MarketPanel, rules: TradingRules) -> Slippage:  # noqa: ARG002
        return Slippage()


@dataclass(frozen=True, kw_only=True)
class Bps:
    """A fixed fraction of the price; `bps` are hundredths of a percent."""

    bps: float = 5.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.bps < 10_000.0:
            raise ValueError(f"bps is at least 0 and below 10000, not {self.bps}")

    def table(self, panel: MarketPanel, rules: TradingRules) -> Slippage:  # noqa: ARG002
        return Slippage(rate=self.bps / 10_000)


@dataclass(frozen=True, kw_only=True)
class HalfSpread:
    """Half of a spread of `ticks` price steps, the step being the exchange's at that date and price."""

    ticks: float = 1.0

    def __post_init__(self) -> None:
        if not self.ticks >= 0.0:
            raise ValueError(f"ticks is 0 or more, not {self.ticks}")

    def table(self, panel: MarketPanel, rules: TradingRules) -> Slippage:  # noqa: ARG002
        return Slippage(half_spread=rules.tick * (self.ticks / 2.0))


@dataclass(frozen=True, kw_only=True)
class VolumeShare:
    """Square-root impact: the price moves by `coefficient` x daily volatility x sqrt(quantity / the bar's volume).

    The volatility is the standard deviation of the ticker's last `window` own returns before the row. Where there
    are fewer than 5, or the volume is unknown, only `bps` apply.

    Notes
    -----
    The square-root law with a coefficient near 1: Almgren, Thum, Hauptmann & Li (2005), "Direct estimation of
    equity market impact"; Toth et al. (2011), "Anomalous price impact and the critical nature of liquidity".
    """

    coefficient: float = 1.0
    window: int = 20
    bps: float = 0.0

    def __post_init__(self) -> None:
        if not self.coefficient >= 0.0:
            raise ValueError(f"coefficient is 0 or more, not {self.coefficient}")
        if self.window < FEWEST_RETURNS:
            raise ValueError(f"window counts returns, at least 5, not {self.window}")
        if not 0.0 <= self.bps < 10_000.0:
            raise ValueError(f"bps is at least 0 and below 10000, not {self.bps}")

    def table(self, panel: MarketPanel, rules: TradingRules) -> Slippage:  # noqa: ARG002
        impact = np.zeros(panel.shape)
        with np.errstate(divide="ignore", invalid="ignore"):
            moves = panel.close * panel.split / panel.reference - 1.0
        rows = np.arange(panel.shape[0])
        for n in range(panel.shape[1]):
            own = np.flatnonzero(np.isfinite(moves[:, n]))
            spread = trailing_deviation(moves[own, n], self.window)
            impact[:, n] = self.coefficient * spread[np.searchsorted(own, rows)]
        return Slippage(rate=self.bps / 10_000, impact=impact)


def trailing_deviation(values: Floats, window: int) -> Floats:
    """(K + 1,): the standard deviation (n - 1) of the last `window` of the first k values, 0 where k is below 5.

    >>> trailing_deviation(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 5).round(3).tolist()
    [0.0, 0.0, 0.0, 0.0, 0.0, 1.581]
    """
    result = np.zeros(len(values) + 1)
    for k in range(FEWEST_RETURNS, min(window, len(values) + 1)):
        result[k] = values[:k].std(ddof=1)
    if len(values) >= window:
        result[window:] = np.lib.stride_tricks.sliding_window_view(values, window).std(axis=1, ddof=1)
    return result
