"""Round numbers for charts, and which points of a long line to draw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from newsbt._typing import Floats, Ints

__all__ = ["number_text", "thinned", "value_ticks"]


def value_ticks(
    low: float, high: float, wanted: int = 5, *, with_zero: bool = True, only_whole: bool = False
) -> list[float]:
    """Round values that enclose [low, high], about `wanted` of them; 0 is among them unless told otherwise. Counts want
    `only_whole` ones."""
    if with_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low < 1e-9 * max(abs(low), abs(high), 1.0):
        spread = 0.005 * max(abs(low), abs(high), 1.0)
        low, high = low - spread, high + spread
    raw = (high - low) / wanted
    scale = 10.0 ** math.floor(math.log10(raw))
    factors = (1, 2, 5, 10) if only_whole else (1, 2, 2.5, 5, 10)
    step = next(factor * scale for factor in factors if factor * scale >= raw * 0.999)
    step = max(step, 1.0) if only_whole else step
    return [number * step for number in range(math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9) + 1)]


def number_text(value: float) -> str:
    """A number for an axis, exact.

    >>> number_text(1500000.0), number_text(2500.0), number_text(0.25), number_text(5.0), number_text(1234567.0)
    ('1.5M', '2.5k', '0.25', '5', '1,234,567')
    """
    size, letter = _unit(abs(value))
    short = f"{_exactly([value / size])[0]}{letter}"
    plain = _exactly([value])[0]
    return short if len(short) <= 6 else min(plain, short, key=len)


def _unit(largest: float) -> tuple[float, str]:
    for size, letter in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if largest >= size:
            return size, letter
    return 1.0, ""


def _exactly(values: Sequence[float]) -> list[str]:
    """Numbers with the same digits after the point, the fewest that say each of them to nine figures, and to a
    thousandth of the distance between neighbours."""
    spread = min((abs(b - a) for a, b in pairwise(values) if a != b), default=math.inf)
    near = min(spread * 1e-3, max((abs(value) for value in values), default=0.0) * 1e-9)
    digits = next((k for k in range(16) if all(abs(round(value, k) - value) <= near for value in values)), 16)
    texts = [f"{value + 0.0:,.{digits}f}" for value in values]
    return ["0" if not text.strip("-0.,") else text for text in texts]


def thinned(values: Floats, most: int) -> Ints:
    """Places to draw: of a long line the lowest and highest of each stretch, so that no drawdown goes missing."""
    count = len(values)
    if count <= most:
        return np.arange(count)
    kept = [0, count - 1]
    for stretch in np.array_split(np.arange(count), most // 2):
        finite = stretch[np.isfinite(values[stretch])]
        if finite.size:
            kept += [int(finite[values[finite].argmin()]), int(finite[values[finite].argmax()])]
    return np.unique(np.array(kept))
