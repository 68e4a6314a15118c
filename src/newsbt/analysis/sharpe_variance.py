"""The variance of a Sharpe ratio whose returns are skewed, fat-tailed and autocorrelated."""

from __future__ import annotations

import math

import numpy as np

from newsbt._typing import Floats
from newsbt.analysis.measure import is_constant

__all__ = ["MOST_LAGS", "long_run_ratio", "moments_factor", "sharpe_variance_factor"]

MOST_LAGS = 12


def moments_factor(sharpe: float, skew: float, kurtosis: float) -> float:
    """n times the variance of the per-bar Sharpe ratio S of independent returns: 1 - g3 S + (g4 - 1)/4 S^2 (Mertens
    2002)."""
    return 1 - skew * sharpe + (kurtosis - 1) / 4 * sharpe**2


def sharpe_variance_factor(values: Floats) -> float:
    """n times the variance of the per-bar Sharpe ratio of n >= 2 returns that are not constant.

    Mertens' factor times :func:`long_run_ratio` of what each return adds to the ratio,
    `z - S/2 (z^2 - 1)` with z the standardised return: where those show no autocorrelation it is Mertens' factor.
    Not positive where the moments give the ratio no variance.
    """
    z = (values - values.mean()) / values.std()
    sharpe = float(values.mean() / values.std(ddof=1))
    factor = moments_factor(sharpe, float(np.mean(z**3)), float(np.mean(z**4)))
    return factor * long_run_ratio(z - sharpe / 2 * (z**2 - 1)) if factor > 0 else factor


def long_run_ratio(values: Floats) -> float:
    """The long-run variance of n values over their variance: how much autocorrelation widens a mean's error.

    1 + 2 sum of the autocorrelations that an autoregression implies, fitted by Yule and Walker's equations; its order
    is the one with the least `n' ln(residual variance) + order ln n'` (Schwarz 1978) among 0 .. min(4 (n'/100)^(2/9),
    n'/10, 12). Order 0 gives 1. Berk (1974); den Haan and Levin (1997). n' is `3 (sum x^2)^2 / sum x^4` of the
    deviations x, at most n: a strategy that is flat but for a few sessions tells of its autocorrelation by those alone.
    """
    n = values.size
    if n < 10 or is_constant(values):
        return 1.0
    centred = values - values.mean()
    telling = min(float(n), 3 * float((centred**2).sum()) ** 2 / float((centred**4).sum()))
    most = min(int(4 * (telling / 100) ** (2 / 9)), int(telling / 10), MOST_LAGS)
    covariance = np.array([float(centred[k:] @ centred[: n - k]) / n for k in range(most + 1)])
    left = covariance[0]
    weights = np.zeros(0)
    least, ratio = telling * math.log(left), 1.0
    for order in range(1, most + 1):
        # Levinson and Durbin's recursion.
        partial = float(covariance[order] - weights @ covariance[order - 1 : 0 : -1]) / left
        weights = np.append(weights - partial * weights[::-1], partial)
        left *= 1 - partial**2
        if left <= 0:
            break
        criterion = telling * math.log(left) + order * math.log(telling)
        if criterion < least:
            least, ratio = criterion, left / covariance[0] / (1 - weights.sum()) ** 2
    return float(ratio)
