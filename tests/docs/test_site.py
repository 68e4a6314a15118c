"""The documentation site: made without a warning, whole, searchable, and read without a network."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FETCHED = re.compile(r'<(?:script|link|img|iframe|source)[^>]*?(?:src|href)="(?:https?:)?//([^"]+)"')


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (find_spec("sphinx") and find_spec("myst_nb")):
        pytest.skip("the extra `docs` is not installed")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "-d", folder / "trees", ROOT / "docs", folder / "html"],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "html"


def test_every_page_is_in_the_site(site: Path) -> None:
    pages = {page.relative_to(ROOT / "docs").with_suffix("") for page in (ROOT / "docs").rglob("[!_]*.md")}
    assert not [str(page) for page in pages if not (site / page).with_suffix(".html").exists()]
    assert "capacity" in (site / "searchindex.js").read_text(encoding="utf-8")


def test_the_example_notebook_is_a_page_with_what_its_cells_show(site: Path) -> None:
    page = (site / "example.html").read_text(encoding="utf-8")
    assert page.count("<iframe") == 5 and page.count("srcdoc=") == 5 and "uPlot" in page
    assert "Buy on rival release</th>" in page and "It made 21.2% after all costs" in page


def test_nothing_is_fetched_from_the_network(site: Path) -> None:
    fetched = {
        f"{page.name}: {address}"
        for page in site.rglob("*.html")
        for address in FETCHED.findall(page.read_text(encoding="utf-8"))
    }
    styles = {
        f"{style.name}: {address}"
        for style in site.rglob("*.css")
        for address in re.findall(r"(?:url\(|@import )[\"']?(https?://[^)\"']+)", style.read_text(encoding="utf-8"))
    }
    assert not fetched | styles


def test_links_between_pages_stay_in_the_site_and_those_beside_docs_leave_it(site: Path) -> None:
    page = (site / "architecture.html").read_text(encoding="utf-8")
    assert 'href="https://github.com/newsbt/newsbt/blob/main/src/newsbt/pipeline.py"' in page
    assert re.search(
        r'href="\.\./evidence\.html#[\w-]*verdict"', (site / "guide/01_ten_minutes.html").read_text(encoding="utf-8")
    )
