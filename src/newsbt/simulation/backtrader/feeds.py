"""Feeds that hand a panel's arrays to backtrader without a loop over bars."""

from __future__ import annotations

import array
import math
from collections.abc import Mapping

import backtrader as bt
import numpy as np

from newsbt._typing import Array, Floats, Instants

__all__ = ["RowFeed", "as_numbers"]

EPOCH = 719_163.0  # 1970-01-01 in backtrader's day numbers (proleptic ordinals)


def as_numbers(instants: Instants) -> Floats:
    """Instants as backtrader's floats: days since 0001-01-01 plus one, UTC."""
    return instants.astype("M8[us]").astype(np.int64) / 86_400_000_000 + EPOCH


class RowFeed(bt.feed.DataBase):  # type: ignore[misc]
    """One bar a row, filled at once from arrays of equal length (T,), all finite."""

    params: tuple[tuple[str, int | None], ...] = (("columns", None),)

    def preload(self) -> None:
        """Fill the lines and stand before the first bar, as backtrader's own preload leaves a feed."""
        columns: Mapping[str, Array] = self.p.columns
        for name in self.lines.getlinealiases():
            line = getattr(self.lines, name)
            values = columns.get(name)
            if values is None:
                values = np.zeros(len(columns["datetime"]))
            line.array = array.array("d", np.ascontiguousarray(values, dtype=np.float64).tobytes())
            line.lencount = len(values)
            line.idx = len(values) - 1
        self._last()
        self.home()

    def _load(self) -> bool:
        return False

    # Half of a run's time went into the rest of this class as backtrader has it: attributes that are written anew at
    # each bar for feeds whose bars still change, and questions whose answer is the same for all lines of a feed.

    def _tick_nullify(self) -> None:
        """A bar that is whole is its own only tick, see `tick_open` and the others."""

    def _tick_fill(self, force: bool = False) -> None:
        """The same."""

    tick_open = property(lambda self: self.lines.open[0])
    tick_high = property(lambda self: self.lines.high[0])
    tick_low = property(lambda self: self.lines.low[0])
    tick_close = tick_last = property(lambda self: self.lines.close[0])
    tick_volume = property(lambda self: self.lines.volume[0])
    tick_openinterest = property(lambda self: self.lines.openinterest[0])

    def advance(self, size: int = 1, datamaster: bt.DataBase | None = None, ticks: bool = True) -> None:
        """Go on by some bars."""
        if datamaster is not None:
            super().advance(size, datamaster, ticks)
            return
        for line in self.lines.lines:
            line._idx += size
            line.lencount += size

    def advance_peek(self) -> float:
        """The time of the next bar, infinite after the last."""
        line = self.lines.datetime
        return float(line.array[line._idx + 1]) if line.lencount < len(line.array) else math.inf
