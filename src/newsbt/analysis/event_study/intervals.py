"""Bootstrap intervals of mean cumulative abnormal returns, resampling clusters of one date."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from newsbt._typing import Floats, Ints

__all__ = ["Intervals", "cluster_intervals"]

# Draws are made in batches of about this many numbers.
BATCH = 4_000_000


@dataclass(frozen=True, kw_only=True)
class Intervals:
    """Percentile and BCa bounds of V means, (V,) each; NaN where there are fewer than two clusters."""

    low: Floats
    high: Floats
    bca_low: Floats
    bca_high: Floats


def cluster_intervals(values: Floats, cluster: Ints, draws: int, seed: int, confidence: float = 0.95) -> Intervals:
    """Intervals of the column means of `values` (N, V), NaN left out.

    Parameters
    ----------
    values : ndarray of shape (N, V)
        CAR of N events in V windows.
    cluster : ndarray of shape (N,)
        Events of one number are drawn together (events of one date); all different is the plain bootstrap.
    draws, seed : int
        Resamples and the seed of the generator.

    Notes
    -----
    Efron and Tibshirani (1993): the bias correction is the share of resampled means below the estimate (half of the
    equal ones), the acceleration comes from leaving out one cluster at a time.
    """
    _, member = np.unique(cluster, return_inverse=True)
    clusters = int(member.max()) + 1 if member.size else 0
    windows = values.shape[1]
    nothing = np.full(windows, np.nan)
    known = ~np.isnan(values)
    filled = np.where(known, values, 0.0)
    sums, counts = (
        np.column_stack([np.bincount(member, weights=table[:, v], minlength=clusters) for v in range(windows)])
        for table in (filled, known.astype(np.float64))
    )
    if clusters < 2 or draws < 1:
        return Intervals(low=nothing, high=nothing, bca_low=nothing, bca_high=nothing)
    generator = np.random.default_rng(seed)
    means = np.empty((draws, windows))
    batch = max(1, BATCH // clusters)
    with np.errstate(invalid="ignore", divide="ignore"):
        for first in range(0, draws, batch):
            picked = generator.integers(0, clusters, size=(min(batch, draws - first), clusters))
            weights = np.stack([np.bincount(row, minlength=clusters) for row in picked]).astype(np.float64)
            means[first : first + batch] = (weights @ sums) / (weights @ counts)
        estimate = sums.sum(axis=0) / counts.sum(axis=0)
        left_out = (sums.sum(axis=0) - sums) / (counts.sum(axis=0) - counts)
    bounds = np.full((4, windows), np.nan)
    tails = np.array([(1 - confidence) / 2, (1 + confidence) / 2])
    for v in range(windows):
        column = means[~np.isnan(means[:, v]), v]
        if np.count_nonzero(counts[:, v]) < 2 or column.size == 0:
            continue
        bounds[:2, v] = np.quantile(column, tails)
        bounds[2:, v] = _bca(column, estimate[v], left_out[counts[:, v] > 0, v], tails)
    return Intervals(low=bounds[0], high=bounds[1], bca_low=bounds[2], bca_high=bounds[3])


def _bca(column: Floats, estimate: float, left_out: Floats, tails: Floats) -> Floats:
    """Bias-corrected and accelerated bounds; NaN where every resample lies on one side of the estimate."""
    below = float((column < estimate).mean() + (column == estimate).mean() / 2)
    if not 0 < below < 1:
        return np.full(2, np.nan)
    bias = float(ndtri(below))
    apart = left_out.mean() - left_out
    spread = float((apart**2).sum()) ** 1.5
    acceleration = float((apart**3).sum()) / (6 * spread) if spread > 0 else 0.0
    wanted = bias + ndtri(tails)
    return np.asarray(np.quantile(column, ndtr(bias + wanted / (1 - acceleration * wanted))))
