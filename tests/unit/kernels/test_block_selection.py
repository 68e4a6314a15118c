"""The split-scoring kernel against its plain twin."""

import math
from itertools import combinations

import numpy as np
import pytest

from newsbt.kernels.block_selection import score_splits


def twin(blocks, member):
    """Each split from the rows themselves."""
    out = []
    for row in member:
        first, second = (np.concatenate(blocks[side]) for side in (row, ~row))
        scores = [
            [-math.inf if c.max() == c.min() else c.mean() / c.std(ddof=1) for c in rows.T] for rows in (first, second)
        ]
        best = int(np.argmax(scores[0]))
        below = sum(value < scores[1][best] for value in scores[1])
        equal = sum(value == scores[1][best] for value in scores[1])
        out.append((scores[0][best], scores[1][best], below + (equal + 1) / 2))
    return np.array(out).T


@pytest.mark.parametrize("flat", ["none", "some", "all in one half"])
def test_score_splits(flat):
    blocks = np.random.default_rng(2).normal(0.1, 1.0, (4, 6, 5))
    if flat == "some":
        blocks[:2, :, 1] = 0.0
        blocks[:, :, 2] = 3.0
    elif flat == "all in one half":  # nothing was traded yet: the first of equals is selected
        blocks[:2] = 0.0
    member = np.zeros((6, 4), dtype=bool)
    for c, chosen in enumerate(combinations(range(4), 2)):
        member[c, list(chosen)] = True
    offset = blocks.mean(axis=(0, 1))
    centred = blocks - offset
    out = np.empty((3, 6))
    score_splits(
        centred.sum(axis=1), (centred**2).sum(axis=1), blocks.min(axis=1), blocks.max(axis=1), offset, 6, member, out
    )
    assert out == pytest.approx(twin(blocks, member))
