"""Round numbers and dates for the axes of charts, and which points of a long line to draw."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from newsbt._typing import Floats, Ints

__all__ = ["day_ticks", "number_text", "percent_labels", "thinned", "value_ticks"]


def value_ticks(low: float, high: float, wanted: int = 5, *, with_zero: bool = True) -> list[float]:
    """Round values that enclose [low, high], about `wanted` of them; 0 is among them unless told otherwise."""
    if with_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low < 1e-9:
        low, high = low - 0.005, high + 0.005
    raw = (high - low) / wanted
    scale = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * scale for factor in (1, 2, 2.5, 5, 10) if factor * scale >= raw * 0.999)
    return [number * step for number in range(math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9) + 1)]


def percent_labels(ticks: Sequence[float]) -> list[str]:
    """Ticks in percent, with as many digits as tell neighbours apart.

    >>> percent_labels([-0.005, 0.0, 0.005])
    ['-0.5%', '0%', '0.5%']
    """
    digits = max(0, -math.floor(math.log10(abs(ticks[1] - ticks[0]) * 100) + 1e-9))
    return ["0%" if abs(tick) < 1e-12 else f"{tick * 100:,.{digits}f}%" for tick in ticks]


def number_text(value: float) -> str:
    """A number for an axis.

    >>> number_text(1500000.0), number_text(2500.0), number_text(0.25), number_text(5.0)
    ('1.5M', '2.5k', '0.25', '5')
    """
    for size, letter in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.4g}{letter}"
    return f"{value:.4g}"


def day_ticks(first: int, last: int, most: int = 7) -> list[tuple[int, str]]:
    """Days (since 1970) to mark on the axis, about `most` at most, with their labels: beginnings of months or years."""
    start, end = np.datetime64(first, "D"), np.datetime64(last, "D")
    months = np.arange(start.astype("M8[M]"), end.astype("M8[M]") + 1)
    begins = months[(months.astype("M8[D]") >= start) & (months.astype("M8[D]") <= end)]
    if len(begins) < 2:
        chosen = np.unique(np.linspace(first, last, min(5, most)).astype(np.int64))
        return [(int(day), str(np.datetime64(int(day), "D"))) for day in chosen]
    step = next((k for k in (1, 2, 3, 6) if len(begins) / k <= most), 12 * math.ceil(len(begins) / (12 * most)))
    aligned = begins[begins.astype(np.int64) % step == 0]
    return [(int(month.astype("M8[D]").astype(np.int64)), str(month)) for month in aligned]


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
