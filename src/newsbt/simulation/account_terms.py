"""On what terms a strategy trades: everything an engine needs but the entries themselves."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from newsbt._typing import Bools, Ints
from newsbt.domain.market_panel import Clock, MarketPanel
from newsbt.domain.slippage_table import Slippage
from newsbt.markets.costs import FeeTable
from newsbt.markets.fx import FxRates
from newsbt.markets.rules import TradingRules

__all__ = ["AccountTerms", "Hold", "PositionTerms"]

REPEATS = ("extend", "ignore", "add")


@dataclass(frozen=True, slots=True)
class Hold:
    """How long a lot is held: `count` own tradable bars or sessions, or nanoseconds (X13, T9)."""

    unit: str  # bars, sessions, duration
    count: int

    def __post_init__(self) -> None:
        assert self.unit in ("bars", "sessions", "duration")
        assert self.count >= 1

    def on(self, clock: Clock) -> Hold:
        """The same hold, in bars where each row is a session of its own."""
        return Hold("bars", self.count) if self.unit == "sessions" and not clock.intraday else self

    def progress(self, panel: MarketPanel) -> Ints:
        """(T, N): what must have grown by `count` since entry for the hold to be over, at each tradable bar."""
        if self.unit == "bars":
            return panel.bar_number
        if self.unit == "duration":
            opens = panel.clock.open_at[:, panel.market_of]
            return opens.astype("M8[ns]").view("i8")
        return panel.session_number


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionTerms:
    """`position:` of a strategy; fractions, None where not set."""

    weight: float = 0.05
    hold: Hold | None = Hold("bars", 5)
    stop_loss: float | None = None
    take_profit: float | None = None
    trailing_stop: float | None = None
    max_positions: int | None = None
    event_weight: float | None = None
    on_repeat: str = "extend"
    min_trade: float = 0.001
    rebalance: str = "daily"

    def __post_init__(self) -> None:
        assert self.on_repeat in REPEATS

    @property
    def has_stops(self) -> bool:
        return not (self.stop_loss is None and self.take_profit is None and self.trailing_stop is None)


@dataclass(frozen=True, kw_only=True)
class AccountTerms:
    """One strategy's account and the market it meets. `may_trade` (N,) is False for indices and `tradable: false`."""

    panel: MarketPanel
    rules: TradingRules
    fees: FeeTable
    fx: FxRates
    position: PositionTerms
    cash: float
    may_trade: Bools
    slippage: Slippage = field(default_factory=Slippage)
    participation: float | None = 0.1
    reject_short_cash: bool = False
    borrow_bps: float = 0.0

    @property
    def days(self) -> Ints:
        """(T,): calendar days since the row before; 0 in row 0."""
        dates = self.panel.dates.astype("M8[D]").view("i8")
        return np.diff(dates, prepend=dates[:1])
