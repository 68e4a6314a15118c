"""backtrader's own analyzers, and what they find as plain values."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import backtrader as bt

from newsbt._plain import PlainValue

__all__ = ["ANALYZERS", "Analyzer", "as_plain"]

ANALYZERS: Mapping[str, type[bt.Analyzer]] = {
    name: cls
    for name, cls in sorted(vars(bt.analyzers).items())
    if isinstance(cls, type) and issubclass(cls, bt.Analyzer) and cls is not bt.Analyzer
}


@dataclass(frozen=True, slots=True)
class Analyzer:
    """One of backtrader's analyzers with its parameters, and the name its result goes by."""

    name: str
    cls: type[bt.Analyzer]
    params: Mapping[str, PlainValue]


def as_plain(found: Any) -> PlainValue:
    """Mappings with text keys, lists, numbers and text: what JSON can hold."""
    if isinstance(found, Mapping):
        return {_key(key): as_plain(value) for key, value in found.items()}
    if isinstance(found, list | tuple):
        return [as_plain(value) for value in found]
    if found is None or isinstance(found, bool | int | float | str):
        return found
    return str(found)


def _key(key: Hashable) -> str:
    return key.isoformat() if isinstance(key, datetime | date) else str(key)
