"""X8 in whole numbers: reference prices, ticks and price limits as a decimal calculator would give them.

Prices are whole multiples of 1e-8 and percentages of 1e-6, so nothing depends on how a decimal is stored in binary:
1.15 CNY on a 10 % board has its limits at 1.27 and 1.04, where floats say 1.26 and 1.03. Exact for prices of up to
eight decimals below ten million.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

import numpy as np

from newsbt._typing import Bools, Floats, Ints
from newsbt.domain.market_panel import MarketPanel

__all__ = [
    "PRICE_UNIT", "RATE_UNIT", "References", "band_limits", "band_ticks", "price_limits", "references", "units",
]  # fmt: skip

PRICE_UNIT = 10**8
RATE_UNIT = 10**6
_LARGEST = 4.0e10  # twice its units still fit 64 bits


def units(prices: Floats) -> Ints:
    """Prices in units of 1e-8, 0 where NaN, infinite or beyond any price."""
    sound = np.abs(prices) < _LARGEST  # False for NaN
    result: Ints = np.rint(np.where(sound, prices, 0.0) * PRICE_UNIT).astype(np.int64)
    return result


@dataclass(frozen=True, slots=True)
class References:
    """Reference prices: `value` (T, N) in units, 0 where there is none; `exact` for the few with a fraction of one."""

    value: Ints
    exact: dict[tuple[int, int], Fraction]

    def in_ticks(self, tick: Ints) -> Ints:
        """(T, N): how many ticks each reference price is, half a tick counting up; `tick` (T, N) in units."""
        count: Ints = (2 * self.value + tick) // (2 * tick)
        for (t, n), value in self.exact.items():
            count[t, n] = floor(value / int(tick[t, n]) + Fraction(1, 2))
        return count


def references(panel: MarketPanel) -> References:
    """X8's reference prices, before they are rounded to the tick.

    `prev_close` where given, else the last close before the bar, less its dividend, divided by its split. Intraday
    bars have the one of their session (T9): the last close of the session before, and the dividends, splits and
    `prev_close` of the session's bars.
    """
    if panel.clock.intraday:
        close, dividend, split, given = _by_session(panel)
    else:
        close, dividend, split, given = panel.reference, panel.dividend, panel.split, panel.prev_close
    value = units(close)
    paid = dividend != 0
    if paid.any():
        value[paid] -= units(dividend[paid])
    exact: dict[tuple[int, int], Fraction] = {}
    for t, n in np.argwhere((split != 1) & (value > 0)).tolist():
        quotient = int(value[t, n]) / Fraction(Decimal(repr(float(split[t, n]))))
        if quotient >= _LARGEST * PRICE_UNIT:
            value[t, n] = 0  # beyond any price
            continue
        exact[t, n] = quotient
        value[t, n] = floor(quotient)
    known = np.isfinite(given)
    if known.any():
        value[known] = units(given[known])
        exact = {cell: quotient for cell, quotient in exact.items() if not known[cell]}
    np.maximum(value, 0, out=value)
    return References(value, exact)


def band_ticks(value: Ints, upper: Ints, tick: Ints) -> Ints:
    """Ticks by price band: the first whose upper price, included, a value does not pass; the last beyond all."""
    result: Ints = tick[np.minimum(np.searchsorted(upper, value, side="left"), len(tick) - 1)]
    return result


def price_limits(count: Ints, tick: Ints, up: Ints, down: Ints) -> tuple[Floats, Floats]:
    """The limits: reference x (1 + up) and x (1 - down), half up to the tick, at least one tick away.

    Parameters
    ----------
    count : ndarray of int64, reference prices in ticks; 0 is none
    tick : ndarray of int64, in units of 1e-8
    up, down : ndarray of int64, in units of 1e-6; below 0 is no limit

    Returns
    -------
    limit_up, limit_down : ndarray of float64, NaN where there is no limit
    """

    def limit(rate: Ints, sign: int) -> Floats:
        scaled = (2 * count * (RATE_UNIT + sign * rate) + RATE_UNIT) // (2 * RATE_UNIT)
        return _at_least_a_tick_away(scaled, count, tick, sign, rate < 0)

    return limit(up, 1), limit(down, -1)


def band_limits(count: Ints, tick: Ints, below: Ints, amount: Ints) -> tuple[Floats, Floats]:
    """The limits where they are amounts by price band: reference + amount and reference - amount, half up to the tick,
    at least one tick away.

    Parameters
    ----------
    count : ndarray of int64, reference prices in ticks; 0 is none
    tick : ndarray of int64, in units of 1e-8
    below, amount : ndarray of int64 of shape (bands,), in units of 1e-8, ascending
        A reference has the amount of the first band whose price it is below; the last one's beyond all.

    Returns
    -------
    limit_up, limit_down : ndarray of float64, NaN where there is no reference
    """
    reference = count * tick
    move = amount[np.minimum(np.searchsorted(below, reference, side="right"), len(amount) - 1)]
    never: Bools = np.zeros(count.shape, dtype=np.bool_)

    def limit(sign: int) -> Floats:
        scaled = (2 * (reference + sign * move) + tick) // (2 * tick)
        return _at_least_a_tick_away(scaled, count, tick, sign, never)

    return limit(1), limit(-1)


def _at_least_a_tick_away(scaled: Ints, count: Ints, tick: Ints, sign: int, none: Bools) -> Floats:
    """A limit of so many ticks as a price; NaN where there is none, or no reference."""
    scaled = np.maximum(scaled, count + 1) if sign > 0 else np.minimum(scaled, count - 1)
    result: Floats = np.where(none | (count <= 0), np.nan, (scaled * tick) / PRICE_UNIT)
    return result


def _by_session(panel: MarketPanel) -> tuple[Floats, Floats, Floats, Floats]:
    """Last close before, dividend, split and given reference of each cell's session, all (T, N)."""
    close = np.full(panel.shape, np.nan)
    dividend, split, given = np.zeros(panel.shape), np.ones(panel.shape), np.full(panel.shape, np.nan)
    for m in range(len(panel.clock.markets)):
        columns = np.flatnonzero(panel.market_of == m)
        session = panel.clock.session_of[:, m]
        rows = np.flatnonzero(session >= 0)
        if not len(columns) or not len(rows):
            continue
        last_close = panel.close_before[columns]
        for part in np.split(rows, np.flatnonzero(np.diff(session[rows])) + 1):
            cells = np.ix_(part, columns)
            close[cells] = last_close
            dividend[cells] = panel.dividend[cells].sum(axis=0)
            split[cells] = panel.split[cells].prod(axis=0)
            stated = panel.prev_close[cells]
            first = np.isfinite(stated).argmax(axis=0)
            given[cells] = stated[first, np.arange(len(columns))]
            last_close = panel.mark[part[-1], columns]
    return close, dividend, split, given
