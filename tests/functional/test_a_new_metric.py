"""A new metric is one function and one entry of the table, and is everywhere by itself."""

from __future__ import annotations

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
from newsbt.reports.table_columns import ratio
from projects import write_project

CONFIG = """
account: {cash: 100000, currency: HKD}
strategies:
  - {name: S, use: issuer_drift, position: {weight: 0.5}}
  - {name: T, use: issuer_drift, position: {weight: 0.1}}
baselines: []
evaluation: {placebo: 0, bootstrap: 50, periods_per_year: 250}
"""
INSTRUMENTS = """
    ticker, name, exchange, board, currency, aliases, lot_size
    1.HK, Harbor, XHKG, main, HKD, , 100
"""
PRICES = "ticker, date, open, high, low, close, volume\n" + "\n".join(
    f"1.HK, 2025-03-{day:02d}, 10, 12, 10, {10 + day % 3}, 1000000" for day in (3, 4, 5, 6, 7)
)
NEWS = """
    event_id, published_at, event_type, issuer, headline
    e1, 2025-03-04T00:00Z, model_release, Harbor, News
"""
MADE_UP = MetricSpec(
    "least_cash", "The least cash at a close, in account currency.", "books", "money", "less", title="Least", rank=0
)


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
