"""Intervals of mean cumulative abnormal returns, which allow for events that are not independent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from newsbt._typing import Floats, Ints
from newsbt.analysis.measure import is_constant
from newsbt.domain.distributions import stdtrit

__all__ = ["MOST_IN_ONE", "Intervals", "cluster_intervals"]

MOST_IN_ONE = 0.4  # share of the pairs in one cluster, above which the interval would not hold what it promises


@dataclass(frozen=True, kw_only=True)
class Intervals:
    """Bounds of V means and the independent `clusters` each is of, (V,); NaN with a `reason` where there are none."""

    low: Floats
    high: Floats
    clusters: Ints
    reason: tuple[str, ...]


def cluster_intervals(values: Floats, cluster: Sequence[Ints], confidence: float = 0.95) -> Intervals:
    """Intervals of the column means of `values` (N, V), NaN left out.

    Parameters
    ----------
    values : ndarray of shape (N, V)
        CAR of N pairs in V windows.
    cluster : sequence of V ndarrays of shape (N,)
        The cluster of each pair in each window, numbered from 0 (`analysis.event_clusters`).

    Notes
    -----
    mean +- t(G - 1) s, where s^2 = sum_c e_c^2 / (1 - w_c) / N^2, e_c being the sum of a cluster's deviations from the
    mean and w_c its share of the N pairs (CR2: Bell and McCaffrey 2002), and G = 1 / sum_c w_c^2, which is the number
    of clusters where they are of one size. `benchmarks/caar_intervals.py` says how often it holds the true mean.
    """
    windows = values.shape[1]
    low, high = np.full(windows, np.nan), np.full(windows, np.nan)
    clusters = np.zeros(windows, dtype=np.int64)
    reasons = []
    for v in range(windows):
        known = ~np.isnan(values[:, v])
        column, member = values[known, v], cluster[v][known]
        size = np.bincount(member).astype(np.float64)
        there = size > 0
        clusters[v] = np.count_nonzero(there)
        reason = _why_none(column, size[there])
        reasons.append(reason)
        if reason:
            continue
        mean, share = column.mean(), size[there] / column.size
        apart = np.bincount(member, weights=column - mean)[there]
        error = np.sqrt((apart**2 / (1 - share)).sum()) / column.size
        reach = float(stdtrit(1 / (share**2).sum() - 1, (1 + confidence) / 2)) * error
        low[v], high[v] = mean - reach, mean + reach
    return Intervals(low=low, high=high, clusters=clusters, reason=tuple(reasons))


def _why_none(values: Floats, size: Floats) -> str:
    """Why a mean of `values` has no interval, `size` being how many each cluster has; empty where it has one."""
    if not values.size:
        return "no pairs"
    if size.size == 1:
        return "all pairs are one cluster"
    if size.max() > MOST_IN_ONE * values.size:
        return f"{size.max():.0f} of {values.size} pairs are one of {size.size} clusters"
    return "no variance" if is_constant(values) else ""
