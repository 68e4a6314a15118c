"""Outputs that are closed, full or cut off, disks that fill up, and what killed commands leave."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from news_world import CONFIG, ITEM, TABLES
from newsbt.cli import main
from projects import INTERRUPTED, write_project

COMMAND = f"{sys.executable} -m newsbt"
WHOLE = {
    "run.json", "config.yaml", "equity.parquet", "fills.parquet", "refusals.parquet", "trades.parquet",
    "signals.parquet", "events.parquet", "explanations.parquet", "evidence.json",
}  # fmt: skip
MAP = "columns: {item_id: id, headline: title, published_at: time}\n"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outputs")
    write_project(folder, CONFIG, **TABLES)
    (folder / "item.json").write_text(json.dumps(ITEM))
    (folder / "map.yaml").write_text(MAP)
    rows = [{"id": f"n{k}", "title": f"Alibaba releases Qwen{k}", "time": "2025-03-06T03:00Z"} for k in range(3000)]
    (folder / "news.json").write_text(json.dumps(rows))
    return folder


def shell(folder: Path, line: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """A line of bash in which `newsbt` is this one; PIPEFAIL gives the exit code of what is first in a pipe."""
    text = "set -o pipefail; newsbt() { " + COMMAND + ' "$@"; }; ' + line
    return subprocess.run(
        ["bash", "-c", text], cwd=folder, capture_output=True, text=True, timeout=120, check=False, **options
    )


def test_a_current_folder_that_was_deleted_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def gone(*_: Any, **__: Any) -> str:  # as a library does that asks for it while it is imported
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("newsbt.cli.app.newsbt.main", gone)
    assert main(["check", "c.yaml"]) == 1
    assert capsys.readouterr().err.startswith("error: [Errno 2] No such file")
    monkeypatch.setattr("os.getcwd", gone)
    assert main(["check", "c.yaml"]) == 1
    assert capsys.readouterr().err.startswith("error: the current folder was deleted; change to one that is there\n")


@pytest.mark.parametrize(("where", "why"), [(">&-", "Bad file descriptor"), (">/dev/full", "No space left on device")])
def test_a_run_whose_stdout_takes_nothing_is_whole_and_exits_with_1(
    here: Path, tmp_path: Path, where: str, why: str
) -> None:
    done = shell(here, f"newsbt run config.yaml --runs {tmp_path} --no-report {where}")
    errors = [line for line in done.stderr.splitlines() if not line.startswith("compiling ")]
    assert (done.returncode, errors[:-1]) == (1, [f"error: the output cannot be written: {why}"])
    assert errors[-1].startswith("[unwritable] ")
    (folder,) = (path for path in tmp_path.iterdir() if not path.name.startswith("."))
    assert {path.name for path in folder.iterdir()} >= WHOLE


@pytest.mark.parametrize("where", [">/dev/full", "| true"])
def test_every_run_of_one_command_is_written_whatever_stdout_takes(here: Path, tmp_path: Path, where: str) -> None:
    done = shell(here, f"newsbt run config.yaml config.yaml --runs {tmp_path} --no-report {where}")
    assert done.returncode == 1
    assert len([path for path in tmp_path.iterdir() if not path.name.startswith(".")]) == 2


def test_every_command_ends_by_1_where_stdout_takes_nothing(here: Path) -> None:
    lines = [
        "newsbt --help", "newsbt run --help", "newsbt schema", "newsbt check config.yaml --json",
        "newsbt explain item.json --config config.yaml", "newsbt data show prices.csv",
    ]  # fmt: skip
    done = shell(here, "; ".join(f"{line} >/dev/full; echo $? $? >&2" for line in lines))
    errors = done.stderr.splitlines()
    assert [line for line in errors if line == "1 1"] == ["1 1"] * len(lines), done.stderr
    assert len([line for line in errors if line.startswith("error: the output cannot be written: No space")]) == len(
        lines
    )
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr


def test_without_stderr_the_exit_code_says_it_all(here: Path) -> None:
    for where in ("2>&-", "2>/dev/full"):
        assert shell(here, f"newsbt check nowhere.yaml {where}").returncode == 2
        assert shell(here, f"newsbt check config.yaml {where}").returncode == 0
    assert shell(here, "newsbt check config.yaml >&- 2>&-").returncode == 1


def test_a_reader_that_has_seen_enough_ends_it_without_a_word(here: Path) -> None:
    done = shell(here, "newsbt schema | head -1")
    assert done.returncode in (0, 1) and done.stdout.startswith("{") and not done.stderr


def test_stdin_that_is_closed_is_named(here: Path) -> None:
    done = shell(here, "newsbt explain - --config config.yaml <&-")
    error, code = done.stderr.splitlines()
    assert (done.returncode, error) == (2, "error: <stdin>: it is closed; pass the item, or name its file")
    assert code.startswith("[missing_file] ")


def test_an_item_may_come_by_a_fifo(here: Path) -> None:
    done = shell(here, "newsbt explain <(cat item.json) --config config.yaml --json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["announcement"]["issuer"] == "Alpha"


IMPORT = "newsbt events import news.json --format mapped --map map.yaml --out {out} --all"


def limit_files() -> None:
    """As on a full disk: no file may grow beyond 4 kB."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (IMPORT.format(out="full.jsonl"), 2),
        ("newsbt run config.yaml --runs full --no-report", 1),
        ("newsbt events extract item.json news.json --out full.csv; newsbt init full", 1),
    ],
)
def test_a_full_disk_is_an_error_and_leaves_nothing(here: Path, line: str, code: int) -> None:
    before = {path.name for path in here.iterdir()}
    done = shell(here, line, preexec_fn=limit_files)
    assert done.returncode == code, done.stderr
    assert "File too large" in done.stderr and "Traceback" not in done.stderr
    assert {path.name for path in here.iterdir()} - before <= {"full.csv"}


@pytest.mark.parametrize("line", [IMPORT.format(out="cut.jsonl"), "newsbt run config.yaml --runs cut"])
@pytest.mark.parametrize("seconds", [0.2, 0.5, 0.9])
def test_an_interrupt_is_130_and_one_word(here: Path, line: str, seconds: float) -> None:
    command = [sys.executable, "-m", *line.split()]
    process = subprocess.Popen(command, cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    if process.returncode == 1 and "newsbt" not in err and "interrupted" not in err:
        return  # Python itself was still starting
    assert process.returncode in (0, *INTERRUPTED), err
    if process.returncode == 130:
        assert err.split() == ["interrupted"]
    names = [path.name for folder in (here, here / "cut") if folder.is_dir() for path in folder.iterdir()]
    assert not [name for name in names if name.endswith((".partial", ".lock"))]


def test_the_next_run_sweeps_up_what_a_killed_one_left(here: Path, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    stop = (
        "import os, signal, newsbt.runs.run_folder as f; f._publish = lambda *a: os.kill(os.getpid(), signal.SIGKILL);"
    )
    call = f"from newsbt.cli import main; main(['run', 'config.yaml', '--no-report', '--runs', {str(runs)!r}])"
    killed = subprocess.run([sys.executable, "-c", stop + call], cwd=here, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL
    (left,) = runs.glob(".run.*.partial")
    assert (left / "run.json").exists()
    assert shell(here, f"newsbt run config.yaml --no-report --runs {runs}").returncode == 0
    assert not list(runs.glob(".*.partial"))
    (folder,) = (path for path in runs.iterdir() if path.is_dir())
    half = folder / left.name.replace(".run.", ".report.")
    half.write_text("<html>")
    assert shell(here, f"newsbt run config.yaml --no-report --runs {runs}").returncode == 0
    assert not half.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_may_not_be_written_is_named(here: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = shell(here, IMPORT.format(out=tmp_path / "a.jsonl"))
    assert (done.returncode, "cannot be written: Permission denied" in done.stderr) == (2, True)
