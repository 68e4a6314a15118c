"""A strategy against its benchmark: regression with robust t-values, tracking error and information ratio."""

from __future__ import annotations

import math

import numpy as np

from newsbt._typing import Floats
from newsbt.analysis.measure import Measure, is_constant, undefined
from newsbt.domain.metrics import keys_of

__all__ = ["newey_west_lags", "relative_measures"]


def newey_west_lags(n: int) -> int:
    """floor(4 (n / 100)^(2/9)), the usual plug-in of Newey and West (1994)."""
    return int(4 * (n / 100) ** (2 / 9))


def relative_measures(
    returns: Floats, benchmark: Floats, risk_free: float, periods_per_year: float
) -> dict[str, Measure]:
    """Metrics of paired returns.

    Parameters
    ----------
    returns, benchmark : ndarray of shape (n,)
        Simple returns per bar of the same bars, without NaN.
    risk_free : float
        Return per bar, subtracted from both in the regression.
    periods_per_year : float
        Bars a year.
    """
    n = returns.size
    measures: dict[str, Measure] = {"n_pairs": Measure(float(n))}
    if n < 2:
        return measures | {key: undefined("n<2" if n else "no common bars") for key in keys_of("benchmark")}
    annual = math.sqrt(periods_per_year)
    active = returns - benchmark
    if is_constant(active):
        measures["tracking_error"] = Measure(0.0)
        measures["information_ratio"] = undefined("zero variance of the active return")
    else:
        spread = float(active.std(ddof=1))
        measures["tracking_error"] = Measure(spread * annual)
        measures["information_ratio"] = Measure(float(active.mean()) / spread * annual)
    if is_constant(benchmark):
        reason = "zero variance of the benchmark"
        return measures | {key: undefined(reason) for key in keys_of("benchmark") if key not in measures}
    y, x = returns - risk_free, benchmark - risk_free
    centred = x - x.mean()
    beta = float(np.dot(centred, y) / np.dot(centred, centred))
    intercept = float(y.mean() - beta * x.mean())
    measures["beta"] = Measure(beta)
    measures["alpha"] = Measure(intercept * periods_per_year)
    errors = _newey_west_errors(x, y - intercept - beta * x, scale=float(np.abs(y).max()))
    if isinstance(errors, str):
        return measures | {"beta_t": undefined(errors), "alpha_t": undefined(errors)}
    return measures | {"beta_t": Measure(beta / errors[1]), "alpha_t": Measure(intercept / errors[0])}


def _newey_west_errors(x: Floats, residual: Floats, scale: float) -> tuple[float, float] | str:
    """Standard errors of intercept and slope, or why there are none.

    Bartlett weights over :func:`newey_west_lags` lags, times n / (n - 2) for the two fitted parameters.
    """
    n = x.size
    if n < 3:
        return "n<3"
    if np.abs(residual).max() <= 1e-12 * max(scale, float(np.abs(x).max())):
        return "zero residual variance"
    design = np.column_stack((np.ones(n), x))
    scores = design * residual[:, None]
    middle = scores.T @ scores
    lags = min(newey_west_lags(n), n - 1)
    for lag in range(1, lags + 1):
        cross = scores[lag:].T @ scores[:-lag]
        middle += (1 - lag / (lags + 1)) * (cross + cross.T)
    bread = np.linalg.inv(design.T @ design)
    variance = np.diag(bread @ middle @ bread) * n / (n - 2)
    if (variance <= 0).any():
        return "variance of the estimate is not positive"
    return math.sqrt(variance[0]), math.sqrt(variance[1])
