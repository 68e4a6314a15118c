"""Single statistics in the corners that a study rarely reaches, and the intervals."""

import math
from itertools import product

import numpy as np
import pytest
from scipy import stats

from newsbt.analysis.event_study import parametric, signs
from newsbt.analysis.event_study.conclusion import Conclusion


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
    plain = Conclusion(2.0, 0.05)
    assert parametric.kolari_pynnonen(plain, 0.0, 10, robust=True).statistic == 2.0
    assert parametric.kolari_pynnonen(plain, 0.1, 11, robust=False).statistic == pytest.approx(2 / math.sqrt(2))
    assert parametric.kolari_pynnonen(plain, 0.1, 11, robust=True).statistic == pytest.approx(2 * math.sqrt(0.9 / 2))
    assert "not positive" in parametric.kolari_pynnonen(plain, -0.2, 6, robust=True).reason
    assert parametric.kolari_pynnonen(plain, math.nan, 6, robust=True).reason


def test_generalised_sign_needs_residuals_of_both_signs():
    assert signs.generalised_sign(np.array([0.1, -0.1]), np.array([1.0, 1.0])).reason == "residuals of one sign"
