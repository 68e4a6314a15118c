"""The price steps of an exchange at given days and prices."""

from __future__ import annotations

import numpy as np

from newsbt._typing import Bools, Days, Floats
from newsbt.domain.entity import Instrument
from newsbt.markets.dated_rules import Exchange, selectors
from newsbt.markets.limits import PRICE_UNIT, band_ticks, units

__all__ = ["off_step", "price_steps"]


def price_steps(market: Exchange, item: Instrument, dates: Days, prices: Floats) -> Floats:
    """(T, K): the step on which each price may stand, `prices` (T, K) being those of T days; NaN where no rule says."""
    entries, at = market.timeline("tick", dates, *selectors(item))
    found = np.full(prices.shape, np.nan)
    for k, entry in enumerate(entries):
        rows = np.flatnonzero(at == k)
        bands = entry.get("bands") or [[1, entry["tick"]]]
        steps = units(np.array([step for _, step in bands], dtype=np.float64))
        upper = units(np.array([high for high, _ in bands], dtype=np.float64))
        found[rows] = band_ticks(units(prices[rows]), upper, steps) / PRICE_UNIT
    return found


def off_step(prices: Floats, steps: Floats) -> Bools:
    """Which prices are no whole number of steps; a tenth of a thousandth of a step, or a millionth of the price, is
    rounding in the file."""
    with np.errstate(invalid="ignore"):
        count = prices / steps
        result: Bools = np.abs(count - np.rint(count)) > np.maximum(1e-4, 1e-6 * np.abs(count))
    return result
