"""Single statistics in the corners that a study rarely reaches, and the intervals."""

import math
from itertools import product

import numpy as np
import pytest
from scipy import stats

from newsbt.analysis.event_study import parametric, signs
from newsbt.analysis.event_study.conclusion import Verdict
from newsbt.analysis.event_study.intervals import cluster_intervals


@pytest.mark.parametrize("n", [2, 5, 9])
def test_exact_wilcoxon_agrees_with_all_sign_patterns(n):
    values = np.random.default_rng(n).normal(0.3, 1, n)
    ranks = stats.rankdata(np.abs(values))
    observed = ranks[values > 0].sum()
    sums = [sum(r for r, s in zip(ranks, pattern, strict=True) if s) for pattern in product((0, 1), repeat=n)]
    extreme = min(observed, n * (n + 1) / 2 - observed)
    expected = min(1.0, 2 * sum(s <= extreme for s in sums) / 2**n)
    assert signs.wilcoxon(values) == pytest.approx((observed, expected, ""))


@pytest.mark.parametrize("values", [[0.1, 0.1, -0.1, 0.2, 0.5], [0.0, 0.1, -0.2, 0.3], list(np.linspace(-1, 2, 51))])
def test_ties_zeros_and_many_events_take_the_normal_form(values):
    expected = stats.wilcoxon(values, method="asymptotic", correction=False)
    assert signs.wilcoxon(np.array(values)).p == pytest.approx(expected.pvalue)


def test_fifty_events_are_still_exact():
    values = np.random.default_rng(1).normal(0.2, 1, 50)
    assert signs.wilcoxon(values).p == pytest.approx(stats.wilcoxon(values, method="exact").pvalue)


def test_zeros_are_not_positive():
    assert signs.sign(np.array([0.0, 0.0, 1.0, 1.0])).statistic == 0.0
    assert signs.sign(np.zeros(4)).statistic == -2.0
    assert signs.wilcoxon(np.zeros(4)).reason == "all zero"


def test_a_mean_without_spread_has_no_t():
    assert parametric.cross_sectional(np.full(5, 0.01)).reason == "zero variance"
    assert parametric.skewness_adjusted(np.full(5, 0.01)).reason == "zero variance"
    assert parametric.cross_sectional(np.array([0.01])).reason == "N=1"


def test_kolari_pynnonen_corners():
    plain = Verdict(2.0, 0.05)
    assert parametric.kolari_pynnonen(plain, 0.0, 10, robust=True).statistic == 2.0
    assert parametric.kolari_pynnonen(plain, 0.1, 11, robust=False).statistic == pytest.approx(2 / math.sqrt(2))
    assert parametric.kolari_pynnonen(plain, 0.1, 11, robust=True).statistic == pytest.approx(2 * math.sqrt(0.9 / 2))
    assert "not positive" in parametric.kolari_pynnonen(plain, -0.2, 6, robust=True).reason
    assert parametric.kolari_pynnonen(plain, math.nan, 6, robust=True).reason


def test_generalised_sign_needs_residuals_of_both_signs():
    assert signs.generalised_sign(np.array([0.1, -0.1]), np.array([1.0, 1.0])).reason == "residuals of one sign"


def slow_intervals(values, cluster, draws, seed):
    """Percentile and BCa bounds by resampling the clusters' events themselves."""
    names = sorted(set(cluster))
    groups = [values[cluster == name] for name in names]
    picks = np.random.default_rng(seed).integers(0, len(names), size=(draws, len(names)))
    means = np.array([np.concatenate([groups[k] for k in row]).mean() for row in picks])
    estimate = values.mean()
    z0 = stats.norm.ppf((means < estimate).mean() + (means == estimate).mean() / 2)
    left = np.array(
        [np.concatenate([g for k, g in enumerate(groups) if k != skip]).mean() for skip in range(len(names))]
    )
    apart = left.mean() - left
    a = (apart**3).sum() / (6 * (apart**2).sum() ** 1.5)
    levels = [stats.norm.cdf(z0 + (z0 + z) / (1 - a * (z0 + z))) for z in stats.norm.ppf([0.025, 0.975])]
    return [*np.quantile(means, [0.025, 0.975]), *np.quantile(means, levels)]


def test_intervals_agree_with_resampled_clusters():
    rng = np.random.default_rng(5)
    cluster = rng.integers(0, 12, 40)
    values = rng.exponential(0.02, (40, 2))
    result = cluster_intervals(values, cluster, 500, 3)
    for v in range(2):
        found = [result.low[v], result.high[v], result.bca_low[v], result.bca_high[v]]
        assert found == pytest.approx(slow_intervals(values[:, v], cluster, 500, 3))


def test_intervals_of_one_cluster_are_undefined():
    result = cluster_intervals(np.ones((5, 1)), np.zeros(5, dtype=int), 100, 0)
    assert np.isnan(result.low).all() and np.isnan(result.bca_high).all()


def test_missing_values_leave_the_interval_of_a_window():
    values = np.column_stack((np.arange(6.0), [1.0, *[math.nan] * 5]))
    result = cluster_intervals(values, np.arange(6), 200, 0)
    assert result.low[0] < 2.5 < result.high[0]
    assert math.isnan(result.low[1])
