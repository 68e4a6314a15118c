"""The index of a runs folder: every run with what tells it apart, damaged ones with the reason, and text as text."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from made_runs import made_run, strategy
from newsbt.cli import main
from newsbt.domain.record import RunRecord
from newsbt.reports import runs_index
from newsbt.reports.runs_index import fault_of, index_page
from newsbt.runs.run_document import record_of
from newsbt.runs.run_folder import write_run
from page_outline import Outline

ATTACK = '"><script>alert(1)</script><img src=x onerror=y>'


def record(name: str, run_id: str = "r") -> RunRecord:
    made = record_of(made_run(name=name, strategies=[strategy("Buy")], with_benchmark=False))
    return dataclasses.replace(made, run_id=run_id)


def read(page: str) -> Outline:
    """The page's outline; links of an index lead to the folders beside it."""
    return Outline(page.replace('href="./', 'href="#'))


def test_runs_are_told_by_what_differs_between_their_configs_newest_first() -> None:
    configs = [{"a": {"hold": 3, "same": 1}}, {"a": {"hold": 5, "same": 1}}]
    html = index_page([record("Run A", "x"), record("Run B", "y")], configs, with_report=frozenset({"x"}), trials=7)
    page = read(html)
    assert page.text.index("Run B") < page.text.index("Run A")
    assert "a.hold: 3" in page.text and "a.hold: 5" in page.text and "same" not in page.text
    assert "7 configurations ever tried" in page.text and "+0.49%" in page.text and "too few" in page.text
    assert html.count('href="./') == 1 and 'href="./x/report.html"' in html
    assert page.tags.count("script") == 2 and "uPlot" not in html


def test_what_the_fewest_runs_have_is_told_first_and_nothing_where_nothing_differs() -> None:
    configs = [{"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "hold": n} for n in range(5)]
    configs.append({"a": 2, "b": 2, "c": 2, "d": 2, "e": 2, "hold": 9})
    page = read(index_page([record("run", str(n)) for n in range(6)], configs))
    assert "hold: 3; a: 1; b: 1; c: 1; and 2 more" in page.text and "a: 2; b: 2; c: 2; d: 2; and 2 more" in page.text
    alone = read(index_page([record("run")], configs[:1], trials=0)).text
    assert "differ" not in alone and "ever tried" not in alone


def test_names_of_every_kind_are_text() -> None:
    hostile = record(ATTACK, ATTACK)
    html = index_page([hostile], [{ATTACK: ATTACK}], [(ATTACK, ATTACK)], with_report=frozenset({ATTACK}))
    page = read(html)
    assert page.tags.count("script") == 2 and "img" not in page.tags
    assert page.text.count("<script>alert(1)</script>") >= 3
    assert 'href="./%22%3E%3Cscript' in html


@pytest.mark.parametrize(
    "rows", [[7], [{"name": "A", "metrics": [1]}], [{"name": "A", "kind": "strategy", "counts": 3}], [None]]
)
def test_a_run_of_another_shape_has_a_fault(rows: list[object]) -> None:
    made = record("a")
    broken = dataclasses.replace(made, document={**made.document, "strategies": rows})  # type: ignore[typeddict-item]
    assert "another shape" in fault_of(broken)
    assert fault_of(made) == ""


def test_the_oldest_of_many_runs_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs_index, "MOST_RUNS", 2)
    page = read(index_page([record(f"run {n}") for n in range(5)], [None] * 5))
    assert "The 3 oldest runs are left out" in page.text
    assert "run 4" in page.text and "run 2" not in page.text


def test_the_command_writes_an_index_with_damaged_folders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = tmp_path / "runs"
    folder = write_run(made_run(), runs, report_html="<html></html>")
    for name, content in (
        ("cut", '{"strategies": ['),
        ("odd", json.dumps({"strategies": [{"name": "A", "metrics": [1]}]})),
    ):
        (runs / name).mkdir()
        (runs / name / "run.json").write_text(content)
    assert main(["report", "--all", "--runs", str(runs)]) == 0
    assert capsys.readouterr().out.strip().endswith("index.html")
    html = (runs / "index.html").read_text(encoding="utf-8")
    page = read(html)
    assert f'href="./{folder.name}/report.html"' in html
    assert "2 run folders that cannot be read" in page.text
    assert "run.json cannot be read" in page.text
    assert "run.json: strategies[0].metrics: expected a mapping, got [1]" in page.text
    assert main(["report", "--all", str(runs)]) == 0, "the folder may be named"
    assert main(["report", "--all", str(tmp_path)]) == 2
    assert main(["report", "--runs", str(runs)]) == 2
    assert "give --all" in capsys.readouterr().err
