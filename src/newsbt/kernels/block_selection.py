"""Scoring every split of a cross-validation from sums by block."""

from __future__ import annotations

import numpy as np

from newsbt._typing import Bools, Floats
from newsbt.kernels._compile import kernel, part

__all__ = ["score_splits"]

COLUMNS = 128  # worked at a time: their sums stay beside the processor
TOTAL, SQUARE, LEAST, MOST = range(4)


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
    splits, blocks = member.shape
    count = total.shape[1]
    best = np.zeros(splits, dtype=np.int64)
    below, equal = np.zeros(splits, dtype=np.int64), np.zeros(splits, dtype=np.int64)
    sums, score = np.empty((blocks + 1, 4, COLUMNS)), np.empty(COLUMNS)
    sums[0, :LEAST] = 0.0
    sums[0, LEAST], sums[0, MOST] = np.inf, -np.inf
    out[0] = -np.inf
    for first in range(0, count, COLUMNS):
        width = min(COLUMNS, count - first)
        for c in range(splits):
            since = 0 if c == 0 else _first_change(member, c)
            used = _sum_up(total, squares, low, high, first, width, member, c, True, since, sums)
            _score(sums[used], used * rows, offset, first, width, score)
            for j in range(width):
                if score[j] > out[0, c]:
                    out[0, c] = score[j]
                    best[c] = first + j
    for c in range(splits):
        used = _sum_up(total, squares, low, high, best[c], 1, member, c, False, 0, sums)
        _score(sums[used], used * rows, offset, best[c], 1, score)
        out[1, c] = score[0]
    for first in range(0, count, COLUMNS):
        width = min(COLUMNS, count - first)
        for c in range(splits):
            since = 0 if c == 0 else _first_change(member, c)
            used = _sum_up(total, squares, low, high, first, width, member, c, False, since, sums)
            _score(sums[used], used * rows, offset, first, width, score)
            for j in range(width):
                below[c] += score[j] < out[1, c]
                equal[c] += score[j] == out[1, c]
    for c in range(splits):
        out[2, c] = below[c] + (equal[c] + 1) / 2


@part
def _first_change(member: Bools, c: int) -> int:
    """The first block that the split before has on the other side."""
    s = 0
    while s < member.shape[1] and member[c, s] == member[c - 1, s]:
        s += 1
    return s


@part
def _sum_up(
    total: Floats, squares: Floats, low: Floats, high: Floats, first: int, width: int, member: Bools, c: int,
    side: bool, since: int, sums: Floats,
) -> int:  # fmt: skip
    """Sum up one side's blocks in their order, into `sums` (S + 1, 4, columns) after so many of them: what it holds of
    the blocks before `since` is left as it is. Answers how many blocks the side has."""
    used = 0
    for s in range(member.shape[1]):
        if member[c, s] != side:
            continue
        if s >= since:
            for j in range(width):
                k = first + j
                sums[used + 1, TOTAL, j] = sums[used, TOTAL, j] + total[s, k]
                sums[used + 1, SQUARE, j] = sums[used, SQUARE, j] + squares[s, k]
                sums[used + 1, LEAST, j] = min(sums[used, LEAST, j], low[s, k])
                sums[used + 1, MOST, j] = max(sums[used, MOST, j], high[s, k])
        used += 1
    return used


@part
def _score(sums: Floats, n: int, offset: Floats, first: int, width: int, score: Floats) -> None:
    """Into `score`: that of each column, of n rows with these `sums` (4, columns)."""
    for j in range(width):
        mean, least, most = sums[TOTAL, j] / n, sums[LEAST, j], sums[MOST, j]
        variance = (sums[SQUARE, j] - n * mean * mean) / (n - 1)
        flat = most - least <= 8.881784197001252e-16 * max(1.0, abs(least), abs(most))
        found = (mean + offset[first + j]) / np.sqrt(variance)
        score[j] = -np.inf if flat or variance <= 0 else found
