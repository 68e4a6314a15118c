"""`announcements: []`: what trades on prices alone trades, and every command says something sensible."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import newsbt
from news_world import TABLES
from newsbt.cli import main
from newsbt.errors import ConfigError
from projects import write_project

CONFIG = """
name: none
announcements: []
account: {cash: 100000, currency: CNY}
strategies:
  - {name: Prices, use: 'mine.py:Up', position: {mode: target, weight: 0.5}}
  - {name: Named, use: named_tickers, params: {sign: one}}
  - {name: Fading, use: sentiment_decay, params: {sign: one}, position: {mode: target}}
evaluation: {placebo: 5, bootstrap: 0}
output: {runs: runs}
sweep: {strategy: Prices, grid: {position.weight: [0.2, 0.5]}}
"""
MINE = """
import numpy as np
import newsbt


class Up(newsbt.StepStrategy):
    def signal_at(self, t, past):
        return np.where(past.tickers == "A.SH", 1.0, 0.0)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "mine.py").write_text(MINE, encoding="utf-8")
    tables = {name: text for name, text in TABLES.items() if name != "announcements"}
    path = write_project(tmp_path, CONFIG, **tables)
    monkeypatch.chdir(tmp_path)
    return path


def printed(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert main(list(arguments)) == code, arguments
    return capsys.readouterr().out


def test_every_command_takes_a_run_without_announcements(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no announcements (`announcements: []`)" in printed(capsys, "check", "config.yaml")
    printed(capsys, "run", "config.yaml")
    document = json.loads(printed(capsys, "show", "last", "--json"))
    by_name = {row["name"]: row for row in document["strategies"]}
    assert by_name["Prices"]["counts"]["fills"] > 0 and by_name["Named"]["counts"]["fills"] == 0
    assert by_name["Prices"]["reasons"]["placebo_p"] == "the strategy read no events"
    assert by_name["Named"]["reasons"]["placebo_p"] == "no signal inside the period"
    for listing in ("--trades", "--fills", "--refusals", "--events", "--by=event_type"):
        printed(capsys, "show", "last", listing)
    assert printed(capsys, "report", "last").strip().endswith("report.html")
    assert "nothing here is about news" in (next((project.parent / "runs").glob("*/report.html"))).read_text("utf-8")
    printed(capsys, "compare", "--last", "1")
    study = printed(capsys, "study", "config.yaml")
    assert "No event of the 0 read is in the run" in study
    audit = json.loads(printed(capsys, "audit", "config.yaml", "--json", "--cuts", "2"))
    reasons = {one["name"]: one["detection_floor"]["reason"] for one in audit["strategies"]}
    assert reasons == {
        "Prices": "the strategy read no events", "Named": "no signal inside the period",
        "Fading": "no linked event inside the period",
    }  # fmt: skip
    orders = json.loads(printed(capsys, "orders", "config.yaml", "--as-of", "2025-03-03T20:00+08:00", "--json"))
    assert [(one["ticker"], one["side"], one["event_id"]) for one in orders["orders"]] == [("A.SH", "buy", None)]
    assert "2 variants" in printed(capsys, "sweep", "config.yaml")
    printed(capsys, "events", "check", "config.yaml")
    printed(capsys, "events", "show", "config.yaml")
    text = "Alpha unveils a model\nPublished: 2025-03-03T16:45:00+08:00\nAlpha unveiled a model today.\n"
    (project.parent / "news.txt").write_text(text, encoding="utf-8")
    assert "the strategy read no events" in printed(capsys, "explain", "news.txt", "--config", "config.yaml")


def frames() -> dict[str, pd.DataFrame]:
    days = ["2025-03-03", "2025-03-04", "2025-03-05"]
    bars = pd.DataFrame({"ticker": "A.HK", "date": days, "open": 10.0, "high": 10.0, "low": 10.0, "close": 10.0})
    one = {"ticker": ["A.HK"], "name": "Alpha", "exchange": "XHKG", "board": "main", "currency": "HKD", "sector": "",
           "themes": "", "sector_index": "", "aliases": "", "lot_size": 100}  # fmt: skip
    return {"prices": bars.assign(volume=1e6), "instruments": pd.DataFrame(one)}


class Always(newsbt.Strategy):
    def signal(self, view: newsbt.EventView) -> newsbt.Signal:
        return newsbt.Signal.grid(np.ones(view.close.shape))


def test_from_python(tmp_path: Path) -> None:
    found = newsbt.run(**frames(), announcements=[], strategies=[Always()], cash=1e5, position={"mode": "target"})
    assert found["Always"].counts["fills"] > 0 and found.config["announcements"] == []
    assert found["Always"].metrics["total_return"] < 0 and len(found["Always"].events) == 0
    assert (found.save(tmp_path) / "events.parquet").is_file()
    assert newsbt.capacity(**frames(), announcements=[], strategies=[Always()], sizes=[1e5])["fills"].tolist() > [0]


def test_announcements_are_a_frame_or_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"expected a pandas DataFrame, or \[\] for a run without any, got a list"):
        newsbt.run(**frames(), announcements=[{"event_id": "e"}], strategies=[Always()])
    with pytest.raises(ConfigError, match="missing: announcements"):
        newsbt.run(**frames(), strategies=[Always()])
