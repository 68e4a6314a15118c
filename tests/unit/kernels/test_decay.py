"""Impulses that fade, against each impulse by itself."""

from __future__ import annotations

import numpy as np
import pytest

from newsbt.kernels.decay import decayed_sum


@pytest.mark.parametrize(
    ("rows", "columns"), [([], []), ([0], [1]), ([4], [0]), ([0, 0, 2, 2, 4], [0, 0, 1, 0, 1]), ([1, 3, 3], [1, 1, 1])]
)
@pytest.mark.parametrize("half_life", [0.5, 1.0, 3.0])
def test_each_impulse_halves_every_half_life_from_its_own_row_on(
    rows: list[int], columns: list[int], half_life: float
) -> None:
    """Rows of one session share their age, and sessions may be skipped."""
    age, sizes = np.array([2, 3, 3, 5, 9]), np.array([1.0, -2.0, 0.25, 4.0, 3.0])[: len(rows)]
    out = np.zeros((5, 2))
    decayed_sum(np.array(rows, np.int64), np.array(columns, np.int64), sizes, age, half_life, out)
    expected = np.zeros((5, 2))
    for row, column, size in zip(rows, columns, sizes, strict=True):
        for t in range(row, 5):
            expected[t, column] += size * 0.5 ** ((age[t] - age[row]) / half_life)
    assert out == pytest.approx(expected)
