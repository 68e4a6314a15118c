"""How far a Sharpe ratio can be believed: probabilistic and deflated Sharpe ratio, and the lengths they ask for.

All Sharpe ratios here are per bar, never annual: divide an annual one by sqrt(q), and its variance by q.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from newsbt.analysis.inference.checked_values import Estimate, clean_returns, nan_because
from newsbt.analysis.measure import is_constant
from newsbt.analysis.sharpe_variance import moments_factor, sharpe_variance_factor
from newsbt.domain.distributions import ndtr, ndtri

__all__ = ["dsr", "expected_maximum_sharpe", "min_backtest_length", "min_track_record_length", "psr"]

EULER_GAMMA = 0.5772156649015329


class _Sample(NamedTuple):
    sharpe: float
    n: float
    variance_factor: float  # n times the variance of the Sharpe ratio


def _sample(
    returns: npt.ArrayLike | None, sharpe: float | None, n: float | None, skew: float | None, kurtosis: float | None
) -> _Sample | str:
    """The figures, from returns or as given; a sentence where the returns do not have them."""
    if returns is None:
        if sharpe is None or n is None:
            raise ValueError("expected returns, or sharpe and n (per bar; skew 0 and kurtosis 3 unless given)")
        factor = moments_factor(sharpe, 0.0 if skew is None else skew, 3.0 if kurtosis is None else kurtosis)
        sample = _Sample(sharpe, n, factor)
        if not all(math.isfinite(figure) for figure in sample):
            return "an input is not finite"
        return sample if n >= 2 else "n<2"
    if any(figure is not None for figure in (sharpe, n, skew, kurtosis)):
        raise ValueError("expected either returns or sharpe, n, skew and kurtosis, got both; leave one out")
    values = clean_returns(returns)
    if values.size < 2:
        return "n<2"
    if is_constant(values):
        return "zero variance"
    return _Sample(float(values.mean() / values.std(ddof=1)), values.size, sharpe_variance_factor(values))


def psr(
    returns: npt.ArrayLike | None = None,
    reference: float = 0.0,
    *,
    sharpe: float | None = None,
    n: float | None = None,
    skew: float | None = None,
    kurtosis: float | None = None,
) -> Estimate:
    """Probabilistic Sharpe ratio: the probability that the true Sharpe ratio exceeds `reference`.

    Phi((S - S*) sqrt(n - 1) / sqrt((1 - g3 S + (g4 - 1)/4 S^2) L)) (Bailey and Lopez de Prado 2012), L being what
    autocorrelation adds (:func:`newsbt.analysis.sharpe_variance.long_run_ratio`): theirs is L = 1.

    Parameters
    ----------
    returns : Series or ndarray of shape (n,), optional
        Excess returns per bar over the full calendar, flat bars included; NaN are dropped.
    reference : float
        S*, per bar.
    sharpe, n, skew, kurtosis : float, optional
        Instead of returns: per-bar Sharpe ratio, number of bars, skewness (0) and kurtosis (3 is normal, not excess)
        of returns that are independent: without them autocorrelation cannot be seen.

    Returns
    -------
    Estimate
        A float in [0, 1]; NaN with a `reason` for fewer than two returns, zero variance, or moments that give the
        Sharpe ratio no positive variance.

    Raises
    ------
    ValueError
        Neither returns nor their moments are given, or both; or a number is outside of what it may be.

    Examples
    --------
    >>> round(psr(sharpe=0.1, n=251, reference=0.0), 4)
    0.9426
    """
    sample = _sample(returns, sharpe, n, skew, kurtosis)
    if isinstance(sample, str):
        return nan_because(sample)
    factor = sample.variance_factor
    if factor <= 0:
        return nan_because("variance of the Sharpe ratio is not positive")
    return Estimate(float(ndtr((sample.sharpe - reference) * math.sqrt(sample.n - 1) / math.sqrt(factor))))


def _bracket(trials: float) -> float:
    """Expected maximum of `trials` standard normals, after Bailey and Lopez de Prado; 0 for a single one."""
    if not trials >= 1 or math.isinf(trials):
        raise ValueError(f"trials: expected a number of at least 1, got {trials!r}")
    if trials == 1:
        return 0.0
    return float((1 - EULER_GAMMA) * ndtri(1 - 1 / trials) + EULER_GAMMA * ndtri(1 - 1 / (trials * math.e)))


def expected_maximum_sharpe(trials: float, variance: float) -> float:
    """S0: the best per-bar Sharpe ratio to expect from `trials` independent tries without skill.

    sqrt(V) ((1 - gamma) z(1 - 1/K) + gamma z(1 - 1/(K e))), `variance` V being that of the per-bar Sharpe ratios
    over the trials (an annual V divided by q). 0 for one trial.

    Parameters
    ----------
    trials : float
        Independent tries, at least 1.
    variance : float
        Of the per-bar Sharpe ratios over the trials, 0 or more.

    Returns
    -------
    float
        Per bar; times the root of the bars a year it is annual.

    Raises
    ------
    ValueError
        `trials` is below 1, or `variance` below 0.

    Examples
    --------
    >>> round(expected_maximum_sharpe(100, 0.01), 3)
    0.253
    """
    if not variance >= 0:
        raise ValueError(f"variance: expected a number of at least 0, got {variance!r}")
    return math.sqrt(variance) * _bracket(trials)


def dsr(
    returns: npt.ArrayLike | None = None,
    trials: npt.ArrayLike | None = None,
    variance: float | None = None,
    *,
    sharpe: float | None = None,
    n: float | None = None,
    skew: float | None = None,
    kurtosis: float | None = None,
) -> Estimate:
    """Deflated Sharpe ratio: psr against the best Sharpe ratio to expect from all configurations tried.

    Parameters
    ----------
    returns, sharpe, n, skew, kurtosis
        As for :func:`psr`.
    trials : int or array of shape (K,)
        K, every configuration ever tried; or the per-bar Sharpe ratios of all K, whose variance is then V.
    variance : float, optional
        V, the variance over the trials of the per-bar Sharpe ratio (an annual one divided by q). Needed with a
        count above 1.

    Returns
    -------
    Estimate
        A float in [0, 1]; NaN with a `reason` as for psr, or when the trials' variance cannot be known.

    Raises
    ------
    ValueError
        Neither returns nor their moments are given, or both; or a number is outside of what it may be.

    Notes
    -----
    Bailey and Lopez de Prado (2014), whose example this reproduces:

    Examples
    --------
    >>> round(dsr(sharpe=2.5 / 250**0.5, n=1250, skew=-3, kurtosis=10, trials=100, variance=0.5 / 250), 4)
    0.9004
    """
    if trials is None:
        raise ValueError("trials: expected the number of configurations tried, or their per-bar Sharpe ratios")
    if np.ndim(trials) == 0:
        count = float(np.asarray(trials))
        if variance is None:
            if count > 1:
                raise ValueError("variance: expected the variance of the per-bar Sharpe ratios over the trials")
            variance = 0.0
        if math.isnan(variance):
            return nan_because("variance over the trials is unknown")
    else:
        # A configuration whose Sharpe ratio is undefined was tried all the same: it counts in K.
        count = float(np.size(trials))
        ratios = clean_returns(trials, "trials")
        if variance is None:
            if ratios.size < 2 and count > 1:
                return nan_because("fewer than two trials have a Sharpe ratio")
            variance = float(ratios.var(ddof=1)) if ratios.size > 1 else 0.0
    return psr(returns, expected_maximum_sharpe(count, variance), sharpe=sharpe, n=n, skew=skew, kurtosis=kurtosis)


def min_track_record_length(
    returns: npt.ArrayLike | None = None,
    reference: float = 0.0,
    confidence: float = 0.95,
    *,
    sharpe: float | None = None,
    n: float | None = None,
    skew: float | None = None,
    kurtosis: float | None = None,
) -> Estimate:
    """Bars needed before the Sharpe ratio exceeds `reference` with `confidence`, not rounded.

    1 + (1 - g3 S + (g4 - 1)/4 S^2) L (z / (S - S*))^2 (Bailey and Lopez de Prado 2012), L as there; infinite when
    S <= S*.
    Arguments as for :func:`psr`; `n` is not needed here.

    Parameters
    ----------
    returns : array of shape (T,), optional
        Simple returns per bar, flat bars included; or the four of them in their place:
    reference : float
        The per-bar Sharpe ratio to be certain of.
    confidence : float
        Between 0 and 1.
    sharpe, n, skew, kurtosis : float, optional
        Per-bar Sharpe ratio, bars, skewness, and kurtosis (3 for a normal law).

    Raises
    ------
    ValueError
        Neither returns nor their moments are given, or both; or a number is outside of what it may be.

    Examples
    --------
    >>> round(min_track_record_length(sharpe=0.1), 1)
    272.9
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: expected a number between 0 and 1, got {confidence!r}")
    if returns is None and n is None:
        n = 2.0
    sample = _sample(returns, sharpe, n, skew, kurtosis)
    if isinstance(sample, str):
        return nan_because(sample)
    factor = sample.variance_factor
    if factor <= 0:
        return nan_because("variance of the Sharpe ratio is not positive")
    if sample.sharpe <= reference:
        return Estimate(math.inf)
    return Estimate(1 + factor * (float(ndtri(confidence)) / (sample.sharpe - reference)) ** 2)


def min_backtest_length(trials: float, target: float = 1.0) -> float:
    """Years below which the best of `trials` configurations without skill is expected to show an annual `target`.

    (bracket(K) / target)^2 (Bailey, Borwein, Lopez de Prado and Zhu 2014).

    Parameters
    ----------
    trials : float
        Configurations tried, at least 1.
    target : float
        An annual Sharpe ratio above 0.

    Returns
    -------
    float
        Years.

    Raises
    ------
    ValueError
        `trials` is below 1, or `target` not above 0.

    Examples
    --------
    >>> round(min_backtest_length(45), 1)
    5.0
    """
    if not target > 0:
        raise ValueError(f"target: expected an annual Sharpe ratio above 0, got {target!r}")
    return (_bracket(trials) / target) ** 2
