"""Rolling figures: of exactly so many sessions, as numpy computes them of each window, and none of windows alike."""

from __future__ import annotations

import math

import numpy as np
import pytest

from newsbt.domain.rolling import rolling_beta, rolling_sharpe, rolling_volatility

DRAW = np.random.default_rng(3)
RETURNS, MARKET = DRAW.normal(0.001, 0.01, 40), DRAW.normal(0.0, 0.02, 40)


def test_each_value_is_that_of_its_window() -> None:
    sharpe, volatility = rolling_sharpe(RETURNS, 250.0, 10), rolling_volatility(RETURNS, 250.0, 10)
    beta = rolling_beta(RETURNS, MARKET, 10)
    assert np.isnan([sharpe[:9], volatility[:9], beta[:9]]).all()
    for last in range(9, 40):
        own, market = RETURNS[last - 9 : last + 1], MARKET[last - 9 : last + 1]
        assert sharpe[last] == pytest.approx(own.mean() / own.std(ddof=1) * math.sqrt(250.0))
        assert volatility[last] == pytest.approx(own.std(ddof=1) * math.sqrt(250.0))
        assert beta[last] == pytest.approx(np.cov(own, market, ddof=1)[0, 1] / market.var(ddof=1))


def test_returns_that_are_all_alike_have_no_ratio() -> None:
    """What is left of their spread is rounding, and a ratio to it would be any number."""
    flat = np.concatenate((RETURNS[:15], np.full(25, 0.001)))
    assert np.isnan(rolling_sharpe(flat, 250.0, 10)[24:]).all()
    assert np.isnan(rolling_beta(RETURNS, flat, 10)[24:]).all()


def test_a_gap_is_in_no_window() -> None:
    broken = RETURNS.copy()
    broken[20] = np.nan
    found = rolling_sharpe(broken, 250.0, 10)
    assert np.isnan(found[20:30]).all() and np.isfinite(found[30])
