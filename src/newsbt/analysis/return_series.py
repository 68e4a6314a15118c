"""Reading return series: what a function accepts as returns, and how two of them meet."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from newsbt._typing import Floats

__all__ = ["dates_of", "paired", "read_returns"]


def read_returns(returns: npt.ArrayLike, name: str) -> Floats:
    """(n,): the returns as floats, NaN kept; a Series must have an ascending index without repeats.

    Raises ValueError for another number of dimensions, infinite values or an index out of order.
    """
    values = np.asarray(returns, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError(f"{name}: expected one dimension, got an array of shape {values.shape}; pass one column")
    if np.isinf(values).any():
        raise ValueError(f"{name}: infinite value at position {int(np.flatnonzero(np.isinf(values))[0])}; remove it")
    if isinstance(returns, pd.Series) and not (returns.index.is_monotonic_increasing and returns.index.is_unique):
        raise ValueError(f"{name}: expected an ascending index without repeats; sort it and drop the duplicates")
    return values


def dates_of(returns: npt.ArrayLike) -> tuple[date, ...] | None:
    """The dates in the index of a Series, in its own time zone; None where it has none."""
    if not isinstance(returns, pd.Series):
        return None
    index = returns.index
    if isinstance(index, pd.PeriodIndex):
        index = index.to_timestamp()
    if isinstance(index, pd.DatetimeIndex):
        return tuple(stamp.date() for stamp in index)
    if index.size and all(isinstance(day, date) for day in index):
        return tuple(day.date() if isinstance(day, datetime) else day for day in index)
    return None


def paired(first: npt.ArrayLike, second: npt.ArrayLike, names: tuple[str, str]) -> tuple[Floats, Floats]:
    """Both on common bars, NaN kept: by index for two Series, by position for two arrays of one length.

    Raises ValueError for one of each, for different lengths, and for one index with and one without time zone.
    """
    values, other = read_returns(first, names[0]), read_returns(second, names[1])
    if isinstance(first, pd.Series) and isinstance(second, pd.Series):
        zones = [getattr(series.index, "tz", None) is None for series in (first, second)]
        if zones[0] != zones[1]:
            raise ValueError(f"{names[1]}: its index has a time zone or that of {names[0]} has, not both; convert one")
        both = pd.concat([first.astype(float), second.astype(float)], axis=1, join="inner")
        return both.iloc[:, 0].to_numpy(), both.iloc[:, 1].to_numpy()
    if isinstance(first, pd.Series) or isinstance(second, pd.Series):
        raise ValueError(f"{names[1]}: expected two Series or two arrays, got one of each; give both an index")
    if other.size != values.size:
        raise ValueError(f"{names[1]}: expected {values.size} returns, as many as {names[0]} has, got {other.size}")
    return values, other
