"""Sphinx's configuration of the documentation site: `make docs` builds it into docs/_build/html."""

from __future__ import annotations

import re
from importlib.metadata import version as version_of
from pathlib import Path

from sphinx.application import Sphinx

project = "newsbt"
author = "The newsbt developers"
copyright = "2026, the newsbt developers"
release = version_of("newsbt")
version = release

extensions = ["myst_parser", "sphinx_copybutton"]
exclude_patterns = ["_build"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist"]
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True
copybutton_remove_prompts = True

html_theme = "furo"
html_title = f"newsbt {release}"
html_static_path = ["_static"]
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

    source[0] = BESIDE.sub(outside, ANCHOR.sub(r"(\1)=", source[0]))


def setup(app: Sphinx) -> None:
    app.connect("source-read", as_myst)
