"""What a machine may be short of: a home, file handles, a cache that can be written or that stays, and space on it."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from news_world import CONFIG, TABLES
from newsbt.runs.stored_runs import find_runs, read_run
from projects import write_project

pytestmark = pytest.mark.slow
SECONDS = 600


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project, its cache filled by a run."""
    folder = tmp_path_factory.mktemp("poor") / "project"
    folder.mkdir()
    write_project(folder, CONFIG, **TABLES)
    assert ran(folder) == 0
    return folder


def newsbt(*words: str) -> list[str]:
    return [sys.executable, "-m", "newsbt", *words]


def ran(folder: Path, *words: str, handles: int = 0, **environment: str) -> int:
    """The exit code of a command, a run without one; its cache is the project's unless the environment says so."""
    known = {
        **os.environ,
        "NEWSBT_CACHE": str(folder / "cache"),
        "NUMBA_CACHE_DIR": str(folder / "cache"),
        **environment,
    }
    known = {name: value for name, value in known.items() if value != "unset"}

    def limited() -> None:
        if handles:
            resource.setrlimit(resource.RLIMIT_NOFILE, (handles, handles))

    done = subprocess.run(
        newsbt(*(words or ("run", "config.yaml"))), cwd=folder, env=known, capture_output=True, text=True,
        timeout=SECONDS, check=False, preexec_fn=limited,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode


def figures(folder: Path) -> list[object]:
    """What the newest run found, by strategy."""
    document = read_run(find_runs(folder / "runs")[-1]).document
    return [(one["name"], one["metrics"]) for one in document["strategies"]]


@pytest.fixture
def copy(project: Path, tmp_path: Path) -> Path:
    shutil.copytree(project, tmp_path / "copy")
    return tmp_path / "copy"


def damaged(cache: Path) -> None:
    for file in cache.rglob("*"):
        if file.is_file():
            content = bytearray(file.read_bytes())
            content[len(content) // 2 :] = b"\0" * 7
            file.write_bytes(content)


def read_only(cache: Path) -> None:
    for path in (cache, *cache.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)


CACHES: dict[str, Callable[[Path], object]] = {
    "damaged": damaged,
    "read-only": read_only,
    "a file": lambda cache: (shutil.rmtree(cache), cache.write_text("no folder")),
    "empty files": lambda cache: [file.write_bytes(b"") for file in cache.rglob("*") if file.is_file()],
    "open to all": lambda cache: cache.chmod(0o777),
}


@pytest.mark.parametrize("how", CACHES)
def test_a_cache_in_any_state_changes_no_number(copy: Path, how: str) -> None:
    before = figures(copy)
    CACHES[how](copy / "cache")
    assert ran(copy) == 0
    assert len(find_runs(copy / "runs")) == 2
    assert figures(copy) == before


def test_a_cache_that_is_deleted_over_and_over_changes_no_number(copy: Path) -> None:
    before, is_over = figures(copy), threading.Event()

    def delete() -> None:
        while not is_over.is_set():
            shutil.rmtree(copy / "cache", ignore_errors=True)
            time.sleep(0.01)

    deleting = threading.Thread(target=delete)
    deleting.start()
    try:
        assert ran(copy) == 0
    finally:
        is_over.set()
        deleting.join()
    assert figures(copy) == before


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(folder)], capture_output=True
    )
    if done.returncode:
        pytest.skip("a disk can be mounted by the superuser only")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("size", ["4k", "64k", "256k"])
def test_a_cache_on_a_full_disk_costs_nothing_but_time(copy: Path, size: str) -> None:
    before = figures(copy)
    shutil.rmtree(copy / "cache")
    with small_disk(copy / "cache", size):
        assert ran(copy) == 0
        assert not list((copy / "cache").rglob(".*.partial"))
    assert figures(copy) == before


@pytest.mark.parametrize("size", ["4k", "16k", "64k", "256k"])
def test_runs_on_a_full_disk_are_refused_or_whole(copy: Path, size: str) -> None:
    shutil.rmtree(copy / "runs")
    with small_disk(copy / "runs", size):
        code = ran(copy)
        listed = find_runs(copy / "runs")
        assert code in (0, 1, 2) and len(listed) == (code == 0)
        assert not [path for path in (copy / "runs").iterdir() if path.name.endswith(".partial")]
    assert ran(copy) == 0 and len(find_runs(copy / "runs")) == 1


def test_without_a_home_a_run_is_the_same(copy: Path) -> None:
    before = figures(copy)
    assert ran(copy, HOME="unset", NEWSBT_CACHE="unset", XDG_CACHE_HOME="unset", NUMBA_CACHE_DIR="unset") == 0
    assert figures(copy) == before


def test_forty_file_handles_are_enough_or_named(copy: Path) -> None:
    before = figures(copy)
    assert ran(copy, handles=40) == 0
    assert figures(copy) == before
    assert ran(copy, "show", "last", handles=40) == 0
