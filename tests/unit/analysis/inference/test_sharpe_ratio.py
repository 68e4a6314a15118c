"""Probabilistic and deflated Sharpe ratios against published examples and the formula."""

import math
import pickle

import numpy as np
import pytest
from scipy.stats import norm

from newsbt.analysis.inference import (
    dsr,
    expected_maximum_sharpe,
    min_backtest_length,
    min_track_record_length,
    psr,
)

BAILEY_2014 = {"sharpe": 2.5 / math.sqrt(250), "n": 1250, "skew": -3.0, "kurtosis": 10.0}


def test_the_example_of_bailey_and_lopez_de_prado_2014():
    # Annual Sharpe 2.5 over 1250 daily returns, 100 trials with annual variance 1/2.
    assert expected_maximum_sharpe(100, 0.5 / 250) == pytest.approx(0.1132, abs=5e-5)
    assert dsr(**BAILEY_2014, trials=100, variance=0.5 / 250) == pytest.approx(0.9004, abs=5e-5)


def test_deflation_by_one_trial_is_none():
    assert dsr(**BAILEY_2014, trials=1) == psr(**BAILEY_2014)
    assert dsr(**BAILEY_2014, trials=1, variance=0.01) == psr(**BAILEY_2014)


def test_psr_from_returns_is_psr_from_their_moments():
    returns = np.random.default_rng(5).standard_t(5, 300) * 0.01 + 0.001
    centred = returns - returns.mean()
    m2, m3, m4 = (np.mean(centred**k) for k in (2, 3, 4))
    s, g3, g4 = returns.mean() / returns.std(ddof=1), m3 / m2**1.5, m4 / m2**2
    expected = norm.cdf((s - 0.02) * math.sqrt(299) / math.sqrt(1 - g3 * s + (g4 - 1) / 4 * s**2))
    assert psr(returns, 0.02) == pytest.approx(expected)
    assert psr(sharpe=s, n=300, skew=g3, kurtosis=g4, reference=0.02) == pytest.approx(expected)
    assert psr(np.append(returns, math.nan), 0.02) == pytest.approx(expected)


def test_psr_at_its_own_sharpe_ratio_is_a_half():
    assert psr(sharpe=0.1, n=100, reference=0.1) == 0.5


def test_trials_may_be_given_as_their_sharpe_ratios():
    ratios = np.array([0.01, 0.05, -0.02, 0.03])
    assert dsr(sharpe=0.05, n=500, trials=ratios) == dsr(sharpe=0.05, n=500, trials=4, variance=ratios.var(ddof=1))
    # One without a Sharpe ratio was tried all the same.
    with_unknown = dsr(sharpe=0.05, n=500, trials=np.append(ratios, math.nan))
    assert with_unknown == dsr(sharpe=0.05, n=500, trials=5, variance=ratios.var(ddof=1))


def test_minimum_track_record_length_is_where_psr_reaches_the_confidence():
    figures = {"sharpe": 0.12, "skew": -0.5, "kurtosis": 6.0}
    length = min_track_record_length(**figures, reference=0.03, confidence=0.99)
    assert psr(**figures, n=float(length), reference=0.03) == pytest.approx(0.99)
    assert min_track_record_length(sharpe=0.01, reference=0.01) == math.inf
    # 1 - 1 x 0.5 + (3 - 1) / 4 x 0.25 = 0.625: a factor below 1 is one too.
    assert min_track_record_length(sharpe=0.5, skew=1.0, kurtosis=3.0) == pytest.approx(
        1 + 0.625 * (1.6448536 / 0.5) ** 2
    )


def test_minimum_track_record_length_of_returns():
    returns = np.random.default_rng(2).normal(0.001, 0.01, 400)
    s = returns.mean() / returns.std(ddof=1)
    scaled = (returns - returns.mean()) / returns.std()
    factor = 1 - np.mean(scaled**3) * s + (np.mean(scaled**4) - 1) / 4 * s**2
    assert min_track_record_length(returns) == pytest.approx(1 + factor * (norm.ppf(0.95) / s) ** 2)


def test_five_years_allow_forty_five_trials():
    # Bailey, Borwein, Lopez de Prado and Zhu (2014): with five years of daily data, no more than 45 configurations
    # before an annual Sharpe ratio of 1 is to be expected without skill.
    assert min_backtest_length(45) == pytest.approx(5.0, abs=0.05)
    assert min_backtest_length(45, target=2.0) == pytest.approx(min_backtest_length(45) / 4)
    assert min_backtest_length(1) == 0.0


@pytest.mark.parametrize(
    ("returns", "reason"),
    [
        ([], "n<2"),
        ([0.01], "n<2"),
        ([math.nan, math.nan, math.nan], "n<2"),
        ([0.01, 0.01, 0.01], "zero variance"),
        ([0.0, 0.0], "zero variance"),
    ],
)
@pytest.mark.parametrize("function", [psr, lambda r: dsr(r, trials=1), min_track_record_length])
def test_undefined_says_why(function, returns, reason):
    result = function(np.array(returns))
    assert math.isnan(result) and result.reason == reason


def test_moments_without_a_positive_variance_give_nan():
    result = psr(sharpe=0.6, n=50, skew=3.0, kurtosis=3.0)
    assert math.isnan(result) and "not positive" in result.reason


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: psr(), "expected returns, or sharpe and n"),
        (lambda: psr(sharpe=0.1), "expected returns, or sharpe and n"),
        (lambda: psr(n=100), "expected returns, or sharpe and n"),
        (lambda: min_track_record_length(n=100), "expected returns, or sharpe and n"),
        (lambda: psr([0.1, 0.2], n=2), "got both"),
        (lambda: psr([0.1, 0.2], skew=0.0), "got both"),
        (lambda: psr([0.1, 0.2], kurtosis=3.0), "got both"),
        (lambda: psr([0.1, 0.2], sharpe=0.1), "got both"),
        (lambda: psr([[0.1], [0.2]]), "one dimension"),
        (lambda: dsr([0.1, 0.2]), "trials"),
        (lambda: dsr([0.1, 0.2], trials=0), "at least 1"),
        (lambda: dsr([0.1, 0.2], trials=3), "variance"),
        (lambda: dsr([0.1, 0.2], trials=3, variance=-1), "at least 0"),
        (lambda: expected_maximum_sharpe(3, math.nan), "at least 0"),
        (lambda: expected_maximum_sharpe(math.nan, 0.1), "at least 1"),
        (lambda: expected_maximum_sharpe(math.inf, 0.1), "at least 1"),
        (lambda: min_track_record_length([0.1, 0.2], confidence=0.0), "between 0 and 1"),
        (lambda: min_track_record_length([0.1, 0.2], confidence=1.0), "between 0 and 1"),
        (lambda: min_backtest_length(10, target=0), "above 0"),
        (lambda: min_backtest_length(10, target=math.nan), "above 0"),
    ],
)
def test_unusable_arguments_are_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (lambda: dsr(sharpe=0.1, n=100, trials=3, variance=math.nan), "variance over the trials is unknown"),
        (lambda: dsr(sharpe=0.1, n=100, trials=1, variance=math.nan), "variance over the trials is unknown"),
        (lambda: dsr(sharpe=0.1, n=100, trials=[0.2, math.nan]), "fewer than two trials have a Sharpe ratio"),
        (lambda: psr(sharpe=0.1, n=math.nan), "an input is not finite"),
        (lambda: psr(sharpe=math.nan, n=100), "an input is not finite"),
        (lambda: psr(sharpe=0.1, n=100, skew=math.inf), "an input is not finite"),
        (lambda: psr(sharpe=0.1, n=1.5), "n<2"),
    ],
)
def test_figures_that_are_unknown_give_nan_and_say_why(result, reason):
    assert math.isnan(result()) and result().reason == reason


def test_the_least_that_is_enough_is_enough():
    """Two returns, n of exactly 2, one trial whose Sharpe ratio is known alone, and one whose is not."""
    assert psr([0.01, 0.02]).reason == "" and psr(sharpe=0.1, n=2).reason == ""
    assert psr(sharpe=0.1, n=2) == pytest.approx(norm.cdf(0.1 / math.sqrt(1 + 0.01 / 2)))
    assert dsr(sharpe=0.1, n=100, trials=[0.3]) == dsr(sharpe=0.1, n=100, trials=[math.nan]) == psr(sharpe=0.1, n=100)
    assert dsr(sharpe=0.1, n=100, trials=1, variance=0.5) == psr(sharpe=0.1, n=100)


def test_skew_and_kurtosis_are_those_of_normal_returns_unless_given():
    assert psr(sharpe=0.3, n=50) == psr(sharpe=0.3, n=50, skew=0.0, kurtosis=3.0)
    assert psr(sharpe=0.3, n=50, skew=1.0) != psr(sharpe=0.3, n=50) != psr(sharpe=0.3, n=50, kurtosis=4.0)


def test_a_sharpe_ratio_without_any_variance_has_none_exactly_at_zero():
    """1 - g3 S + (g4 - 1)/4 S^2 with S = 1, g4 = 1 is 1 - g3: nothing is left at g3 = 1."""
    for function in (psr, min_track_record_length):
        result = function(sharpe=1.0, n=50, skew=1.0, kurtosis=1.0)
        assert math.isnan(result) and "not positive" in result.reason


def test_an_estimate_keeps_its_reason_when_pickled():
    assert pickle.loads(pickle.dumps(psr([0.1]))).reason == "n<2"


def test_two_sharpe_ratios_have_a_variance_and_one_of_two_has_none():
    returns = np.random.default_rng(2).normal(0.01, 0.1, 80)
    expected = dsr(returns, 2, variance=np.var([0.05, 0.1], ddof=1))
    assert dsr(returns, [0.05, 0.1]) == pytest.approx(float(expected))
    assert dsr(returns, [0.05, math.nan]).reason == "fewer than two trials have a Sharpe ratio"
    assert dsr(returns, [0.05]) == psr(returns, 0.0)
