"""A process that is killed at its k-th step on files below a folder, whichever step that is."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

STEPS = ("open", "os.rename", "os.remove", "os.mkdir", "os.truncate")


def killed_at(step: int, folder: Path, work: Callable[[], object]) -> bool:
    """Whether a child process that does `work` was killed before it was done: at the `step`-th step on files of the
    folder, counted from 0. Steps are those that Python's audit hooks see: files opened, renamed and removed."""
    pid = os.fork()
    if pid == 0:
        left = step

        def count(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            if event in STEPS and str(arguments[0]).startswith(str(folder)):
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left -= 1

        status = 1
        try:
            sys.addaudithook(count)
            work()
            status = 0
        finally:
            os._exit(status)
    ended = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(ended):
        return True
    assert os.WEXITSTATUS(ended) == 0
    return False


def contents(folder: Path) -> dict[str, bytes]:
    """The files below a folder, by name; locks left out."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(".lock")
    }
