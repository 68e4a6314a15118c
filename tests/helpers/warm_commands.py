"""newsbt's commands in processes forked from one that has imported all of newsbt, killed after one of their own calls.

Run as a program it answers requests: a kill costs what the command itself takes, not the seconds that importing takes.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import os
import pickle
import pkgutil
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

CALLS = ("openat", "write", "rename", "fsync", "unlink")  # those that a kill follows
LINE = re.compile(r"^(\d+) +(\w+)\((.*)")
SECONDS = 600


@dataclass(frozen=True, slots=True)
class Strike:
    """The n-th call of a kind that a thread makes, counted from 1."""

    call: str
    number: int

    def __str__(self) -> str:
        return f"{self.call} {self.number}"


@dataclass(frozen=True, slots=True)
class Request:
    """A command, several times at once; `prepare` are functions ``module:name`` that the process calls first."""

    words: Sequence[str]
    folder: str
    environment: Mapping[str, str]
    strike: Strike | None = None
    log: str = ""
    times: int = 1
    prepare: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """How each process ended, minus the signal that did it, and what they wrote."""

    codes: Sequence[int]
    stdout: str
    stderr: str

    @property
    def code(self) -> int:
        return self.codes[0]


class WarmCommands:
    """The program, to be closed; `more` is what its environment has besides."""

    def __init__(self, more: Mapping[str, str] | None = None) -> None:
        command = [sys.executable, __file__]
        known = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), **(more or {})}
        self._running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=known)

    def close(self) -> None:
        with self._running as running:
            assert running.stdin is not None
            running.stdin.close()

    def ended(self, request: Request) -> Ended:
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        pickle.dump(request, self._running.stdin)
        self._running.stdin.flush()
        found: Ended = pickle.load(self._running.stdout)
        return found

    def strikes(self, request: Request, root: Path) -> list[Strike]:
        """Where the command can be killed: its calls on files below the root, of the thread that it begins with."""
        log = root / "strace.log"
        done = self.ended(
            Request(request.words, request.folder, request.environment, log=str(log), prepare=request.prepare)
        )
        assert done.code == 0, done.stderr
        lines = [found for found in map(LINE.match, log.read_text(errors="replace").splitlines()) if found]
        log.unlink()
        first, seen, here = lines[0][1], Counter[str](), []
        for thread, call, rest in (line.groups() for line in lines):
            if thread == first:
                seen[call] += 1
                if str(root) in rest:
                    here.append(Strike(call, seen[call]))
        return here


def _answer(request: Request) -> Ended:
    with tempfile.TemporaryFile("w+") as stdout, tempfile.TemporaryFile("w+") as stderr:
        children = [_forked(request, stdout, stderr) for _ in range(request.times)]
        if request.strike or request.log:
            with _traced(children[0], request):
                codes = [_code(child) for child in children]
        else:
            codes = [_code(child) for child in children]
        stdout.seek(0)
        stderr.seek(0)
        return Ended(codes, stdout.read(), stderr.read())


def _code(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _forked(request: Request, stdout: IO[str], stderr: IO[str]) -> int:
    child = os.fork()
    if child:
        return child
    code = 99
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(stdout.fileno(), 1)
        os.dup2(stderr.fileno(), 2)
        sys.stdout, sys.stderr = (os.fdopen(number, "w", closefd=False) for number in (1, 2))
        os.chdir(request.folder)
        os.environ.update(request.environment)
        for function in request.prepare:
            module, _, name = function.partition(":")
            getattr(importlib.import_module(module), name)()
        if request.strike or request.log:
            os.kill(os.getpid(), signal.SIGSTOP)
        from newsbt.cli import main

        code = main(list(request.words))
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else 1
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


@contextlib.contextmanager
def _traced(child: int, request: Request) -> Iterator[None]:
    """strace follows the child, which stands still until it does. After the call that is to be the last one it holds
    the process for so long that it can be killed."""
    with tempfile.NamedTemporaryFile("r") as own:
        log = request.log or own.name
        command = ["strace", "-f", "-y", "-p", str(child), "-o", log, "-e", "signal=none"]
        if request.strike:
            hold = f"inject={request.strike.call}:delay_exit={SECONDS * 1_000_000}:when={request.strike.number}"
            command += ["-e", f"trace={request.strike.call}", "-e", hold]
        else:
            command += ["-e", f"trace={','.join(CALLS)}"]
        os.waitpid(child, os.WUNTRACED)
        tracing = subprocess.Popen(command, stderr=subprocess.PIPE)
        assert tracing.stderr is not None
        try:
            assert b"attached" in tracing.stderr.readline()
            os.kill(child, signal.SIGCONT)
            while request.strike and os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                if "(DELAYED)" in own.read():
                    os.kill(child, signal.SIGKILL)
                    tracing.kill()  # which holds it
                    break
                time.sleep(0.005)
            yield
        finally:
            tracing.wait(SECONDS)
            tracing.stderr.close()


def main() -> None:
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    import newsbt

    for module in pkgutil.walk_packages(newsbt.__path__, "newsbt."):
        if not module.name.endswith("__main__"):
            with contextlib.suppress(ImportError):  # of libraries that are not installed
                importlib.import_module(module.name)
    for name in ("jinja2", "pyarrow.parquet", "exchange_calendars", "scipy.stats", "feedparser", "yfinance"):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    with contextlib.suppress(EOFError):
        while True:
            answer = _answer(pickle.load(requests))
            pickle.dump(answer, answers)
            answers.flush()


if __name__ == "__main__":
    importlib.import_module("warm_commands").main()
