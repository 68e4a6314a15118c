"""The same inputs give the same tables and the same run.json, whatever the hash seed, zone, locale and folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

TABLES = ("equity", "fills", "refusals", "trades", "signals", "events")
CONFIG = "configs/rival_release.yaml"
FEW = ("--set", "evaluation.placebo=20", "--set", "evaluation.bootstrap=50", "--set", "period.start=2025-01-01")


def run(config: Path, runs: Path, cwd: Path, **environ: str) -> Path:
    """A run in a process of its own; gives its folder."""
    names = ("PATH", "HOME", "PYTHONPATH", "NUMBA_CACHE_DIR", "NEWSBT_CACHE")
    keep = {name: os.environ[name] for name in names if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "newsbt", "run", str(config), "--runs", str(runs), "--no-report", *FEW],
        cwd=cwd, env={**keep, **environ}, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (folder,) = (item for item in runs.iterdir() if not item.name.startswith("."))
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("first") / "project"
    done = subprocess.run(
        [sys.executable, "-m", "newsbt", "init", str(folder)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def plain_run(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    runs = tmp_path_factory.mktemp("plain")
    return run(project / CONFIG, runs, project, PYTHONHASHSEED="0", TZ="UTC", LC_ALL="C.UTF-8")


def document(folder: Path) -> dict:
    """run.json without what may differ: when it was and how long it took."""
    found = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    for name in ("timings", "versions"):
        assert found.pop(name)
    return {name: value for name, value in found.items() if name not in ("started_at", "finished_at")}


def assert_same_run(folder: Path, other: Path) -> None:
    for name in TABLES:
        one, two = (pd.read_parquet(item / f"{name}.parquet") for item in (folder, other))
        assert list(one.columns) == list(two.columns)
        for column in one.columns:
            assert one[column].dtype == two[column].dtype, f"{name}.{column}"
            pd.testing.assert_series_equal(one[column], two[column], check_exact=True, obj=f"{name}.{column}")
    one, two = document(folder), document(other)
    assert one.keys() == two.keys()
    for name in one:
        assert one[name] == two[name], f"run.json: {name}"


@pytest.mark.parametrize(
    "environ",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "7", "TZ": "America/New_York", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
    ],
    ids=["Tokyo, C", "New York, Turkish"],
)
def test_seed_zone_locale_and_folder_change_nothing(
    project: Path, plain_run: Path, tmp_path: Path, environ: dict[str, str]
) -> None:
    assert_same_run(plain_run, run(project / CONFIG, tmp_path / "runs", tmp_path, **environ))


def test_a_copy_elsewhere_gives_the_same_run(project: Path, plain_run: Path, tmp_path: Path) -> None:
    """Hashes are of contents and names, not of where they lie."""
    copy = tmp_path / "another place" / "项目"
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns("runs"))
    other = run(copy / CONFIG, tmp_path / "runs", copy / "configs", PYTHONHASHSEED="3")
    assert_same_run(plain_run, other)
    for file in (other / "run.json", other / "config.yaml"):
        assert str(copy) not in file.read_text(encoding="utf-8")
    assert (plain_run / "config.yaml").read_bytes() == (other / "config.yaml").read_bytes()
