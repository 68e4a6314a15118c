"""The number that inference functions answer with, and how they read a return series."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from newsbt._typing import Floats

__all__ = ["Estimate", "clean_returns", "nan_because"]


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


def clean_returns(returns: Any, name: str = "returns") -> Floats:
    """(n,): a Series or array of returns as floats, NaN dropped.

    Raises
    ------
    ValueError
        When the values have more than one dimension or are infinite.
    """
    values = np.asarray(returns, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError(f"{name}: expected one dimension, got an array of shape {values.shape}; pass one column")
    if np.isinf(values).any():
        raise ValueError(f"{name}: infinite value at position {int(np.flatnonzero(np.isinf(values))[0])}; remove it")
    return values[~np.isnan(values)]
