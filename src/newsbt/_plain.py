"""Values as JSON, YAML and CSV hold them; of nothing but the standard library, so that reading a config stays quick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import PurePath
from typing import TypeAlias

__all__ = ["JsonValue", "PlainValue"]

JsonValue: TypeAlias = "bool | int | float | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
PlainValue: TypeAlias = (
    "bool | int | float | str | date | timedelta | PurePath | Sequence[PlainValue] | Mapping[str, PlainValue] | None"
)
"""What a config, a rule file, a news feed or a cell of a table may hold before anybody has looked at it."""
