"""Whether two Sharpe ratios of the same bars differ."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from newsbt._typing import Floats
from newsbt.analysis.inference.block_length import optimal_block_length
from newsbt.analysis.inference.bootstrap import BATCH
from newsbt.analysis.inference.checked_values import check_draws
from newsbt.analysis.measure import is_constant
from newsbt.analysis.return_series import paired
from newsbt.domain.distributions import ndtr
from newsbt.domain.showing import brief

__all__ = ["SharpeDifference", "sharpe_difference"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharpeDifference:
    """The difference of two per-bar Sharpe ratios and its evidence.

    `se` and `p` follow Ledoit and Wolf (2008) with a kernel estimate of the variance; `p_bootstrap`, to be
    preferred, their studentised circular block bootstrap; `p_memmel` the iid normal form of Memmel (2003), a check
    only. `n` common bars, block length `block`, and `draws` resamples from `seed`. `reason` says why they are NaN.

    Attributes
    ----------
    difference : float
        Of the two ratios, not annualised.
    """

    difference: float
    se: float
    p: float
    p_bootstrap: float
    p_memmel: float
    n: int
    block: int
    draws: int
    seed: int
    reason: str = ""

    __repr__ = brief


def sharpe_difference(
    a: npt.ArrayLike, b: npt.ArrayLike, block: int | None = None, draws: int = 4999, seed: int = 0
) -> SharpeDifference:
    """Test that two return series have the same Sharpe ratio, per bar, two-sided.

    Parameters
    ----------
    a, b : Series or array of shape (n,)
        Excess returns; two Series meet on their index, two arrays have one length. Pairs with a NaN are dropped.
    block : int, optional
        Block length of the bootstrap; by default the longest circular length :func:`optimal_block_length` gives for
        either series, rounded up.
    draws, seed : int
        Number of resamples, and the seed of the generator; `draws` 0 leaves the bootstrap out.

    Returns
    -------
    SharpeDifference
        NaN with a `reason` for fewer than 10 pairs, a series without variance, or two series whose Sharpe ratios
        cannot differ (one a positive multiple of the other).

    Raises
    ------
    ValueError
        `block`, `draws` or `seed` is outside of what it may be.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> found = sharpe_difference(rng.normal(0.1, 1, 200), rng.normal(0.0, 1, 200), draws=99)
    >>> 0.0 < found.p_bootstrap <= 1.0
    True
    """
    if draws != 0:
        check_draws(draws, seed)
    both = np.column_stack(paired(a, b, ("a", "b")))
    both = both[~np.isnan(both).any(axis=1)]
    n = len(both)

    def nothing(reason: str, difference: float = math.nan) -> SharpeDifference:
        return SharpeDifference(
            difference=difference, se=math.nan, p=math.nan, p_bootstrap=math.nan, p_memmel=math.nan, n=n, block=0,
            draws=draws, seed=seed, reason=reason,
        )  # fmt: skip

    if n < 10:
        return nothing("n<10")
    if is_constant(both[:, 0]) or is_constant(both[:, 1]):
        return nothing("zero variance")
    moments = np.concatenate((both.mean(axis=0), (both**2).mean(axis=0)))
    difference = float(_differences(moments[None], n)[0])
    terms = np.column_stack((both, both**2)) - moments
    gradient = _gradients(moments[None])[0]
    influence = terms @ gradient
    # For proportional series the influence of every bar is rounding; so would be the test.
    if np.abs(influence).max() <= 1e-10 * float(np.abs(terms * gradient).max()):
        return nothing("zero variance of the difference", difference)
    variance = float(gradient @ _kernel_variance(terms) @ gradient)
    if variance <= 0:
        return nothing("variance of the difference is not positive", difference)
    error = math.sqrt(variance / n)
    used = _block(both, block)
    return SharpeDifference(
        difference=difference, se=error, p=2 * float(ndtr(-abs(difference) / error)),
        p_bootstrap=_bootstrap_p(both, difference, abs(difference) / error, used, draws, seed) if draws else math.nan,
        p_memmel=_memmel_p(both), n=n, block=used, draws=draws, seed=seed,
    )  # fmt: skip


def _block(both: Floats, block: int | None) -> int:
    if block is None:
        return min(max(1, math.ceil(optimal_block_length(both).circular)), len(both) // 2)
    if not 1 <= block <= len(both) // 2:
        raise ValueError(f"block: expected a length from 1 to half of the {len(both)} bars, got {block!r}")
    return int(block)


def _differences(moments: Floats, n: int) -> Floats:
    """(M,): S1 - S2 from (M, 4) means and uncentred second moments, standard deviations with n - 1."""
    sd = np.sqrt((moments[:, 2:] - moments[:, :2] ** 2) * n / (n - 1))
    ratios = moments[:, :2] / sd
    return np.asarray(ratios[:, 0] - ratios[:, 1])


def _gradients(moments: Floats) -> Floats:
    """(M, 4): derivative of S1 - S2 by the moments."""
    cubes = (moments[:, 2:] - moments[:, :2] ** 2) ** 1.5
    signs = np.array([1.0, -1.0])
    return np.concatenate((signs * moments[:, 2:] / cubes, -signs * moments[:, :2] / (2 * cubes)), axis=1)


def _kernel_variance(terms: Floats) -> Floats:
    """(4, 4): long-run covariance of (n, 4) terms; Parzen weights, Andrews' AR(1) bandwidth, times n / (n - 4)."""
    n = len(terms)
    numerator = denominator = 0.0
    for column in terms.T:
        before, after = column[:-1] - column[:-1].mean(), column[1:] - column[1:].mean()
        rho = float(np.dot(before, after) / np.dot(before, before))
        noise = float(np.mean((after - rho * before) ** 2))
        rho = min(max(rho, -0.97), 0.97)  # a unit root would ask for an infinite bandwidth
        numerator += 4 * rho**2 * noise**2 / (1 - rho) ** 8
        denominator += noise**2 / (1 - rho) ** 4
    bandwidth = 2.6614 * (numerator / denominator * n) ** 0.2 if denominator > 0 else 0.0
    total = terms.T @ terms / n
    for lag in range(1, min(n, math.ceil(bandwidth))):
        x = lag / bandwidth
        weight = 1 - 6 * x**2 + 6 * x**3 if x <= 0.5 else 2 * (1 - x) ** 3
        gamma = terms[lag:].T @ terms[:-lag] / n
        total = total + weight * (gamma + gamma.T)
    return np.asarray(total * n / (n - 4))


def _bootstrap_p(both: Floats, difference: float, observed: float, block: int, draws: int, seed: int) -> float:
    """(1 + #{|D* - D| / se* >= |D| / se}) / (M + 1) over circular blocks, se* from the blocks' own sums."""
    n = len(both)
    blocks = n // block
    values = np.column_stack((both, both**2))
    around = np.concatenate((np.zeros((1, 4)), np.cumsum(np.concatenate((values, values[: block - 1])), axis=0)))
    sums = around[block:] - around[:-block]  # (n, 4): the block that starts at each bar
    generator = np.random.default_rng(seed)
    reached, length = 0, blocks * block
    batch = max(1, BATCH // (4 * blocks))
    for first in range(0, draws, batch):
        drawn = sums[generator.integers(0, n, size=(min(batch, draws - first), blocks))]
        moments = drawn.mean(axis=1) / block
        zeta = (drawn - block * moments[:, None, :]) / math.sqrt(block)
        with np.errstate(invalid="ignore", divide="ignore"):
            influence = np.einsum("mbi,mi->mb", zeta, _gradients(moments))
            error = np.sqrt((influence**2).mean(axis=1) / length)
            distance = np.abs(_differences(moments, length) - difference) / error
        # A resample without variance has no finite statistic: counted as reaching, it can only raise p.
        reached += int((~(distance < observed)).sum())
    return (1 + reached) / (draws + 1)


def _memmel_p(both: Floats) -> float:
    n, rho = len(both), float(np.asarray(np.corrcoef(both.T))[0, 1])
    first, second = (float(ratio) for ratio in both.mean(axis=0) / both.std(axis=0, ddof=1))
    variance = (2 * (1 - rho) + (first**2 + second**2 - 2 * first * second * rho**2) / 2) / n
    return 2 * float(ndtr(-abs(first - second) / math.sqrt(variance))) if variance > 0 else math.nan
