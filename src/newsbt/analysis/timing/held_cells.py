"""How far two calendars of the same news hold the same: ticker by ticker and session by session."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from newsbt._typing import Floats, Ints

__all__ = ["SAME", "distinct_count", "jaccard", "mean_overlap"]

SAME = 0.9  # calendars that share more of what they hold than this are one


def jaccard(cells: Sequence[Ints]) -> Floats:
    """(A, A): of the cells that either of two calendars holds, the share that both do.

    Parameters
    ----------
    cells : sequence of A ndarrays
        The numbers of the cells (ticker and session) that each calendar holds, each once.

    Notes
    -----
    Two calendars that hold nothing are the same.
    """
    from newsbt.kernels.shared_cells import count_shared

    sizes = np.array([len(one) for one in cells], dtype=np.int64)
    held = np.concatenate(cells) * len(cells) + np.repeat(np.arange(len(cells)), sizes)
    held.sort()
    shared = np.zeros((len(cells), len(cells)))
    count_shared(held, shared)
    shared += np.tril(shared, -1).T
    either = sizes[:, np.newaxis] + sizes - shared
    return np.where(either > 0, shared / np.where(either > 0, either, 1.0), 1.0)


def distinct_count(overlap: Floats, most: float = SAME) -> int:
    """How many of A calendars share at most so much with each one counted before, in their order.

    >>> distinct_count(np.array([[1.0, 0.95, 0.2], [0.95, 1.0, 0.2], [0.2, 0.2, 1.0]]))
    2
    """
    counted: list[int] = []
    for k in range(len(overlap)):
        if (overlap[k, counted] <= most).all():
            counted.append(k)
    return len(counted)


def mean_overlap(overlap: Floats) -> float:
    """The mean over all pairs of two calendars; 1 where there is one calendar only."""
    pairs = overlap[np.triu_indices(len(overlap), 1)]
    return float(pairs.mean()) if len(pairs) else 1.0
