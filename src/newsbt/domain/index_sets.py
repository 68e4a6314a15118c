"""Sets of whole numbers and instants, without the tables of hashes in which numpy keeps them, which take ten times as
long where most of a million differ."""

from __future__ import annotations

import numpy as np

from newsbt._typing import Bools, Instants, Ints

__all__ = ["among", "distinct", "in_order"]


def distinct(indices: Ints) -> int:
    """How many different indices there are, none of them negative.

    >>> distinct(np.array([4, 0, 4]))
    2
    """
    return int(np.count_nonzero(np.bincount(indices)))


def among(keys: Ints, known: Ints) -> Bools:
    """(K,): whether each key is one of those known.

    >>> among(np.array([4, 0, 7]), np.array([7, 4])).tolist()
    [True, False, True]
    """
    if not len(known):
        return np.zeros(len(keys), dtype=np.bool_)
    listed = np.sort(known)
    found: Bools = listed[np.minimum(np.searchsorted(listed, keys), len(listed) - 1)] == keys
    return found


def in_order(instants: Instants) -> Instants:
    """Each of the instants once, in order."""
    ordered = np.sort(instants)
    found: Instants = ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))] if len(ordered) else ordered
    return found
