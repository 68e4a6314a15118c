"""The worst stretches below a peak, against a plain walk over the path."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from newsbt.analysis.drawdown import drawdown_path, find_drawdown
from newsbt.domain.falls import worst_falls


def walked(path: list[float]) -> list[tuple[float, int, int, int | None]]:
    """Depth, peak, trough and recovery of each stretch, bar by bar."""
    found, peak, low = [], 0, (0.0, 0)
    for bar, value in enumerate(path, start=1):
        if value == 0.0:
            if low[0] < 0.0:
                found.append((low[0], peak, low[1], bar))
            peak, low = bar, (0.0, 0)
        elif value < low[0]:
            low = (value, bar)
    if low[0] < 0.0:
        found.append((low[0], peak, low[1], None))
    return sorted(found, key=lambda fall: fall[0])


@given(st.lists(st.integers(80, 120), min_size=1, max_size=30))
def test_stretches_are_those_of_a_plain_walk(equity: list[int]) -> None:
    path = drawdown_path(np.array(equity, dtype=float), 100.0)
    falls = worst_falls(path, 99)
    assert [(fall.depth, fall.peak, fall.trough, fall.recovery) for fall in falls] == walked(path.tolist())
    assert worst_falls(path, 2) == falls[:2]
    whole = find_drawdown(path)
    if falls:
        assert (falls[0].depth, falls[0].peak, falls[0].trough) == (whole.depth, whole.peak, whole.trough)
