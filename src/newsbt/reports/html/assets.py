"""The style sheet and scripts of the pages, which lie beside this file, and the chart library that they carry."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from newsbt.reports import theme

__all__ = ["chart_script", "chart_style", "script", "style"]


@cache
def style() -> str:
    """The whole style sheet: the theme's colours, then the page's rules."""
    return theme.variables() + _read("page.css")


@cache
def script(name: str) -> str:
    """A script by its file name."""
    return _read(name)


@cache
def chart_style() -> str:
    """The chart library's own rules."""
    return _read("uplot", "uPlot.min.css")


@cache
def chart_script() -> str:
    """The chart library, its licence before it, and the script that draws charts with it."""
    licence = _read("uplot", "LICENSE.txt").replace("*/", "* /")
    return f"/*\n{licence}*/\n{_read('uplot', 'uPlot.iife.min.js')}\n{_read('charts.js')}"


def _read(*names: str) -> str:
    return files("newsbt.reports.html").joinpath(*names).read_text(encoding="utf-8")
