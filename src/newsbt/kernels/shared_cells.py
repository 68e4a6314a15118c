"""What sets of numbers have in common, pair by pair."""

from __future__ import annotations

from newsbt._typing import Floats, Ints
from newsbt.kernels._compile import kernel

__all__ = ["count_shared"]


@kernel
def count_shared(held: Ints, shared: Floats) -> None:
    """Add to the lower half of `shared` (A, A) how many numbers any two of A sets both have, and each has itself.

    `held` (L,) are the numbers of all sets, each once a set, times A, plus the index of the set; ascending.
    """
    sets = len(shared)
    start, count = 0, len(held)
    while start < count:
        first = held[start] - held[start] % sets
        end = start + 1
        while end < count and held[end] < first + sets:
            end += 1
        for i in range(start, end):
            of_one = shared[held[i] - first]
            for j in range(start, i + 1):
                of_one[held[j] - first] += 1.0
        start = end
