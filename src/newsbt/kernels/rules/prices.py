"""At what price: price limits (X8), stops and targets (X14), ex-dates (X19), and limit orders (X22)."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from newsbt._typing import Ints
from newsbt.kernels._compile import part
from newsbt.kernels.codes import FILLED, LIMIT_DOWN, LIMIT_UP, LONG, NONE, SHORT, STOP_LOSS, TAKE_PROFIT, TRAILING_STOP

__all__ = [
    "StopHit", "at_limit", "best_price", "ex_price", "is_met_at_open", "is_traded_through", "limit_price",
    "no_buy_from", "no_sale_from", "session_ends", "stop_hit",
]  # fmt: skip

PRICE_UNITS = 1e8
ROUNDING = 4 * 2.220446049250313e-16


@part
def no_buy_from(limit_up: float, tick: float) -> float:
    """The price from which on upwards nobody sells: the upper limit less half a tick."""
    return limit_up - 0.5 * tick


@part
def no_sale_from(limit_down: float, tick: float) -> float:
    """The price from which on downwards nobody buys: the lower limit and half a tick."""
    return limit_down + 0.5 * tick


@part
def at_limit(side: int, unslipped: float, limit_up: float, limit_down: float, tick: float) -> int:
    """`LIMIT_UP` or `LIMIT_DOWN` where nobody is on the other side, else `FILLED`; NaN is no limit."""
    if side == LONG and unslipped >= no_buy_from(limit_up, tick):
        return LIMIT_UP
    if side == SHORT and unslipped <= no_sale_from(limit_down, tick):
        return LIMIT_DOWN
    return FILLED


class StopHit(NamedTuple):
    """Which stop or target of a lot acts in a bar (`NONE`: none), at what price, and whether at the open."""

    reason: int
    price: float
    at_open: bool


@part
def stop_hit(
    sign: int, entry_price: float, peak: float, stop_loss: float, trailing: float, target: float,
    open_: float, high: float, low: float,
) -> StopHit:  # fmt: skip
    """What a bar does to a lot's stops: the open first, then low and high, a stop before the target.

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
    worst, best = (low, high) if sign == LONG else (-high, -low)
    first = sign * open_
    price, at_open = open_, True
    if first > stop and first >= goal:
        reason = TAKE_PROFIT
    elif first > stop:
        at_open = False
        if worst <= stop:
            price = sign * stop
        elif best >= goal:
            reason, price = TAKE_PROFIT, sign * goal
        else:
            reason, price = NONE, 0.0
    return StopHit(reason=reason, price=price, at_open=at_open)


@part
def best_price(sign: int, peak: float, close: float) -> float:
    """What a trailing stop is measured from after one more close (X14)."""
    return max(peak, close) if sign == LONG else min(peak, close)


@part
def ex_price(price: float, dividend: float, split: float) -> float:
    """What a price becomes where its ticker goes ex: `domain.market_panel.ex_price`, of numbers."""
    exact = (price - dividend) / split
    written: float = np.rint(exact * PRICE_UNITS) / PRICE_UNITS
    return written if abs(written - exact) * split <= ROUNDING * abs(price) else exact


@part
def limit_price(sign: int, reference: float, dividend: float, split: float, tick: float, distance: float) -> float:
    """Where an entry waits (X22): a fraction below the last close, ex what its bar is ex, and above it for a short; in
    whole ticks, rounded away from the market."""
    ticks = ex_price(reference, dividend, split) * (1.0 - sign * distance) / tick
    whole = math.floor(ticks + 1e-9) if sign == LONG else math.ceil(ticks - 1e-9)
    price: float = np.rint(whole * tick * PRICE_UNITS) / PRICE_UNITS
    return price


@part
def is_met_at_open(sign: int, limit: float, open_: float) -> bool:
    """Whether a bar opens at an order's limit or better."""
    return sign * open_ <= sign * limit


@part
def is_traded_through(sign: int, limit: float, low: float, high: float) -> bool:
    """Whether a bar trades beyond an order's limit; touching it may leave the order in its queue."""
    return low < limit if sign == LONG else high > limit


@part
def session_ends(t: int, m: int, session_of: Ints) -> bool:
    """Whether row t is the last of a market's session, by `session_of` (T, M), -1 where the market has none."""
    for row in range(t + 1, session_of.shape[0]):
        if session_of[row, m] >= 0:
            return bool(session_of[row, m] != session_of[t, m])
    return True
