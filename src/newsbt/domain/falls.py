"""The deepest stretches below a peak of an equity path."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from newsbt._typing import Floats

__all__ = ["Fall", "worst_falls"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """A stretch below a peak; `peak`, `trough` and `recovery` count bars from 1, 0 being the initial capital; None: not
    yet recovered."""

    depth: float
    peak: int
    trough: int
    recovery: int | None


def worst_falls(path: Floats, most: int) -> list[Fall]:
    """The deepest stretches between two bars at a peak of a drawdown path (T,), deepest first; of equal ones the first.

    >>> falls = worst_falls(np.array([-0.1, 0, -0.2, -0.1]), 5)
    >>> [(fall.depth, fall.peak, fall.trough, fall.recovery) for fall in falls]
    [(-0.2, 2, 3, None), (-0.1, 0, 1, 2)]
    """
    at_peak = np.concatenate(([0], np.flatnonzero(path == 0) + 1, [path.size + 1]))
    found = []
    for first, last in zip(at_peak[:-1].tolist(), at_peak[1:].tolist(), strict=True):
        if last - first > 1:
            below = path[first : last - 1]
            recovery = last if last <= path.size else None
            trough = first + int(np.argmin(below)) + 1
            found.append(Fall(depth=float(below.min()), peak=first, trough=trough, recovery=recovery))
    return sorted(found, key=lambda fall: fall.depth)[:most]
