"""p-values adjusted for the number of tests, and from placebo runs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from newsbt._typing import Floats
from newsbt.analysis.inference.checked_values import Estimate, nan_because

__all__ = ["benjamini_hochberg", "holm", "max_adjusted", "placebo_p"]


def holm(p_values: npt.ArrayLike, tests: int = 0) -> Floats:
    """Holm (1979): p-values adjusted so that the chance of any false rejection is bounded.

    Parameters
    ----------
    p_values : array of shape (m,)
        Raw p-values; NaN stays NaN and is no test.
    tests : int
        How many tests there are, where more could have been made than were: the others count as if they had found
        nothing.

    Returns
    -------
    ndarray of shape (m,)
        Adjusted p-values in the order given, at most 1.

    Raises
    ------
    ValueError
        `p_values` is no vector of numbers from 0 to 1; NaN is no test.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(4).tolist()
    [0.03, 0.06, 0.06]
    >>> holm([0.01, 0.04], tests=5).round(4).tolist()
    [0.05, 0.16]
    """
    raw = _checked(p_values)
    tested = np.flatnonzero(~np.isnan(raw))
    order = tested[np.argsort(raw[tested], kind="stable")]
    factors = max(tests, tested.size) - np.arange(tested.size)
    adjusted = np.full(raw.size, np.nan)
    adjusted[order] = np.minimum(np.maximum.accumulate(raw[order] * factors), 1.0)
    return adjusted


def benjamini_hochberg(p_values: npt.ArrayLike) -> Floats:
    """Benjamini and Hochberg (1995): p-values adjusted so that the expected share of false rejections is bounded.

    Parameters
    ----------
    p_values : array of shape (K,)
        From 0 to 1; NaN is no test, and counts as none.

    Returns
    -------
    array of shape (K,)
        At least the raw ones; NaN where those are.

    Raises
    ------
    ValueError
        `p_values` is no vector of numbers from 0 to 1.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(4).tolist()
    [0.03, 0.04, 0.04]
    """
    raw = _checked(p_values)
    tests = np.flatnonzero(~np.isnan(raw))
    order = tests[np.argsort(raw[tests], kind="stable")]
    scaled = raw[order] * (tests.size / np.arange(1, tests.size + 1))  # the last factor is exactly 1
    adjusted = np.full(raw.size, np.nan)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted


def max_adjusted(statistics: npt.ArrayLike, tie: float = 0.0) -> Floats:
    """Westfall and Young (1993): p-values adjusted by the maximum over tests of the same assignment, in one step.

    Parameters
    ----------
    statistics : array of shape (A, m)
        The statistic of each of m tests under A assignments common to all of them, the observed one first; NaN where a
        test has none under an assignment. A test whose observed statistic is NaN is none.
    tie : float
        By how much a maximum may fall short and still count.

    Returns
    -------
    ndarray of shape (m,)
        The share of assignments, the observed one counted, whose largest statistic is at least the test's own.

    Raises
    ------
    ValueError
        `statistics` is not two-dimensional.

    Notes
    -----
    What the tests have in common is in every assignment, so that tests which say the same cost nothing. An assignment
    without a statistic of any test is left out.

    Examples
    --------
    >>> max_adjusted([[3.0, 1.0], [2.0, 0.5], [0.0, 4.0], [1.0, 1.0]]).tolist()
    [0.5, 1.0]
    """
    found = np.asarray(statistics, dtype=np.float64)
    if found.ndim != 2 or not len(found):
        raise ValueError(f"statistics: expected a row for each assignment, got an array of shape {found.shape}")
    tests = np.flatnonzero(~np.isnan(found[0]))
    adjusted = np.full(found.shape[1], np.nan)
    if len(tests):
        known = np.where(np.isnan(found[:, tests]), -np.inf, found[:, tests])
        largest = known.max(axis=1)
        largest = largest[largest > -np.inf]
        adjusted[tests] = (largest[:, np.newaxis] >= found[0, tests] - tie).mean(axis=0)
    return adjusted


def placebo_p(observed: float, placebo: npt.ArrayLike, *, two_sided: bool = False) -> Estimate:
    """(b + 1) / (m + 1), b of m placebo values being at least the observed one (Phipson and Smyth 2010).

    Parameters
    ----------
    observed : float
        The statistic of the real run.
    placebo : array of shape (m,)
        The statistic of each placebo run; NaN are dropped.
    two_sided : bool
        Compare absolute values.

    Raises
    ------
    ValueError
        `placebo` holds what is no number.

    Examples
    --------
    >>> float(placebo_p(2.0, [1.0, 2.0, 3.0]))
    0.75
    """
    values = np.asarray(placebo, dtype=np.float64).ravel()
    values = values[~np.isnan(values)]
    if np.isnan(observed):
        return nan_because("the statistic is not defined")
    if values.size == 0:
        return nan_because("no placebo runs")
    reached = np.abs(values) >= abs(observed) if two_sided else values >= observed
    return Estimate((int(reached.sum()) + 1) / (values.size + 1))


def _checked(p_values: npt.ArrayLike) -> Floats:
    raw = np.asarray(p_values, dtype=np.float64)
    if raw.ndim != 1:
        raise ValueError(f"p_values: expected one dimension, got an array of shape {raw.shape}")
    outside = (raw < 0) | (raw > 1)
    if outside.any():
        raise ValueError(f"p_values: expected numbers from 0 to 1, got {float(raw[outside][0])!r}")
    return raw
