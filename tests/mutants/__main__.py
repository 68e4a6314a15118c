"""`make mutants`: plant each fault of a fixed sample, run the tests that reach its line, and list what nobody noticed.

The kernels run as plain Python. Everything is imported once, the twin keeps its books once, and once it is watched
which lines each world and each test reaches. Every fault then has a process of its own, forked from that one, in which
the code of its function is exchanged. It is looked for by the worlds that reach its line, then by the unit and golden
tests that do.
"""

from __future__ import annotations

import os

os.environ |= {"NUMBA_DISABLE_JIT": "1", "CI": "1"}  # CI: hypothesis with the same examples every time

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from multiprocessing import get_context
from typing import Any

import pytest

from mutants.operators import Mutant
from mutants.planting import plant
from mutants.reach import Line, Lines, Watcher
from mutants.sample import sample
from twin.corpus import kept, kept_with_limits, world
from twin.named import NAMED
from twin.product import ENGINES, check_books
from twin.result import TwinResult
from twin.run import run
from twin.scenario import Scenario

WHOLE_RUNS = ("step", "hourly step")
SECONDS = 20  # after which a world that does not end has noticed
TESTS = (
    "tests/unit/kernels/rules", "tests/unit/simulation", "tests/unit/markets/test_limits.py", "tests/golden",
)  # fmt: skip
BLIND = "not command and not every_index and not twin"  # tests whose programs import no fault, and those of the twin

WORLDS: list[tuple[str, Scenario, TwinResult]] = []
REACHED: dict[tuple[int, str], frozenset[Line]] = {}  # by index in WORLDS and engine
TESTED: dict[str, frozenset[Line]] = {}  # by the name of a test


def reach(where: tuple[int, str]) -> tuple[tuple[int, str], frozenset[Line]]:
    """The lines of one world on one engine."""
    index, engine = where
    _, scenario, books = WORLDS[index]
    with Lines() as seen:
        check_books(scenario, books, engine)
    return where, frozenset(seen)


def tested(part: tuple[int, int]) -> dict[str, frozenset[Line]]:
    """The lines of every n-th test, from one on."""
    watcher = Watcher(*part)
    code = quietly("-x", plugins=[watcher])
    assert code == pytest.ExitCode.OK, f"the tests fail without any fault: {code}"
    return watcher.reached


def quietly(*options: str, plugins: list[Any]) -> int:
    words = [*options, "-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", BLIND, *TESTS]
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        return int(pytest.main(words, plugins=plugins))


class TooLongError(BaseException):
    pass


def give_up(*_: Any) -> None:
    raise TooLongError


def noticed_by(mutant: Mutant) -> tuple[Mutant, str]:
    """The first world or test that fails, or nothing."""
    line = mutant.file, mutant.line
    signal.signal(signal.SIGALRM, give_up)
    os.environ["NEWSBT_CACHE"] = tempfile.mkdtemp(prefix="newsbt-mutant-")  # what a fault keeps is nobody else's
    plant(mutant)
    name = ""
    try:
        for (index, engine), lines in REACHED.items():
            if line in lines:
                name, scenario, books = WORLDS[index]
                signal.alarm(SECONDS)
                check_books(scenario, books, engine)
        seen = Failed({test for test, lines in TESTED.items() if line in lines})
        if seen.wanted:
            name = "pytest"
            signal.alarm(30 * SECONDS)
            quietly("-x", plugins=[seen])
        return mutant, seen.name
    except (Exception, TooLongError) as error:
        return mutant, f"{name}: {type(error).__name__}"
    finally:
        signal.alarm(0)
        shutil.rmtree(os.environ["NEWSBT_CACHE"], ignore_errors=True)


class Failed:
    """Runs the tests that are wanted; the name of the first that failed."""

    name = ""

    def __init__(self, wanted: set[str]) -> None:
        self.wanted = wanted

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid in self.wanted]

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.name = self.name or (report.nodeid if report.failed else "")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=16)
    parser.add_argument("--jobs", type=int, default=2)
    wanted = parser.parse_args()
    since = clock()
    WORLDS.extend((f"named {name!r}", scenario, run(scenario)) for name, scenario in NAMED.items())
    for kind, seed in kept():
        if kind not in WHOLE_RUNS:
            scenario = world(kind, seed)
            WORLDS.append((f"world({kind!r}, {seed})", scenario, run(scenario)))
    WORLDS.extend((name, scenario, run(scenario)) for name, scenario in kept_with_limits())
    say(f"{len(WORLDS)} worlds of the twin after {since()}")
    quietly("--collect-only", plugins=[])  # imports the tests
    context = get_context("fork")
    with context.Pool(wanted.jobs) as workers:
        tests = workers.imap_unordered(tested, [(part, 2 * wanted.jobs) for part in range(2 * wanted.jobs)])
        pairs = [(index, engine) for index in range(len(WORLDS)) for engine in ENGINES]
        REACHED.update(sorted(workers.imap_unordered(reach, pairs, chunksize=8)))
        for found in tests:
            TESTED.update(found)
    say(f"their lines, and those of {len(TESTED)} tests, after {since()}")
    survivors = 0
    with context.Pool(wanted.jobs, maxtasksperchild=1) as workers:
        for mutant, name in workers.imap_unordered(noticed_by, sample(wanted.count, wanted.seed), chunksize=1):
            say(f"{'killed  ' if name else 'SURVIVED'} {mutant}  {name}")
            survivors += not name
    say(f"{wanted.count - survivors} of {wanted.count} killed in {since()}")


def clock() -> Callable[[], str]:
    began = time.perf_counter()
    return lambda: f"{time.perf_counter() - began:.0f} s"


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
