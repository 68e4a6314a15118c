"""Arrays of texts and other Python values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from newsbt._plain import PlainValue
from newsbt._typing import Objects

__all__ = ["objects"]


def objects(values: Sequence[PlainValue | tuple[str, ...]]) -> Objects:
    """(K,): the values as they are, tuples too, none of them turned into an array's own kind of text or number.

    >>> objects(["9988.HK", None])
    array(['9988.HK', None], dtype=object)
    """
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found
