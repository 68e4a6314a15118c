"""Links of the documentation, and their anchors, lead somewhere: relative ones, and README's into the site."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "docs").rglob("[!_]*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    """Those that are written, and those that a heading makes as GitHub makes them."""
    text = page.read_text(encoding="utf-8")
    written = set(re.findall(r'<a id="([^"]+)"', text))
    headings = re.findall(r"^#+ (.+?) *$", re.sub(r"```.*?```", "", text, flags=re.S), re.M)
    return written | {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_readmes_links_stand_by_themselves_and_lead_somewhere() -> None:
    """It is read on the package index too, where nothing is beside it."""
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]
    raw = urls["Source"].replace("//github.com/", "//raw.githubusercontent.com/") + "/main/"
    dead = []
    for link in LINK.findall((ROOT / "README.md").read_text(encoding="utf-8")):
        name, _, anchor = link.partition("#")
        if link.startswith(urls["Documentation"]):
            name = name.removeprefix(urls["Documentation"])
            page = ROOT / "docs" / (name.removesuffix(".html") + ".md" if name else "index.md")
            if not page.exists() or (anchor and anchor not in anchors(page)):
                dead.append(link)
        elif link.startswith((raw, urls["Source"] + "/blob/main/")):
            if not (ROOT / name.removeprefix(raw).removeprefix(urls["Source"] + "/blob/main/")).exists():
                dead.append(link)
        elif link != "https://www.backtrader.com":
            dead.append(link)
    assert not dead, f"README.md: {dead} lead nowhere, or not from everywhere"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    dead = []
    for link in LINK.findall(text):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert not dead, f"{page.name}: {dead} lead nowhere"


def test_links_are_found() -> None:
    assert sum(len(LINK.findall(page.read_text(encoding="utf-8"))) for page in PAGES) > 90
