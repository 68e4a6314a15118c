"""Probability of backtest overfitting by combinatorially symmetric cross-validation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from newsbt._typing import Floats
from newsbt.analysis.inference.checked_values import clean_matrix
from newsbt.domain.showing import brief

__all__ = ["BlockSums", "Overfitting", "pbo", "pbo_of_sums"]

# Configurations times splits times blocks that take about a second.
AFFORDABLE = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Overfitting:
    """What the best configuration in one half of the sample is worth in the other half, over all splits.

    `pbo` is the share of splits in which it ranks at or below the middle, `mean_logit` the mean logit of its relative
    rank; `slope`, `intercept` regress its out-of-sample score on its in-sample score; `prob_oos_loss` is the share of
    splits with a negative score. `logits` (C,) holds every split's. `n_missing` rows were dropped for a NaN,
    `n_dropped` oldest rows for an even division. `reason` says why all are NaN.

    Attributes
    ----------
    n_splits, n_configurations, blocks, n : int
        Splits, configurations compared, blocks that the sample is cut into, and its bars.
    """

    pbo: float
    mean_logit: float
    slope: float
    intercept: float
    prob_oos_loss: float
    n_splits: int
    n_configurations: int
    blocks: int
    n: int
    n_missing: int
    n_dropped: int
    logits: Floats = field(repr=False)
    reason: str = ""

    __repr__ = brief


def pbo(returns: npt.ArrayLike, blocks: int | None = None) -> Overfitting:
    """Probability of backtest overfitting (Bailey, Borwein, Lopez de Prado and Zhu 2017).

    Parameters
    ----------
    returns : array of shape (T, K)
        Returns per bar of all K configurations tried; rows with a NaN are dropped.
    blocks : int, optional
        S, an even number of blocks of consecutive rows; all C(S, S/2) ways to choose half of them are tried. By
        default 16; 10 or 8 where the sample is short or the configurations are very many.

    Returns
    -------
    Overfitting
        NaN with a `reason` for fewer than two configurations or five rows a block.

    Raises
    ------
    ValueError
        `blocks` is no even number of at least 2, or `returns` not two-dimensional.

    Notes
    -----
    Scores are mean / std (n - 1) of the rows in a half; a half without variance scores minus infinity and leaves the
    regression. The first of equal in-sample scores is selected, ranks out of sample are mid-ranks. Only sums by block
    are kept, so memory does not grow with the number of splits.

    Examples
    --------
    >>> import numpy as np
    >>> returns = np.random.default_rng(1).normal(size=(160, 8))
    >>> 0.0 <= pbo(returns, blocks=8).pbo <= 1.0
    True
    """
    if blocks is not None and not (isinstance(blocks, (int, np.integer)) and blocks >= 2 and blocks % 2 == 0):
        raise ValueError(f"blocks: expected an even number of at least 2, got {blocks!r}")
    values, missing = clean_matrix(returns)
    rows, count = values.shape
    number = int(blocks) if blocks is not None else _default_blocks(rows, count)
    size = rows // number

    def nothing(reason: str) -> Overfitting:
        return Overfitting(
            pbo=math.nan, mean_logit=math.nan, slope=math.nan, intercept=math.nan, prob_oos_loss=math.nan, n_splits=0,
            n_configurations=count, blocks=number, n=rows, n_missing=missing, n_dropped=0, logits=np.zeros(0),
            reason=reason,
        )  # fmt: skip

    if count < 2:
        return nothing("fewer than two configurations")
    if size < 5:
        return nothing("fewer than five rows a block")
    sums = BlockSums.of(values, number)
    return replace(pbo_of_sums(sums), n=size * number, n_missing=missing, n_dropped=rows - size * number)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockSums:
    """What probability of overfitting needs of K configurations: their returns in S blocks of `size` bars.

    `offset` (K,) is each one's mean; `sums`, `squares` (S, K) are about it, `smallest`, `largest` (S, K) are not.
    Memory does not grow with the number of bars.
    """

    offset: Floats
    sums: Floats
    squares: Floats
    smallest: Floats
    largest: Floats
    size: int

    @classmethod
    def of(cls, returns: Floats, number: int) -> BlockSums:
        """Of returns (T, K) without NaN; the T mod S oldest rows are dropped."""
        size = returns.shape[0] // number
        blocks = returns[returns.shape[0] - size * number :].reshape(number, size, -1)
        # Sums about each column's mean keep the variance from cancelling.
        offset = blocks.mean(axis=(0, 1))
        centred = blocks - offset
        return cls(
            offset=offset, sums=centred.sum(axis=1), squares=(centred**2).sum(axis=1), smallest=blocks.min(axis=1),
            largest=blocks.max(axis=1), size=size,
        )  # fmt: skip

    @classmethod
    def join(cls, parts: Sequence[BlockSums]) -> BlockSums:
        """Several configurations' sums, of one number and size of blocks, side by side."""
        assert len({part.size for part in parts}) == 1
        return cls(
            offset=np.concatenate([part.offset for part in parts]),
            sums=np.hstack([part.sums for part in parts]),
            squares=np.hstack([part.squares for part in parts]),
            smallest=np.hstack([part.smallest for part in parts]),
            largest=np.hstack([part.largest for part in parts]),
            size=parts[0].size,
        )


def pbo_of_sums(blocks: BlockSums) -> Overfitting:
    """:func:`pbo` of configurations whose block sums were kept instead of their returns; at least two of them."""
    number, count = blocks.sums.shape
    in_sample, out_of_sample, logits = _splits(blocks)
    finite = np.isfinite(in_sample) & np.isfinite(out_of_sample)
    slope, intercept = _line(in_sample[finite], out_of_sample[finite])
    return Overfitting(
        pbo=float((logits <= 0).mean()), mean_logit=float(logits.mean()), slope=slope, intercept=intercept,
        prob_oos_loss=float((out_of_sample < 0).mean()), n_splits=logits.size, n_configurations=count, blocks=number,
        n=number * blocks.size, n_missing=0, n_dropped=0, logits=logits,
    )  # fmt: skip


def _default_blocks(rows: int, count: int) -> int:
    for number in (16, 10):
        if rows // number >= 5 and math.comb(number, number // 2) * number * count <= AFFORDABLE:
            return number
    return 8


def _splits(blocks: BlockSums) -> tuple[Floats, Floats, Floats]:
    """Scores in and out of sample and logit of the selected configuration, (C,) each."""
    from newsbt.kernels.block_selection import score_splits

    number, count = blocks.sums.shape
    chosen = np.array(list(combinations(range(number), number // 2)), dtype=np.int64)
    member = np.zeros((len(chosen), number), dtype=np.bool_)
    np.put_along_axis(member, chosen, True, axis=1)
    out = np.empty((3, len(chosen)))
    score_splits(blocks.sums, blocks.squares, blocks.smallest, blocks.largest, blocks.offset, blocks.size, member, out)
    relative = out[2] / (count + 1)
    return out[0], out[1], np.log(relative / (1 - relative))


def _line(x: Floats, y: Floats) -> tuple[float, float]:
    """Slope and intercept by least squares; NaN when x does not vary."""
    if x.size < 2 or x.max() - x.min() <= 1e-12 * np.abs(x).max():
        return math.nan, math.nan
    centred = x - x.mean()
    slope = float(centred @ y / (centred @ centred))
    return slope, float(y.mean() - slope * x.mean())
