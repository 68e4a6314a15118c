"""The example notebook runs from top to bottom, and what its cells show is still there once it is exported to HTML."""

from __future__ import annotations

import ast
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter

import newsbt
from newsbt.reports.html.figure import Figure
from page_outline import Outline

NOTEBOOK = Path(__file__).resolve().parents[2] / "docs" / "example.ipynb"


def run_cell(source: str, names: dict[str, Any]) -> Any:
    """Run a cell's statements; the value of its last expression is what a notebook shows."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)
    return None if last is None else eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)


class Exported(HTMLParser):
    """The cells' values, and of the HTML that nbconvert made of them the documents of frames and the text of cells."""

    def __init__(self, shown: list[Any], html: str) -> None:
        super().__init__()
        self.shown, self.html = shown, html
        self.frames: list[str] = []
        self.cells: list[list[str]] = [[]]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "iframe":
            self.frames.append(str(dict(attrs)["srcdoc"]))
        if tag == "tr":
            self.cells.append([])

    def handle_data(self, data: str) -> None:
        self.cells[-1].append(data.strip())


@pytest.fixture(scope="module")
def exported() -> Exported:
    document = nbformat.read(NOTEBOOK, as_version=4)
    names: dict[str, Any] = {"__name__": "__main__"}
    shown = []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(NOTEBOOK.parent)
        patch.setitem(sys.modules, "__main__", ModuleType("__main__"))  # a kernel's has no file
        for cell in document["cells"]:
            if cell["cell_type"] == "code":
                assert cell["outputs"] == [], "outputs are made, not kept"
                value = run_cell(cell["source"], names)
                shown.append(value)
                html = {"text/html": value._repr_html_()} if hasattr(value, "_repr_html_") else {}
                cell["outputs"] = [
                    nbformat.v4.new_output("execute_result", {"text/plain": repr(value), **html}, execution_count=1)
                ]
    return Exported(shown, HTMLExporter().from_notebook_node(document)[0])


def test_every_cell_runs_and_shows_something(exported: Exported) -> None:
    assert all(value is not None for value in exported.shown)
    assert sum(isinstance(value, Figure) for value in exported.shown) == 4
    assert "report.html" in exported.shown[-1]


def test_tables_survive_export(exported: Exported) -> None:
    result: newsbt.Result = exported.shown[0]
    assert "simulated sample" in exported.html
    for name, row in result.table.iterrows():
        ours = [cells for cells in exported.cells if name in cells]
        exact = f"{row['total_return']:.6f}"
        assert any(exact in cells for cells in ours), "result.table"
        assert any(f"{row['sharpe']:.2f}" in " ".join(cells) and exact not in cells for cells in ours), "result"


def test_figures_survive_export_with_all_that_they_need(exported: Exported) -> None:
    figures = [value for value in exported.shown if isinstance(value, Figure)]
    assert len(exported.frames) == 1 + len(figures)  # the result has one too
    for figure, document in zip(figures, exported.frames[1:], strict=True):
        page = Outline(document)  # fails on an address that leads out of it
        assert len(page.charts) == len(figure.charts) and ("uPlot" in document) == bool(figure.charts)
        assert figure.charts or "td" in page.tags
        lines = {line.name for chart in figure.charts for line in chart.series}
        drawn = {line["name"] for chart in page.charts.values() for one in chart["tables"] for line in one["series"]}
        assert drawn == lines


@pytest.mark.browser
def test_figures_of_an_exported_notebook_are_drawn(exported: Exported, browser: Any, tmp_path: Path) -> None:
    """Though nobody answers what nbconvert's own page asks of the network."""
    page = tmp_path / "notebook.html"
    page.write_text(exported.html, encoding="utf-8")
    browser.driver.execute_cdp_cmd("Network.enable", {})
    browser.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["http://*", "https://*"]})
    try:
        browser.size(820, 900)
        browser.open(page)
        for frame in browser.all("iframe"):
            browser.run("arguments[0].scrollIntoView()", frame)
            browser.driver.switch_to.frame(frame)
            for plot in browser.all(".plot"):
                end = time.monotonic() + 5
                while not plot.find_elements("css selector", "canvas"):
                    assert time.monotonic() < end, "nothing is drawn"
                    time.sleep(0.05)
            assert browser.all(".plot, table")
            page = "const page = document.documentElement; return"
            wide, high = browser.run(f"{page} [page.scrollWidth - innerWidth, page.scrollHeight - innerHeight]")
            assert wide <= 0 and high <= 0, "nothing of it is cut off"
            browser.driver.switch_to.default_content()
    finally:
        browser.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
