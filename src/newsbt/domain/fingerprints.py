"""What tells apart things that were never files: the content of DataFrames, and the parameters of objects."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from datetime import date, time, timedelta
from functools import partial
from numbers import Number, Real
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import numpy as np
import pandas as pd

from newsbt.domain.frames import plain_cell

__all__ = ["described", "frame_hash"]

DEEPEST = 10  # an object inside of objects beyond it is told by its type alone


def frame_hash(frame: pd.DataFrame | Mapping[str, pd.DataFrame]) -> str:
    """SHA-256 of a frame's columns, by name, and of its index where that has one or is of times; the columns' order is
    no content. Of frames by name, of all of them.

    Examples
    --------
    >>> one = pd.DataFrame({"a": [1, 2], "b": ["x", None]})
    >>> frame_hash(one) == frame_hash(one[["b", "a"]].set_axis([7, 8]))
    True
    """
    if isinstance(frame, Mapping):
        named = sorted((str(name), frame_hash(one)) for name, one in frame.items())
        return hashlib.sha256(repr(named).encode()).hexdigest()
    parts: list[tuple[str, pd.Series | pd.Index]] = [
        (str(name), frame.iloc[:, k]) for k, name in enumerate(frame.columns)
    ]
    parts += [(str(name), frame.index.get_level_values(k)) for k, name in enumerate(frame.index.names) if name]
    if isinstance(frame.index, pd.DatetimeIndex | pd.PeriodIndex) and not frame.index.name:
        parts.append(("", frame.index))
    digest = hashlib.sha256()
    for name, values in sorted(parts, key=lambda part: part[0]):
        digest.update(f"{name}\0".encode())
        digest.update(_hashed(values))
    return digest.hexdigest()


def _hashed(values: pd.Series | pd.Index) -> bytes:
    if values.dtype != object:
        try:
            return _row_hashes(values)
        except (TypeError, ValueError, NotImplementedError):  # a type of pandas or pyarrow that has no hashes
            pass
    return _row_hashes(_as_text(values))


def _row_hashes(values: pd.Series | pd.Index) -> bytes:
    return pd.util.hash_pandas_object(values, index=False, categorize=False).to_numpy().tobytes()


def _as_text(values: pd.Series | pd.Index) -> pd.Series:
    """Lists of every kind and other objects in cells as text, blanks of every kind alike."""
    cells = [plain_cell(cell) for cell in values.tolist()]
    return pd.Series([cell if isinstance(cell, str | None) else str(cell) for cell in cells], dtype=object)


def described(value: Any) -> Any:
    """A parameter in the words of a config: plain values as they are, arrays and frames by a hash of their content,
    functions by one of their code, other objects by what they hold. The same content gives the same words, in every
    process; an object that is met again is told by its type."""
    return _Described().words(value, DEEPEST)


class _Described:
    def __init__(self) -> None:
        self._met: dict[int, Any] = {}  # by id; holding them keeps ids from being used again

    def words(self, value: Any, depth: int) -> Any:
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, str | bool | Real | date | timedelta | Path | None):
            return value
        if isinstance(value, Number | bytes | time):
            return f"<{value!r}>"
        if isinstance(value, np.ndarray):
            return self.words(pd.DataFrame({"values": value.ravel(), "shape": str(value.shape)}), depth)
        if isinstance(value, pd.DataFrame | pd.Series | pd.Index):
            frame = value if isinstance(value, pd.DataFrame) else value.to_frame()
            return f"<{type(value).__name__} {frame_hash(frame)[:12]}>"
        if isinstance(value, FunctionType):
            return f"<{value.__qualname__} {self._code_hash(value, depth)}>"
        if isinstance(value, type) or (callable(value) and hasattr(value, "__qualname__")):
            return f"<{value.__qualname__}>"
        if depth == 0 or id(value) in self._met:
            return f"<{type(value).__name__}>"
        self._met[id(value)] = value
        if isinstance(value, Mapping):
            return {str(key): self.words(inner, depth - 1) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.words(inner, depth - 1) for inner in value]
        if isinstance(value, set | frozenset):
            return sorted((self.words(inner, depth - 1) for inner in value), key=repr)
        return {f"<{type(value).__name__}>": {name: self.words(it, depth - 1) for name, it in _held(value).items()}}

    def _code_hash(self, function: FunctionType, depth: int) -> str:
        cells = [cell.cell_contents for cell in function.__closure__ or ()]
        given = self.words([function.__defaults__, function.__kwdefaults__, cells], max(depth - 1, 0))
        return hashlib.sha256(repr([*_code_parts(function.__code__), given]).encode()).hexdigest()[:12]


def _held(value: Any) -> dict[str, Any]:
    """What an object holds, by name."""
    if isinstance(value, partial):
        return {"function": value.func, "arguments": value.args, "keywords": value.keywords}
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    slots = [name for cls in type(value).__mro__ for name in _names(cls.__dict__.get("__slots__", ()))]
    found = {name: getattr(value, name) for name in slots if hasattr(value, name)}
    return found | dict(getattr(value, "__dict__", {}))


def _names(slots: Any) -> tuple[str, ...]:
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _code_parts(code: CodeType) -> list[Any]:
    """What a function does, without where it stands."""
    inner = [_code_parts(one) if isinstance(one, CodeType) else repr(one) for one in code.co_consts]
    return [code.co_code, code.co_names, code.co_varnames, inner]
