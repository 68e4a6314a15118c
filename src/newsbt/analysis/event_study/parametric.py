"""Tests that compare a mean abnormal return with a standard deviation."""

from __future__ import annotations

import math

import numpy as np

from newsbt._typing import Floats
from newsbt.analysis.event_study.conclusion import Conclusion, WindowSample, by_normal, by_t, not_tested, varying

__all__ = [
    "boehmer",
    "cross_sectional",
    "kolari_pynnonen",
    "patell",
    "skewness_adjusted",
    "time_series",
]


def cross_sectional(values: Floats) -> Conclusion:
    """mean / (std / sqrt N) of CAR or BHAR, t(N - 1)."""
    n = values.size
    if n < 2:
        return not_tested(f"N={n}")
    if not varying(values):
        return not_tested("zero variance")
    return by_t(float(values.mean() / values.std(ddof=1)) * math.sqrt(n), n - 1)


def skewness_adjusted(values: Floats) -> Conclusion:
    """Johnson's (1978) t of BHAR: sqrt N (S + g S^2 / 3 + g / (6 N)), S = mean / std (Lyon, Barber and Tsai 1999)."""
    n = values.size
    if n < 2:
        return not_tested(f"N={n}")
    if not varying(values):
        return not_tested("zero variance")
    deviation = float(values.std(ddof=1))
    ratio = float(values.mean()) / deviation
    skew = float(((values - values.mean()) ** 3).sum()) / (n * deviation**3)
    return by_t(math.sqrt(n) * (ratio + skew * ratio**2 / 3 + skew / (6 * n)), n - 1)


def time_series(sample: WindowSample, average: Floats) -> Conclusion:
    """CAAR / (sqrt m sd), sd that of the average abnormal return over the estimation days (Brown and Warner 1985).

    `average` (L,) is that average over the events of each estimation day, NaN without any. For a single event it is
    CAR over its own forecast standard deviation, t of the regression.
    """
    if sample.count == 1:
        if not sample.deviation[0] > 0:
            return not_tested("zero variance")
        return by_t(float(sample.car[0] / sample.deviation[0]), float(sample.freedom[0]))
    days = average[~np.isnan(average)]
    if sample.count == 0 or days.size < 2:
        return not_tested(f"N={sample.count}" if sample.count == 0 else "fewer than two estimation days")
    deviation = float(days.std(ddof=1))
    if not varying(days) or deviation == 0:
        return not_tested("zero variance")
    length = sample.window.end - sample.window.start + 1
    return by_t(float(sample.car.mean()) / (math.sqrt(length) * deviation), days.size - 1)


def patell(scar: Floats, sample: WindowSample) -> Conclusion:
    """sum SCAR / sqrt(sum d / (d - 2)), d the degrees of freedom, L - 2 in the market model (Patell 1976)."""
    known = ~np.isnan(scar)
    freedom = sample.freedom[known]
    if sample.count < 2:
        return not_tested(f"N={sample.count}")
    if not known.any():
        return not_tested("zero residual variance")
    if (freedom <= 2).any():
        return not_tested("too few estimation days")
    return by_normal(float(scar[known].sum()) / math.sqrt(float((freedom / (freedom - 2)).sum())))


def boehmer(scar: Floats) -> Conclusion:
    """mean(SCAR) / (std(SCAR) / sqrt N), t(N - 1) (Boehmer, Musumeci and Poulsen 1991)."""
    known = scar[~np.isnan(scar)]
    if scar.size >= 2 and known.size < 2:
        return not_tested("zero residual variance")
    return cross_sectional(known)


def kolari_pynnonen(plain: Conclusion, rbar: float, count: int, *, robust: bool) -> Conclusion:
    """A test adjusted for the mean correlation `rbar` of the events' residuals (Kolari and Pynnonen 2010).

    The BMP test (`robust`) is multiplied by sqrt((1 - rbar) / (1 + (N - 1) rbar)), Patell's by
    1 / sqrt(1 + (N - 1) rbar).
    """
    if plain.reason:
        return plain
    if math.isnan(rbar):
        return not_tested("the residuals' correlation is unknown")
    inflation = 1 + (count - 1) * rbar
    if inflation <= 0:
        return not_tested("1 + (N - 1) rbar is not positive")
    if robust:
        return by_t(plain.statistic * math.sqrt(max(0.0, 1 - rbar) / inflation), count - 1)
    return by_normal(plain.statistic / math.sqrt(inflation))
