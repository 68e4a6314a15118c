"""How long blocks must be for a bootstrap to keep the serial dependence of its data."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from newsbt._typing import Floats
from newsbt.analysis.inference.checked_values import clean_matrix
from newsbt.analysis.measure import is_constant
from newsbt.domain.showing import brief

__all__ = ["BlockLength", "optimal_block_length"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockLength:
    """Mean block length of the stationary, and block length of the circular bootstrap, not rounded: use max(1, length).

    Attributes
    ----------
    stationary, circular : float, bars
        NaN where undefined.
    n : int
        Bars.
    reason : str
        Why they are NaN.
    """

    stationary: float
    circular: float
    n: int
    reason: str = ""

    __repr__ = brief


def optimal_block_length(returns: npt.ArrayLike) -> BlockLength:
    """Block lengths that minimise the mean squared error of the variance of the mean.

    Politis and White (2004) with the correction of Patton, Politis and White (2009).

    Parameters
    ----------
    returns : array of shape (n,) or (n, K)
        Returns per bar; rows with a NaN are dropped. Several columns give one common length, the longest.

    Returns
    -------
    BlockLength
        NaN with a `reason` for fewer than 8 bars or when no column varies.

    Raises
    ------
    ValueError
        `returns` has more than two dimensions, or an infinite value.

    Notes
    -----
    The band of the flat-top window is twice the first lag after which five (or log10 n) autocorrelations in a row
    stay within 2 sqrt(log10(n) / n), as in the authors' own programs. Lengths are capped at min(3 sqrt(n), n / 3).

    Examples
    --------
    >>> import numpy as np
    >>> returns = np.random.default_rng(1).normal(size=500)
    >>> optimal_block_length(returns).stationary >= 0
    True
    """
    values, _ = clean_matrix(returns)
    n = len(values)
    if n < 8:
        return BlockLength(stationary=math.nan, circular=math.nan, n=n, reason="n<8")
    varying = [k for k in range(values.shape[1]) if not is_constant(values[:, k])]
    if not varying:
        return BlockLength(stationary=math.nan, circular=math.nan, n=n, reason="zero variance")
    lengths = [_lengths(values[:, k]) for k in varying]
    return BlockLength(
        stationary=max(stationary for stationary, _ in lengths), circular=max(circular for _, circular in lengths), n=n
    )


def _lengths(column: Floats) -> tuple[float, float]:
    """Stationary and circular length for one series."""
    n = column.size
    centred = column - column.mean()
    run = max(5, int(math.log10(n)))
    longest = min(math.ceil(math.sqrt(n)) + run, n - 2)
    covariance = np.array([float(centred[k:] @ centred[: n - k]) / n for k in range(longest + 1)])
    band = _band(centred, covariance, run, longest)
    lags = np.arange(1, band + 1)
    window = np.where(lags / band <= 0.5, 1.0, 2 * (1 - lags / band))
    slope = 2 * float(np.sum(window * lags * covariance[1 : band + 1]))
    spectrum = float(covariance[0] + 2 * np.sum(window * covariance[1 : band + 1]))
    cap = math.ceil(min(3 * math.sqrt(n), n / 3))
    if spectrum == 0:
        return float(cap), float(cap)
    stationary = (slope**2 / spectrum**2 * n) ** (1 / 3)
    circular = (1.5 * slope**2 / spectrum**2 * n) ** (1 / 3)
    return min(stationary, cap), min(circular, cap)


def _band(centred: Floats, covariance: Floats, run: int, longest: int) -> int:
    """Twice the first lag that starts a run of small autocorrelations, at most `longest`."""
    n = centred.size
    bound = 2 * math.sqrt(math.log10(n) / n)
    squares = centred**2
    total = float(squares.sum())
    # Lag k is scaled by the squares of its own two overlapping parts, which lose k + 1 bars each.
    head, tail = np.cumsum(squares), np.cumsum(squares[::-1])
    lost = np.arange(longest + 1)
    scale = np.sqrt((total - head[lost]) * (total - tail[lost]))
    small = np.abs(covariance * n) < bound * scale
    for lag in range(1, longest + 1 - run):
        if small[lag : lag + run].all():
            return min(2 * lag, longest)
    return longest
