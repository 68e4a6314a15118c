"""At what price a fill happens: slippage (X6), price limits (X8), stops and targets (X14), and ex-dates (X19)."""

from __future__ import annotations

import math

import numpy as np

from newsbt.kernels._compile import part
from newsbt.kernels.codes import FILLED, LIMIT_DOWN, LIMIT_UP, NONE, STOP_LOSS, TAKE_PROFIT, TRAILING_STOP

__all__ = ["at_limit", "ex_price", "slipped", "stop_hit"]

PRICE_UNITS = 1e8
ROUNDING = 4 * 2.220446049250313e-16


@part
def slipped(
    unslipped: float, side: int, quantity: int, low: float, high: float, volume: float,
    rate: float, half_spread: float, impact: float,
) -> float:  # fmt: skip
    """The fill price: moved against the trader, kept inside the bar. `volume` may be NaN: then there is no impact."""
    shift = unslipped * rate
    shift += half_spread
    if impact != 0.0 and volume > 0.0:
        shift += unslipped * impact * math.sqrt(quantity / volume)
    return min(max(unslipped + side * shift, low), high)


@part
def at_limit(side: int, unslipped: float, limit_up: float, limit_down: float, tick: float) -> int:
    """`LIMIT_UP` or `LIMIT_DOWN` where nobody is on the other side, else `FILLED`; NaN is no limit."""
    half_tick = 0.5 * tick
    if side > 0 and unslipped >= limit_up - half_tick:
        return LIMIT_UP
    if side < 0 and unslipped <= limit_down + half_tick:
        return LIMIT_DOWN
    return FILLED


@part
def stop_hit(
    sign: int, entry_price: float, peak: float, stop_loss: float, trailing: float, target: float,
    open_: float, high: float, low: float,
) -> tuple[int, float, bool]:  # fmt: skip
    """Which stop or target of a lot acts in a bar (`NONE`: none), at what price, and whether at the open.

    `sign` is 1 for a long and -1 for a short; `stop_loss`, `trailing`, `target` are fractions, NaN where not set.
    """
    # Prices times `sign` read as for a long.
    reason, stop = STOP_LOSS, -math.inf
    if not math.isnan(stop_loss):
        stop = sign * entry_price * (1.0 - sign * stop_loss)
    if not math.isnan(trailing):
        trail = sign * peak * (1.0 - sign * trailing)
        if trail > stop:
            reason, stop = TRAILING_STOP, trail
    goal = math.inf
    if not math.isnan(target):
        goal = sign * entry_price * (1.0 + sign * target)
    worst, best = (low, high) if sign > 0 else (-high, -low)
    first = sign * open_
    if first <= stop:
        return reason, open_, True
    if first >= goal:
        return TAKE_PROFIT, open_, True
    if worst <= stop:
        return reason, sign * stop, False
    if best >= goal:
        return TAKE_PROFIT, sign * goal, False
    return NONE, 0.0, False


@part
def ex_price(price: float, dividend: float, split: float) -> float:
    """What a price becomes where its ticker goes ex: `domain.market.ex_price`, of numbers."""
    exact = (price - dividend) / split
    written: float = np.rint(exact * PRICE_UNITS) / PRICE_UNITS
    return written if abs(written - exact) * split <= ROUNDING * abs(price) else exact
