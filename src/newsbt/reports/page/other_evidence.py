"""Sections of evidence.json that no chart is drawn of: their values as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from newsbt._plain import PlainValue
from newsbt.reports.html.page_blocks import Block, Table, Td, Under
from newsbt.reports.page.document_fields import read_part
from newsbt.reports.page.shown_strategies import MOST_ROWS, left_out, table_rows
from newsbt.reports.page.view import PageView
from newsbt.reports.table_columns import MISSING

__all__ = ["DRAWN", "other_evidence"]

DRAWN = frozenset({"placebo", "decay", "capacity", "attribution", "study", "sweep"})
"""The sections that have a place of their own on the page."""

MOST_OF_LIST = 50


def other_evidence(view: PageView) -> Iterator[tuple[str, list[Block]]]:
    """The title and content of each section that is not :data:`DRAWN`."""
    for name, found in view.evidence.items():
        if name not in DRAWN and found:
            yield name.replace("_", " ").capitalize(), read_part(name, partial(_drawn, view, found))


def _drawn(view: PageView, found: Any) -> list[Block]:
    names = [str(row.get("name")) for row in view.rows]
    if isinstance(found, Mapping) and set(found) <= set(names):
        shown = [str(row.get("name")) for row in table_rows(view, MOST_ROWS)]
        blocks = [block for name in shown if name in found for block in _value(name, found[name])]
        return [*blocks, *left_out(view, MOST_ROWS)]
    return _value("", found)


def _value(title: str, value: PlainValue) -> list[Block]:
    """A JSON value: single values of a mapping in one table, lists of mappings in one each."""
    if isinstance(value, Mapping):
        single = {key: one for key, one in value.items() if _is_single(one)}
        body = [[Td(str(key)), Td(_text(one))] for key, one in single.items()]
        parts: list[Block] = []
        if body:
            parts.append(Table([("", "text"), ("Value", "number")], body, title or "Values"))
        rest = {key: one for key, one in value.items() if key not in single and one}
        for key, one in rest.items():
            parts += _value(f"{title}: {key}" if title else str(key), one)
        return parts
    if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        return [_records(title, value)]
    if isinstance(value, list):
        return [Under((f"{title}: " if title else "") + ", ".join(map(_text, value)))]
    return _value("", {title: value})


def _records(title: str, rows: Sequence[Mapping[str, PlainValue]]) -> Table:
    keys = list(dict.fromkeys(key for row in rows for key, one in row.items() if _is_single(one)))
    body = [[Td(_text(row.get(key))) for key in keys] for row in rows[:MOST_OF_LIST]]
    left = len(rows) - len(body)
    caption = (title or "Rows") + (f", the first {MOST_OF_LIST:,} of {len(rows):,}" if left else "")
    return Table([(str(key), "text" if k == 0 else "number") for k, key in enumerate(keys)], body, caption)


def _is_single(value: PlainValue) -> bool:
    return not isinstance(value, Mapping | list)


def _text(value: PlainValue) -> str:
    if value is None:
        return MISSING
    return f"{value:.6g}" if isinstance(value, float) else str(value)
