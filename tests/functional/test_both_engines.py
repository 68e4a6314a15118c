"""A whole run on each engine: the same tables byte for byte, the same run.json but for the engine's name."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TABLES = ("equity", "fills", "refusals", "trades", "signals", "events")
FEW = ("--set", "evaluation.placebo=20", "--set", "evaluation.bootstrap=50")

STEADY = """
name: steady
universe: {instruments: ../data/universe/instruments.csv, relations: ../data/universe/relations.csv}
announcements: [{use: csv, path: ../data/announcements/ai_releases.csv}]
prices: {use: csv, path: ../data/prices}
fx: {use: csv, path: ../data/fx.csv}
period: {start: 2024-07-01, end: 2025-07-31}
account: {cash: 1000000, currency: HKD}
execution: {entry: same_close, participation: 0.02, borrow_bps: 200, slippage: {use: volume_share}}
strategies:
  - name: Decaying sentiment
    use: sentiment_decay
    position: {mode: target, weight: 0.05, rebalance: weekly}
  - name: Stopped
    use: named_tickers
    position: {weight: 0.1, hold: 8, stop_loss: 0.03, take_profit: 0.06, trailing_stop: 0.04, on_repeat: add}
"""


def newsbt(*words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "newsbt", *words], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("engines") / "project"
    newsbt("init", str(folder))
    (folder / "configs" / "steady.yaml").write_text(STEADY, encoding="utf-8")
    return folder


def run_on(engine: str, config: Path, runs: Path) -> Path:
    newsbt("run", str(config), "--engine", engine, "--runs", str(runs), "--no-report", *FEW)
    (folder,) = (item for item in runs.iterdir() if (item / "run.json").is_file())
    return folder


def document(folder: Path) -> dict[str, Any]:
    """run.json without times and without what follows from the engine's name in the config."""
    found = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    del found["timings"], found["hashes"]["config"]
    for row in found["strategies"]:
        del row["engine"]
    return {name: value for name, value in found.items() if name not in ("run_id", "path")}


@pytest.mark.parametrize("config", ["rival_release", "steady"])
def test_the_engines_write_the_same_run(project: Path, tmp_path: Path, config: str) -> None:
    file = project / "configs" / f"{config}.yaml"
    slow, fast = (run_on(engine, file, tmp_path / engine) for engine in ("backtrader", "compiled"))
    for name in TABLES:
        assert (slow / f"{name}.parquet").read_bytes() == (fast / f"{name}.parquet").read_bytes(), name
    assert document(slow) == document(fast)
    assert json.loads((fast / "run.json").read_text(encoding="utf-8"))["strategies"][0]["engine"] == "compiled"
