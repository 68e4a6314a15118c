"""A process that is killed before or after any of its steps: each call that opens, writes, syncs, renames or deletes.

Run as a program: ``killed_steps.py WORK STORE FOLDER STRIDE`` copies STORE into FOLDER for every STRIDE-th step, does
WORK in the copy and dies at that step, a write half done; the copy `whole` is of WORK that ended. With ``race`` as WORK
two processes write into STORE at once, STRIDE pulls each.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import FrameType

STEPS = frozenset({"open", "write", "fsync", "replace", "rename", "unlink", "remove", "mkdir", "flock", "close"})


def count_and_kill(work: Callable[[], None], step: int) -> int:
    """Do the work and die at a step, or say how many steps it has."""
    seen = 0

    def watch(frame: FrameType, event: str, call: object) -> None:
        nonlocal seen
        if event not in ("c_call", "c_return") or getattr(call, "__name__", "") not in STEPS:
            return
        seen += 1
        if seen != step:
            return
        file = getattr(call, "__self__", None)
        if event == "c_call" and getattr(call, "__name__", "") == "write" and hasattr(file, "raw"):
            content = frame.f_locals.get("chunk", b"")
            file.write(content[: len(content) // 2])
            file.flush()
        os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(None)
    return seen


def run_steps(*arguments: str | Path | int) -> None:
    """Run this file as a program."""
    command = [sys.executable, __file__, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert not done.returncode, done.stderr


def killed_copies(work: str, folder: Path, stride: int) -> list[Path]:
    """Copies of the folder's `store`, in each of which the work was killed at another step, and at last one in which it
    was not."""
    (folder / "copies").mkdir()
    run_steps(work, folder / "store", folder / "copies", stride)
    return sorted((folder / "copies").iterdir())


def main(work: str, store: Path, folder: Path, stride: int) -> None:
    import pulled_answers as answers
    from newsbt import price_store

    works: dict[str, Callable[[Path], object]] = {
        "add": lambda copy: answers.store_at(copy, 9).add(
            answers.prices(["2023-03-01", "2024-03-01", "2025-03-04"], [9.0, 9.0, 9.0])
        ),
        "compact": lambda copy: price_store.compact(answers.store_at(copy, 9)),
    }
    for name in ("warm", "whole"):  # what is looked up once, such as this boot's name, is no step
        whole = folder / name
        shutil.copytree(store, whole)
        if name == "warm":
            works[work](whole)
            shutil.rmtree(whole)
    steps = count_and_kill(lambda: works[work](whole), 0)
    for step in range(1, steps + 1, stride):
        copy = folder / f"{step:04d}"
        shutil.copytree(store, copy)
        child = os.fork()
        if not child:
            count_and_kill(lambda copy=copy: works[work](copy), step)
            os._exit(3)
        if os.waitpid(child, 0)[1] != signal.SIGKILL:
            raise SystemExit(f"step {step} of {steps} was not reached")


def race(store: Path, pulls: int) -> None:
    import pulled_answers as answers

    children = []
    for ticker in ("0700.HK", "9988.HK"):
        child = os.fork()
        if not child:
            for k in range(pulls):
                answers.store_at(store).add(answers.prices(["2024-03-01", "2025-03-04"], [1.0 + k, 1.0], ticker=ticker))
            os._exit(0)
        children.append(child)
    if any(os.waitpid(child, 0)[1] for child in children):
        raise SystemExit("a writer failed")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.path.insert(0, str(Path(__file__).parent))
    if sys.argv[1] == "race":
        race(Path(sys.argv[2]), int(sys.argv[4]))
    else:
        main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
