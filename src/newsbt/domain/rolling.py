"""Sharpe ratio, volatility and beta over a window that moves along the sessions."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from newsbt._typing import Floats

__all__ = ["ROLLING_SESSIONS", "rolling_beta", "rolling_sharpe", "rolling_volatility"]

ROLLING_SESSIONS = 63  # a quarter


def rolling_volatility(returns: Floats, periods_per_year: float, sessions: int = ROLLING_SESSIONS) -> Floats:
    """(n,): the annual sample standard deviation of the `sessions` returns up to each; NaN before there are so many."""
    found: Floats = pd.Series(returns).rolling(sessions).std(ddof=1).to_numpy() * math.sqrt(periods_per_year)
    return found


def rolling_sharpe(returns: Floats, periods_per_year: float, sessions: int = ROLLING_SESSIONS) -> Floats:
    """(n,): mean over sample standard deviation of the `sessions` returns up to each, annual, nothing subtracted for a
    risk-free rate; NaN where there are fewer, or all are alike."""
    window = pd.Series(returns).rolling(sessions)
    return _over(window.mean().to_numpy(), window.std(ddof=1).to_numpy(), returns, sessions) * math.sqrt(
        periods_per_year
    )


def rolling_beta(returns: Floats, benchmark: Floats, sessions: int = ROLLING_SESSIONS) -> Floats:
    """(n,): covariance with the benchmark's returns (n,) over their variance, of the `sessions` up to each; NaN where
    there are fewer, or the benchmark's are all alike."""
    other = pd.Series(benchmark)
    covariance = pd.Series(returns).rolling(sessions).cov(other, ddof=1).to_numpy()
    return _over(covariance, other.rolling(sessions).var(ddof=1).to_numpy(), benchmark, sessions)


def _over(value: Floats, spread: Floats, of: Floats, sessions: int) -> Floats:
    """A quotient, NaN where the returns of the window are all alike: what is left of their spread is rounding."""
    window = pd.Series(of).rolling(sessions)
    alike = (window.max() == window.min()).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(alike | (spread == 0.0), np.nan, value / spread)
    return found
