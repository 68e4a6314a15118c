"""A strategy's parameters that are files or folders, as their annotations say, are relative to the config."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newsbt.cli import main
from projects import write_project

STRATEGY = '''
from pathlib import Path
import newsbt


class Listed(newsbt.Strategy):
    """Trades what the files of a folder list."""

    folder: Path
    more: tuple[Path, ...] = ()
    note: str = ""

    def signal(self, view):
        assert self.note in ("", "lists")
        files = [*sorted(self.folder.glob("*.txt")), *self.more]
        named = {line for file in files for line in file.read_text().split()}
        links = view.links[view.links["ticker"].isin(named)]
        return newsbt.Signal.for_events(links.assign(signal=1.0)[["event_id", "ticker", "signal"]])
'''
TABLES = {
    "instruments": """
        ticker, name,   exchange, board, currency, lot_size
        H.HK,   Harbor, XHKG,     main,  HKD,      100
        P.HK,   Pier,   XHKG,     main,  HKD,      100
        """,
    "prices": """
        ticker, date,       open, high, low, close, volume
        H.HK,   2025-03-03, 10,   11,   9,   10,    1000000
        H.HK,   2025-03-04, 10,   11,   9,   10,    1000000
        P.HK,   2025-03-03, 10,   11,   9,   10,    1000000
        P.HK,   2025-03-04, 10,   11,   9,   10,    1000000
        """,
    "announcements": """
        event_id, published_at,         event_type, issuer, headline, tickers
        e,        2025-03-03T12:00:00Z, news,       Harbor, x,        H.HK;P.HK
        """,
}
CONFIG = """
strategies: [{name: S, use: "mine.py:Listed", params: {folder: lists, note: lists}, position: {weight: 0.1}}]
baselines: []
evaluation: {placebo: 0}
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in another folder than the working directory, which has lists of its own."""
    project, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    for folder, name in ((project, "H.HK"), (elsewhere, "P.HK")):
        (folder / "lists").mkdir(parents=True)
        (folder / "lists" / "a.txt").write_text(name, encoding="utf-8")
    (project / "mine.py").write_text(STRATEGY, encoding="utf-8")
    (project / "more.txt").write_text("P.HK", encoding="utf-8")
    monkeypatch.chdir(elsewhere)
    return write_project(project, CONFIG, **TABLES)


def traded(config: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    capsys.readouterr()
    assert main(["run", str(config), "--json", *options]) == 0
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert main(["show", run["path"], "--fills", "--format", "json"]) == 0
    return [row["ticker"] for row in json.loads(capsys.readouterr().out)]


def test_a_folder_is_that_beside_the_config(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert traded(config, capsys) == ["H.HK"]
    assert main(["check", str(config)]) == 0


def test_so_are_files_in_a_list_and_in_an_override(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert traded(config, capsys, "--set", "strategies.0.params.more=[more.txt]") == ["H.HK", "P.HK"]
    elsewhere = Path.cwd() / "lists"
    assert traded(config, capsys, "--set", f"strategies.0.params.folder={elsewhere}") == ["P.HK"]


def test_so_are_those_of_a_sweeps_variants(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    others = config.parent / "others"
    others.mkdir()
    config.write_text(
        config.read_text(encoding="utf-8")
        + "sweep: {strategy: S, metric: total_return, grid: {params.folder: [lists, others]}}\n",
        encoding="utf-8",
    )
    capsys.readouterr()
    assert main(["sweep", str(config), "--json"]) == 0
    variants = json.loads(capsys.readouterr().out)["variants"]
    costs = {one["params"]["params.folder"]: one["metrics"]["total_costs"] for one in variants}
    assert costs["lists"] > 0 == costs["others"]
