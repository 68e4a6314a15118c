"""The statistic by which calendars of the same news are compared: T = (S - b E) / sqrt(Q).

x is the daily net profit over the equity of the day before, S its sum, Q the sum of its squares, E the mean gross
exposure, each of one calendar; b, what a unit of exposure earned, is the sum of S over that of E over all calendars.
Centring by exposure takes away what being invested brings at any time, dividing by the strategy's own daily profits
the weight of a volatile stretch or a volatile name: T reads as a t-value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from newsbt._typing import Floats, Ints

__all__ = ["TIE", "Sums", "daily_profits", "p_of", "studentised", "sums_of"]

TIE = 1e-9  # statistics that differ by rounding alone are ties, and ties count


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """S (A,), Q (A,) and E (A,) of A calendars, the first being the run's own."""

    profit: Floats
    squares: Floats
    exposure: Floats


def daily_profits(equity: Floats, beside: Floats, initial: Floats, last_rows: Ints) -> Floats:
    """(A, D): the net profit of each day over the equity of the day before, of each of A accounts.

    Parameters
    ----------
    equity : ndarray of shape (A, T)
        The accounts at each row's close, account currency.
    beside : ndarray of shape (A, T) or (1,)
        What stands beside it, such as the value of hedges; its changes are profits too.
    initial : ndarray of shape (A,)
        The accounts before the first row.
    last_rows : ndarray of shape (D,)
        The last row of each day.

    Notes
    -----
    From the day on after which nothing is left, days have no profit.
    """
    first = initial[:, np.newaxis]
    value = np.take(equity + beside, last_rows, axis=1)
    before = np.hstack([first, np.take(equity, last_rows[:-1], axis=1)])
    alive = np.minimum.accumulate(before, axis=1) > 0.0
    change = np.diff(value, prepend=first, axis=1)
    return np.where(alive, change / np.where(alive, before, 1.0), 0.0)


def sums_of(profits: Floats) -> tuple[float, float]:
    """S and Q of one calendar."""
    return float(profits.sum()), float(profits @ profits)


def studentised(sums: Sums) -> Floats:
    """(A,): T of each calendar; 0 where no day had a profit or a loss.

    >>> studentised(Sums(profit=np.array([0.03, 0.01]), squares=np.array([4e-4, 1e-4]), exposure=np.array([1.0, 1.0])))
    array([ 0.5, -1. ])
    """
    exposure = float(sums.exposure.sum())
    earned = float(sums.profit.sum()) / exposure if exposure > 0.0 else 0.0
    moved = sums.squares > 0.0
    scale = np.sqrt(np.where(moved, sums.squares, 1.0))
    return np.where(moved, (sums.profit - earned * sums.exposure) / scale, 0.0)


def p_of(statistic: Floats) -> float:
    """The share of calendars whose statistic (A,) is at least that of the first, itself counted.

    >>> p_of(np.array([2.0, 1.0, 2.0, 3.0]))
    0.75
    """
    return float((statistic >= statistic[0] - TIE).mean())
