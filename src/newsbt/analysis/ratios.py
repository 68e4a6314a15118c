"""Growth, volatility and reward-to-risk ratios of a return series."""

from __future__ import annotations

import math

import numpy as np

from newsbt._typing import Floats
from newsbt.analysis.measure import Measure, is_constant, undefined
from newsbt.analysis.sharpe_variance import long_run_ratio, sharpe_variance_factor

__all__ = [
    "cagr",
    "downside_deviation",
    "ljung_box_p",
    "risk_free_per_bar",
    "sharpe",
    "sharpe_autocorrelated",
    "sharpe_standard_errors",
    "sortino",
    "volatility",
]


def risk_free_per_bar(annual: float, periods_per_year: float) -> float:
    """The return of one bar that compounds to `annual` over a year: (1 + R)^(1/q) - 1."""
    return math.expm1(math.log1p(annual) / periods_per_year)


def cagr(growth: float, years: float) -> Measure:
    """growth^(1/years) - 1, where `growth` is E_n / E_0; -1 when nothing is left."""
    if years <= 0:
        return undefined("no time elapsed")
    if growth <= 0:
        return Measure(-1.0)
    exponent = math.log(growth) / years
    return Measure(math.expm1(exponent)) if exponent < 700 else undefined("overflow")


def volatility(returns: Floats, periods_per_year: float) -> Measure:
    """Annual sample standard deviation; exactly 0 for constant returns."""
    if returns.size < 2:
        return undefined("n<2")
    return Measure(0.0 if is_constant(returns) else float(returns.std(ddof=1)) * math.sqrt(periods_per_year))


def sharpe(excess: Floats, periods_per_year: float) -> Measure:
    """mean / std * sqrt(q); `periods_per_year` 1 gives the per-bar ratio that inference uses."""
    if excess.size < 2:
        return undefined("n<2")
    if is_constant(excess):
        return undefined("zero variance")
    return Measure(float(excess.mean() / excess.std(ddof=1)) * math.sqrt(periods_per_year))


def downside_deviation(returns: Floats, periods_per_year: float, minimum: float = 0.0) -> Measure:
    """Root mean square of the shortfalls below `minimum` (per bar) over all bars, annual."""
    if not returns.size:
        return undefined("no returns")
    return Measure(math.sqrt(float(np.mean(np.minimum(returns - minimum, 0.0) ** 2)) * periods_per_year))


def sortino(returns: Floats, periods_per_year: float, minimum: float = 0.0) -> Measure:
    """(mean - minimum) over the downside deviation of a bar, times sqrt(q)."""
    if returns.size < 2:
        return undefined("n<2")
    downside = math.sqrt(float(np.mean(np.minimum(returns - minimum, 0.0) ** 2)))
    if downside == 0:
        return undefined("no downside")
    return Measure((float(returns.mean()) - minimum) / downside * math.sqrt(periods_per_year))


def sharpe_standard_errors(excess: Floats, periods_per_year: float) -> tuple[Measure, Measure]:
    """Annual standard errors of the Sharpe ratio: for skewed, fat-tailed and autocorrelated returns, and Lo's, for
    independent normal ones."""
    if excess.size < 2:
        return undefined("n<2"), undefined("n<2")
    if is_constant(excess):
        return undefined("zero variance"), undefined("zero variance")
    ratio = float(excess.mean() / excess.std(ddof=1))
    lo = Measure(math.sqrt((1 + ratio**2 / 2) / excess.size * periods_per_year))
    factor = sharpe_variance_factor(excess)
    if factor <= 0:
        return undefined("variance of the Sharpe ratio is not positive"), lo
    return Measure(math.sqrt(factor / excess.size * periods_per_year)), lo


def _autocorrelations(values: Floats, lags: int) -> Floats:
    """(lags,): sample autocorrelations at 1 .. lags, each divided by the full-sample sum of squares."""
    centred = values - values.mean()
    products = [float(np.dot(centred[k:], centred[:-k])) for k in range(1, lags + 1)]
    return np.array(products) / float(np.dot(centred, centred))


def ljung_box_p(returns: Floats) -> Measure:
    """p-value of the Ljung-Box test with min(10, n // 5) lags (Ljung and Box 1978)."""
    from newsbt.domain.distributions import chdtrc

    n = returns.size
    lags = min(10, n // 5)
    if lags < 1:
        return undefined("n<5")
    if is_constant(returns):
        return undefined("zero variance")
    rho = _autocorrelations(returns, lags)
    statistic = n * (n + 2) * float(np.sum(rho**2 / (n - np.arange(1, lags + 1))))
    return Measure(float(chdtrc(lags, statistic)))


def sharpe_autocorrelated(excess: Floats, periods_per_year: float) -> Measure:
    """The annual Sharpe ratio with the volatility of long horizons: S sqrt(q) over the root of the long-run variance's
    ratio to the variance (:func:`newsbt.analysis.sharpe_variance.long_run_ratio`).

    Lo's (2002) S q / sqrt(q + 2 sum_{k<q} (q - k) rho_k), for large q, of the few autocorrelations that can be told
    from noise instead of all q - 1.
    """
    plain = sharpe(excess, periods_per_year)
    if plain.reason:
        return plain
    return Measure(float(excess.mean() / excess.std(ddof=1)) * math.sqrt(periods_per_year / long_run_ratio(excess)))
