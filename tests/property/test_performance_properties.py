"""What must hold for the metrics of any return series."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbt.analysis.performance import performance

returns = st.lists(
    st.one_of(st.floats(-0.5, 0.5).map(lambda x: round(x, 6)), st.just(math.nan)), min_size=1, max_size=60
)
ORDER_FREE = (
    "volatility", "sharpe", "sortino", "omega", "var_95", "cvar_95", "skew", "excess_kurtosis", "tail_ratio",
    "hit_rate_bars", "sharpe_se_lo", "downside_deviation", "total_return", "cagr",
)  # fmt: skip
SCALE_FREE = (
    "sharpe",
    "sortino",
    "omega",
    "skew",
    "excess_kurtosis",
    "tail_ratio",
    "hit_rate_bars",
    "psr",
    "sharpe_se",
)


@given(returns)
def test_drawdown_is_never_positive_and_never_below_minus_one(values):
    result = performance(values)
    if result["n_obs"]:
        assert -1 <= result["max_drawdown"] <= 0
        assert 0 <= result["ulcer_index"] <= -result["max_drawdown"] + 1e-15
        assert result["longest_underwater_bars"] <= len(values)


@given(returns)
def test_drawdown_agrees_with_a_slow_search_over_all_pairs(values):
    result = performance(values)
    equity = [1.0]
    for value in values:
        equity.append(equity[-1] * (1 + (0 if math.isnan(value) else value)))
    worst = min(equity[t] / equity[s] - 1 for t in range(len(equity)) for s in range(t + 1))
    if result["n_obs"]:
        assert result["max_drawdown"] == pytest.approx(worst, abs=1e-11)


@given(returns)
def test_total_return_is_the_product(values):
    result = performance(values, periods_per_year=5)
    if result["n_obs"]:
        growth = math.prod(1 + value for value in values if not math.isnan(value))
        assert result["total_return"] == pytest.approx(growth - 1, abs=1e-12)
        assert (1 + result["cagr"]) ** (len(values) / 5) == pytest.approx(growth)


@given(returns, st.randoms(use_true_random=False))
def test_order_does_not_matter_where_it_should_not(values, random):
    shuffled = values.copy()
    random.shuffle(shuffled)
    before, after = performance(values), performance(shuffled)
    for key in ORDER_FREE:
        assert after[key] == pytest.approx(before[key], nan_ok=True, rel=1e-7, abs=1e-9), key


@given(returns, st.floats(0.1, 1.9))
def test_ratios_do_not_depend_on_the_stake(values, stake):
    before, after = performance(values), performance([value * stake for value in values])
    for key in SCALE_FREE:
        assert after[key] == pytest.approx(before[key], nan_ok=True, rel=1e-6, abs=1e-7), key


@given(returns)
def test_missing_returns_change_no_moment(values):
    observed = [value for value in values if not math.isnan(value)]
    before, after = performance(values), performance(observed)
    for key in set(ORDER_FREE) - {"cagr"}:
        assert after[key] == pytest.approx(before[key], nan_ok=True), key


@given(returns)
def test_every_nan_has_a_reason_and_every_reason_an_undefined_value(values):
    result = performance(values, [0.001 * k for k in range(len(values))])
    missing = {k for k, v in result.items() if v is None or (isinstance(v, float) and math.isnan(v))}
    assert missing == set(result.reasons)


@given(returns)
def test_cvar_is_at_most_var_and_a_quantile_lies_inside(values):
    result = performance(values)
    if result["n_obs"]:
        assert result["cvar_95"] <= result["var_95"] + 1e-15
        assert np.nanmin(values) <= result["var_95"] <= np.nanmax(values)
