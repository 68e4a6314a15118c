"""White's and Hansen's tests against plain loops over the same resamples."""

import math

import numpy as np
import pandas as pd
import pytest

from newsbt.analysis.inference import reality_check
from newsbt.analysis.inference.bootstrap import stationary_indices
from newsbt.analysis.inference.reality_check import bootstrap_variance


def slow_variance(column, block):
    n, p = len(column), 1 / block
    centred = [value - sum(column) / n for value in column]
    gamma = [sum(centred[t] * centred[t + j] for t in range(n - j)) / n for j in range(n)]
    kappa = [(n - j) / n * (1 - p) ** j + j / n * (1 - p) ** (n - j) for j in range(n)]
    return gamma[0] + 2 * sum(kappa[j] * gamma[j] for j in range(1, n))


def slow_tests(excess, block, draws, seed):
    n, count = excess.shape
    mean = [sum(excess[:, k]) / n for k in range(count)]
    omega = [math.sqrt(slow_variance(list(excess[:, k]), block)) for k in range(count)]
    root = math.sqrt(n)
    white = max(root * m for m in mean)
    hansen = max(0.0, max(root * m / w for m, w in zip(mean, omega, strict=True)))
    bound = -math.sqrt(2 * math.log(math.log(n)))
    centres = {
        "lower": [max(m, 0) for m in mean],
        "consistent": [m if root * m / w >= bound else 0.0 for m, w in zip(mean, omega, strict=True)],
        "upper": mean,
    }
    hits = dict.fromkeys(("white", *centres), 0)
    for indices in stationary_indices(n, block, draws, seed):
        for row in indices:
            resampled = [sum(excess[i, k] for i in row) / n for k in range(count)]
            hits["white"] += max(root * (r - m) for r, m in zip(resampled, mean, strict=True)) >= white
            for name, centre in centres.items():
                value = max(root * (resampled[k] - centre[k]) / omega[k] for k in range(count))
                hits[name] += max(0.0, value) >= hansen
    return white, hansen, {name: hit / draws for name, hit in hits.items()}


@pytest.mark.parametrize("shift", [0.0, 0.0012])
def test_agrees_with_plain_loops(shift):
    rng = np.random.default_rng(3)
    excess = rng.normal(0, 0.01, (80, 4)) * [1, 0.5, 2, 1]
    excess[:, 1] += shift
    excess[:, 3] -= 0.006  # far below: the consistent recentring drops it
    market = rng.normal(0, 0.01, 80)
    result = reality_check(excess + market[:, None], market, block=4.0, draws=200, seed=11)
    white, hansen, p = slow_tests(excess, 4.0, 200, 11)
    assert result.statistic == pytest.approx(white)
    assert result.t_spa == pytest.approx(hansen)
    assert result.p == p["white"]
    assert (result.p_spa_lower, result.p_spa_consistent, result.p_spa_upper) == (
        p["lower"], p["consistent"], p["upper"],
    )  # fmt: skip
    assert result.p_spa_lower <= result.p_spa_consistent <= result.p_spa_upper
    assert (result.n, result.n_configurations, result.n_constant) == (80, 4, 0)


def test_the_closed_form_is_the_variance_of_the_bootstrap_mean():
    column = np.cumsum(np.random.default_rng(1).normal(0, 1, 60)) * 0.1
    means = np.concatenate([column[rows].mean(axis=1) for rows in stationary_indices(60, 6.0, 20_000, 5)])
    assert bootstrap_variance(column[:, None], 6.0)[0] == pytest.approx(60 * means.var(), rel=0.03)


def test_a_real_edge_is_found_and_a_search_over_noise_is_not():
    rng = np.random.default_rng(7)
    noise = rng.normal(0, 0.01, (500, 50))
    assert reality_check(noise, draws=500, seed=1).p_spa_consistent > 0.1
    noise[:, 17] += 0.003
    result = reality_check(noise, draws=500, seed=1)
    assert result.best == 17
    assert result.p < 0.02 and result.p_spa_consistent < 0.02


def test_poor_configurations_weaken_white_but_not_hansen():
    rng = np.random.default_rng(2)
    good = rng.normal(0.0012, 0.01, (500, 1))
    bad = rng.normal(-0.02, 0.05, (500, 40))
    alone, crowd = (reality_check(r, block=1, draws=1000, seed=1) for r in (good, np.hstack((good, bad))))
    assert crowd.p > 0.5
    assert crowd.p_spa_consistent == pytest.approx(alone.p_spa_consistent, abs=0.03)


def test_when_nothing_beats_the_benchmark_p_is_one():
    result = reality_check(np.random.default_rng(0).normal(-0.02, 0.01, (100, 3)), draws=100)
    assert result.t_spa == 0.0
    assert result.p_spa_consistent == 1.0


def test_rows_with_a_gap_are_dropped_and_constant_columns_left_out():
    rng = np.random.default_rng(0)
    values = np.column_stack((rng.normal(0, 1, 50), np.zeros(50)))
    values[3, 1] = math.nan
    result = reality_check(values, block=2, draws=50)
    assert (result.n, result.n_constant, result.best) == (49, 1, 0)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.ones((2, 3)), "n<3"),
        (np.ones((30, 3)), "zero variance"),
        (np.ones((3, 2)), "zero variance"),
        (np.full((9, 2), math.nan), "n<3"),
    ],
)
def test_undefined_tests_say_why(values, reason):
    result = reality_check(values)
    assert result.reason == reason
    for name in ("statistic", "p", "t_spa", "p_spa_lower", "p_spa_consistent", "p_spa_upper"):
        assert math.isnan(getattr(result, name))


def test_a_resample_as_good_as_what_was_seen_counts_against_it():
    """Of 2, 0, 2, 0 a resample's mean is twice the mean or more only where all four draws are 2s: one in sixteen."""
    found = reality_check(np.array([[2.0], [0.0], [2.0], [0.0]]), block=1, draws=4000, seed=3)
    assert found.p == pytest.approx(1 / 16, abs=0.015)


def test_three_bars_are_enough_and_two_are_not():
    values = np.array([[0.01, 0.03], [0.02, -0.01], [0.04, 0.02]])
    result = reality_check(values, block=1, draws=50, seed=3)
    white, hansen, p = slow_tests(values, 1.0, 50, 3)
    assert (result.n, result.reason) == (3, "")
    assert (result.statistic, result.t_spa) == (pytest.approx(white), pytest.approx(hansen))
    assert (result.p, result.p_spa_consistent) == (p["white"], p["consistent"])
    assert reality_check(values[:2]).reason == "n<3"
    assert reality_check(np.zeros((0, 2))).reason == "n<3"


def test_labelled_returns_meet_the_benchmark_on_their_index():
    rng = np.random.default_rng(1)
    days = pd.bdate_range("2024-01-01", periods=60)
    returns, market = pd.DataFrame(rng.normal(0, 1, (60, 2)), days), pd.Series(rng.normal(0, 1, 60), days)
    shifted = reality_check(returns.iloc[10:], market.iloc[:50], block=2, draws=50)
    plain = reality_check(returns.to_numpy()[10:50], market.to_numpy()[10:50], block=2, draws=50)
    assert shifted == plain
    with pytest.raises(ValueError, match="index"):
        reality_check(returns, market.to_numpy())


def test_a_benchmark_of_another_length_is_refused():
    with pytest.raises(ValueError, match="expected 10 returns"):
        reality_check(np.ones((10, 2)), np.ones(9))
