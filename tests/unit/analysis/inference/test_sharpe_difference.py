"""The Ledoit and Wolf test against plain loops."""

import math
import sys

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from newsbt.analysis.inference import optimal_block_length, sharpe_difference


def pair(seed, n=150, edge=0.0):
    rng = np.random.default_rng(seed)
    common = rng.standard_t(6, n) * 0.01
    a = common + rng.normal(edge, 0.005, n)
    b = 0.7 * common + rng.normal(0.0005, 0.004, n)
    for t in range(1, n):
        a[t] += 0.2 * a[t - 1]
    return a, b


def gradient(a, b):
    """Derivative of S1 - S2 by the four moments, numerically."""
    m = np.array([a.mean(), b.mean(), (a**2).mean(), (b**2).mean()])

    def difference(v):
        return v[0] / math.sqrt(v[2] - v[0] ** 2) - v[1] / math.sqrt(v[3] - v[1] ** 2)

    result = []
    for k in range(4):
        step = np.zeros(4)
        step[k] = 1e-7 * max(abs(m[k]), 1e-4)
        result.append((difference(m + step) - difference(m - step)) / (2 * step[k]))
    return np.array(result), m


def slow_error(a, b):
    n = len(a)
    slope, m = gradient(a, b)
    y = [np.array([a[t] - m[0], b[t] - m[1], a[t] ** 2 - m[2], b[t] ** 2 - m[3]]) for t in range(n)]
    numerator = denominator = 0.0
    for k in range(4):
        rho, constant = np.polyfit([v[k] for v in y[:-1]], [v[k] for v in y[1:]], 1)
        variance = np.mean([(y[t][k] - constant - rho * y[t - 1][k]) ** 2 for t in range(1, n)])
        rho = min(max(rho, -0.97), 0.97)
        numerator += 4 * rho**2 * variance**2 / (1 - rho) ** 8
        denominator += variance**2 / (1 - rho) ** 4
    bandwidth = 2.6614 * (numerator / denominator * n) ** 0.2
    total = np.zeros((4, 4))
    for s in range(n):
        for t in range(n):
            x = abs(s - t) / bandwidth
            weight = 1 - 6 * x**2 + 6 * x**3 if x <= 0.5 else (2 * (1 - x) ** 3 if x < 1 else 0.0)
            if weight:
                total += weight * np.outer(y[s], y[t]) / n
    return math.sqrt(slope @ (total * n / (n - 4)) @ slope / n)


def test_standard_error_of_few_bars_with_a_jump_at_the_end():
    """The means of all but the last and of all but the first differ so much that their signs show; after the larger
    jump the slope is more than a unit root's, and cut to 0.97."""
    a = np.array([0.01, -0.02, 0.015, 0.0, 0.01, -0.01, 0.02, -0.005, 0.01, 0.0, 0.03, 0.06])
    b = np.array([0.1, 0.02, -0.01, 0.005, 0.0, 0.01, -0.02, 0.015, 0.0, -0.01, 0.02, 0.01])
    jump = np.append(a[:-1], 0.2)
    for left, right in ((a, b), (b, a), (jump, b)):
        assert sharpe_difference(left, right, draws=0).se == pytest.approx(slow_error(left, right), rel=1e-5)


def test_a_negative_multiple_differs_and_a_positive_one_cannot():
    a, _ = pair(9, 40)
    flipped = sharpe_difference(a, -2 * a, draws=20)
    assert flipped.reason == "" and flipped.difference == pytest.approx(2 * a.mean() / a.std(ddof=1))
    for factor in (1e-3, 0.7, 3.3, 1e4):
        result = sharpe_difference(a, factor * a, draws=20)
        assert result.reason == "zero variance of the difference" and result.difference == pytest.approx(0, abs=1e-12)
    nearly = a * (1 + 1e-6 * np.sin(np.arange(40)))
    assert sharpe_difference(a, nearly, draws=0).reason == ""


def test_ten_pairs_are_enough_and_half_of_them_is_the_longest_block():
    a, b = pair(10, 10)
    assert sharpe_difference(a, b, block=5, draws=20).reason == ""
    assert [sharpe_difference(a, b, block=block, draws=1).block for block in (1, 5)] == [1, 5]
    for block in (0, 6):
        with pytest.raises(ValueError, match="from 1 to half of the 10 bars"):
            sharpe_difference(a, b, block=block)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_standard_error_agrees_with_plain_loops(seed):
    a, b = pair(seed)
    result = sharpe_difference(a, b, draws=0)
    assert result.difference == pytest.approx(a.mean() / a.std(ddof=1) - b.mean() / b.std(ddof=1))
    error = slow_error(a, b)
    assert result.se == pytest.approx(error, rel=1e-5)
    assert result.p == pytest.approx(2 * norm.cdf(-abs(result.difference) / error), rel=1e-4)
    assert math.isnan(result.p_bootstrap)


def slow_bootstrap(a, b, block, draws, seed, difference, observed):
    n, blocks = len(a), len(a) // block
    starts = np.random.default_rng(seed).integers(0, n, size=(draws, blocks))
    reached = 0
    for row in starts:
        positions = [(start + i) % n for start in row for i in range(block)]
        x, y = a[positions], b[positions]
        slope, m = gradient(x, y)
        z = np.column_stack((x, y, x**2, y**2)) - m
        sums = [z[j * block : (j + 1) * block].sum(axis=0) / math.sqrt(block) for j in range(blocks)]
        psi = sum(np.outer(v, v) for v in sums) / blocks
        error = math.sqrt(slope @ psi @ slope / len(x))
        starred = x.mean() / x.std(ddof=1) - y.mean() / y.std(ddof=1)
        reached += abs(starred - difference) / error >= observed
    return (1 + reached) / (draws + 1)


@pytest.mark.parametrize("block", [1, 7])
def test_bootstrap_agrees_with_plain_loops(block):
    a, b = pair(4, 100, 0.001)
    result = sharpe_difference(a, b, block=block, draws=150, seed=6)
    slow = slow_bootstrap(a, b, block, 150, 6, result.difference, abs(result.difference) / result.se)
    assert result.p_bootstrap == pytest.approx(slow, abs=1e-12)


def test_memmel_by_formula():
    a, b = pair(5)
    s1, s2, rho = a.mean() / a.std(ddof=1), b.mean() / b.std(ddof=1), np.corrcoef(a, b)[0, 1]
    variance = (2 - 2 * rho + 0.5 * (s1**2 + s2**2 - 2 * s1 * s2 * rho**2)) / len(a)
    assert sharpe_difference(a, b, draws=0).p_memmel == pytest.approx(2 * norm.cdf(-abs(s1 - s2) / math.sqrt(variance)))


def test_sign_scale_and_order():
    a, b = pair(6)
    first, other, scaled = sharpe_difference(a, b), sharpe_difference(b, a), sharpe_difference(3 * a, b)
    assert other.difference == -first.difference
    assert other.se == pytest.approx(first.se)
    assert scaled.difference == pytest.approx(first.difference)


def test_the_default_block_is_reported():
    a, b = pair(7)
    result = sharpe_difference(a, b, draws=20)
    assert result.block == max(1, math.ceil(optimal_block_length(np.column_stack((a, b))).circular))


def test_a_large_difference_is_found_and_none_is_not():
    rng = np.random.default_rng(3)
    good, bad = rng.normal(0.002, 0.01, 1000), rng.normal(0, 0.01, 1000)
    assert sharpe_difference(good, bad).p_bootstrap < 0.01
    assert sharpe_difference(rng.normal(0, 0.01, 1000), bad).p_bootstrap > 0.05


def test_series_meet_on_their_index_and_gaps_are_dropped():
    a, b = pair(8, 60)
    days = pd.bdate_range("2024-01-01", periods=60)
    left, right = pd.Series(a, days), pd.Series(b, days)[5:]
    right.iloc[3] = math.nan
    keep = [t for t in range(5, 60) if t != 8]
    result, expected = sharpe_difference(left, right, draws=10), sharpe_difference(a[keep], b[keep], draws=10)
    assert result == expected
    assert result.n == 54


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        (np.arange(9.0), np.arange(9.0) ** 2, "n<10"),
        (np.ones(20), np.arange(20.0), "zero variance"),
        (np.arange(20.0), np.arange(20.0), "zero variance of the difference"),
        (np.arange(20.0), np.arange(20.0) * 0.3, "zero variance of the difference"),
    ],
)
def test_undefined_says_why(a, b, reason):
    result = sharpe_difference(a, b)
    assert result.reason == reason
    assert math.isnan(result.p) and math.isnan(result.p_bootstrap) and math.isnan(result.se)
    assert (result.block, result.draws, result.seed) == (0, 4999, 0)


def test_resamples_are_the_same_however_many_are_held_at_once(monkeypatch):
    a, b = pair(4, 60)
    whole = sharpe_difference(a, b, block=3, draws=50)
    for held in (1, 7, 500):
        monkeypatch.setattr(sys.modules[sharpe_difference.__module__], "BATCH", held)
        assert sharpe_difference(a, b, block=3, draws=50).p_bootstrap == whole.p_bootstrap


def test_unusable_arguments_are_refused():
    with pytest.raises(ValueError, match="block"):
        sharpe_difference(*pair(1), block=100)
    with pytest.raises(ValueError, match="expected 5 returns"):
        sharpe_difference(np.ones(5), np.ones(6))
