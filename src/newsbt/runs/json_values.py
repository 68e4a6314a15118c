"""Values as strict JSON has them: no NaN, no infinity, no numpy, times as ISO 8601."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Set
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["as_json", "plain"]


def plain(value: Any) -> Any:
    """A value as JSON can say it: NaN, NaT and the infinities become None, keys become text.

    >>> plain({"a": np.float64("nan"), "b": (np.int64(2), date(2025, 3, 6)), "c": {"z", "y"}})
    {'a': None, 'b': [2, '2025-03-06'], 'c': ['y', 'z']}
    """
    if value is None or (isinstance(value, str | bool | int) and not isinstance(value, np.generic)):
        return value
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, np.integer):
        return int(value)
    if value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, np.datetime64):
        return _instant(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Set):
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, np.ndarray | pd.Series | pd.Index):
        return [plain(item) for item in value.tolist()] if value.dtype.kind != "M" else [plain(item) for item in value]
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    if isinstance(value, PurePath):
        return value.as_posix()
    return str(value)


def _instant(value: np.datetime64) -> str | None:
    if np.isnat(value):
        return None
    day = value.astype("M8[D]")
    return str(day) if day == value else str(value.astype("M8[s]")) + "Z"


def as_json(value: Any, *, indent: int | None = 2, ascii_only: bool = True) -> str:
    """Text of a JSON document; ASCII unless told otherwise, so that any terminal and pipe can carry it.

    >>> as_json({"a": "\u9f99\x9b", "b": float("nan")}, indent=None)
    '{"a": "\\\\u9f99\\\\u009b", "b": null}'
    """
    return json.dumps(plain(value), allow_nan=False, indent=indent, ensure_ascii=ascii_only)
