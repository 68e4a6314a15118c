"""`make mutants`: plant each fault of a fixed sample, run the tests that reach its line, and list what nobody noticed.

The kernels run as plain Python. Nothing of newsbt is imported before a fault is planted, so that every fault has a
process of its own, forked from one in which the twin has kept its books. It is looked for by the worlds that reach its
line on either engine, then by the unit and golden tests.
"""

from __future__ import annotations

import os

os.environ |= {"NUMBA_DISABLE_JIT": "1", "CI": "1"}  # CI: hypothesis with the same examples every time

import argparse
import importlib
import importlib.util
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from multiprocessing import get_context
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from mutants.operators import Mutant, planted
from mutants.sample import FILES, SOURCE, sample
from twin.corpus import kept, world
from twin.named import NAMED
from twin.result import TwinResult
from twin.run import run
from twin.scenario import Scenario

WHOLE_RUNS = ("step", "hourly step")
SECONDS = 20  # after which a world that does not end has noticed
TESTS = (
    "tests/unit/kernels/rules", "tests/unit/simulation", "tests/unit/markets/test_limits.py", "tests/golden",
)  # fmt: skip
BLIND = "not command and not every_index and not twin"  # tests whose programs import no fault, and those of the twin
READY = (
    "backtrader",
    "exchange_calendars",
    "hypothesis",
    "numba",
    "pandas",
    "pyarrow.parquet",
    "pydantic",
    "scipy.stats",
)


class Planter(MetaPathFinder, SourceFileLoader):
    """Imports one module with a fault in it."""

    def __init__(self, mutant: Mutant) -> None:
        name = "newsbt." + mutant.file.removesuffix(".py").replace("/", ".")
        super().__init__(name, str(SOURCE / mutant.file))
        self.mutant = mutant

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        return (
            importlib.util.spec_from_file_location(fullname, self.path, loader=self) if fullname == self.name else None
        )

    def get_code(self, fullname: str) -> CodeType:
        tree = planted(self.mutant, Path(self.path).read_text(encoding="utf-8"))
        return compile(tree, self.path, "exec", dont_inherit=True)


class TooLongError(BaseException):
    pass


def give_up(*_: Any) -> None:
    raise TooLongError


WORLDS: list[tuple[str, Scenario, TwinResult]] = []
REACHED: dict[int, set[tuple[str, int]]] = {}  # by place in WORLDS: files and lines


def watch(frame: FrameType, event: str, argument: Any) -> Any:
    """Of the files, which lines run."""
    name = frame.f_code.co_filename
    if not name.startswith(str(SOURCE)) or name[len(str(SOURCE)) + 1 :] not in FILES:
        return None
    file, lines = name[len(str(SOURCE)) + 1 :], _seen

    def line(frame: FrameType, event: str, argument: Any) -> Any:
        lines.add((file, frame.f_lineno))
        return line

    return line


_seen: set[tuple[str, int]] = set()


def reach(index: int) -> tuple[int, set[tuple[str, int]]]:
    from twin.product import check_books

    _, scenario, books = WORLDS[index]
    _seen.clear()
    sys.settrace(watch)
    try:
        check_books(scenario, books)
    finally:
        sys.settrace(None)
    return index, set(_seen)


def noticed_by(mutant: Mutant) -> tuple[Mutant, str]:
    """The first test that fails, or nothing."""
    sys.meta_path.insert(0, Planter(mutant))
    signal.signal(signal.SIGALRM, give_up)
    name = "its import"
    try:
        from twin.product import check_books

        for index in reaching(mutant):
            name, scenario, books = WORLDS[index]
            signal.alarm(SECONDS)
            check_books(scenario, books)
        name, seen = "pytest", Failed()
        signal.alarm(30 * SECONDS)
        options = ("-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", BLIND)
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
            code = pytest.main([*options, *TESTS], plugins=[seen])
        if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            return mutant, ""  # the tests could not be run, so that nobody has noticed
        return mutant, seen.name
    except (Exception, TooLongError) as error:
        return mutant, f"{name}: {type(error).__name__}"
    finally:
        signal.alarm(0)


class Failed:
    """The name of the first test that failed."""

    name = ""

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.name = self.name or (report.nodeid if report.failed else "")


def reaching(mutant: Mutant) -> Iterator[int]:
    return (index for index, lines in REACHED.items() if (mutant.file, mutant.line) in lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=16)
    parser.add_argument("--jobs", type=int, default=2)
    wanted = parser.parse_args()
    began = time.perf_counter()
    for name in READY:
        importlib.import_module(name)
    WORLDS.extend((f"named {name!r}", scenario, run(scenario)) for name, scenario in NAMED.items())
    for kind, seed in kept():
        if kind not in WHOLE_RUNS:
            scenario = world(kind, seed)
            WORLDS.append((f"world({kind!r}, {seed})", scenario, run(scenario)))
    say(f"{len(WORLDS)} worlds of the twin after {time.perf_counter() - began:.0f} s")
    context = get_context("fork")
    with context.Pool(wanted.jobs) as workers:
        REACHED.update(sorted(workers.imap_unordered(reach, range(len(WORLDS)), chunksize=8)))
    say(f"their lines after {time.perf_counter() - began:.0f} s")
    survivors = []
    with context.Pool(wanted.jobs, maxtasksperchild=1) as workers:
        for mutant, name in workers.imap_unordered(noticed_by, sample(wanted.count, wanted.seed), chunksize=1):
            say(f"{'killed  ' if name else 'SURVIVED'} {mutant}  {name}")
            survivors += [] if name else [mutant]
    say(f"{wanted.count - len(survivors)} of {wanted.count} killed in {time.perf_counter() - began:.0f} s")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
