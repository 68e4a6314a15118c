"""Signals of single events, placed on rows and sized: what the engines are asked to enter."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from newsbt._typing import Floats, Instants, Ints
from newsbt.domain.market_panel import Clock, MarketPanel

__all__ = ["Entries", "FillPoint"]


class FillPoint(IntEnum):
    """At which point of a bar an order works: its open, its close, or inside it at a price of the order's own."""

    OPEN = 0
    CLOSE = 1
    LIMIT = 2

    @property
    def is_at_open(self) -> bool:
        """Whether a fill there is stamped with the bar's open, not its close (R1)."""
        return self is FillPoint.OPEN

    @staticmethod
    def prices(panel: MarketPanel, row: Ints, ticker: Ints, point: Ints) -> Floats:
        """(K,): what K orders that take any price would have had: the open, or the close where what they come to is
        known only then."""
        at_open = point == FillPoint.OPEN
        return np.where(at_open, panel.open[row, ticker], panel.close[row, ticker])

    @staticmethod
    def first_instants(clock: Clock, row: Ints, market: Ints, point: Ints) -> Instants:
        """(K,): when the orders of K cells can fill first."""
        at_close = point == FillPoint.CLOSE
        return np.where(at_close, clock.close_at[row, market], clock.open_at[row, market])


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """K intended entries in the order in which X5 works them inside a market: by (row, point, known_at,
    event id, descending |signal|, universe order).

    `event` and `ticker` (K,) are indices into the run's events and the universe; the ticker is the traded one (X18).
    `sign` is 1 or -1, `weight` the fraction of equity after `event_weight` (X4). `row` and `point`, a `FillPoint`, say
    where the entry works, `bound` the price that it does not pass, NaN where it takes any.
    """

    event: Ints
    ticker: Ints
    sign: Ints
    weight: Floats
    row: Ints
    point: Ints
    bound: Floats

    def __post_init__(self) -> None:
        arrays = (self.event, self.ticker, self.sign, self.weight, self.row, self.point, self.bound)
        assert len({len(array) for array in arrays}) == 1

    def __len__(self) -> int:
        return len(self.event)
