"""How objects show themselves in a terminal, a debugger and a failed assertion: a few lines that tell what they are."""

from __future__ import annotations

import dataclasses
import itertools
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["LINES", "WIDTH", "brief", "lines", "of_fields", "plain_line", "short"]

LINES = 20
WIDTH = 98  # so that LINES of them are at most 2,000 characters
NAMED_BY = ("name", "event_id", "item_id", "ticker", "strategy")


def brief(self: DataclassInstance) -> str:
    """A dataclass by its type and the fields that differ from their defaults, each of them short.

    Take it as a class's own: ``__repr__ = brief``.
    """
    fields = (one for one in dataclasses.fields(self) if one.repr and not _is_default(one, getattr(self, one.name)))
    return of_fields(type(self).__qualname__, ((one.name, short(getattr(self, one.name))) for one in fields))


def of_fields(name: str, fields: Iterable[tuple[str, str]]) -> str:
    """What is shown by the name of its type and fields with their texts: on one line, or one a line."""
    parts = [f"{field}={text}" for field, text in fields]
    whole = f"{name}({', '.join(parts)})"
    return whole if len(whole) <= WIDTH else lines([f"{name}(", *(f"  {one}," for one in parts), ")"])


def lines(texts: Sequence[str]) -> str:
    """At most `LINES` lines of at most `WIDTH` characters; the last one stays, and what is left out is counted."""
    if len(texts) > LINES:
        gone = len(texts) - LINES + 1
        texts = [*texts[: LINES - 2], f"  ... {gone} more", texts[-1]]
    return "\n".join(one if len(one) <= WIDTH else f"{one[: WIDTH - 3]}..." for one in texts)


def plain_line(text: str, most: int = WIDTH) -> str:
    """A text on one line without control characters, cut where it is longer."""
    plain = "".join(one if one.isprintable() else " " for one in text)
    return plain if len(plain) <= most else f"{plain[: most - 3]}..."


def short(value: Any, most: int = 72) -> str:
    """A value on one line: tables and arrays by their size, collections by their first items, objects by their name.

    Examples
    --------
    >>> import numpy as np
    >>> short(np.zeros((283, 4))), short(["a", "b", "c", "d", "e"]), short({"x": 1})
    ('float64 array of (283, 4)', "['a', ... 5 in all]", "{'x': 1}")
    """
    text = _short(value)
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _short(value: Any) -> str:
    if isinstance(value, str | bytes):
        return repr(value[:80]) if len(value) <= 80 else f"{value[:60]!r}... {len(value):,} long"
    if _is(value, "pandas", "DataFrame"):
        return f"DataFrame of {len(value):,} rows: {', '.join(map(str, value.columns[:6]))}"
    if _is(value, "pandas", "Series", "Index"):
        return f"{type(value).__name__} of {len(value):,}"
    if _is(value, "numpy", "ndarray"):
        return f"{value.dtype if value.dtype.names is None else 'record'} array of {value.shape}"
    if _is(value, "numpy", "generic"):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, PurePath):
        return repr(str(value))
    if isinstance(value, Mapping):
        return _listed((f"{short(key, 24)}: {short(item, 24)}" for key, item in value.items()), len(value), "{}")
    if isinstance(value, tuple | list | set | frozenset):
        around = "()" if isinstance(value, tuple) else "[]" if isinstance(value, list) else "{}"
        return _listed((short(item, 24) for item in value), len(value), around)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _named(value)
    if callable(value):
        return str(getattr(value, "__qualname__", type(value).__qualname__))
    return " ".join(repr(value).split())


def _is(value: Any, library: str, *names: str) -> bool:
    """Whether it is of one of a library's classes, without importing what nobody has imported."""
    loaded = sys.modules.get(library)
    return loaded is not None and isinstance(value, tuple(getattr(loaded, name) for name in names))


def _listed(items: Iterable[str], count: int, around: str) -> str:
    shown = list(itertools.islice(items, 3 if count <= 3 else 1))
    shown += [f"... {count:,} in all"] if count > 3 else []
    return f"{around[0]}{', '.join(shown)}{',' if around == '()' and count == 1 else ''}{around[1]}"


def _named(value: DataclassInstance) -> str:
    names = {one.name for one in dataclasses.fields(value)}
    known = next((one for one in NAMED_BY if one in names), None)
    return f"{type(value).__qualname__}({short(getattr(value, known), 40) if known else '...'})"


def _is_default(field: dataclasses.Field[Any], value: Any) -> bool:
    """Whether a field says nothing: what it has where nobody sets it."""
    if _is(value, "pandas", "DataFrame", "Series") or _is(value, "numpy", "ndarray"):
        return False
    if field.default is not dataclasses.MISSING:
        return value is field.default or (type(value) is type(field.default) and _same(value, field.default))
    may_be_empty = field.default_factory is not dataclasses.MISSING and isinstance(value, Mapping | Sequence)
    return may_be_empty and not value


def _same(one: Any, other: Any) -> bool:
    return bool(one == other or (isinstance(one, float) and math.isnan(one) and math.isnan(other)))
