"""The example notebook runs from top to bottom, and what its cells end with shows itself."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from newsbt.reports.html.figure import Figure

NOTEBOOK = Path(__file__).resolve().parents[2] / "docs" / "example.ipynb"


def run_cell(source: str, names: dict[str, Any]) -> Any:
    """Run a cell's statements; the value of its last expression is what a notebook shows."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)
    return None if last is None else eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)


def test_every_cell_runs_and_shows_something(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(NOTEBOOK.parent)
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))  # a kernel's has no file
    document = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    names: dict[str, Any] = {"__name__": "__main__"}
    shown = []
    for cell in document["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [], "outputs are made, not kept"
            shown.append(run_cell("".join(cell["source"]), names))
    assert all(value is not None for value in shown)
    first = shown[0]._repr_html_()
    assert "simulated sample" in first
    assert "<iframe" in first
    figures = [value for value in shown if isinstance(value, Figure)]
    assert len(figures) == 4
    for figure in figures:
        assert figure.blocks and "srcdoc" in figure._repr_html_()
    assert "report.html" in shown[-1]
