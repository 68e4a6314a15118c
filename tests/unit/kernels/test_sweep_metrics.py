"""What a sweep keeps, part by part: against the analysis, and by hand."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from newsbt.analysis.sharpe_variance import MOST_LAGS, long_run_ratio
from newsbt.kernels import sweep_metrics
from newsbt.kernels._compile import plain

LONG_RUN_RATIO, INDEPENDENT, BLOCKS = (
    plain(getattr(sweep_metrics, name)) for name in ("_long_run_ratio", "_independent", "_blocks")
)


@pytest.mark.parametrize("n", [9, 10, 19, 20, 45, 130, 700])
@pytest.mark.parametrize("past", [(), (0.7,), (-0.6,), (0.3, 0.4), (0.0, 0.0, 0.7), (0.0, 0.5, 0.0, 0.4)], ids=str)
@pytest.mark.parametrize("flat", [0, 12])
def test_the_long_run_ratio_is_that_of_the_analysis(n: int, past: tuple[float, ...], flat: int) -> None:
    values = np.random.default_rng(n).normal(size=n)
    for t in range(n):
        values[t] += sum(weight * values[t - lag - 1] for lag, weight in enumerate(past) if t > lag)
    values[: min(flat, n - 2)] = 0.0
    scratch = np.full((3, MOST_LAGS + 1), 7.0)
    assert LONG_RUN_RATIO(values.copy(), n, scratch) == pytest.approx(long_run_ratio(values), rel=1e-9)
    longer = np.append(values, [5.0, -5.0])
    assert LONG_RUN_RATIO(longer, n, scratch) == pytest.approx(long_run_ratio(values), rel=1e-9), "the first n alone"


@pytest.mark.parametrize(
    ("since", "until", "clusters"),
    [
        ([], [], 0), ([4], [9], 1), ([1, 3, 5], [2, 4, 6], 3), ([5, 1, 3], [6, 2, 4], 3), ([3, 2, 1], [9, 9, 9], 1),
        ([1, 3, 5], [3, 5, 6], 3), ([1, 2, 5], [3, 4, 6], 2), ([0, 1, 5, 9], [10, 2, 6, 11], 1),
        ([1, 4, 4, 2], [3, 6, 5, 4], 2),
    ],
)  # fmt: skip
def test_events_that_overlap_are_one_and_those_that_touch_are_two(
    since: list[int], until: list[int], clusters: int
) -> None:
    out = SimpleNamespace(order=np.arange(len(since)), since=np.array(since), until=np.array(until))
    assert INDEPENDENT(out, len(since)) == clusters
    assert [since[k] for k in out.order] == sorted(since)


@pytest.mark.parametrize(("n", "lost_in", "kept"), [(11, 11, True), (10, 10, True), (9, 9, False), (11, 10, False)])
def test_blocks_are_of_the_newest_sessions_about_their_mean(n: int, lost_in: int, kept: bool) -> None:
    returns = np.array([9.0, 1.0, 2.0, 3.0, 4.0, 5.0, -1.0, -2.0, 8.0, 0.0, 1.0])[11 - n :]
    out = SimpleNamespace(returns=returns, blocks=np.full((4, 2), 7.0), offset=np.array([7.0]))
    BLOCKS(out, n, lost_in)
    if not kept:
        assert math.isnan(out.offset[0]) and (out.blocks == 7.0).all()
        return
    assert out.offset[0] == pytest.approx(2.1)
    squares = [sum((one - 2.1) ** 2 for one in block) for block in ((1, 2, 3, 4, 5), (-1, -2, 8, 0, 1))]
    assert out.blocks == pytest.approx(np.array([[4.5, -4.5], squares, [1.0, -2.0], [5.0, 8.0]]))
