"""A command that is killed at one of its own system calls on files below some folders, by strace."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CALLS = ("openat", "write", "rename", "fsync", "unlink")  # those that a kill can follow
EVERY = ("rename", "fsync", "unlink")  # of which there are few: each is tried
LINE = re.compile(r"^(\d+) +(\w+)\((.*)")
SECONDS = 600

has_strace = shutil.which("strace") is not None


@dataclass(frozen=True, slots=True)
class Strike:
    """The n-th call of a kind that a thread makes, counted from 1."""

    call: str
    number: int

    def __str__(self) -> str:
        return f"{self.call} {self.number}"


def newsbt(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "newsbt", *map(str, words)]


def ended(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=SECONDS,
        check=False,
    )  # fmt: skip


def strikes(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], roots: Iterable[Path]
) -> list[Strike]:
    """Where the command can be killed: its calls on files below the roots, of the thread that it begins with."""
    log = folder / "strace.log"
    traced = ["strace", "-f", "-qq", "-y", "--seccomp-bpf", "-e", f"trace={','.join(CALLS)}", "-o", str(log), *command]
    done = ended(traced, folder, environment)
    assert done.returncode == 0, done.stderr
    lines = [found for found in map(LINE.match, log.read_text(errors="replace").splitlines()) if found]
    log.unlink()
    first = lines[0][1]
    seen, here = Counter[str](), []
    below = [str(root) for root in roots]
    for thread, call, rest in (line.groups() for line in lines):
        if thread != first:
            continue
        seen[call] += 1
        if any(root in rest for root in below):
            here.append(Strike(call, seen[call]))
    return here


def struck(
    strike: Strike, command: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """The command, killed as it returns from that call; it may have ended before."""
    inject = f"inject={strike.call}:signal=KILL:when={strike.number}"
    traced = ["strace", "-f", "-qq", "-e", f"trace={strike.call}", "-e", inject, "-o", os.devnull]
    return ended([*traced, *command], folder, environment)
