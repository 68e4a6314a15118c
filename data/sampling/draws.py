"""Random numbers that are the same on every machine and in every version of Python."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random
from statistics import NormalDist

__all__ = ["SEED", "Draws", "centred"]

SEED = 20250306
_NORMAL = NormalDist()


class Draws:
    """One named stream. Streams do not disturb each other: a new ticker leaves the others as they are.

    Only `Random.random` promises the same numbers in later versions, so normal ones are made from it by the
    inverse of the distribution function.
    """

    def __init__(self, name: str) -> None:
        self._random = Random(f"{SEED}/{name}")

    def uniform(self) -> float:
        """A number in (0, 1)."""
        return max(self._random.random(), 1e-12)

    def normal(self) -> float:
        """Mean 0, standard deviation 1, within +-3.5 so that no single draw makes a story of its own."""
        return max(-3.5, min(3.5, _NORMAL.inv_cdf(self.uniform())))

    def fat(self) -> float:
        """A normal number, in one case of thirty 2.2 times as large: shares have such days."""
        wide = self.uniform() < 1 / 30
        return self.normal() * (2.2 if wide else 0.95)


def centred(days: Sequence[date], pairs: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Gaps and sessions less their means in each half of a year.

    Without this a share ends far up or down by the luck of the seed alone, and a reader takes that for a result.
    """
    halves = [(day.year, day.month > 6) for day in days]
    members: dict[tuple[int, bool], list[tuple[float, float]]] = {}
    for half, pair in zip(halves, pairs, strict=True):
        members.setdefault(half, []).append(pair)
    means = {half: [sum(pair[part] for pair in own) / len(own) for part in (0, 1)] for half, own in members.items()}
    return [
        (gap - means[half][0], session - means[half][1]) for half, (gap, session) in zip(halves, pairs, strict=True)
    ]
