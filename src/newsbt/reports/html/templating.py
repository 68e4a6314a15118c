"""Pages from the Jinja templates beside this file, which escape whatever they are given."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from newsbt._plain import PlainValue
from newsbt.reports.html import assets
from newsbt.reports.html.page_blocks import Block
from newsbt.reports.text import clean

__all__ = ["fragment_of", "page_of"]

# Nothing may be fetched, whatever the data says: the browser enforces it.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)


def page_of(
    title: str,
    blocks: Sequence[Block],
    *,
    lead: Sequence[Block] = (),
    under: str = "",
    contents: Sequence[tuple[str, str]] = (),
    scripts: Sequence[str] = (),
    css: str = "",
) -> str:
    """A whole HTML document that fetches nothing.

    Parameters
    ----------
    title : str
        Its heading, and with the program's name that of the window.
    lead : sequence of Block
        What stands above the contents, in its header.
    under : str
        Small print below the title.
    contents : sequence of (name, title)
        Anchors and words of the links at its top.
    scripts : sequence of str
        Names of scripts beside this file. The chart library is carried by pages with a chart, or with event cards.
    css : str
        Class of its body.
    """
    charted = any(map(_has_chart, [*lead, *blocks]))
    return _environment().get_template("page.html").render(
        title=title, lead=lead, blocks=blocks, under=under, contents=contents, css=css, policy=POLICY,
        styles=[assets.style(), *([assets.chart_style()] if charted else [])],
        scripts=[*([assets.chart_script()] if charted else []), *map(assets.script, scripts)],
    )  # fmt: skip


def fragment_of(template: str, **values: Any) -> str:
    """One of the templates, for the inside of another page."""
    return _environment().get_template(template).render(**values)


def _has_chart(block: Block) -> bool:
    if block.kind in ("plotted", "cards"):
        return True
    inside: Sequence[Block] = getattr(block, "blocks", ())
    return any(map(_has_chart, inside))


T = TypeVar("T")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("newsbt.reports.html"), autoescape=True, undefined=StrictUndefined, finalize=_cleaned,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.filters["json"] = _script_json
    made.filters["verbatim"] = Markup
    return made


def _cleaned(value: T) -> T | str:
    """Text from data without what would rearrange or end its surroundings."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _script_json(value: PlainValue) -> Markup:
    """Data for the page's scripts. No text in it can end the element or begin another."""
    text = json.dumps(_plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for letter, escaped in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(letter, escaped)
    return Markup(text)


def _plain(value: PlainValue) -> PlainValue:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):  # of a damaged table: JSON has no such numbers
        return None
    return value
