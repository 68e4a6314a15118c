"""`make mutants`: plant each fault of a sample, run the tests that reach its line, and list what nobody noticed.

Without a seed it is the fixed sample of CI, in the execution code. With `SEED=7 SITES=400` it is drawn from all areas
of `files.txt`, and what was stopped goes on where it was.

The kernels run as plain Python. Everything is imported once, the twin keeps its books once, and once it is watched
which lines each world and each test reaches. Every fault then has a process of its own, forked from that one, in which
the code of its function is exchanged.
"""

from __future__ import annotations

import os

os.environ |= {"NUMBA_DISABLE_JIT": "1", "CI": "1"}  # CI: hypothesis with the same examples every time

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest

from mutants.forks import forked
from mutants.kept import Fates, kept_each, kept_once, state_of_the_files, state_of_what_is_watched
from mutants.noticing import NOT_PLANTED, NOT_RUN, World, noticed_by, quietly
from mutants.operators import Mutant
from mutants.reach import Lines, Reach, Watcher, coded
from mutants.sample import AREAS, drawn, equivalents, sample
from twin.corpus import kept, kept_with_limits, world
from twin.named import NAMED
from twin.product import ENGINES, check_books
from twin.run import run

WHOLE_RUNS = ("step", "hourly step")
TESTS_OF_EXECUTION = (
    "tests/unit/kernels/rules", "tests/unit/kernels/test_ledger_state.py", "tests/unit/simulation",
    "tests/unit/markets/test_limits.py", "tests/golden",
)  # fmt: skip
# Those that look at numbers and words: what compares source text, hashes or whole recorded run folders is none of them.
TESTS = (
    *(f"tests/unit/{name}" for name in (
        "analysis", "audit/test_auditing.py", "audit/test_null_prices.py", "evidence", "events", "explain", "kernels",
        "linking", "live", "markets", "simulation", "steps", "sweeps/test_variant_selection.py",
        "sweeps/test_variant_worker.py", "sweeps/test_walk_forward_config.py", "test_assembly.py", "test_check.py",
        "test_from_objects.py", "test_pipeline.py",
    )),
    *(f"tests/functional/test_{name}.py" for name in (
        "bad_markets", "built_in_strategies", "capacity", "frames_in", "labelled_run", "linked_only", "news_run",
        "no_announcements", "rules_of_ones_own", "thin_news", "tickers_in_every_form", "users_errors", "users_plug_ins",
    )),
    *(f"tests/property/test_{name}.py" for name in ("inference_properties", "market_properties", "orders_as_of")),
    "tests/golden",
)  # fmt: skip
LONGEST = 20.0  # seconds of a processor that a test may take without any fault
MOST_SECONDS = 90.0  # of a processor that the tests of one fault take together; the quickest go first

WORLDS: list[World] = []
Worlds = dict[tuple[int, str], Reach]  # by index in WORLDS and engine


def worlds_of_the_twin() -> Iterator[World]:
    yield from ((f"named {name!r}", scenario, run(scenario)) for name, scenario in NAMED.items())
    for kind, seed in kept():
        if kind not in WHOLE_RUNS:
            scenario = world(kind, seed)
            yield f"world({kind!r}, {seed})", scenario, run(scenario)
    yield from ((name, scenario, run(scenario)) for name, scenario in kept_with_limits())


def reach_of_worlds(part: tuple[int, int]) -> Worlds:
    """That of every n-th pair of a world and an engine, from one on."""
    first, every = part
    found: Worlds = {}
    for index, engine in [(index, engine) for index in range(len(WORLDS)) for engine in ENGINES][first::every]:
        _, scenario, books = WORLDS[index]
        lines, began = Lines(), time.process_time()
        with lines:
            check_books(scenario, books, engine)
        found[index, engine] = Reach(time.process_time() - began, lines.seen)
    return found


Watched = tuple[dict[str, Reach], list[str]]  # of tests, and those that fail without any fault


def reach_of_tests(file: str) -> Watched:
    watcher = Watcher(LONGEST)
    answer = quietly(file, plugins=[watcher])
    assert answer in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED), answer
    return watcher.reached, watcher.unfit


def watched_worlds(jobs: int) -> Worlds:
    """What every world reaches."""
    found: Worlds = {}
    for part, reached in forked(reach_of_worlds, [(first, 4 * jobs) for first in range(4 * jobs)], jobs):
        assert reached is not None, f"a world of these fails without any fault: {part}"
        found.update(reached)
    return dict(sorted(found.items()))


def watched_tests(files: list[str], jobs: int) -> Iterator[tuple[str, Watched]]:
    """What every test of some files reaches."""
    for file, watched in forked(reach_of_tests, files, jobs):
        assert watched is not None, f"the tests died without any fault: {file}"
        yield file, watched


def files_of(folders: Iterable[str]) -> list[str]:
    """The files of tests in some folders, or that are named."""
    paths = [Path(folder) for folder in folders]
    return sorted({str(one) for path in paths for one in ([path] if path.is_file() else path.rglob("test_*.py"))})


def work_on(mutant: Mutant, worlds: Worlds, tests: dict[str, Reach], scratch: str) -> str:
    """In a process of its own."""
    line = coded(mutant.file, mutant.line)
    mine = [(WORLDS[index], engine, reach.seconds) for (index, engine), reach in worlds.items() if line in reach.lines]
    quickest = sorted((reach.seconds, name) for name, reach in tests.items() if line in reach.lines)
    wanted, total = {}, 0.0
    for seconds, name in quickest:
        total += seconds
        if total <= MOST_SECONDS:
            wanted[name] = tests[name]
    return noticed_by(mutant, mine, wanted, scratch) if mine or wanted else ""


def main() -> None:
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("--sites", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--areas", nargs="+", choices=sorted(set(AREAS.values())), help="of those that a seed draws")
    parser.add_argument("--tests", nargs="+", default=TESTS, help="that look for them")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    wide = asked.seed is not None
    folders = tuple(asked.tests) if wide else TESTS_OF_EXECUTION
    mutants = drawn(asked.sites or 400, asked.seed, asked.areas) if wide else sample(asked.sites or 60, 16)
    since, state, shared = clock(), state_of_the_files(*folders), state_of_what_is_watched()
    WORLDS.extend(kept_once(f"{shared}.worlds", lambda: list(worlds_of_the_twin())) if wide else worlds_of_the_twin())
    say(f"{len(WORLDS)} worlds of the twin after {since()}")
    look = partial(watched_worlds, asked.jobs)
    worlds = kept_once(f"{shared}.reach", look) if wide else look()
    say(f"their lines after {since()}")
    files, watch = files_of(folders), partial(watched_tests, jobs=asked.jobs)
    quietly("--collect-only", *files, plugins=[])  # imports the tests
    of_files = kept_each(shared, files, watch) if wide else dict(watch(files))
    tests = {name: reach for reached, _ in of_files.values() for name, reach in reached.items()}
    unfit = sorted(name for _, failed in of_files.values() for name in failed)
    assert tests, "no test can be used"
    say(f"those of {len(tests)} tests after {since()}")
    for name in unfit:
        say(f"not used, it fails without any fault as the kernels run here, or takes too long: {name}")
    fates = Fates(f"{state}-{asked.seed}" if wide else "")
    with tempfile.TemporaryDirectory(prefix="newsbt-mutants-") as scratch:
        work = partial(work_on, worlds=worlds, tests=tests, scratch=scratch)
        for mutant, name in forked(work, fates.left(mutants) if wide else mutants, asked.jobs):
            assert name is None or not name.startswith((NOT_PLANTED, NOT_RUN)), f"{mutant}: {name}"
            by = "its process died" if name is None else name
            say(f"{'killed  ' if by else 'SURVIVED'} {mutant}  {by}")
            fates.add(mutant, by, keep=wide)
    report(mutants, fates)
    say(f"after {since()}")


def report(mutants: list[Mutant], fates: Fates) -> None:
    """How many of each area were noticed, and who of the others is said to be equivalent."""
    reasons = equivalents()
    killed, of, equal = Counter[str](), Counter[str](), 0
    for one in mutants:
        area, by = AREAS[one.file], fates.known[one.file, one.number]
        reason = reasons.get((one.file, one.function, one.what), "")
        equal += not by and bool(reason)
        if by or not reason:
            of[area] += 1
            killed[area] += bool(by)
        if not by and reason:
            say(f"equivalent: {one}: {reason}")
    for area in of:
        say(f"{area}: {killed[area]} of {of[area]} killed")
    total, found = sum(of.values()), sum(killed.values())
    say(f"{found} of {total} killed ({found / max(total, 1):.1%}), {equal} of {len(mutants)} equivalent")


def clock() -> Callable[[], str]:
    began = time.perf_counter()
    return lambda: f"{time.perf_counter() - began:.0f} s"


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
