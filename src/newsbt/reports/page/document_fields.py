"""Reading parts of documents that others wrote, without trusting their shape."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from newsbt._typing import Floats
from newsbt.reports.html.page_blocks import Absent, Block

__all__ = ["BAD_SHAPE", "numbers", "read_part"]

BAD_SHAPE = (KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError)


def read_part(name: str, draw: Callable[[], list[Block]]) -> list[Block]:
    """A part of the page, or a sentence that says that its part of evidence.json has another shape than it should."""
    try:
        return draw()
    except BAD_SHAPE as error:
        return [Absent(f"The part {name!r} of evidence.json could not be read: {type(error).__name__}: {error}.")]


def numbers(values: Sequence[float | None]) -> Floats:
    """Numbers of a JSON list, NaN for null."""
    found: Floats = np.array([math.nan if value is None else float(value) for value in values], dtype=np.float64)
    return found
