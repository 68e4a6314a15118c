"""From a day's two moves, overnight gap and session, to a bar that the exchange could have printed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from sampling.draws import Draws
from sampling.tables import Pin, Series
from sampling.ticks import limits, on_tick, tick_of

__all__ = ["Bar", "make_bar", "make_volume"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One session of one ticker; `volume` in shares, None for an index."""

    day: date
    open: float
    high: float
    low: float
    close: float
    volume: int | None

    def gap(self, before: float) -> float:
        return self.open / before - 1

    @property
    def session(self) -> float:
        return self.close / self.open - 1


def _reach(start: float, end: float, volatility: float, u: float, sign: int) -> float:
    """The highest (sign 1) or lowest (-1) point of a Brownian bridge from `start` to `end`, exactly distributed."""
    step = math.log(end / start) * sign
    far = (step + math.sqrt(step * step - 2 * volatility * volatility * math.log(u))) / 2
    return start * math.exp(sign * far)


def _band(series: Series, before: float, free: bool) -> tuple[float, float]:
    """The prices that may be printed: anything, or what lies strictly inside the mainland's daily limits."""
    if not series.limited or free:
        return 0.0, math.inf
    low, high = limits(before, series.board)
    return round(low + 0.01, 2), round(high - 0.01, 2)


def make_bar(
    series: Series,
    day: date,
    before: float,
    moves: tuple[float, float],
    volatility: float,
    draws: Draws,
    *,
    pin: Pin | None,
    free: bool,
    volume: int | None,
) -> Bar:
    """A bar after a close `before`.

    Parameters
    ----------
    moves : (float, float)
        Gap and session as fractions; a pin replaces both.
    volatility : float
        Standard deviation of the session's move, for the width of the day's range.
    free : bool
        No price limit holds (the first five sessions of a listing).
    """

    def quoted(price: float) -> float:
        return on_tick(price, series.exchange, series.board, day)

    u_high, u_low = draws.uniform(), draws.uniform()
    floor, ceiling = _band(series, before, free)

    def inside(price: float) -> float:
        return min(max(quoted(price), floor), ceiling)

    if pin is None:
        first = inside(before * (1 + moves[0]))
        last = inside(first * (1 + moves[1]))
    else:
        first, last = inside(before * (1 + pin.gap)), inside(before * (1 + pin.move))
    high = inside(max(first, last, _reach(first, last, volatility, u_high, 1)))
    low = inside(min(first, last, _reach(first, last, volatility, u_low, -1)))
    if pin is not None:
        if pin.high is not None:
            high = quoted(before * (1 + pin.high))
        if pin.low is not None:
            low = quoted(before * (1 + pin.low))
        if pin.measure in ("limit_up", "limit_down"):
            bottom, top = limits(before, series.board)
            last = top if pin.measure == "limit_up" else bottom
        if pin.measure == "direction_up":
            last = max(last, round(before + tick_of(before, series.exchange, series.board, day), 3))
        levels = [first, last, *(quoted(before * (1 + level)) for level in pin.touches)]
        high, low = max(high, *levels), min(low, *levels)
    return Bar(day=day, open=first, high=max(high, first, last), low=min(low, first, last), close=last, volume=volume)


def make_volume(series: Series, activity: float, surprise: float, state: float) -> int | None:
    """Shares traded: the usual number, less on a short day, more when the price moves more than usual.

    `surprise` is the day's absolute move over its standard deviation, `state` a slow swing around 0.
    """
    if series.board == "index":
        return None
    shares = series.volume * activity * math.exp(0.35 * state) * (0.75 + 0.35 * min(surprise, 6.0))
    return max(round(shares / series.lot), 1) * series.lot
