"""What tells apart things that were never files: the content of DataFrames, and the parameters of objects."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["described", "frame_hash"]

DEEPEST = 10  # an object inside of objects beyond it is told by its type alone


def frame_hash(frame: pd.DataFrame) -> str:
    """SHA-256 of a frame's columns, by name, and of its index where that has one; the columns' order is no content.

    Examples
    --------
    >>> one = pd.DataFrame({"a": [1, 2], "b": ["x", None]})
    >>> frame_hash(one) == frame_hash(one[["b", "a"]].set_axis([7, 8]))
    True
    """
    parts: list[tuple[str, pd.Series[Any] | pd.Index]] = [
        (str(name), frame.iloc[:, k]) for k, name in enumerate(frame.columns)
    ]
    parts += [(str(name), frame.index.get_level_values(k)) for k, name in enumerate(frame.index.names) if name]
    digest = hashlib.sha256()
    for name, values in sorted(parts, key=lambda part: part[0]):
        digest.update(f"{name}\0".encode())
        digest.update(pd.util.hash_pandas_object(_hashable(values), index=False, categorize=False).to_numpy().tobytes())
    return digest.hexdigest()


def _hashable(values: pd.Series[Any] | pd.Index) -> pd.Series[Any] | pd.Index:
    """Lists and other objects in cells as text, blanks of every kind alike."""
    if values.dtype != object:
        return values
    text = pd.Series([cell if isinstance(cell, str) else str(cell) for cell in values], dtype=object)
    return text.where(np.asarray(pd.notna(values)), None)


def described(value: Any, depth: int = DEEPEST) -> Any:
    """A parameter in the words of a config: plain values as they are, arrays and frames by a hash of their content,
    other objects by what they hold. The same content gives the same words, in every process."""
    if isinstance(value, str | bool | Real | date | timedelta | Path | None):
        return value
    if isinstance(value, np.ndarray):
        return described(pd.DataFrame({"values": value.ravel(), "shape": str(value.shape)}))
    if isinstance(value, pd.DataFrame | pd.Series | pd.Index):
        frame = value if isinstance(value, pd.DataFrame) else value.to_frame()
        return f"<{type(value).__name__} {frame_hash(frame)[:12]}>"
    if isinstance(value, type) or callable(value):
        return f"<{getattr(value, '__qualname__', type(value).__name__)}>"
    if depth == 0:
        return f"<{type(value).__name__}>"
    if isinstance(value, Mapping):
        return {str(key): described(inner, depth - 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [described(inner, depth - 1) for inner in value]
    if isinstance(value, set | frozenset):
        return sorted((described(inner, depth - 1) for inner in value), key=repr)
    if dataclasses.is_dataclass(value):
        held = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    else:
        held = getattr(value, "__dict__", {})
    return {f"<{type(value).__name__}>": described(held, depth - 1)}
