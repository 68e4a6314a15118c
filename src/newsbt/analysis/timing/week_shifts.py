"""Other calendars of the same news: every announcement on another day, whole weeks away.

Days are counted from the first session of the run, and the calendar is a circle of whole weeks, or several of them one
after the other: what is moved past a circle's end comes in again at its start. Each announcement keeps its weekday, and
those of one circle keep their distances but for the one that spans its ends.
"""

from __future__ import annotations

import numpy as np

from newsbt._typing import Ints

__all__ = ["DAYS", "LEAST_WINDOW", "WINDOW", "all_shifts", "drawn_shifts", "moved_days", "window_bounds"]

DAYS = 7  # of a week
WINDOW = 13  # weeks of a window
LEAST_WINDOW = 7  # weeks: a shorter remainder joins the window before


def window_bounds(weeks: int, length: int = WINDOW, least: int = LEAST_WINDOW) -> Ints:
    """The weeks at which windows start, and the end of the last.

    >>> window_bounds(56).tolist(), window_bounds(59).tolist(), window_bounds(9).tolist()
    ([0, 13, 26, 39, 56], [0, 13, 26, 39, 52, 59], [0, 9])
    """
    starts = np.arange(0, max(weeks, 1), length)
    if len(starts) > 1 and weeks - starts[-1] < least:
        starts = starts[:-1]
    return np.append(starts, weeks).astype(np.int64)


def all_shifts(weeks: int) -> Ints:
    """(weeks - 1, 1): every shift of the whole calendar but the one that leaves it where it is."""
    return np.arange(1, max(weeks, 1), dtype=np.int64)[:, np.newaxis]


def drawn_shifts(bounds: Ints, draws: int, seed: int) -> Ints:
    """(draws, W): for each of W windows a shift of its own, from 0 up to its length, each as likely as the other."""
    random = np.random.default_rng(seed)
    found: Ints = random.integers(0, np.diff(bounds), size=(draws, len(bounds) - 1))
    return found


def moved_days(day: Ints, bounds: Ints, by: Ints) -> Ints:
    """The days of E announcements on each of A other calendars.

    Parameters
    ----------
    day : ndarray of shape (E,)
        Days since the first session; one outside the circle counts as the day that many whole circles away.
    bounds : ndarray of shape (W + 1,)
        The weeks at which circles start, the first being 0, and the end of the last; (0, weeks) is one circle.
    by : ndarray of shape (A, W)
        By how many weeks what lies in each circle is moved.

    Returns
    -------
    ndarray of shape (A, E)

    >>> moved_days(np.array([0, 9, 20]), np.array([0, 3]), np.array([[1], [2]])).tolist()
    [[7, 16, 6], [14, 2, 13]]
    """
    inside = day % (DAYS * bounds[-1])
    window = np.searchsorted(bounds, inside // DAYS, side="right") - 1
    start, length = DAYS * bounds[window], DAYS * np.diff(bounds)[window]
    found: Ints = start + (inside - start + DAYS * by[:, window]) % length
    return found
