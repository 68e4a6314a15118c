"""The style sheet and scripts of the pages, which lie beside this file."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from newsbt.reports import theme

__all__ = ["script", "style"]


@cache
def style() -> str:
    """The whole style sheet: the theme's colours, then the page's rules."""
    return theme.variables() + _read("page.css")


@cache
def script(name: str) -> str:
    """A script by its file name."""
    return _read(name)


def _read(name: str) -> str:
    return files("newsbt.reports.page").joinpath(name).read_text(encoding="utf-8")
