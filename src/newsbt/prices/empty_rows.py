"""Rows without a price beside another row of the same ticker and time: what they say, and that they say no more."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np

from newsbt._typing import Bools, Floats, Ints
from newsbt.domain.price_table import PRICES, PriceTable

__all__ = ["EMPTY_ROW", "without_empty_rows"]

EMPTY_ROW = "empty_row"  # how rows left out for this are counted; they are no bad rows

NOTHING = {"volume": 0.0, "dividend": 0.0, "split": 1.0, "adj_factor": 1.0}  # values that say as much as a blank


def without_empty_rows(table: PriceTable, again: Ints, first: Ints) -> PriceTable:
    """The table without rows of no price whose ticker and time another row has, counted as :data:`EMPTY_ROW`.

    The other row, the first one with a price where there is any, takes over what the empty one states and it does not:
    a dividend, a split, a factor, a volume. Where the two state different things, both stay, and are duplicates.

    Parameters
    ----------
    again, first : ndarray of shape (K,)
        As :func:`newsbt.domain.price_table.repeated` gives them.
    """
    empty = ~np.logical_or.reduce([np.isfinite(table.values[name]) for name in PRICES])
    begins = np.unique(first)
    rows, group = np.concatenate([begins, again]), np.concatenate([begins, first])
    silent = empty[rows]
    if not silent.any():
        return table
    real = np.full(len(table), len(table), dtype=np.int64)
    np.minimum.at(real, group[~silent], rows[~silent])
    beside = np.where(real[group] < len(table), real[group], group)[silent]
    silent, into = rows[silent][rows[silent] != beside], beside[rows[silent] != beside]
    values = {name: column.copy() for name, column in table.values.items() if name not in PRICES}
    clashing = np.zeros(len(table), dtype=np.bool_)
    for name, column in values.items():
        clashing |= _taken_over(name, column, silent, into)
    left = silent[~clashing[into]]
    kept = np.ones(len(table), dtype=np.bool_)
    kept[left] = False
    blanked = {name: np.where(clashing, table.values[name], column) for name, column in values.items()}
    counts = {**table.bad_rows, EMPTY_ROW: table.bad_rows.get(EMPTY_ROW, 0) + len(left)}
    whole = replace(table, values=MappingProxyType({**table.values, **blanked}), bad_rows=MappingProxyType(counts))
    return whole.take(np.flatnonzero(kept))


def _taken_over(name: str, column: Floats, silent: Ints, into: Ints) -> Bools:
    """Write what empty rows state of a column into the rows beside them; (R,) where two of them state two things."""
    nothing = NOTHING.get(name, np.nan)
    stated = np.where(column == nothing, np.nan, column)
    low, high = stated.copy(), stated.copy()
    np.fmin.at(low, into, stated[silent])
    np.fmax.at(high, into, stated[silent])
    clashing: Bools = low < high
    fresh = np.isnan(stated) & np.isfinite(low)
    column[fresh] = low[fresh]
    return clashing
