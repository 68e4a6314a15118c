"""The number that inference functions answer with, and how they read a return series."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from newsbt._typing import Floats
from newsbt.analysis.return_series import read_returns

__all__ = ["Estimate", "check_draws", "clean_matrix", "clean_returns", "nan_because"]


class Estimate(float):
    """A float that says why it is NaN: `reason` is empty when the number stands.

    >>> Estimate(0.9).reason
    ''
    >>> nan_because("n<2").reason
    'n<2'
    """

    reason: str
    __slots__ = ("reason",)

    def __new__(cls, value: float, reason: str = "") -> Estimate:
        self = super().__new__(cls, value)
        self.reason = reason
        return self

    def __reduce__(self) -> tuple[type[Estimate], tuple[float, str]]:
        return Estimate, (float(self), self.reason)


def nan_because(reason: str) -> Estimate:
    """NaN and why."""
    return Estimate(math.nan, reason)


def clean_returns(returns: npt.ArrayLike, name: str = "returns") -> Floats:
    """(n,): a Series or array of returns as floats, NaN dropped; ValueError as :func:`read_returns`."""
    values = read_returns(returns, name)
    return values[~np.isnan(values)]


def clean_matrix(returns: npt.ArrayLike, name: str = "returns") -> tuple[Floats, int]:
    """(T, K): returns of K configurations on common bars, and how many bars were dropped for a NaN in any of them.

    Raises ValueError for another number of dimensions or infinite values.
    """
    values = np.asarray(returns, dtype=np.float64)
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2:
        raise ValueError(f"{name}: expected bars by configurations, got an array of shape {values.shape}")
    if np.isinf(values).any():
        row, column = (int(part) for part in np.argwhere(np.isinf(values))[0])
        raise ValueError(f"{name}: infinite value in row {row}, column {column}; remove it")
    whole = ~np.isnan(values).any(axis=1)
    return (values, 0) if whole.all() else (values[whole], int((~whole).sum()))


def check_draws(draws: int, seed: int) -> None:
    """ValueError unless `draws` is a positive count and `seed` is given as a number."""
    if not (isinstance(draws, (int, np.integer)) and draws >= 1):
        raise ValueError(f"draws: expected a count of at least 1, got {draws!r}")
    if not (isinstance(seed, (int, np.integer)) and seed >= 0):
        raise ValueError(f"seed: expected a whole number of at least 0, got {seed!r}")
