"""Pieces of HTML that several parts of the page are made of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from newsbt.reports.text import clean, html_text

__all__ = ["Td", "absent", "bars", "details", "facts", "key", "listed", "script_json", "section", "table"]


@dataclass(frozen=True, slots=True)
class Td:
    """A cell: what it shows, what it is sorted by, its CSS class, a tip, and whether `text` is HTML already."""

    text: str
    value: float | str | None = None
    css: str = ""
    tip: str = ""
    is_html: bool = False


def section(name: str, title: str, content: str) -> str:
    return f'<section id="{name}" aria-labelledby="{name}-h"><h2 id="{name}-h">{title}</h2>{content}</section>\n'


def absent(sentence: str) -> str:
    """Says in a sentence why something is not here."""
    return f'<p class="absent">{html_text(sentence)}</p>'


def listed(sentences: Iterable[str], kind: str) -> str:
    items = "".join(f"<li><bdi>{html_text(sentence)}</bdi></li>" for sentence in sentences)
    return f'<ul class="{kind}">{items}</ul>' if items else ""


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    rows = "".join(
        f"<div><dt>{html_text(label)}</dt><dd><bdi>{html_text(text)}</bdi></dd></div>" for label, text in pairs
    )
    return f'<dl class="facts">{rows}</dl>' if rows else ""


def details(summary: str, content: str) -> str:
    return f"<details><summary>{html_text(summary)}</summary>{content}</details>"


def key(css: str, dash: str = "") -> str:
    """A sample of a line, for legends and beside names in tables."""
    return (
        f'<svg class="key" viewBox="0 0 24 8" aria-hidden="true" focusable="false"><path class="ln {css}" '
        f'stroke-dasharray="{dash}" d="M1 4H23"/></svg>'
    )


def bars(*segments: tuple[float, float, str], zero: float | None = None) -> str:
    """Bars, each from a start to an end of a track of length 1 and of a CSS class, for the inside of a cell."""
    drawn = []
    for start, end, css in segments:
        low, high = sorted((min(max(start, 0.0), 1.0), min(max(end, 0.0), 1.0)))
        drawn.append(
            f'<rect class="bar {css}" x="{low * 200:.1f}" y="1" width="{max((high - low) * 200, 1):.1f}" height="10"/>'
        )
    line = "" if zero is None else f'<path class="axis0" d="M{min(max(zero, 0.0), 1.0) * 200:.1f} 0V12"/>'
    return (
        '<svg class="track" viewBox="0 0 200 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f"{''.join(drawn)}{line}</svg>"
    )


def table(
    header: Sequence[tuple[str, str]],
    body: Iterable[Sequence[Td]],
    caption: str,
    *,
    sortable: bool = False,
    css: str = "",
) -> str:
    """A table whose first column heads the rows. `header` has a title and a kind each: ``text``, ``number`` or
    ``bar``; a sortable one sorts by the cells' values when its script runs."""
    parts = [f'<div class="wide" role="region" tabindex="0" aria-label="{html_text(caption)}">']
    marks = " ".join([*(["sortable"] if sortable else []), *([css] if css else [])])
    parts.append(f'<table class="{marks}"><caption><span>{html_text(caption)}</span></caption><thead><tr>')
    for title, kind in header:
        parts.append(f'<th scope="col"{_KINDS[kind]}>{html_text(title)}</th>')
    parts.append("</tr></thead><tbody>")
    for cells in body:
        parts.append("<tr>")
        for index, (cell, (_, kind)) in enumerate(zip(cells, header, strict=True)):
            parts.append(_cell(cell, kind, is_head=index == 0))
        parts.append("</tr>")
    parts.append("</tbody></table></div>")
    return "".join(parts)


_KINDS = {"text": "", "number": ' class="n"', "bar": ' class="b"'}


def _cell(cell: Td, kind: str, *, is_head: bool) -> str:
    css = " ".join([*({"number": ["n"], "bar": ["b"]}.get(kind, [])), *([cell.css] if cell.css else [])])
    marks = (f' class="{css}"' if css else "") + (f' title="{html_text(cell.tip)}"' if cell.tip else "")
    if cell.value is not None:
        value = f"{cell.value:.10g}" if isinstance(cell.value, float | int) else html_text(cell.value)
        marks += f' data-v="{value}"'
    text = cell.text if cell.is_html else html_text(cell.text)
    inside = text if kind != "text" else f"<bdi>{text}</bdi>"
    return f'<th scope="row"{marks}>{inside}</th>' if is_head else f"<td{marks}>{inside}</td>"


def script_json(element_id: str, value: Any) -> str:
    """Data for the page's scripts. No text in it can end the element or begin another."""
    text = json.dumps(_cleaned(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for letter, escaped in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(letter, escaped)
    return f'<script type="application/json" id="{element_id}">{text}</script>\n'


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(name): _cleaned(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    return value
