"""The stationary bootstrap: blocks of geometric length from a series laid out in a circle."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from newsbt._typing import Floats, Ints
from newsbt.analysis.inference.block_length import optimal_block_length
from newsbt.analysis.inference.checked_values import check_draws, clean_matrix
from newsbt.analysis.measure import constant_rows
from newsbt.domain.showing import brief

__all__ = ["BootstrapResult", "choose_block", "stationary_bootstrap", "stationary_indices"]

# Draws are made in batches of about this many numbers, so that memory does not grow with their count.
BATCH = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BootstrapResult:
    """A statistic with its bootstrap interval.

    `estimate` is the statistic of the data, `interval` its percentile interval at `confidence`, `draws` (B,) the
    statistic of each resample; `n` bars, mean block length `block`, and the `seed` that reproduces it. `reason` says
    why the interval is NaN; `n_undefined` counts the resamples on which the statistic was not defined.
    """

    estimate: float
    interval: tuple[float, float]
    confidence: float
    draws: Floats = field(repr=False)
    block: float
    n: int
    seed: int
    n_undefined: int
    reason: str = ""

    __repr__ = brief


def stationary_indices(n: int, block: float, draws: int, seed: int) -> Iterator[Ints]:
    """Batches (b, n) of resampled positions, `draws` rows in all.

    Every position starts a new block with probability 1/block at a uniform place, else follows its neighbour, the
    last bar being followed by the first (Politis and Romano 1994). The rows do not depend on the size of batches.
    """
    restarts, starts = np.random.default_rng(seed).spawn(2)
    batch = max(1, BATCH // n)
    steps = np.arange(n)
    for first in range(0, draws, batch):
        rows = min(batch, draws - first)
        begins = restarts.random((rows, n)) < 1 / block
        begins[:, 0] = True
        drawn = starts.integers(0, n, size=(rows, n))
        began = np.maximum.accumulate(np.where(begins, steps, 0), axis=1)
        yield (np.take_along_axis(drawn, began, axis=1) + steps - began) % n


def choose_block(values: Floats, block: float | None) -> float:
    """The mean block length to use: as given, or the longest that Politis and White ask for in any column; >= 1."""
    if block is None:
        wanted = optimal_block_length(values).stationary
        return 1.0 if math.isnan(wanted) else max(1.0, wanted)
    if not 1 <= block <= len(values):
        raise ValueError(f"block: expected a mean block length from 1 to the {len(values)} bars, got {block!r}")
    return float(block)


def _means(rows: Floats) -> Floats:
    return np.asarray(rows.mean(axis=1))


def _sharpes(rows: Floats) -> Floats:
    constant = constant_rows(rows)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(constant, math.nan, rows.mean(axis=1) / rows.std(axis=1, ddof=1))


STATISTICS: dict[str, Callable[[Floats], Floats]] = {"mean": _means, "sharpe": _sharpes}  # of each row (b, n)


def stationary_bootstrap(
    returns: npt.ArrayLike,
    statistic: str | Callable[[Floats], float] = "mean",
    block: float | None = None,
    draws: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> BootstrapResult:
    """Percentile interval of a statistic under serial dependence (Politis and Romano 1994).

    Parameters
    ----------
    returns : array of shape (n,) or (n, K)
        Returns per bar; rows with a NaN are dropped. Columns are resampled together.
    statistic : {"mean", "sharpe"} or callable
        What to compute; a callable gets an array of the shape of `returns` and answers a float. "sharpe" is per bar.
    block : float, optional
        Mean block length in bars; by default what :func:`optimal_block_length` says, at least 1.
    draws, seed : int
        Number of resamples, and the seed of the generator.
    confidence : float
        Coverage of the interval.

    Returns
    -------
    BootstrapResult
        NaN with a `reason` for fewer than two bars or a statistic that the data do not define.

    Raises
    ------
    ValueError
        `statistic`, `block`, `draws`, `confidence` or `seed` is outside of what it may be.

    Examples
    --------
    >>> import numpy as np
    >>> returns = np.random.default_rng(1).normal(0.001, 0.01, size=250)
    >>> low, high = stationary_bootstrap(returns, "mean", draws=200, seed=1).interval
    >>> bool(low < returns.mean() < high)
    True
    """
    check_draws(draws, seed)
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: expected a number between 0 and 1, got {confidence!r}")
    if isinstance(statistic, str):
        if statistic not in STATISTICS:
            raise ValueError(f"statistic: expected one of {sorted(STATISTICS)} or a callable, got {statistic!r}")
        compute = STATISTICS[statistic]
    else:
        of_one = statistic

        def compute(samples: Floats) -> Floats:
            return np.array([of_one(sample) for sample in samples], dtype=np.float64)

    values, _ = clean_matrix(returns)
    if np.ndim(returns) == 1:
        values = values[:, 0]
    elif isinstance(statistic, str) and values.shape[1] > 1:
        raise ValueError(f"statistic: {statistic!r} takes one column, got {values.shape[1]}; pass a callable")

    def result(
        estimate: float, interval: tuple[float, float], found: Floats, used: float, reason: str
    ) -> BootstrapResult:
        return BootstrapResult(
            estimate=estimate, interval=interval, confidence=confidence, draws=found, block=used, n=len(values),
            seed=seed, n_undefined=int(np.isnan(found).sum()), reason=reason,
        )  # fmt: skip

    nothing = (math.nan, math.nan)
    if len(values) < 2:
        return result(math.nan, nothing, np.zeros(0), math.nan, "n<2")
    used = choose_block(values, block)
    estimate = float(compute(values[np.newaxis])[0])
    if math.isnan(estimate):
        return result(estimate, nothing, np.zeros(0), used, "the statistic is not defined on the data")
    found = np.concatenate([compute(values[indices]) for indices in stationary_indices(len(values), used, draws, seed)])
    defined = found[~np.isnan(found)]
    if defined.size == 0:
        return result(estimate, nothing, found, used, "the statistic is not defined on any resample")
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return result(estimate, (float(low), float(high)), found, used, "")
