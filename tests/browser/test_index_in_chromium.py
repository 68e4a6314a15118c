"""The index of a runs folder in a real browser: sorted and filtered, without a network."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from made_runs import METRICS, made_run, strategy
from newsbt.domain.record import RunRecord
from newsbt.reports.runs_index import index_page
from newsbt.runs.run_document import record_of

pytestmark = pytest.mark.browser

RUNS = 60


def record(number: int) -> RunRecord:
    row = strategy("Buy", metrics={**METRICS, "total_return": (number * 7 % RUNS - 20) / 100})
    made = record_of(made_run(name=f"run {number}", strategies=[row], with_benchmark=False))
    return dataclasses.replace(made, run_id=f"run-{number}")


def test_sixty_runs_are_sorted_and_filtered(browser: Any, tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    configs = [{"strategies": [{"name": "Buy", "label": f"n{number}x"}]} for number in range(RUNS)]
    damaged = [("broken", "run.json cannot be read")]
    page.write_text(index_page([record(number) for number in range(RUNS)], configs, damaged), encoding="utf-8")
    browser.size(1366, 900)
    browser.media()
    browser.open(page)

    def shown(column: int) -> list[str]:
        cells = "row => row.cells[arguments[0]].textContent"
        rows = "[...document.querySelector('table.runs').tBodies[0].rows].filter(row => !row.hidden)"
        found: list[str] = browser.run(f"return {rows}.map({cells})", column)
        return found

    assert shown(0)[0] == f"run {RUNS - 1}" and len(shown(0)) == RUNS, "the newest first"
    heads = [head.text for head in browser.all("table.runs thead th")]
    at = heads.index("Return")
    browser.all("table.runs thead th button")[at].click()
    returns = [float(text.rstrip("%")) for text in shown(at)]
    assert returns == sorted(returns, reverse=True) and returns[0] > 0 > returns[-1]
    browser.all("table.runs thead th button")[at].click()
    assert [float(text.rstrip("%")) for text in shown(at)] == sorted(returns)
    field = browser.all(".filtered input")[0]
    field.send_keys("Buy N17X")
    assert shown(0) == ["run 17"] and browser.all(".filtered [role=status]")[0].text == "1 of 60 rows"
    field.clear()
    field.send_keys("no such run")
    assert shown(0) == []
    assert browser.console() == [] and browser.requests() == []


@pytest.mark.parametrize("width", [390, 1366])
def test_the_index_stays_inside_of_the_window(browser: Any, tmp_path: Path, width: int) -> None:
    page = tmp_path / "index.html"
    page.write_text(index_page([record(1), record(2)], [{"a": "x" * 900}, {"b" * 300: 1}]), encoding="utf-8")
    browser.size(width, 900)
    browser.open(page)
    assert browser.run("return document.documentElement.scrollWidth") <= width
