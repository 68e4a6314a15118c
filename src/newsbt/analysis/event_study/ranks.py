"""Rank tests of Corrado, and of Kolari and Pynnonen (GRANK)."""

from __future__ import annotations

import math

import numpy as np

from newsbt._typing import Floats
from newsbt.analysis.event_study.conclusion import Conclusion, Window, by_normal, by_t, not_tested, varying

__all__ = ["CorradoDays", "corrado", "corrado_days", "generalised_rank", "own_ranks"]

CorradoDays = tuple[Floats, float]


def own_ranks(residual: Floats) -> Floats:
    """(E, L): mid-ranks of each event's estimation residuals, NaN on missing days."""
    from newsbt.kernels.abnormal import estimation_ranks

    ranks = np.empty(residual.shape)
    estimation_ranks(residual, ranks)
    return ranks


def corrado_days(residual: Floats, ranks: Floats, abnormal: Floats) -> CorradoDays:
    """Scaled mean ranks of the event days (W,), and their standard deviation over all relative days.

    Ub_t = sum_i U_it / sqrt(N_t), U_it = rank / (M_i + 1) - 1/2 over an event's estimation and event days; S^2 is the
    mean of Ub_t^2 (Corrado 1989; Corrado and Zivney 1992 for missing days).
    """
    from newsbt.kernels.abnormal import rank_days

    width = residual.shape[1]
    total = np.empty(width + abnormal.shape[1])
    count = np.empty(total.size, dtype=np.int64)
    rank_days(residual, ranks, abnormal, total, count)
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = total / np.sqrt(count)
    seen = scaled[count > 0]
    deviation = math.sqrt(float(np.mean(seen**2))) if seen.size else math.nan
    return scaled[width:], deviation


def corrado(days: CorradoDays, window: Window, first: int, count: int) -> Conclusion:
    """sum of Ub_t over the window / (sqrt(m) S), normal; `first` is the relative day of the first event day."""
    if count < 2:
        return not_tested(f"N={count}")
    scaled, deviation = days
    inside = scaled[window.start - first : window.end - first + 1]
    inside = inside[~np.isnan(inside)]
    if not deviation > 0:
        return not_tested("zero variance of the ranks")
    return by_normal(float(inside.sum()) / (math.sqrt(inside.size) * deviation))


def generalised_rank(residual: Floats, ranks: Floats, sigma: Floats, scar: Floats) -> Conclusion:
    """GRANK-T: the rank of the restandardised SCAR among each event's estimation SAR (Kolari and Pynnonen 2011).

    Parameters
    ----------
    residual, ranks : ndarray of shape (E, L)
        Estimation residuals and their mid-ranks within each event, NaN on missing days.
    sigma, scar : ndarray of shape (E,)
        Residual standard deviation and SCAR, NaN for events without.
    """
    from newsbt.kernels.abnormal import generalised_rank_days

    known = ~np.isnan(scar)
    n = int(known.sum())
    if n < 2:
        return not_tested(f"N={n}" if scar.size < 2 else "zero residual variance")
    if not varying(scar[known]):
        return not_tested("zero variance")
    restandardised = scar / float(scar[known].std(ddof=1))
    total = np.empty(residual.shape[1] + 1)
    count = np.empty(total.size, dtype=np.int64)
    generalised_rank_days(residual, ranks, restandardised * sigma, total, count)
    seen = count > 0
    days = int(seen.sum())
    mean = total[seen] / count[seen]
    variance = float(np.sum(count[seen] / n * mean**2)) / days
    if not variance > 0:
        return not_tested("zero variance of the ranks")
    z = float(total[-1] / n) / math.sqrt(variance)
    if days - 1 - z**2 <= 0:
        return not_tested("T - 1 - Z^2 is not positive")
    return by_t(z * math.sqrt((days - 2) / (days - 1 - z**2)), days - 2)
