"""Impulses that fade."""

from __future__ import annotations

from newsbt._typing import Floats, Ints
from newsbt.kernels._compile import kernel

__all__ = ["decayed_sum"]


@kernel
def decayed_sum(row: Ints, column: Ints, size: Floats, age: Ints, half_life: float, out: Floats) -> None:
    """Sum of `size` x 0.5^(age / half_life) since each impulse, in every row from its own on.

    `row`, `column`, `size` (L,) are the impulses, rows ascending; `age` (T,) counts sessions; `out` (T, N) is zeroed
    by the caller and filled. No NaN in, none out.
    """
    rows, columns = out.shape
    at = 0
    for t in range(rows):
        if t > 0:
            fade = 0.5 ** ((age[t] - age[t - 1]) / half_life)
            for n in range(columns):
                out[t, n] = out[t - 1, n] * fade
        while at < len(row) and row[at] == t:
            out[t, column[at]] += size[at]
            at += 1
