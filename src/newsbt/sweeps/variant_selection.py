"""What is left of the best variant after selection: the choice, its deflated Sharpe ratio, the odds of overfitting."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from newsbt._typing import Days, Floats
from newsbt.analysis.inference import dsr
from newsbt.analysis.inference.checked_values import nan_because
from newsbt.analysis.inference.overfitting import BlockSums, pbo_of_sums
from newsbt.domain.metrics import first_to_last
from newsbt.domain.returns import why_no_returns, why_no_sharpe
from newsbt.sweeps.variant_result import BLOCKS, VariantResult

__all__ = ["best_of", "deflated", "overfitting", "rank"]

AFFORDABLE = 4_000  # variants that 16 blocks and their 12,870 splits are judged by; beyond, 8 and 70


def rank(values: Floats, metric: str) -> int:
    """The index of the best value, the first of equal ones; -1 where all are NaN."""
    sign = -first_to_last(metric)
    return -1 if not len(values) or np.isnan(values).all() else int(np.nanargmax(sign * values))


def best_of(outcomes: Sequence[VariantResult], metric: str) -> VariantResult | None:
    """The best variant by a metric, the first of equal ones in their order; None where none has a value."""
    index = rank(np.array([outcome.metric(metric) for outcome in outcomes]), metric)
    return None if index < 0 else outcomes[index]


def deflated(
    returns: Floats, dates: Days, outcomes: Sequence[VariantResult], trials: Mapping[str, float]
) -> tuple[float, int, str]:
    """The deflated Sharpe ratio of `returns` over all trials, how many those are, and a reason where it is NaN.

    `dates` (n,) are those of the returns (n,), `trials` are per-bar Sharpe ratios of what was tried elsewhere, by key.
    """
    every = {**trials, **{outcome.key: outcome.per_bar_sharpe for outcome in outcomes if not outcome.error}}
    sharpes = np.array([every[key] for key in sorted(every)], dtype=np.float64)
    why = why_no_returns(returns, dates) or why_no_sharpe(returns)
    estimate = nan_because(why) if why else dsr(returns, sharpes)
    value = float(estimate)
    return value, len(sharpes), (estimate.reason or "undefined") if math.isnan(value) else ""


def overfitting(outcomes: Sequence[VariantResult], sessions: int) -> tuple[float, str]:
    """The probability of backtest overfitting from block sums, and a reason where it is NaN.

    Beyond some thousand variants neighbouring blocks are merged, 16 into 8; the oldest rows that do not
    fill 16 blocks stay out either way.
    """
    whole = [outcome for outcome in outcomes if outcome.blocks is not None]
    if len(whole) < 2:
        return math.nan, "fewer than two variants with at least five sessions a block"
    stacked = np.stack([outcome.blocks for outcome in whole if outcome.blocks is not None], axis=2)
    size = sessions // BLOCKS
    if len(whole) > AFFORDABLE:
        pairs = stacked.reshape(4, BLOCKS // 2, 2, -1)
        stacked = np.stack(
            [pairs[0].sum(axis=1), pairs[1].sum(axis=1), pairs[2].min(axis=1), pairs[3].max(axis=1)]
        )  # fmt: skip
        size *= 2
    sums, squares, smallest, largest = (np.ascontiguousarray(part) for part in stacked)
    offset = np.array([outcome.offset for outcome in whole])
    blocks = BlockSums(offset=offset, sums=sums, squares=squares, smallest=smallest, largest=largest, size=size)
    return pbo_of_sums(blocks).pbo, ""
