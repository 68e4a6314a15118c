"""Performance metrics against hand-worked cases, an independent oracle, and their edge cases."""

import math
import pickle
from datetime import date

import empyrical
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from newsbt.analysis.measure import Measure, Metrics, is_constant
from newsbt.analysis.performance import performance, return_metrics
from newsbt.analysis.relative import newey_west_lags
from newsbt.domain.metrics import definitions

# Metric of ours -> empyrical's on the same convention. The others differ on purpose: alpha (compounded there),
# information ratio (not annualised there), skew and kurtosis (not offered), undefined values (inf or nan there).
SAME_CONVENTION = {
    "total_return": lambda r, b: empyrical.cum_returns_final(r),
    "cagr": lambda r, b: empyrical.annual_return(r),
    "volatility": lambda r, b: empyrical.annual_volatility(r),
    "sharpe": lambda r, b: empyrical.sharpe_ratio(r),
    "sortino": lambda r, b: empyrical.sortino_ratio(r),
    "downside_deviation": lambda r, b: empyrical.downside_risk(r),
    "max_drawdown": lambda r, b: empyrical.max_drawdown(r),
    "calmar": lambda r, b: empyrical.calmar_ratio(r),
    "omega": lambda r, b: empyrical.omega_ratio(r),
    "tail_ratio": lambda r, b: empyrical.tail_ratio(r),
    "var_95": lambda r, b: empyrical.value_at_risk(r),
    "cvar_95": lambda r, b: empyrical.conditional_value_at_risk(r),
    "beta": lambda r, b: empyrical.beta(r, b),
    "information_ratio": lambda r, b: empyrical.excess_sharpe(r, b) * math.sqrt(252),
}


@pytest.fixture(params=[11, 12, 13])
def series(request):
    rng = np.random.default_rng(request.param)
    days = pd.bdate_range("2020-01-01", periods=400)
    benchmark = pd.Series(rng.standard_t(4, 400) * 0.01, index=days)
    return 0.3 * benchmark + pd.Series(rng.normal(0.0005, 0.01, 400), index=days), benchmark


@pytest.mark.parametrize("key", SAME_CONVENTION)
def test_agrees_with_an_independent_library(key, series):
    returns, benchmark = series
    assert performance(returns, benchmark)[key] == pytest.approx(SAME_CONVENTION[key](returns, benchmark), rel=1e-10)


def test_moments_agree_with_scipy(series):
    result = performance(series[0])
    assert result["skew"] == pytest.approx(stats.skew(series[0]))
    assert result["excess_kurtosis"] == pytest.approx(stats.kurtosis(series[0]))


def test_alpha_agrees_with_least_squares_and_is_arithmetic(series):
    returns, benchmark = series
    fit = stats.linregress(benchmark, returns)
    result = performance(returns, benchmark, periods_per_year=240)
    assert result["alpha"] == pytest.approx(240 * fit.intercept)
    assert result["beta"] == pytest.approx(fit.slope)
    assert result["tracking_error"] == pytest.approx(np.std(returns - benchmark, ddof=1) * math.sqrt(240))


def slow_newey_west(x, y, lags):
    """t-values of intercept and slope, written from the formula with loops."""
    n = len(x)
    design = [(1.0, v) for v in x]
    xtx = np.array([[sum(a[i] * a[j] for a in design) for j in (0, 1)] for i in (0, 1)])
    coefficients = np.linalg.solve(xtx, [sum(a[i] * v for a, v in zip(design, y, strict=True)) for i in (0, 1)])
    residual = [v - coefficients[0] - coefficients[1] * u for u, v in zip(x, y, strict=True)]
    middle = np.zeros((2, 2))
    for s in range(n):
        for t in range(n):
            weight = 1 - abs(s - t) / (lags + 1)
            if weight > 0:
                middle += weight * residual[s] * residual[t] * np.outer(design[s], design[t])
    inverse = np.linalg.inv(xtx)
    return coefficients / np.sqrt(np.diag(inverse @ middle @ inverse) * n / (n - 2))


def test_newey_west_t_values_agree_with_a_slow_sum(series):
    returns, benchmark = series[0][:150], series[1][:150]
    assert newey_west_lags(150) == 4
    result = performance(returns, benchmark)
    alpha_t, beta_t = slow_newey_west(list(benchmark), list(returns), 4)
    assert result["alpha_t"] == pytest.approx(alpha_t)
    assert result["beta_t"] == pytest.approx(beta_t)


def test_four_bars_by_hand():
    days = pd.to_datetime(["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"])
    result = performance(pd.Series([0.10, -0.10, 0.05, 0.0], index=days), periods_per_year=4)
    assert result["total_return"] == pytest.approx(1.1 * 0.9 * 1.05 - 1)
    assert result["cagr"] == pytest.approx(result["total_return"])  # four bars of four a year
    assert result["cagr_calendar"] == pytest.approx(1.0395 ** (365.25 / 3) - 1)
    deviations = (0.10 - 0.0125) ** 2 + (0.10 + 0.0125) ** 2 + (0.05 - 0.0125) ** 2 + 0.0125**2
    assert result["volatility"] == pytest.approx(math.sqrt(deviations / 3) * 2)
    assert result["sharpe"] == pytest.approx(0.0125 / math.sqrt(deviations / 3) * 2)
    assert result["downside_deviation"] == pytest.approx(0.05 * 2)
    assert result["sortino"] == pytest.approx(0.0125 / 0.05 * 2)
    assert result["max_drawdown"] == pytest.approx(-0.1)
    assert result["max_drawdown_peak"] == date(2024, 1, 2)
    assert result["max_drawdown_trough"] == date(2024, 1, 3)
    assert result["max_drawdown_recovery"] is None
    assert result["ulcer_index"] == pytest.approx(math.sqrt((0.1**2 + 2 * 0.055**2) / 4))
    assert result["martin_ratio"] == pytest.approx(result["cagr"] / result["ulcer_index"])
    assert result["omega"] == result["profit_factor_bars"] == pytest.approx(1.5)
    assert result["hit_rate_bars"] == pytest.approx(2 / 3)  # the flat bar is neither
    assert result["var_95"] == pytest.approx(-0.085)  # position 0.15 between -0.10 and 0
    assert result["cvar_95"] == pytest.approx(-0.10)
    assert result["tail_ratio"] == pytest.approx(0.0925 / 0.085)
    assert result["n_obs"] == 4


def test_sharpe_standard_errors_by_formula():
    returns = np.array([0.02, -0.01, 0.03, -0.02, 0.01])
    n, mean, sd = 5, returns.mean(), returns.std(ddof=1)
    s = mean / sd
    m2, m3, m4 = (np.mean((returns - mean) ** k) for k in (2, 3, 4))
    result = performance(returns, periods_per_year=100)
    expected = math.sqrt((1 - m3 / m2**1.5 * s + (m4 / m2**2 - 1) / 4 * s**2) / n) * 10
    assert result["sharpe_se"] == pytest.approx(expected)
    assert result["sharpe_se_lo"] == pytest.approx(math.sqrt((1 + s**2 / 2) / n) * 10)
    assert result["psr"] == pytest.approx(stats.norm.cdf(s * math.sqrt(n - 1) / (expected / 10 * math.sqrt(n))))


def test_the_risk_free_rate_compounds_over_a_year():
    returns = np.array([0.01, -0.02, 0.03, 0.004])
    per_bar = 1.05 ** (1 / 252) - 1
    result = performance(returns, benchmark=returns * 0.5 + 0.001, risk_free=0.05)
    x = returns - per_bar
    assert result["sharpe"] == pytest.approx(x.mean() / x.std(ddof=1) * math.sqrt(252))
    assert result["sortino"] == performance(returns)["sortino"]  # against its own minimum, which stays 0
    assert result["martin_ratio"] == pytest.approx((result["cagr"] - 0.05) / result["ulcer_index"])
    # r = 2 b - 0.002: beta 2, alpha = 2 f - f - 0.002 per bar
    assert result["alpha"] == pytest.approx(252 * (per_bar - 0.002))
    assert result.reasons["alpha_t"] == "zero residual variance"


def test_autocorrelated_sharpe_by_yule_walker_of_one_lag():
    rng = np.random.default_rng(3)
    noise = rng.normal(0.001, 0.01, 600)
    returns = noise.copy()
    for t in range(1, 600):
        returns[t] += 0.5 * returns[t - 1]
    result = performance(returns, periods_per_year=12)
    rho = [
        sum((returns[t] - returns.mean()) * (returns[t - k] - returns.mean()) for t in range(k, 600))
        / sum((returns - returns.mean()) ** 2)
        for k in range(1, 12)
    ]
    q_statistic = 600 * 602 * sum(rho[k - 1] ** 2 / (600 - k) for k in range(1, 11))
    assert result["ljung_box_p"] == pytest.approx(stats.chi2.sf(q_statistic, 10), abs=1e-12)
    assert result["sharpe_autocorrelated"] == pytest.approx(
        result["sharpe"] * math.sqrt((1 - rho[0]) / (1 + rho[0])), rel=1e-12
    )
    still = performance(noise, periods_per_year=12)
    assert still["sharpe_autocorrelated"] == still["sharpe"]


def test_missing_returns_are_flat_in_equity_and_absent_from_moments():
    with_gap = performance([0.1, math.nan, -0.05, 0.02], periods_per_year=2)
    without = performance([0.1, -0.05, 0.02], periods_per_year=2)
    assert (with_gap["n_obs"], with_gap["n_missing"], with_gap["n_bars"]) == (3, 1, 4)
    for key in ("total_return", "volatility", "sharpe", "var_95", "skew", "sortino", "max_drawdown"):
        assert with_gap[key] == without[key]
    assert with_gap["cagr"] == pytest.approx((1.1 * 0.95 * 1.02) ** (2 / 4) - 1)  # the bar's time elapses


def test_pairs_meet_on_the_index_never_by_position():
    days = pd.date_range("2024-01-01", periods=6)
    returns = pd.Series([0.01, 0.02, -0.01, 0.03, math.nan, 0.0], index=days)
    benchmark = pd.Series([0.5, 0.01, math.nan, 0.02, 0.01, 0.03], index=days.shift(1))
    result = performance(returns, benchmark)
    pairs = [(0.02, 0.5), (-0.01, 0.01), (0.0, 0.01)]
    assert result["n_pairs"] == 3
    active = [r - b for r, b in pairs]
    assert result["tracking_error"] == pytest.approx(np.std(active, ddof=1) * math.sqrt(252))
    assert result["n_obs"] == 5  # the benchmark takes nothing from the strategy's own metrics


@pytest.mark.parametrize(
    ("returns", "key", "reason"),
    [
        ([0.01], "volatility", "n<2"),
        ([0.01], "sharpe", "n<2"),
        ([0.01, 0.01, 0.01], "sharpe", "zero variance"),
        ([0.01, 0.01, 0.01], "psr", "zero variance"),
        ([0.01, 0.01, 0.01], "sharpe_se", "zero variance"),
        ([0.01, 0.01, 0.01], "skew", "zero variance"),
        ([0.01, 0.02], "sortino", "no downside"),
        ([0.01, 0.02], "calmar", "no drawdown"),
        ([0.01, 0.02], "martin_ratio", "no drawdown"),
        ([0.0, 0.0], "omega", "no gains and no losses"),
        ([0.0, 0.0], "hit_rate_bars", "no gains and no losses"),
        ([0.0, 0.0, 0.1], "tail_ratio", "5 % quantile is 0"),
        ([], "total_return", "no returns"),
        ([math.nan, math.nan], "total_return", "no returns"),
        ([math.nan, math.nan], "cvar_95", "no returns"),
        ([1e300, 1e300], "total_return", "overflow"),
        ([0.01, 0.02], "beta", "no benchmark"),
    ],
)
def test_undefined_is_nan_with_its_reason(returns, key, reason):
    result = performance(returns)
    assert math.isnan(result[key])
    assert result.reasons[key] == reason


def test_constant_returns_rebuilt_from_prices_have_no_sharpe_ratio():
    prices = 100 * 1.001 ** np.arange(50)
    returns = prices[1:] / prices[:-1] - 1
    assert returns.max() > returns.min()  # rounding makes them differ
    assert performance(returns).reasons["sharpe"] == "zero variance"


def test_a_benchmark_without_variance_or_a_strategy_that_is_the_benchmark():
    returns = np.array([0.01, -0.02, 0.03])
    flat = performance(returns, np.full(3, 0.001))
    assert flat.reasons["beta"] == flat.reasons["alpha_t"] == "zero variance of the benchmark"
    same = performance(returns, returns)
    assert (same["beta"], same["tracking_error"]) == (pytest.approx(1.0), 0.0)
    assert same.reasons["information_ratio"] == "zero variance of the active return"


def test_omega_without_losses_is_infinite():
    assert performance([0.01, 0.0, 0.02])["omega"] == math.inf


def test_ruin():
    result = performance([0.1, -1.0, 0.5, 0.0])
    assert (result["total_return"], result["cagr"], result["max_drawdown"]) == (-1.0, -1.0, -1.0)
    assert result["calmar"] == -1.0


def test_a_short_sample_is_marked_as_extrapolated():
    assert "62 bars" in performance(np.full(62, 0.001)).notes["cagr"]
    assert "cagr" not in performance(np.full(63, 0.001)).notes


@pytest.mark.parametrize(
    ("returns", "other", "words"),
    [
        ([0.1, -1.01], None, "position 1 is below -1"),
        ([0.1, math.inf], None, "infinite"),
        ([[0.1], [0.2]], None, "one dimension"),
        ([0.1, 0.2], [0.1], "expected 2 returns"),
        ([0.1, 0.2], pd.Series([0.1, 0.2]), "one of each"),
        (pd.Series([0.1, 0.2], index=[1, 0]), None, "ascending"),
        (pd.Series([0.1, 0.2], index=[1, 1]), None, "ascending"),
    ],
)
def test_unusable_input_is_refused(returns, other, words):
    with pytest.raises(ValueError, match=words):
        performance(returns, other)


def test_indices_of_two_kinds_are_refused():
    days = pd.date_range("2024-01-01", periods=3)
    naive = pd.Series([0.1, 0.2, 0.3], index=days)
    with pytest.raises(ValueError, match="time zone"):
        performance(naive, naive.tz_localize("UTC"))


def test_arrays_on_common_rows_give_the_same_metrics():
    rng = np.random.default_rng(1)
    days = pd.bdate_range("2023-01-02", periods=80)
    returns, benchmark = rng.normal(0, 0.01, (2, 80))
    metrics = return_metrics(returns, days.to_numpy(), benchmark, periods_per_year=245.0, risk_free=0.02)
    series = performance(pd.Series(returns, days), pd.Series(benchmark, days), 245.0, 0.02)
    assert dict(metrics.values) == pytest.approx(dict(series), nan_ok=True)


def test_every_metric_has_a_definition_and_every_nan_a_reason():
    result = performance([0.1, -0.2, 0.3], [0.0, 0.1, 0.1])
    assert set(result) <= set(definitions())
    assert {key for key, value in result.items() if isinstance(value, float) and math.isnan(value)} <= set(
        result.reasons
    )


@pytest.mark.parametrize("key", sorted(definitions()))
def test_every_metric_is_defined_in_one_sentence(key):
    assert definitions()[key].endswith(".")


def test_metrics_join_and_the_later_ones_win():
    first = Metrics.of({"sharpe": Measure(math.nan, "n<2"), "omega": Measure(2.0)})
    both = first | Metrics.of({"sharpe": Measure(1.0)})
    assert dict(both.values) == {"sharpe": 1.0, "omega": 2.0}
    assert dict(both.reasons) == {}


def test_metrics_travel_between_processes():
    metrics = Metrics.of({"sharpe": Measure(math.nan, "n<2"), "omega": Measure(2.0)}, {"omega": "short"})
    copy = pickle.loads(pickle.dumps(metrics))
    assert (copy.reasons, copy.notes, copy.definitions) == (metrics.reasons, metrics.notes, metrics.definitions)
    result = performance([0.1, -0.2, 0.3])
    again = pickle.loads(pickle.dumps(result))
    assert dict(again) == pytest.approx(dict(result), nan_ok=True)
    assert again.reasons == result.reasons and again.definitions == result.definitions


def test_nan_without_a_reason_is_a_mistake_of_ours():
    with pytest.raises(AssertionError, match="sharpe"):
        Metrics(values={"sharpe": math.nan})


def test_is_constant_allows_rounding_only():
    assert is_constant(np.array([0.001, 0.001 + 4e-16]))
    assert not is_constant(np.array([0.001, 0.001 + 1e-12]))
