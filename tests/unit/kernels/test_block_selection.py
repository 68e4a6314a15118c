"""The split-scoring kernel against its plain twin."""

import math
from itertools import combinations

import numpy as np
import pytest

from newsbt.kernels import block_selection
from newsbt.kernels._compile import plain
from newsbt.kernels.block_selection import score_splits

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of a kernel as Python: columns without variance


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


@pytest.mark.parametrize("count", [127, 128, 129, 257, 300])
@pytest.mark.parametrize("seed", range(3))
def test_configurations_beyond_one_batch_are_scored_like_those_of_the_first(count: int, seed: int) -> None:
    """Returns are whole numbers of three rows a block, so that many score alike in sample, or do not vary at all."""
    rng = np.random.default_rng(1000 * seed + count)
    blocks = rng.integers(-1, 2, (4, 3, count)).astype(float)
    blocks[:, :, rng.integers(0, count, 5)] = 0.0
    member = np.array([list(row) for row in np.ndindex(2, 2, 2, 2) if sum(row) == 2], dtype=bool)
    member = member[rng.permutation(len(member))]
    offset = blocks.mean(axis=(0, 1))
    centred = blocks - offset
    out = np.empty((3, len(member)))
    score_splits(
        centred.sum(axis=1), (centred**2).sum(axis=1), blocks.min(axis=1), blocks.max(axis=1), offset, 3, member, out
    )
    for c, row in enumerate(member):
        scores = []
        for side in (row, ~row):
            of_side = np.concatenate(blocks[side])
            spread = of_side.std(axis=0, ddof=1)
            scores.append(np.where(spread > 0, of_side.mean(axis=0) / np.where(spread > 0, spread, 1.0), -np.inf))
        inside, outside = (np.round(score, 9) for score in scores)
        assert out[0, c] == pytest.approx(inside.max())
        ranks = {}
        for k in np.flatnonzero(inside == inside.max()):  # equal but for rounding: either may be the first
            ranks[(outside < outside[k]).sum() + ((outside == outside[k]).sum() + 1) / 2] = outside[k]
        near = [rank for rank in ranks if abs(rank - out[2, c]) <= (outside == ranks[rank]).sum() / 2]
        assert near and out[1, c] in [pytest.approx(ranks[rank]) for rank in near]


def test_the_first_of_equals_is_selected_whatever_batch_they_are_in() -> None:
    """Three columns are alike, and best, in the first two blocks; which of them is selected, the other blocks tell."""
    blocks = np.random.default_rng(1).integers(-2, 1, (4, 4, 200)).astype(float)
    alike = (20, 150, 190)
    for later, k in enumerate(alike):
        blocks[:2, :, k] = [1.0, 2.0, 1.0, 2.0]
        blocks[2:, :, k] = [later, later + 1.0, later + 3.0, later]
    member, zero = np.array([[True, True, False, False]]), np.zeros(200)
    out = np.empty((3, 1))
    for first in alike:
        score_splits(
            blocks.sum(axis=1), (blocks**2).sum(axis=1), blocks.min(axis=1), blocks.max(axis=1), zero, 4, member, out
        )
        seen = np.concatenate(blocks[2:])[:, first]
        assert out[1, 0] == pytest.approx(seen.mean() / seen.std(ddof=1))
        blocks[:2, :, first] = blocks[:2, :, 0]


@pytest.mark.parametrize(
    ("total", "square", "least", "most", "score"),
    [
        (4.0, 10.0, 0.5, 1.5, 1.25 / math.sqrt(2.0)),  # (10 - 4) / 3 about a mean of 1, and the offset
        (4.0, 4.0, 0.5, 1.5, -math.inf), (4.0, 3.0, 0.5, 1.5, -math.inf),  # all about the mean is lost in rounding
        (4.0, 10.0, 1.0, 1.0 + 8e-16, -math.inf), (4.0, 10.0, 1.0, 1.0 + 1e-15, 1.25 / math.sqrt(2.0)),
        (4.0, 10.0, 1000.0, 1000.0 + 8e-13, -math.inf), (4.0, 10.0, 1000.0, 1000.0 + 1e-12, 1.25 / math.sqrt(2.0)),
        (4.0, 10.0, -1000.0 - 8e-13, -1000.0, -math.inf), (4.0, 10.0, -1000.0 - 1e-12, -1000.0, 1.25 / math.sqrt(2.0)),
        (4.0, 10.0, -4e-16, 4e-16, -math.inf), (4.0, 10.0, -5e-16, 5e-16, 1.25 / math.sqrt(2.0)),
    ],
)  # fmt: skip
def test_rows_that_vary_by_rounding_alone_have_no_score(
    total: float, square: float, least: float, most: float, score: float
) -> None:
    found = np.full(3, 7.0)
    sums = np.array([[9.0, total], [9.0, square], [-9.0, least], [9.0, most]])
    plain(block_selection._score)(sums[:, 1:], 4, np.array([5.0, 5.0, 0.25]), 2, 1, found)
    assert found.tolist() == [pytest.approx(score), 7.0, 7.0]
