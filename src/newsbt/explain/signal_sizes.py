"""What share of equity a signal asks for, and what says so (X4, X23)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from newsbt._typing import Floats
from newsbt.assembly import StrategySpec
from newsbt.config.models import SizerConfig
from newsbt.simulation.entry_rows import Sizing, traded_columns
from newsbt.simulation.sizers import InverseVolatility
from newsbt.steps.event_setup import EventSetup
from newsbt.steps.market_setup import MarketSetup
from newsbt.steps.simulate import sizing_of

__all__ = ["SignalSize", "grid_size", "signal_sizes"]

OUTSIDE = "outside of the prices"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalSize:
    """`weight` is the fraction of equity, None where there is none, `sized` says in words where it comes from."""

    weight: float | None
    sized: str


def signal_sizes(
    market: MarketSetup, news: EventSetup, spec: StrategySpec, signals: pd.DataFrame
) -> Mapping[str, SignalSize]:
    """What each of one event's signals asks for where it is placed, by its ticker.

    Parameters
    ----------
    signals : DataFrame
        All of the event's, as `Signal.for_events` made them.
    """
    sizing = sizing_of(market, spec)
    placed = market.placer.signals(signals, news.events, news.placement, news.close_rows, sizing)
    found = {}
    for name, signal, ticker, row, entry in zip(
        signals["ticker"], placed.signal.tolist(), placed.ticker.tolist(), placed.row.tolist(), placed.entry.tolist(),
        strict=True,
    ):  # fmt: skip
        asked = None if entry < 0 else float(placed.entries.weight[entry])
        found[str(name)] = _size(market, spec, sizing, row, ticker, signal, asked)
    return found


def grid_size(market: MarketSetup, spec: StrategySpec, row: int, linked: int, signal: float) -> SignalSize:
    """What a grid's signal for an instrument asks for in the row in which it is traded, the last one at most."""
    sizing, ticker = sizing_of(market, spec), int(traded_columns(market.universe)[linked])
    row = min(row, market.panel.shape[0] - 1)
    weight = sizing.weight if sizing.weights is None else sizing.weights[row, ticker]
    return _size(market, spec, sizing, row, ticker, signal, float(weight) * abs(signal))


def _size(
    market: MarketSetup, spec: StrategySpec, sizing: Sizing, row: int, ticker: int, signal: float, asked: float | None
) -> SignalSize:
    words = _source(market, spec, sizing.weights, row, ticker)
    if asked is None:
        return SignalSize(weight=None, sized=OUTSIDE)
    if math.isnan(asked):
        return SignalSize(weight=None, sized=f"{words}: none, so the order is refused (no_weight)")
    alone = float(sizing.weight if sizing.weights is None else sizing.weights[row, ticker]) * abs(signal)
    capped = f", cut by event_weight {sizing.event_weight:g}" if asked < alone else ""
    return SignalSize(weight=asked, sized=f"{words}{capped}")


def _source(market: MarketSetup, spec: StrategySpec, weights: Floats | None, row: int, ticker: int) -> str:
    block = spec.position.weight
    if weights is None or not isinstance(block, SizerConfig):
        return f"position.weight {block:g}"
    before = f"before {market.panel.dates[max(row, 0)]}"
    if isinstance(spec.sizer, InverseVolatility):
        return f"{block.use}: {spec.sizer.in_words(market.panel, row, ticker)} {before}"
    return f"{block.use}: {weights[row, ticker]:.4g} at a signal of 1, by what is known {before}"
