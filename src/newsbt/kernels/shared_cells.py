"""What sets of numbers have in common, pair by pair."""

from __future__ import annotations

from newsbt._typing import Floats, Ints
from newsbt.kernels._compile import kernel

__all__ = ["count_shared"]


@kernel
def count_shared(numbers: Ints, owner: Ints, shared: Floats) -> None:
    """Add to `shared` (A, A) how many numbers any two of A sets both have, and each has itself.

    `numbers` (L,) are those of all sets, ascending, each once a set, and `owner` (L,) the set of each.
    """
    start, count = 0, len(numbers)
    while start < count:
        end = start + 1
        while end < count and numbers[end] == numbers[start]:
            end += 1
        for i in range(start, end):
            for j in range(start, end):
                shared[owner[i], owner[j]] += 1.0
        start = end
