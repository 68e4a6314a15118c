"""Tests that use the signs and the order of abnormal returns, not their size."""

from __future__ import annotations

import math

import numpy as np

from newsbt._typing import Floats
from newsbt.analysis.event_study.conclusion import Conclusion, by_normal, not_tested

__all__ = ["generalised_sign", "sign", "wilcoxon"]


def sign(car: Floats) -> Conclusion:
    """(w - N/2) / (sqrt N / 2), w the number of positive CAR."""
    n = car.size
    if n < 2:
        return not_tested(f"N={n}")
    return by_normal((int((car > 0).sum()) - n / 2) / (math.sqrt(n) / 2))


def generalised_sign(car: Floats, share_up: Floats) -> Conclusion:
    """(w - N p) / sqrt(N p (1 - p)), p the events' mean share of positive estimation residuals (Cowan 1992)."""
    n = car.size
    if n < 2:
        return not_tested(f"N={n}")
    expected = float(share_up.mean())
    if not 0 < expected < 1:
        return not_tested("residuals of one sign")
    return by_normal((int((car > 0).sum()) - n * expected) / math.sqrt(n * expected * (1 - expected)))


def wilcoxon(car: Floats) -> Conclusion:
    """Signed-rank test: the statistic is the sum of the positive ranks.

    Exact for N <= 50 without ties or zeros; else normal with tie correction, zeros dropped.
    """
    n = car.size
    if n < 2:
        return not_tested(f"N={n}")
    values = car[car != 0]
    size = np.sort(np.abs(values))
    if size.size == 0:
        return not_tested("all zero")
    starts = np.flatnonzero(np.concatenate(([True], size[1:] != size[:-1])))
    lengths = np.diff(np.append(starts, size.size))
    # Mid-rank of each distinct size, looked up for the positive values.
    middle = starts + (lengths + 1) / 2
    positive = values[values > 0]
    total = float(middle[np.searchsorted(size[starts], positive)].sum())
    m = size.size
    if n <= 50 and m == n and starts.size == n:
        return Conclusion(total, _exact(n, total))
    mean = m * (m + 1) / 4
    variance = m * (m + 1) * (2 * m + 1) / 24 - float((lengths.astype(np.float64) ** 3 - lengths).sum()) / 48
    return Conclusion(total, by_normal((total - mean) / math.sqrt(variance)).p)


def _exact(n: int, total: float) -> float:
    """Two-sided probability of a sum of ranks as extreme, each sign as likely."""
    ways = np.zeros(n * (n + 1) // 2 + 1)
    ways[0] = 1.0
    for rank in range(1, n + 1):
        ways[rank:] += ways[:-rank].copy()
    low = min(total, n * (n + 1) / 2 - total)
    return min(1.0, 2 * float(ways[: int(low) + 1].sum()) / 2.0**n)
