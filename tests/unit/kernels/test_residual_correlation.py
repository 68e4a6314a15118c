"""Correlations of residuals of events against the days that two of them have in common, looked at one by one."""

from __future__ import annotations

import numpy as np
import pytest

from newsbt.kernels.residual_correlation import place_on_calendar, sum_correlations

DAYS = 40


def summed(residuals: list[dict[int, float]], windows: list[tuple[int, int]], least: int) -> float:
    """By the kernels; residuals by calendar row, event windows as their first and last row."""
    count = len(residuals)
    residual = np.full((count, DAYS), np.nan)
    for e, found in enumerate(residuals):
        residual[e, list(found)] = list(found.values())
    values, gaps = np.empty((count, DAYS)), np.empty((count, DAYS), np.int64)
    low, high, gap_count = (np.empty(count, np.int64) for _ in range(3))
    zeros, out = np.zeros(count, np.int64), np.full(1, np.nan)
    place_on_calendar(
        residual, np.arange(DAYS)[np.newaxis], zeros, np.full(count, DAYS), zeros, values, gaps, low, high, gap_count
    )
    first, last = np.array(windows).T.copy()
    sum_correlations(values, gaps, low, high, gap_count, first, last, least, out)
    return float(out[0])


def day_by_day(residuals: list[dict[int, float]], windows: list[tuple[int, int]], least: int) -> float:
    total = 0.0
    for i, (one, (first_i, last_i)) in enumerate(zip(residuals, windows, strict=True)):
        for other, (first_j, last_j) in zip(residuals[i + 1 :], windows[i + 1 :], strict=True):
            days = sorted(one.keys() & other.keys())
            x, y = np.array([one[t] for t in days]), np.array([other[t] for t in days])
            if first_j > last_i or len(days) < least or np.ptp(x) == 0.0 or np.ptp(y) == 0.0:
                continue
            longer = max(last_i - first_i, last_j - first_j) + 1
            total += np.corrcoef(x, y)[0, 1] * (min(last_i, last_j) - first_j + 1) / longer
    return total


@pytest.mark.parametrize("seed", range(30))
def test_random_events_are_summed_as_day_by_day(seed: int) -> None:
    """Windows of estimation that begin and end anywhere, with gaps on their first, last and common days."""
    chance = np.random.default_rng(seed)
    residuals, windows = [], []
    for first in np.sort(chance.integers(0, 12, size=4)).tolist():
        start, length = int(chance.integers(0, 20)), int(chance.integers(4, 20))
        days = np.arange(start, start + length)
        kept = days[chance.random(length) > (0.0, 0.2, 0.5)[seed % 3]]
        residuals.append(dict(zip(kept.tolist(), chance.normal(0.01, 0.02, len(kept)).tolist(), strict=True)))
        windows.append((first, first + int(chance.integers(0, 6))))
    for least in (2, 5):
        assert summed(residuals, windows, least) == pytest.approx(day_by_day(residuals, windows, least), abs=1e-9)


X = (0.01, 0.03, -0.02, 0.00, 0.02, -0.01)


def of(values: tuple[float, ...], start: int = 0, without: tuple[int, ...] = ()) -> dict[int, float]:
    return {start + k: value for k, value in enumerate(values) if start + k not in without}


@pytest.mark.parametrize(
    ("other", "least", "expected"),
    [
        (of(X), 6, 1.0),
        (of(X), 7, 0.0),
        (of(tuple(-x for x in X)), 6, -1.0),
        # Three days in common, and no fewer.
        (of(X[3:] + X, 3), 3, 1.0),
        (of(X[3:] + X, 3), 4, 0.0),
        # A gap on the first of six days, on the last but one, on both: the others are left.
        (of(X, without=(0,)), 5, 1.0),
        (of(X, without=(4,)), 5, 1.0),
        (of(X, without=(0, 4)), 4, 1.0),
        (of(X, without=(0, 4)), 5, 0.0),
        # No variance on the common days, though there is some beside them.
        (of((0.02,) * 6 + (0.5,)), 3, 0.0),
    ],
)
def test_two_events_by_hand(other: dict[int, float], least: int, expected: float) -> None:
    for pair in ([of(X), other], [other, of(X)]):
        assert summed(pair, [(3, 5), (3, 5)], least) == pytest.approx(expected, abs=1e-9)


def test_a_gap_of_both_is_one_day_less_and_not_two() -> None:
    both = of(X, without=(2,))
    assert summed([both, both], [(3, 5), (3, 5)], 5) == pytest.approx(1.0)
    assert summed([both, both], [(3, 5), (3, 5)], 6) == 0.0


@pytest.mark.parametrize(
    ("windows", "share"),
    [
        ([(3, 5), (5, 7)], 1 / 3), ([(3, 5), (6, 8)], 0.0), ([(3, 5), (4, 4)], 1 / 3), ([(3, 3), (3, 8)], 1 / 6),
        ([(3, 8), (4, 8)], 5 / 6),
    ],
)  # fmt: skip
def test_a_correlation_counts_by_the_part_of_the_longer_window_that_is_common(
    windows: list[tuple[int, int]], share: float
) -> None:
    assert summed([of(X), of(X)], windows, 3) == pytest.approx(share)


def test_days_outside_of_the_calendar_are_left_out_and_days_without_a_value_are_gaps() -> None:
    """Sessions on rows 2, 4, 5, 9; the first residual stands a day before them, the last a day after."""
    residual = np.array([[9.0, 1.0, np.nan, 3.0, 4.0, 9.0], [np.nan] * 6, [5.0, 6.0, np.nan, np.nan, np.nan, np.nan]])
    values, gaps = np.full((3, 10), 7.0), np.full((3, 10), -7)
    low, high, gap_count = (np.full(3, -7) for _ in range(3))
    place_on_calendar(
        residual, np.array([[2, 4, 5, 9]]), np.zeros(3, np.int64), np.full(3, 4), np.array([-1, 0, 0]), values, gaps,
        low, high, gap_count,
    )  # fmt: skip
    assert (low.tolist(), high.tolist(), gap_count.tolist()) == ([2, 0, 2], [10, 0, 5], [5, 0, 1])
    # Rows 2 to 9 and 2 to 4, each from its first on.
    assert values[0].tolist() == [1.0, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0]
    assert values[1:].tolist() == [[0.0] * 10, [5.0, 0.0, 6.0] + [0.0] * 7]
    assert gaps[0, :5].tolist() == [3, 4, 6, 7, 8] and gaps[2, :1].tolist() == [3]
