"""Adjusted p-values and placebo p-values."""

import math

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from newsbt.analysis.inference import benjamini_hochberg, holm, placebo_p
from newsbt.analysis.inference.multiple import max_adjusted


def slow_holm(p):
    """Holm's adjusted p by definition: the largest (m - j + 1) p_(j) up to one's own rank."""
    m = len(p)
    ordered = sorted(p)
    return [min(1.0, max((m - j) * ordered[j] for j in range(sorted(p).index(value) + 1))) for value in p]


@pytest.mark.parametrize("seed", range(5))
def test_agree_with_definitions(seed):
    p = np.random.default_rng(seed).random(12) ** 3
    assert holm(p) == pytest.approx(slow_holm(list(p)))
    assert benjamini_hochberg(p) == pytest.approx(false_discovery_control(p))


def test_tests_that_were_not_made_count_as_tests() -> None:
    assert holm([0.01, 0.04], tests=5).tolist() == pytest.approx([5 * 0.01, 4 * 0.04])
    assert holm([0.01, 0.04], tests=1).tolist() == pytest.approx([2 * 0.01, 0.04]), "those that were made count"


def test_undefined_tests_are_no_tests():
    assert holm([0.01, math.nan, 0.04]) == pytest.approx([0.02, math.nan, 0.04], nan_ok=True)
    assert benjamini_hochberg([math.nan]) == pytest.approx([math.nan], nan_ok=True)
    assert holm([]).size == 0


def test_a_statistic_is_compared_with_the_largest_of_each_assignment():
    nan = math.nan
    found = [[3.0, 1.0, nan], [2.0, 0.5, 9.0], [0.0, 4.0, nan], [1.0, nan, nan], [nan, nan, 5.0]]
    assert max_adjusted(found) == pytest.approx([2 / 4, 4 / 4, nan], nan_ok=True)
    assert max_adjusted(found, tie=1.0) == pytest.approx([3 / 4, 4 / 4, nan], nan_ok=True)
    assert max_adjusted([[nan, nan], [1.0, 2.0]]) == pytest.approx([nan, nan], nan_ok=True)
    for wrong in ([1.0, 2.0], np.empty((0, 2))):
        with pytest.raises(ValueError, match="a row for each assignment"):
            max_adjusted(wrong)


def test_equal_p_values_get_one_adjustment():
    assert holm([0.02, 0.02, 0.5]) == pytest.approx([0.06, 0.06, 0.5])


@pytest.mark.parametrize("function", [holm, benjamini_hochberg])
@pytest.mark.parametrize("p", [[1.2], [-0.1], [[0.1]]])
def test_what_is_no_p_value_is_refused(function, p):
    with pytest.raises(ValueError, match="p_values"):
        function(p)


def test_placebo_p_counts_the_run_itself_and_ties():
    assert placebo_p(1.0, [0.0, 1.0, 2.0, math.nan]) == 3 / 4
    assert placebo_p(9.0, np.zeros(999)) == 1 / 1000
    assert placebo_p(-2.0, [1.0, -3.0, 2.0], two_sided=True) == 3 / 4
    assert placebo_p(1.0, [0.0, math.inf, -math.inf]) == 2 / 4
    with pytest.raises(ValueError, match="could not convert"):
        placebo_p(1.0, ["high"])
    assert placebo_p(1.0, []).reason == "no placebo runs"
    assert placebo_p(math.nan, [1.0]).reason == "the statistic is not defined"
