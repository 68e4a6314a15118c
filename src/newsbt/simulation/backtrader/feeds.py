"""Feeds that hand a panel's arrays to backtrader without a loop over bars."""

from __future__ import annotations

import array
from typing import Any

import backtrader as bt
import numpy as np

from newsbt._typing import Floats, Instants

__all__ = ["RowFeed", "as_numbers"]

EPOCH = 719_163.0  # 1970-01-01 in backtrader's day numbers (proleptic ordinals)


def as_numbers(instants: Instants) -> Floats:
    """Instants as backtrader's floats: days since 0001-01-01 plus one, UTC."""
    return instants.astype("M8[us]").astype(np.int64) / 86_400_000_000 + EPOCH


class RowFeed(bt.feed.DataBase):  # type: ignore[misc]
    """One bar a row, filled at once from arrays of equal length (T,), all finite."""

    params: tuple[tuple[str, Any], ...] = (("columns", None),)

    def preload(self) -> None:
        """Fill the lines and stand before the first bar, as backtrader's own preload leaves a feed."""
        columns: dict[str, Any] = self.p.columns
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
