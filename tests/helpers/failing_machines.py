"""What happens to a project, its cache or its stores while a command works, and is over when the command has ended."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path

import pytest

__all__ = ["FAULTS", "SHORTAGES", "on_a_disk_with"]

CACHE = ("cache",)
STORES = ("store", "filings", "kept.jsonl", "model.npz", "model.json")
PAUSE_SECONDS = 0.01
STRANGER = 54321  # a user that no machine has
SHORTAGES = ("forty_handles", "no_home", "no_rights", "small_files")  # of `warm_shortages`
Fault = Callable[[Path], AbstractContextManager[object]]


def _files(folder: Path, names: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        path = folder / name
        yield from (one for one in [path, *path.rglob("*")] if one.is_file())


@contextmanager
def damaged(folder: Path, names: tuple[str, ...]) -> Iterator[None]:
    """The second half of every file is seven zeros; afterwards those that still are so are as they were."""
    were = {path: path.read_bytes() for path in _files(folder, names)}
    broken = {path: content[: len(content) // 2] + b"\0" * 7 for path, content in were.items()}
    for path, content in broken.items():
        path.write_bytes(content)
    yield
    for path, content in broken.items():
        if path.exists() and path.read_bytes() == content:
            path.write_bytes(were[path])


@contextmanager
def deleted(folder: Path, names: tuple[str, ...]) -> Iterator[None]:
    """Over and over; afterwards they are as they were."""
    kept = folder.parent / f"{folder.name} kept"
    for name in names:
        if (folder / name).exists():
            (shutil.copytree if (folder / name).is_dir() else _copied)(folder / name, kept / name)
    is_over = threading.Event()

    def delete() -> None:
        while not is_over.wait(PAUSE_SECONDS):
            for name in names:
                _remove(folder / name)

    deleting = threading.Thread(target=delete)
    deleting.start()
    try:
        yield
    finally:
        is_over.set()
        deleting.join()
    for name in names:
        _remove(folder / name)
        if (kept / name).exists():
            shutil.move(kept / name, folder / name)


def _copied(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, to)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def of_another_user(folder: Path) -> Iterator[None]:
    if os.geteuid():
        pytest.skip("only the superuser gives files away")
    for path in (folder, *folder.rglob("*")):
        os.chown(path, STRANGER, STRANGER)
    yield


@contextmanager
def read_only(folder: Path, names: tuple[str, ...]) -> Iterator[None]:
    """To the superuser too."""
    bound = [folder / name for name in names if (folder / name).exists()]
    for path in bound:
        mount("--bind", str(path), str(path))
    try:
        for path in bound:
            mount("-o", "remount,ro,bind", str(path))
        yield
    finally:
        for path in bound:
            subprocess.run(["umount", "-l", path], check=True)


@contextmanager
def on_a_disk_with(folder: Path, free: int, at: Path) -> Iterator[tuple[Path, Callable[[], object]]]:
    """A copy of the project on a disk of its own with so many bytes free, and what makes room there."""
    disk = at / "disk"
    disk.mkdir()
    mount("-t", "tmpfs", "-o", "size=64m,mode=755", "tmpfs", str(disk))
    try:
        copy = shutil.copytree(folder, disk / "project")
        ballast = disk / "ballast"
        size = os.statvfs(disk)
        with ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, size.f_bavail * size.f_frsize - free))
        yield copy, ballast.unlink
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def mount(*words: str) -> None:
    if subprocess.run(["mount", *words], capture_output=True, check=False).returncode:
        pytest.skip("the superuser mounts")


FAULTS: Mapping[str, Fault] = {
    "files of another user": of_another_user, "no_rights": of_another_user,
    "forty_handles": nullcontext, "no_home": nullcontext, "small_files": nullcontext,
    "cache damaged": partial(damaged, names=CACHE), "cache deleted": partial(deleted, names=CACHE),
    "cache read-only": partial(read_only, names=CACHE),
    "stores damaged": partial(damaged, names=STORES), "stores deleted": partial(deleted, names=STORES),
    "stores read-only": partial(read_only, names=STORES),
    "runs deleted": partial(deleted, names=("runs",)),
}  # fmt: skip
