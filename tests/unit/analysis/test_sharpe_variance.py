"""What autocorrelation does to the error of a Sharpe ratio: numbers by other means, and sizes of seeded nulls."""

from __future__ import annotations

import math

import numpy as np
import pytest

from newsbt.analysis.inference import dsr, min_track_record_length, psr
from newsbt.analysis.ratios import sharpe_autocorrelated
from newsbt.analysis.sharpe_variance import long_run_ratio, sharpe_variance_factor

WORLDS = 400
N = 283


def autoregression(coefficient: float, worlds: int, n: int, seed: int) -> np.ndarray:
    """(worlds, n): mean 0, 100 values thrown away."""
    noise = np.random.default_rng(seed).normal(0, 0.01, (worlds, n + 100))
    for t in range(1, n + 100):
        noise[:, t] += coefficient * noise[:, t - 1]
    return noise[:, 100:]


def slow_ratio(values: np.ndarray) -> float:
    """The same by solving Yule and Walker's equations for each order."""
    n, centred = len(values), values - values.mean()
    covariance = np.array([np.mean(np.append(centred[k:] * centred[: n - k], np.zeros(k))) for k in range(13)])
    found = []
    telling = min(n, 3 * np.sum(centred**2) ** 2 / np.sum(centred**4))
    for order in range(min(int(4 * (telling / 100) ** (2 / 9)), int(telling / 10), 12) + 1):
        lags = np.abs(np.subtract.outer(np.arange(order), np.arange(order)))
        weights = np.linalg.solve(covariance[lags], covariance[1 : order + 1]) if order else np.zeros(0)
        left = covariance[0] - weights @ covariance[1 : order + 1]
        criterion = telling * math.log(left) + order * math.log(telling)
        found.append((criterion, left / covariance[0] / (1 - weights.sum()) ** 2))
    return min(found)[1]


@pytest.mark.parametrize("coefficient", [-0.5, 0.0, 0.3, 0.8])
@pytest.mark.parametrize("n", [25, 100, 1000])
def test_the_ratio_is_that_of_the_equations_solved(coefficient: float, n: int) -> None:
    for values in autoregression(coefficient, 5, n, 11):
        assert long_run_ratio(values) == pytest.approx(slow_ratio(values), rel=1e-9)


@pytest.mark.parametrize("values", [[0.1] * 50, [0.0] * 3, [0.1, -0.1] * 4])
def test_too_few_values_and_constant_ones_have_no_autocorrelation_to_tell(values: list[float]) -> None:
    assert long_run_ratio(np.array(values)) == 1.0


def test_the_factor_of_the_sharpe_ratio_is_that_of_the_process() -> None:
    """AR(0.3) of 283 returns: sqrt(0.7 / 1.3) = 0.734; white noise: 1."""
    factors = []
    for returns in (autoregression(0.3, WORLDS, N, 1), autoregression(0.0, WORLDS, N, 2)):
        found = np.array([sharpe_autocorrelated(row + 0.001, 252).value for row in returns], dtype=float)
        plain = np.array([(row + 0.001).mean() / row.std(ddof=1) * math.sqrt(252) for row in returns])
        factors.append(found / plain)
    near = [float(np.mean(np.abs(of - about) <= 0.1)) for of, about in zip(factors, (0.734, 1.0), strict=True)]
    assert np.median(factors[0]) == pytest.approx(0.734, abs=0.02) and np.median(factors[1]) == 1.0
    assert min(near) > 0.94


@pytest.mark.parametrize(("coefficient", "n"), [(0.3, 283), (0.3, 126), (0.0, 283), (-0.3, 283), (0.5, 504)])
def test_psr_is_beyond_95_percent_in_about_5_percent_of_nulls(coefficient: float, n: int) -> None:
    returns = autoregression(coefficient, 1000, n, 5)
    beyond = np.mean([psr(row) > 0.95 for row in returns])
    assert 0.03 <= beyond <= 0.08


def test_a_strategy_that_is_flat_but_for_a_few_sessions_tells_nothing_of_its_autocorrelation() -> None:
    """One event held two sessions, up and down again: over all 500 sessions its autocorrelation would be -0.5."""
    returns = np.zeros(500)
    returns[200:202] = 0.012, -0.010
    assert sharpe_autocorrelated(returns, 252).value == returns.mean() / returns.std(ddof=1) * math.sqrt(252)
    random = np.random.default_rng(4)
    factors = []
    for _ in range(200):
        returns = np.zeros(500)
        for at in random.choice(498, 15, replace=False):
            returns[at : at + 2] = random.normal(0.001, 0.01, 2)
        factors.append(long_run_ratio(returns))
    assert np.mean(np.array(factors) == 1.0) > 0.9


def test_everything_that_is_made_of_the_error_knows_it() -> None:
    (returns,) = autoregression(0.6, 1, 500, 3) + 0.002
    sharpe, factor = returns.mean() / returns.std(ddof=1), sharpe_variance_factor(returns)
    centred = returns / returns.std() - returns.mean() / returns.std()
    skew, kurtosis = np.mean(centred**3), np.mean(centred**4)
    moments = 1 - skew * sharpe + (kurtosis - 1) / 4 * sharpe**2
    assert factor / moments == pytest.approx(4.0, rel=0.35)  # (1 + 0.6) / (1 - 0.6)
    blind = {"sharpe": sharpe, "n": 500, "skew": skew, "kurtosis": kurtosis}
    assert psr(returns) < psr(**blind) and dsr(returns, 5, 0.001) < dsr(trials=5, variance=0.001, **blind)
    assert min_track_record_length(returns) - 1 == pytest.approx(
        (min_track_record_length(**blind) - 1) * factor / moments
    )
