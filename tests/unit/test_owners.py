"""Who is writing: what a dead process left goes, what a living one is making stays, and a lock dies with its owner."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from newsbt import owners
from newsbt.owners import locked, partial_path, sweep_up

MAKE = """
import sys, time
from pathlib import Path
from newsbt.owners import locked, partial_path
folder = Path(sys.argv[1])
partial_path(folder, "run").mkdir()
partial_path(folder, "report").write_text("half")
with locked(folder / "news.jsonl"):
    print("made", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def maker(tmp_path: Path):
    """A living process that is making a folder and a file, and holds a lock."""
    process = subprocess.Popen([sys.executable, "-c", MAKE, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "made\n"
    yield process
    process.kill()
    process.communicate()


def partials(folder: Path) -> list[str]:
    return sorted(path.name.split(".")[1] for path in folder.glob(".*.partial"))


def test_what_a_living_process_is_making_stays_until_it_is_killed(maker: subprocess.Popen[str], tmp_path: Path) -> None:
    mine = partial_path(tmp_path, "run")
    mine.mkdir()
    sweep_up(tmp_path)
    assert partials(tmp_path) == ["report", "run", "run"]
    maker.kill()
    maker.wait()
    sweep_up(tmp_path)
    assert [path.name for path in tmp_path.glob(".*.partial")] == [mine.name]


def test_a_killed_process_that_nobody_has_waited_for_is_dead(maker: subprocess.Popen[str], tmp_path: Path) -> None:
    os.kill(maker.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while partials(tmp_path) and time.monotonic() < deadline:
        sweep_up(tmp_path)
        time.sleep(0.01)
    assert partials(tmp_path) == []


def changed(folder: Path, part: int, value: str) -> Path:
    """A name as of this process but for one part of its owner's: place, boot, pid or start."""
    name = partial_path(folder, "run").name
    found = re.fullmatch(r"(\.run\.)(\w+)-(\w+)-(\d+)-(\d+)(-\w+\.partial)", name)
    assert found is not None
    parts = list(found.groups())
    parts[1 + part] = value
    path = folder / (parts[0] + "-".join(parts[1:5]) + parts[5])
    path.write_text("x")
    return path


@pytest.mark.parametrize(
    ("part", "value", "stays"),
    [
        (0, "0123abcd", True),  # another machine: nobody here can tell
        (1, "0123abcd", False),  # before this machine started anew
        (2, str(2**22 + 5), False),  # no such process
        (3, "1", False),  # the number was given to another process since
    ],
)
def test_an_owner_is_machine_boot_process_and_its_start(tmp_path: Path, part: int, value: str, stays: bool) -> None:
    path = changed(tmp_path, part, value)
    sweep_up(tmp_path)
    assert path.exists() is stays


def test_names_of_other_kinds_are_left(tmp_path: Path) -> None:
    for name in (".mine.partial", ".report.1a2b3c4d.partial", "run.partial", ".run.x-y-1-2-z.partial"):
        (tmp_path / name).write_text("x")
    sweep_up(tmp_path)
    assert len(list(tmp_path.iterdir())) == 4
    sweep_up(tmp_path / "nowhere")


def test_a_lock_is_waited_for_and_goes_with_its_owner(maker: subprocess.Popen[str], tmp_path: Path) -> None:
    begun = time.monotonic()
    owners_patience, owners.PATIENCE_SECONDS = owners.PATIENCE_SECONDS, 0.3
    try:
        with (
            pytest.raises(TimeoutError, match="another process has been changing the file"),
            locked(tmp_path / "news.jsonl"),
        ):
            pass
        assert time.monotonic() - begun >= 0.3
    finally:
        owners.PATIENCE_SECONDS = owners_patience
    maker.kill()
    with locked(tmp_path / "news.jsonl"):
        assert [path.name for path in tmp_path.glob(".*.lock")] == [".news.jsonl.lock"]
    assert not list(tmp_path.glob(".*.lock"))


def test_without_locks_a_warning_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(owners.fcntl, "flock", refuse)
    with locked(tmp_path / "a"):
        pass
    assert "there are no locks here" in caplog.text
    assert not list(tmp_path.iterdir())


def test_a_long_name_has_a_lock_too(tmp_path: Path) -> None:
    with locked(tmp_path / ("é" * 120)):
        assert len(list(tmp_path.iterdir())) == 1
