"""Sphinx's configuration of the documentation site: `make docs` builds it into docs/_build/html."""

from __future__ import annotations

import re
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

project = "newsbt"
author = "The newsbt developers"
copyright = "2026, the newsbt developers"
release = version_of("newsbt")
version = release

extensions = ["myst_nb", "sphinx_copybutton", "sphinx_click", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist"]
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300  # seconds of a cell: the first one may compile the engine
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True
copybutton_remove_prompts = True

html_theme = "furo"
html_title = f"newsbt {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_show_sphinx = False
html_copy_source = False

REPOSITORY = "https://github.com/newsbt/newsbt/blob/main/"
ANCHOR = re.compile(r'^<a id="([^"]+)"></a>$', re.M)
BESIDE = re.compile(r"\]\(((?:\.\./)+)([^)#\s]+)([^)\s]*)\)")


def as_myst(app: Sphinx, page: str, source: list[str]) -> None:
    """Pages are written for a reader of the repository too: their anchors become targets, and links to files beside
    docs/ lead into the repository."""

    def outside(link: re.Match[str]) -> str:
        target = (Path(app.srcdir) / page).parent / (link[1] + link[2])
        docs = Path(app.srcdir).resolve()
        if target.resolve().is_relative_to(docs):
            return link[0]
        return f"]({REPOSITORY}{target.resolve().relative_to(docs.parent).as_posix()}{link[3]})"

    def target(anchor: re.Match[str]) -> str:
        """Sphinx writes hyphens for the underscores of a target; links from elsewhere keep what they are."""
        return f"{anchor[0]}\n\n" * ("_" in anchor[1]) + f"({anchor[1]})="

    source[0] = BESIDE.sub(outside, ANCHOR.sub(target, source[0]))


def as_text(_: Sphinx, __: object, lines: list[str]) -> None:
    """A star in a command's help is a star, and no emphasis."""
    lines[:] = [line.replace("*", r"\*") for line in lines]


def without_nameless(_: Sphinx, __: object, lines: list[str]) -> None:
    """Leave out an argument that goes by no name in a command's help."""
    while ".. option:: " in lines:
        at = lines.index(".. option:: ")
        end = next((k for k in range(at + 1, len(lines)) if lines[k].startswith(".. ")), len(lines))
        del lines[at:end]


def with_levels(_: Sphinx, __: str, ___: str, context: dict[str, Any], ____: object) -> None:
    """The captions of the list of pages are headings; of which level, Sphinx does not say."""
    listed = context.get("furo_navigation_tree")
    if listed is not None:
        context["furo_navigation_tree"] = listed.replace('role="heading"', 'role="heading" aria-level="2"')


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", with_levels, priority=900)  # once furo has made the list
    app.connect("source-read", as_myst)
    app.connect("sphinx-click-process-description", as_text)
    app.connect("sphinx-click-process-arguments", without_nameless)
