"""newsbt as a user meets it: a new folder, the sample, a shell without a terminal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from projects import INTERRUPTED

PLAIN = {
    "PATH": os.environ["PATH"], "LANG": "C", "HOME": os.environ.get("HOME", "/"),
    "NEWSBT_CACHE": os.environ["NEWSBT_CACHE"], "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
}  # fmt: skip
COMMAND = [sys.executable, "-m", "newsbt"]
CONFIG = "configs/rival_release.yaml"


def newsbt(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=folder, env={**PLAIN, **environ}, capture_output=True, text=True,
        encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project made by `newsbt init` with one run of the sample."""
    folder = tmp_path_factory.mktemp("shell")
    assert newsbt(folder, "init", "mine").returncode == 0
    done = newsbt(folder / "mine", "run", CONFIG, "--json")
    assert done.returncode == 0, done.stderr
    json.loads(done.stdout)
    return folder / "mine"


def test_a_new_project_holds_what_a_run_needs_and_no_tools(project: Path) -> None:
    names = {item.name for item in project.iterdir()}
    assert names == {"README.md", ".gitignore", "configs", "strategies", "data", "runs"}
    assert not list((project / "data").rglob("*.py"))
    assert newsbt(project, "check", CONFIG).returncode == 0


def test_the_run_is_in_the_projects_runs_folder_and_whole(project: Path) -> None:
    (folder,) = (item for item in (project / "runs").iterdir() if not item.name.startswith("."))
    assert {item.name for item in folder.iterdir()} == {
        "run.json", "config.yaml", "equity.parquet", "fills.parquet", "refusals.parquet", "trades.parquet",
        "signals.parquet", "events.parquet", "explanations.parquet", "report.html", "context.json", "evidence.json",
    }  # fmt: skip
    document = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert "simulated sample" in " ".join(document["notices"])
    seconds = document["timings"]
    assert set(seconds) == {"started_at", "load", "link", "simulate", "analyse", "code", "write", "total"}
    parts = [seconds[name] for name in ("load", "link", "analyse", "code", "write")] + list(
        seconds["simulate"].values()
    )
    assert all(part > 0 for part in parts) and sum(parts) <= seconds["total"]
    equity = pd.read_parquet(folder / "equity.parquet")
    for row in document["strategies"]:
        own = equity[equity["strategy"] == row["name"]]
        assert own["equity"].iloc[-1] == pytest.approx(row["metrics"]["final_equity"])
        assert own["drawdown"].min() == pytest.approx(row["metrics"]["max_drawdown"])


def test_every_place_that_shows_numbers_says_that_they_are_simulated(project: Path) -> None:
    assert "simulated sample" in newsbt(project, "show", "last").stdout
    assert "simulated sample" in newsbt(project, "compare").stdout
    (folder,) = (item for item in (project / "runs").iterdir() if not item.name.startswith("."))
    assert "simulated sample" in (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("columns", ["40", "80", "120", "200"])
def test_tables_fit_without_a_terminal_in_a_c_locale(project: Path, columns: str) -> None:
    done = newsbt(project, "show", "last", COLUMNS=columns)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert max(map(len, done.stdout.splitlines())) <= int(columns)
    assert "\x1b" not in done.stdout
    for expected in ("Period", "Return", "Refused orders", "benchmark"):
        assert expected in done.stdout


def test_a_narrow_encoding_loses_signs_and_nothing_else(project: Path) -> None:
    done = newsbt(project, "show", "last", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert "benchmark" in done.stdout


def test_a_reader_that_has_seen_enough_is_no_error(project: Path) -> None:
    shell = f"{sys.executable} -m newsbt show last --fills --format csv | head -1"
    done = subprocess.run(
        ["bash", "-c", shell], cwd=project, env=PLAIN, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.startswith("strategy,at,date")
    assert done.stderr == ""


WAITS = """
import time
from pathlib import Path

import newsbt


class Waits(newsbt.Strategy):
    def signal(self, view):
        Path(__file__).with_name("waiting").touch()
        time.sleep(60)
"""


def test_an_interrupt_leaves_no_folder_behind(project: Path, tmp_path: Path) -> None:
    """The run waits for a strategy, so that the interrupt is sure to meet it at work."""
    (tmp_path / "waits.py").write_text(WAITS)
    running = subprocess.Popen(
        [*COMMAND, "run", CONFIG, "--runs", str(tmp_path / "runs"),
         "--set", f"strategies.0.use={tmp_path}/waits.py:Waits",
         "--set", "strategies.0.params={}"],
        cwd=project, env=PLAIN, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not (tmp_path / "waiting").exists() and time.monotonic() < deadline:
        assert running.poll() is None, running.communicate()
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode in INTERRUPTED, err
    assert err.strip() == "interrupted"
    assert out == ""
    assert not (tmp_path / "runs").exists()


def test_help_is_light() -> None:
    heavy = ("pandas", "numpy", "numba", "backtrader", "pydantic", "pyarrow", "scipy", "jinja2")
    code = (
        "import sys\nfrom newsbt.cli import main\nmain(['--help'])\n"
        f"sys.exit(','.join(name for name in {heavy!r} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=PLAIN, check=False)
    assert done.stderr.strip() == ""
    assert "compare" in done.stdout


def test_the_end_of_the_program_searches_nothing_for_what_is_unreachable() -> None:
    """A fifth of a run's time went into a search for memory that goes with the process."""
    code = (
        "import atexit, gc, sys; atexit.register(lambda: print('kept:', gc.get_freeze_count() > 0)); "
        "from newsbt.cli import main; sys.argv[1:] = ['--help']; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=PLAIN, check=True)
    assert done.stdout.splitlines()[-1].endswith("True")


def test_a_warm_run_of_the_compiled_engine_loads_nothing_it_does_not_need(project: Path, tmp_path: Path) -> None:
    """The second run has its panel and its sessions from the cache, and neither backtrader nor a calendar is needed,
    nor a search for what is unreachable."""
    words = ["run", CONFIG, "--engine", "compiled", "--no-report", "--runs", str(tmp_path / "runs")]
    reading = ["newsbt.prices.files", "newsbt.prices.align"]
    unasked = ("newsbt.events.stories", "newsbt.events.story_marks", "newsbt.domain.written_times")
    heavy = ("backtrader", "exchange_calendars", "matplotlib", "optuna", "distributed", "jinja2", *reading, *unasked)
    code = (
        "import gc, sys; from newsbt.cli import main; searches = lambda: sum(one['collections'] for one in "
        f"gc.get_stats()); before = searches(); assert main({words!r}) == 0; print('searches:', searches() - before); "
        f"print('loaded:', *(name for name in {heavy!r} if name in sys.modules))"
    )
    environment = {**os.environ, "NEWSBT_CACHE": str(tmp_path / "cache")}
    tables = []
    for loaded in (["exchange_calendars", *reading], []):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=project, env=environment, capture_output=True, text=True, check=True
        )
        searches, names = done.stdout.splitlines()[-2:]
        assert names.split()[1:] == loaded
        assert loaded or searches == "searches: 0"  # a search of what a run imports and makes is a thirtieth of it
        (folder,) = (item for item in (tmp_path / "runs").iterdir() if not item.name.startswith("."))
        tables.append({file.name: file.read_bytes() for file in folder.glob("*.parquet")})
        folder.rename(tmp_path / f"run-{len(tables)}")
    assert tables[0] == tables[1]
