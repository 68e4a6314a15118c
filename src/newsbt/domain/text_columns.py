"""Columns of frames that hold texts, made of the distinct texts and each row's index into them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa

from newsbt._typing import Ints, Objects
from newsbt.domain.object_arrays import objects

__all__ = ["TextColumn", "arrow_texts", "text_column"]

TextColumn = pd.api.extensions.ExtensionArray | Objects


def arrow_texts(texts: Sequence[str] | Objects) -> pa.Array:
    """(V,): texts as pandas keeps them."""
    return pa.array(texts, pa.large_string())


def text_column(texts: pa.Array, codes: Ints) -> TextColumn:
    """(K,): row k has ``texts[codes[k]]``, and nothing where that is -1; what pandas makes of an array of those texts,
    without a Python object a row.

    >>> import numpy as np
    >>> list(text_column(arrow_texts(["buy", "sell"]), np.array([1, -1, 1])))
    ['sell', nan, 'sell']
    """
    missing = codes < 0
    if missing.all():
        return objects([None] * len(codes))  # pandas tells no column of texts by it
    found: TextColumn = pd.array(texts.take(pa.array(codes, mask=missing)), dtype="str")
    return found
