"""Sections of evidence.json that no chart is drawn of: their values as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from newsbt._plain import PlainValue
from newsbt.reports.page.document_fields import read_part
from newsbt.reports.page.html_markup import Td, table
from newsbt.reports.page.view import PageView
from newsbt.reports.table_columns import MISSING
from newsbt.reports.text import html_text

__all__ = ["DRAWN", "other_evidence"]

DRAWN = frozenset({"placebo", "decay", "capacity", "attribution", "study", "sweep"})
"""The sections that have a place of their own on the page."""

MOST_ROWS = 50  # of one list


def other_evidence(view: PageView) -> Iterator[tuple[str, str]]:
    """The title and content of each section that is not :data:`DRAWN`, titles as HTML."""
    for name, found in view.evidence.items():
        if name not in DRAWN and found:
            title = html_text(name.replace("_", " ").capitalize())
            yield title, read_part(name, partial(_drawn, view, found))


def _drawn(view: PageView, found: Any) -> str:
    names = [str(row.get("name")) for row in view.rows]
    if isinstance(found, Mapping) and set(found) <= set(names):
        return "".join(_value(name, found[name]) for name in names if name in found)
    return _value("", found)


def _value(title: str, value: PlainValue) -> str:
    """A JSON value: single values of a mapping in one table, lists of mappings in one each."""
    if isinstance(value, Mapping):
        single = {key: one for key, one in value.items() if _is_single(one)}
        body = [[Td(str(key)), Td(_text(one))] for key, one in single.items()]
        inside = table([("", "text"), ("Value", "number")], body, title or "Values") if body else ""
        rest = {key: one for key, one in value.items() if key not in single and one}
        return inside + "".join(_value(f"{title}: {key}" if title else str(key), one) for key, one in rest.items())
    if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        return _records(title, value)
    if isinstance(value, list):
        return (
            f'<p class="under">{html_text(f"{title}: " if title else "")}{html_text(", ".join(map(_text, value)))}</p>'
        )
    return _value("", {title: value})


def _records(title: str, rows: Sequence[Mapping[str, PlainValue]]) -> str:
    keys = list(dict.fromkeys(key for row in rows for key, one in row.items() if _is_single(one)))
    body = [[Td(_text(row.get(key))) for key in keys] for row in rows[:MOST_ROWS]]
    left = len(rows) - len(body)
    caption = (title or "Rows") + (f", the first {MOST_ROWS:,} of {len(rows):,}" if left else "")
    return table([(str(key), "text" if k == 0 else "number") for k, key in enumerate(keys)], body, caption)


def _is_single(value: PlainValue) -> bool:
    return not isinstance(value, Mapping | list)


def _text(value: PlainValue) -> str:
    if value is None:
        return MISSING
    return f"{value:.6g}" if isinstance(value, float) else str(value)
