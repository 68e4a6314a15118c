"""The shape of a return distribution: quantiles, tails, moments, and gains against losses."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from newsbt._typing import Floats
from newsbt.analysis.measure import Measure, is_constant, undefined

__all__ = [
    "conditional_value_at_risk",
    "excess_kurtosis",
    "gain_loss_ratio",
    "hit_rate",
    "of_returns",
    "skewness",
    "tail_ratio",
    "value_at_risk",
]


F = TypeVar("F", bound=Callable[..., Measure])

OF_RETURNS: dict[str, Callable[..., Measure]] = {}


def of_returns(key: str) -> Callable[[F], F]:
    """Makes a function of returns per bar (n,) the metric `key`, of which the table of metrics has the entry."""

    def keep(function: F) -> F:
        OF_RETURNS[key] = function
        return function

    return keep


@of_returns("var_95")
def value_at_risk(returns: Floats, tail: float = 0.05) -> Measure:
    """The `tail` quantile by linear interpolation (type 7), signed: -0.02 is a loss of 2 %."""
    return Measure(float(np.quantile(returns, tail))) if returns.size else undefined("no returns")


@of_returns("cvar_95")
def conditional_value_at_risk(returns: Floats, tail: float = 0.05) -> Measure:
    """Mean of the floor(tail (n - 1)) + 1 smallest returns, signed; a count, so ties do not matter."""
    if not returns.size:
        return undefined("no returns")
    count = math.floor(tail * (returns.size - 1)) + 1
    return Measure(float(np.partition(returns, count - 1)[:count].mean()))


@of_returns("skew")
def skewness(returns: Floats) -> Measure:
    """m3 / m2^1.5 with population moments."""
    return _standardised_moment(returns, 3, 0.0)


@of_returns("excess_kurtosis")
def excess_kurtosis(returns: Floats) -> Measure:
    """m4 / m2^2 - 3 with population moments."""
    return _standardised_moment(returns, 4, 3.0)


def _standardised_moment(returns: Floats, order: int, normal: float) -> Measure:
    if returns.size < 2:
        return undefined("n<2")
    if is_constant(returns):
        return undefined("zero variance")
    centred = returns - returns.mean()
    scaled = centred / math.sqrt(float(np.mean(centred**2)))  # first scaled, so that the powers stay in range
    return Measure(float(np.mean(scaled**order)) - normal)


@of_returns("tail_ratio")
def tail_ratio(returns: Floats) -> Measure:
    """|95 % quantile| / |5 % quantile|."""
    if not returns.size:
        return undefined("no returns")
    low, high = np.quantile(returns, [0.05, 0.95])
    return Measure(abs(float(high)) / abs(float(low))) if low else undefined("5 % quantile is 0")


@of_returns("omega")
@of_returns("profit_factor_bars")
def gain_loss_ratio(values: Floats, threshold: float = 0.0) -> Measure:
    """Sum of gains above `threshold` over sum of shortfalls below it: Omega of returns, profit factor of P&L.

    Infinite with gains and no losses, NaN with neither.
    """
    gains = float(np.maximum(values - threshold, 0.0).sum())
    losses = float(np.maximum(threshold - values, 0.0).sum())
    if losses > 0:
        return Measure(gains / losses)
    return Measure(math.inf) if gains > 0 else undefined("no gains and no losses")


@of_returns("hit_rate_bars")
def hit_rate(values: Floats) -> Measure:
    """Positive values over those that are not zero."""
    decided = int(np.count_nonzero(values))
    return Measure(int((values > 0).sum()) / decided) if decided else undefined("no gains and no losses")
