"""Scoring every split of a cross-validation from sums by block."""

from __future__ import annotations

import numpy as np

from newsbt._typing import Bools, Floats
from newsbt.kernels._compile import kernel

__all__ = ["score_splits"]


@kernel
def score_splits(
    total: Floats, squares: Floats, low: Floats, high: Floats, offset: Floats, rows: int, member: Bools, out: Floats
) -> None:
    """Select the best configuration in each split's members and score it on the rest.

    `total`, `squares` (S, K) are sums over a block of a column less its `offset` (K,), and of its squares; `low`,
    `high` (S, K) a block's extremes; `rows` the rows of a block; `member` (C, S) the in-sample blocks of each split.
    Into `out` (3, C) go the selected's score in sample, out of sample, and its mid-rank out of sample among K. The
    score is mean / std with n - 1, minus infinity where the rows do not vary. No NaN is expected.
    """
    blocks, count = total.shape
    score = np.empty((2, count))
    for c in range(member.shape[0]):
        for side in range(2):
            inside = 0
            for s in range(blocks):
                if member[c, s] == (side == 0):
                    inside += 1
            n = inside * rows
            for k in range(count):
                mean, square, least, most = 0.0, 0.0, np.inf, -np.inf
                for s in range(blocks):
                    if member[c, s] == (side == 0):
                        mean += total[s, k]
                        square += squares[s, k]
                        least = min(least, low[s, k])
                        most = max(most, high[s, k])
                mean /= n
                variance = (square - n * mean * mean) / (n - 1)
                flat = most - least <= 8.881784197001252e-16 * max(1.0, abs(least), abs(most))
                if flat or variance <= 0:
                    score[side, k] = -np.inf
                else:
                    score[side, k] = (mean + offset[k]) / np.sqrt(variance)
        best = 0
        for k in range(1, count):
            if score[0, k] > score[0, best]:
                best = k
        below, equal = 0, 0
        for k in range(count):
            if score[1, k] < score[1, best]:
                below += 1
            elif score[1, k] == score[1, best]:
                equal += 1
        out[0, c] = score[0, best]
        out[1, c] = score[1, best]
        out[2, c] = below + (equal + 1) / 2
