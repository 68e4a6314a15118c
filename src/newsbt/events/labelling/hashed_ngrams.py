"""Pieces of texts as numbers: every run of a few characters falls into one of many buckets, by a hash, for good."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from newsbt._typing import Ints
from newsbt.domain.folding import fold

__all__ = ["BITS", "LONGEST", "bucket_shares"]

LONGEST = 4  # characters
BITS = 15  # of the number of buckets
_EDGES = ("\x02", "\x03")
_STEP, _SIGN = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_SHIFT, _TOP = np.uint64(29), np.uint64(64 - BITS)


def bucket_shares(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """The buckets that the texts' runs of 1 to :data:`LONGEST` characters fall into, each once a text.

    Case, width and signs that look alike are folded; blanks are one blank. Which runs fell into a bucket cannot be
    told: some hundred thousand kinds share :data:`BITS` bits of buckets.

    Returns
    -------
    buckets : array of int, shape (N,)
        Those of the first text in order, then those of the second, ...
    starts : array of int, shape (T + 1,)
        Where each text's buckets begin, and the end.
    """
    plain = [_EDGES[0] + " ".join(fold(one).split()) + _EDGES[1] for one in texts]
    codes = np.frombuffer("".join(plain).encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    owner = np.repeat(np.arange(len(plain), dtype=np.int64), [len(one) for one in plain])
    keys = []
    for length in range(1, LONGEST + 1):
        count = max(len(codes) - length + 1, 0)
        mixed = np.full(count, length, dtype=np.uint64)
        for k in range(length):
            mixed = (mixed ^ (codes[k : count + k] * _SIGN)) * _STEP
            mixed ^= mixed >> _SHIFT
        inside = owner[:count] == owner[length - 1 :]
        bucket = ((mixed * _STEP) >> _TOP).astype(np.int64)
        keys.append((owner[:count] << BITS)[inside] + bucket[inside])
    found = np.sort(np.concatenate(keys))  # np.unique hashes, which takes eight times as long
    found = found[np.diff(found, prepend=-1) > 0]
    starts = np.searchsorted(found >> BITS, np.arange(len(plain) + 1))
    return found & ((1 << BITS) - 1), starts.astype(np.int64)
