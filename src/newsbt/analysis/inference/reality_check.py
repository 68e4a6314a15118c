"""Whether the best of many configurations beats its benchmark once the search is accounted for."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from newsbt._typing import Floats
from newsbt.analysis.inference.bootstrap import choose_block, stationary_indices
from newsbt.analysis.inference.checked_values import check_draws, clean_matrix
from newsbt.analysis.measure import is_constant
from newsbt.analysis.return_series import read_returns
from newsbt.domain.showing import brief

__all__ = ["RealityCheck", "reality_check"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RealityCheck:
    """White's reality check and Hansen's test of superior predictive ability over the same resamples.

    `statistic` and `p` are White's; `t_spa` and the three p-values Hansen's, of which `p_spa_consistent` is the
    headline. `best` is the column with the largest studentised outperformance. `n_constant` columns, whose
    outperformance does not vary, are left out. `reason` says why all are NaN.

    Attributes
    ----------
    p_spa_lower, p_spa_consistent, p_spa_upper : float
        Hansen's three, of which the middle one is the headline.
    n, n_configurations : int
        Bars, and configurations compared.
    block : float, draws : int, seed : int
        Mean block length in bars, and what reproduces the resamples.
    """

    statistic: float
    p: float
    t_spa: float
    p_spa_lower: float
    p_spa_consistent: float
    p_spa_upper: float
    best: int
    n: int
    n_configurations: int
    n_constant: int
    block: float
    draws: int
    seed: int
    reason: str = ""

    __repr__ = brief


def reality_check(
    returns: npt.ArrayLike,
    benchmark: npt.ArrayLike | None = None,
    block: float | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> RealityCheck:
    """Test that no configuration beats the benchmark.

    Parameters
    ----------
    returns : array of shape (T, K)
        Returns per bar of all K configurations tried.
    benchmark : array of shape (T,), optional
        Returns of the benchmark on the same rows (a DataFrame and a Series meet on their index); 0 by default. Rows
        with a NaN anywhere are dropped.
    block : float, optional
        Mean block length of the stationary bootstrap; by default the longest that any column's outperformance asks for.
    draws, seed : int
        Number of resamples, and the seed of the generator.

    Returns
    -------
    RealityCheck
        White (2000): p = share(V* >= V), V = max_k sqrt(T) dbar_k. Hansen (2005): the studentised maximum, with the
        variance of the stationary bootstrap in closed form, and lower <= consistent <= upper. NaN with a `reason` for
        fewer than three bars or when no column's outperformance varies.

    Raises
    ------
    ValueError
        `benchmark` has other rows than the returns; or `block`, `draws` or `seed` is outside of what it may be.

    Examples
    --------
    >>> import numpy as np
    >>> returns = np.random.default_rng(1).normal(size=(100, 5))
    >>> type(reality_check(returns, draws=99)).__name__
    'RealityCheck'
    """
    check_draws(draws, seed)
    excess, _ = clean_matrix(_excess(returns, benchmark))
    n, count = excess.shape
    varying = np.array([k for k in range(count) if n and not is_constant(excess[:, k])], dtype=np.int64)
    if n < 3 or varying.size == 0:
        return RealityCheck(
            statistic=math.nan, p=math.nan, t_spa=math.nan, p_spa_lower=math.nan, p_spa_consistent=math.nan,
            p_spa_upper=math.nan, best=-1, n=n, n_configurations=count, n_constant=count - varying.size,
            block=math.nan, draws=draws, seed=seed, reason="n<3" if n < 3 else "zero variance",
        )  # fmt: skip
    excess = excess[:, varying]
    used = choose_block(excess, block)
    root, mean = math.sqrt(n), excess.mean(axis=0)
    scale = np.sqrt(bootstrap_variance(excess, used))
    studentised = root * mean / scale
    statistic, t_spa = float(root * mean.max()), max(0.0, float(studentised.max()))
    threshold = -math.sqrt(2 * math.log(math.log(n)))
    centres = (np.maximum(mean, 0.0), np.where(studentised >= threshold, mean, 0.0), mean)
    beaten, beaten_spa = 0, np.zeros(3, dtype=np.int64)
    for indices in stationary_indices(n, used, draws, seed):
        # How often each bar was drawn says all about a mean: no resampled copy of the matrix is made.
        weights = np.stack([np.bincount(row, minlength=n) for row in indices]) / n
        means = weights @ excess
        beaten += int((root * (means - mean).max(axis=1) >= statistic).sum())
        for k, centre in enumerate(centres):
            largest = np.maximum(0.0, (root * (means - centre) / scale).max(axis=1))
            beaten_spa[k] += int((largest >= t_spa).sum())
    lower, consistent, upper = (int(times) / draws for times in beaten_spa)
    return RealityCheck(
        statistic=statistic, p=beaten / draws, t_spa=t_spa, p_spa_lower=lower, p_spa_consistent=consistent,
        p_spa_upper=upper, best=int(varying[studentised.argmax()]), n=n, n_configurations=count,
        n_constant=count - varying.size, block=used, draws=draws, seed=seed,
    )  # fmt: skip


def _excess(
    returns: npt.ArrayLike | pd.DataFrame, benchmark: npt.ArrayLike | pd.Series | None
) -> npt.ArrayLike | pd.DataFrame:
    """Returns less the benchmark's: on common dates where both have an index, else on the same rows."""
    if benchmark is None:
        return returns
    if isinstance(returns, pd.Series):
        returns = returns.to_frame()
    if isinstance(returns, pd.DataFrame) and isinstance(benchmark, pd.Series):
        both = returns.index.intersection(benchmark.index)
        return returns.loc[both].sub(benchmark.loc[both], axis=0)
    if isinstance(returns, pd.DataFrame) or isinstance(benchmark, pd.Series):
        raise ValueError("benchmark: expected an index for both it and the returns, or for none; give both one")
    rows, reference = np.asarray(returns, dtype=np.float64), read_returns(benchmark, "benchmark")
    if reference.size != len(rows):
        raise ValueError(f"benchmark: expected {len(rows)} returns on the same rows, got {reference.size}")
    return (rows[:, None] if rows.ndim == 1 else rows) - reference[:, None]


def bootstrap_variance(excess: Floats, block: float) -> Floats:
    """(K,): variance of sqrt(T) times a column's stationary-bootstrap mean, in closed form.

    g0 + 2 sum_j kappa(T, j) g_j with kappa = (T - j)/T (1 - p)^j + j/T (1 - p)^(T - j) and p = 1/block.
    """
    n = len(excess)
    j = np.arange(1, n)
    keep = 1 - 1 / block
    kappa = (n - j) / n * keep**j + j / n * keep ** (n - j)
    size = 1 << (2 * n - 1).bit_length()
    variance = np.empty(excess.shape[1])
    # Autocovariances of all lags through the periodogram, a few columns at a time.
    width = max(1, 1_000_000 // size)
    for first in range(0, excess.shape[1], width):
        columns = excess[:, first : first + width]
        spectrum = np.fft.rfft(columns - columns.mean(axis=0), size, axis=0)
        gamma = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, size, axis=0)[:n] / n
        variance[first : first + width] = gamma[0] + 2 * kappa @ gamma[1:]
    return variance
