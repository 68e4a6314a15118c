"""A new metric is one function and one entry of the table, a new kind of evidence one file and one entry of the tuple,
and either is everywhere by itself."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

import newsbt
from newsbt.analysis.distribution import OF_RETURNS
from newsbt.analysis.evaluation import OF_LEDGER, of_ledger
from newsbt.cli import main
from newsbt.domain import metric_table
from newsbt.domain.ledger import Ledger
from newsbt.domain.metric_table import MetricSpec
from newsbt.evidence import registry
from newsbt.reports.table_columns import ratio
from projects import write_project

CONFIG = """
account: {cash: 100000, currency: HKD}
strategies:
  - {name: S, use: issuer_drift, params: {sign: one}, position: {weight: 0.5, hold: 14}}
  - {name: T, use: issuer_drift, params: {sign: one}, position: {weight: 0.1, hold: 14}}
baselines: []
evaluation: {placebo: 0, bootstrap: 50, periods_per_year: 250}
"""
INSTRUMENTS = """
    ticker, name, exchange, board, currency, aliases, lot_size
    1.HK, Harbor, XHKG, main, HKD, , 100
"""
PRICES = "ticker, date, open, high, low, close, volume\n" + "\n".join(
    f"1.HK, 2025-03-{day:02d}, 10, 12, 10, {10 + day % 3}, 1000000" for day in range(3, 29) if day % 7 not in (1, 2)
)
NEWS = """
    event_id, published_at, event_type, issuer, headline
    e1, 2025-03-04T00:00Z, model_release, Harbor, News
"""
MADE_UP = MetricSpec(
    "least_cash", "The least cash at a close, in account currency.", "books", "money", "less", title="Least", rank=0
)

KIND_OF_EVIDENCE = """
from newsbt.domain.metric_table import MetricSpec
from newsbt.evidence.contract import Evidence, RowEvidence, by_strategy

LUCK = MetricSpec("luck", "How lucky it was.", scope="evidence", title="Luck", unit="probability", rank=0)


def of_strategy(case, books, row):
    return RowEvidence(metrics={"luck": 0.125}, section={"draws": 8}, warnings=("it was lucky",))


LUCK_OF_DRAWS = Evidence(name="luck_of_draws", find=by_strategy(of_strategy), metrics=(LUCK,))
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_project(tmp_path, CONFIG, instruments=INSTRUMENTS, prices=PRICES, announcements=NEWS)


def test_it_is_in_run_json_the_tables_the_page_and_compare(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(metric_table, "METRICS", {**metric_table.METRICS, MADE_UP.key: MADE_UP})
    monkeypatch.setattr("newsbt.analysis.evaluation.OF_LEDGER", dict(OF_LEDGER))

    @of_ledger("least_cash")
    def least_cash(ledger: Ledger) -> float:
        return float(ledger.cash.min())

    runs = config.parent / "runs"
    assert main(["run", str(config), "--runs", str(runs)]) == 0
    assert "Least" in capsys.readouterr().out
    folder = next(path.parent for path in runs.glob("*/run.json"))
    document = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    least = {row["name"]: row["metrics"]["least_cash"] for row in document["strategies"]}
    assert 40_000 < least["S"] < 60_000 < least["T"] < 100_000
    assert document["definitions"]["least_cash"] == MADE_UP.definition
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert ">Least<" in page and MADE_UP.definition in page

    assert main(["compare", str(folder), "--sort", "least_cash", "--format", "json"]) == 0
    assert [row["strategy"] for row in json.loads(capsys.readouterr().out)] == ["S", "T"]  # less of it is better


def test_a_kind_of_evidence_is_in_run_json_the_tables_the_page_show_and_compare(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "luck_of_draws.py"
    file.write_text(KIND_OF_EVIDENCE, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("luck_of_draws", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(registry, "EVIDENCE", (*registry.EVIDENCE, module.LUCK_OF_DRAWS))

    assert main(["run", str(config), "--runs", str(tmp_path / "runs")]) == 0
    printed = capsys.readouterr().out
    assert "Luck" in printed and "0.125" in printed and "it was lucky" in printed
    (folder,) = (path.parent for path in (tmp_path / "runs").glob("*/run.json"))
    document = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert [row["metrics"]["luck"] for row in document["strategies"]] == [0.125, 0.125]
    assert document["definitions"]["luck"] == "How lucky it was."
    evidence = json.loads((folder / "evidence.json").read_text(encoding="utf-8"))
    assert evidence["luck_of_draws"] == {"S": {"draws": 8}, "T": {"draws": 8}}
    page = (folder / "report.html").read_text(encoding="utf-8")
    for text in (">Luck of draws</h2>", ">Luck</th>", "0.125", "How lucky it was.", "it was lucky"):
        assert text in page

    assert main(["show", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "Luck" in shown and "0.125" in shown and "it was lucky" in shown
    assert main(["compare", str(folder), "--format", "json"]) == 0
    assert [row["luck"] for row in json.loads(capsys.readouterr().out)] == [0.125, 0.125]


def test_one_interval_stands_everywhere(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = config.parent / "runs"
    assert main(["run", str(config), "--runs", str(runs)]) == 0
    table = capsys.readouterr().out
    folder = next(path.parent for path in runs.glob("*/run.json"))
    metrics = json.loads((folder / "run.json").read_text(encoding="utf-8"))["strategies"][0]["metrics"]
    low, high = (ratio(metrics[key]) for key in ("sharpe_low", "sharpe_high"))
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert f"{low}..{high}" in table
    assert f"95% interval {low} to {high}</dd>" in page  # the figure
    assert f"95% interval, {low} to {high}, " in page  # the verdict's sentence
    assert f"{low}..{high}<" in page  # the results table
    assert f"{low}..{high}<" in newsbt.run(config)._repr_html_()  # a notebook


def test_whatever_is_computed_has_an_entry(config: Path) -> None:
    assert OF_RETURNS.keys() | OF_LEDGER.keys() <= metric_table.METRICS.keys()
    result = newsbt.run(config)
    found = {key for row in result.strategies for key in (*row.metrics, *row.counts)}
    assert found <= metric_table.METRICS.keys() == result.definitions.keys()
    assert metric_table.METRICS.keys() - found == {"n_pairs"}  # there is no benchmark
