"""A curve in a line of text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.text import Text

__all__ = ["Sparkline", "spark"]

BLOCKS = "▁▂▃▄▅▆▇█"
PLAIN = "_.,-=+*#"  # where the terminal's encoding has no blocks


def spark(values: Sequence[float], width: int, letters: str = BLOCKS) -> str:
    """The last values of `width` stretches of a curve, from its lowest to its highest; blanks where none is finite.

    >>> spark([1, 2, 3, 4, 5, 6, 7, 8], 8)
    '▁▂▃▄▅▆▇█'
    """
    found = np.asarray(values, dtype=np.float64)
    if not len(found) or not np.isfinite(found).any():
        return " " * width
    stretches = np.array_split(found, min(width, len(found)))
    ends = np.array([part[np.isfinite(part)][-1] if np.isfinite(part).any() else np.nan for part in stretches])
    low, high = float(np.nanmin(found)), float(np.nanmax(found))
    if high - low <= 1e-12 * max(abs(high), 1.0):
        middle = letters[len(letters) // 2 - 1]
        return "".join(" " if np.isnan(value) else middle for value in ends)
    steps = np.minimum((ends - low) / (high - low) * len(letters), len(letters) - 1)
    return "".join(" " if np.isnan(step) else letters[int(step)] for step in steps)


class Sparkline:
    """A curve as a cell of a table, in letters that the console can write."""

    def __init__(self, values: Sequence[float], width: int, style: str = "") -> None:
        self._values, self._width, self._style = values, width, style

    def text(self, *, ascii_only: bool) -> Text:
        """At most the width that was asked for, in blocks or in letters of ASCII."""
        letters = PLAIN if ascii_only else BLOCKS
        return Text(spark(self._values, self._width, letters), style=self._style)
