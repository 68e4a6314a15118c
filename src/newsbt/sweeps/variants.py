"""Which variants a sweep tries: every combination of its grid, or a seeded choice of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from newsbt._plain import PlainValue
from newsbt.digests import digest_of

__all__ = ["Variant", "count", "grid_variant", "random_variants", "variants"]


@dataclass(frozen=True, slots=True)
class Variant:
    """`number` is its index in grid order; `params` maps the grid's dotted keys to this variant's values."""

    number: int
    params: Mapping[str, PlainValue]

    def key(self, context: str) -> str:
        """What a stored outcome goes by: the variant's values and everything else that decides it."""
        return digest_of([context, dict(self.params)])


def count(grid: Mapping[str, Sequence[PlainValue]]) -> int:
    """How many combinations a grid has.

    >>> count({"position.hold": [1, 3, 5], "execution.latency": ["0", "1h"]})
    6
    """
    return math.prod(len(values) for values in grid.values()) if grid else 0


def variants(grid: Mapping[str, Sequence[PlainValue]]) -> Iterator[Variant]:
    """Every combination, the last key changing fastest."""
    for number, values in enumerate(itertools.product(*grid.values())):
        yield Variant(number, dict(zip(grid, values, strict=True)))


def grid_variant(grid: Mapping[str, Sequence[PlainValue]], number: int) -> Variant:
    """One combination by its number, without making the others."""
    params: dict[str, PlainValue] = {}
    left = number
    for key in reversed(list(grid)):
        left, index = divmod(left, len(grid[key]))
        params[key] = grid[key][index]
    return Variant(number, {key: params[key] for key in grid})


def random_variants(grid: Mapping[str, Sequence[PlainValue]], trials: int, seed: int) -> list[Variant]:
    """`trials` different combinations drawn without replacement, in grid order; all of them when there are no more."""
    total = count(grid)
    if trials >= total:
        return list(variants(grid))
    random = np.random.default_rng(seed)
    chosen: set[int] = set()
    while len(chosen) < trials:
        chosen.update(random.integers(total, size=trials - len(chosen)).tolist())
    return [grid_variant(grid, number) for number in sorted(chosen)]
