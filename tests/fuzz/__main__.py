"""`make fuzz`: INPUTS files for each reader, or as many as MINUTES allow; half of them are changed valid ones.

A reader answers or raises an error of newsbt's own, within 5 seconds of a processor and 2 GB. What does otherwise is
kept in build/fuzz, and so is what was done: it goes on where it was stopped, until code or tests change. The same seed
makes the same files.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import logging
import os
import random
import resource
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any
from unittest.mock import patch

from coverage import Coverage

from fuzz.mutations import arbitrary, mutated
from fuzz.target import ROOT, Target
from fuzz.targets import TARGETS
from mutants.forks import forked
from mutants.kept import state_of_the_files
from mutants.limits import TooLongError, seconds_of_processor

SECONDS, MEMORY = 5.0, 2 << 30
BATCH = 250  # inputs of a process
WATCHED = 200  # inputs of a reader of which lines are counted
KEPT = ROOT / "build" / "fuzz"
BEHIND: dict[str, Sequence[Lines]] = {}  # of each reader; a file that runs half of some of them is past the head
Faults = list[tuple[str, bytes]]
Lines = set[tuple[str, int]]


def made(name: str, seed: int, number: int) -> bytes:
    """The n-th input of a reader: every other one is a valid file with a few changes."""
    chance = random.Random(f"{name} {seed} {number}")
    target = TARGETS[name]
    if not number % 2:
        return arbitrary(chance)
    return mutated(chance.choice(target.samples()), chance, target.ending or Path(target.name).suffix)


RULES: dict[tuple[object, ...], Any] = {}


def rules_of(universe: Any, types: Any = None) -> Any:
    """The rules of extraction by the names of a universe: made once, since that takes longer than most files."""
    from newsbt.events.extraction.extract import Extractor

    key = (None if universe is None else universe.instruments, None if types is None else id(types))
    if key not in RULES:
        RULES[key] = Extractor(universe, types), types
    return RULES[key][0]


def fault_of(target: Target, content: bytes) -> str:
    """What went wrong, a traceback; nothing where the reader answered or refused."""
    from newsbt.errors import NewsbtError
    from newsbt.events.labelling import rule_labeller

    with (
        patch.object(rule_labeller, "Extractor", rules_of),
        tempfile.TemporaryDirectory(prefix="newsbt-fuzz-") as folder,
    ):
        path = Path(folder) / target.name
        path.write_bytes(content)
        try:
            with warnings.catch_warnings(), seconds_of_processor(SECONDS):
                warnings.simplefilter("ignore")
                target.read(path)
        except NewsbtError:
            return ""
        except (Exception, TooLongError):
            return traceback.format_exc()
    return ""


def memory_asked_once() -> None:
    """How much memory is free is asked before every file, which takes longer than reading most of these: in a process
    of the fuzzing it stays what it was, and the limit of the process is what counts."""
    from newsbt.domain import memory

    free = memory._of_machine(), memory._of_group()
    memory._of_machine, memory._of_group = (lambda: free[0]), (lambda: free[1])


def files_in_memory() -> None:
    """Readers' files lie in memory and Arrow has one thread: disks and threads took longer than what is read."""
    import pyarrow as pa

    pa.set_cpu_count(1)
    if os.access("/dev/shm", os.W_OK):
        tempfile.tempdir = "/dev/shm"


def watch_of(target: Target) -> Coverage:
    """Notes which lines of a reader's modules run."""
    paths = [str(ROOT / "src" / "newsbt" / module) for module in target.modules]
    return Coverage(data_file=None, config_file=False, include=paths, messages=False)


def lines_of(watch: Coverage, context: str | None = None) -> Lines:
    data = watch.get_data()
    data.set_query_contexts(None if context is None else [f"^{context}$"])
    return {(path, line) for path in data.measured_files() for line in data.lines(path) or ()}


def behind_the_head(target: Target) -> Sequence[Lines]:
    """The lines that a valid file runs and neither an empty one nor rubbish does, of each valid file."""
    watch = watch_of(target)
    contents = {"empty": b"", "rubbish": bytes(range(256)), **{f"v{k}": one for k, one in enumerate(target.samples())}}
    watch.start()
    for name, content in contents.items():
        watch.switch_context(name)
        assert name in ("empty", "rubbish") or not (wrong := fault_of(target, content)), wrong
        fault_of(target, content)
    watch.stop()
    head = lines_of(watch, "empty") | lines_of(watch, "rubbish")
    core = {str(ROOT / "src" / "newsbt" / module) for module in target.core or target.modules}
    every = [lines_of(watch, name) for name in contents if name[0] == "v"]
    valid = [{line for line in ran if line[0] in core} for ran in every]
    return [found for ran in valid if (found := ran - head)] or valid  # who reads line by line has no head


def batch(part: tuple[str, int, int]) -> tuple[Faults, Lines, tuple[int, int]]:
    """In a process of its own: faults, and where they are counted lines, and how many changed files were read past the
    head, of how many."""
    logging.disable()
    memory_asked_once()
    name, seed, first = part
    target = TARGETS[name]
    found: Faults = []
    before = resource.getrlimit(resource.RLIMIT_DATA)
    held = int(Path("/proc/self/statm").read_text().split()[5]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_DATA, (held + MEMORY, before[1]))
    watched = range(first, min(first + BATCH, WATCHED))
    watch = watch_of(target)
    if watched:
        watch.start()
    for number in range(first, first + BATCH):
        content = made(name, seed, number)
        if number in watched:
            watch.switch_context(f"n{number}")
        elif number == watched.stop:
            watch.stop()
        if wrong := fault_of(target, content):
            found.append((wrong, content))
    if not watched:
        return found, set(), (0, 0)
    watch.stop()
    changed = [lines_of(watch, f"n{number}") for number in watched if number % 2]
    past = sum(any(2 * len(ran & one) >= len(one) for one in BEHIND[name]) for ran in changed)
    return found, lines_of(watch), (past, len(changed))


def covered(target: Target, lines: Lines) -> str:
    """The share of each of a reader's modules that ran, of the lines inside functions."""
    shown = []
    for module in target.modules:
        path = str(ROOT / "src" / "newsbt" / module)
        statements = set(Coverage(data_file=None, config_file=False).analysis2(path)[1]) - imported(path)
        ran = statements & {line for file, line in lines if file == path}
        shown.append(f"{module} {len(ran)}/{len(statements)}")
    return ", ".join(shown)


def imported(path: str) -> set[int]:
    """Lines that run on import."""
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            inside |= {line for one in node.body for line in range(one.lineno, (one.end_lineno or one.lineno) + 1)}
    every = set(range(1, len(Path(path).read_text(encoding="utf-8").splitlines()) + 1))
    return every - inside


class Done:
    """The batches that were tried, a line each, so that what was stopped goes on where it was."""

    def __init__(self, seed: int) -> None:
        self.path = KEPT / f"{seed}-{state_of_the_files()}.jsonl"
        self.parts: set[tuple[str, int]] = set()
        self.faults: Counter[str] = Counter()
        self.lines: dict[str, Lines] = defaultdict(set)
        self.past: Counter[str] = Counter()
        self.changed: Counter[str] = Counter()
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        for line in lines:
            self._count(json.loads(line))

    def add(self, name: str, first: int, faults: int, lines: Iterable[tuple[str, int]], past: tuple[int, int]) -> None:
        row = {"name": name, "first": first, "faults": faults, "lines": sorted(lines), "past": past}
        KEPT.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        self._count(row)

    def _count(self, row: dict[str, Any]) -> None:
        self.parts.add((row["name"], row["first"]))
        self.faults[row["name"]] += row["faults"]
        self.lines[row["name"]] |= {(path, line) for path, line in row["lines"]}
        self.past[row["name"]] += row["past"][0]
        self.changed[row["name"]] += row["past"][1]

    def inputs(self, name: str) -> int:
        return BATCH * sum(one == name for one, _ in self.parts)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make fuzz")
    parser.add_argument("--inputs", type=int, default=1000, help="of each reader")
    parser.add_argument("--minutes", type=float, help="instead: until then, all readers in turn")
    parser.add_argument("--seed", type=int, default=24)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--targets", nargs="+", default=list(TARGETS), choices=list(TARGETS))
    asked = parser.parse_args()
    until = time.monotonic() + 60 * (asked.minutes or 1e9)
    rounds = range(0, 10**9 if asked.minutes else asked.inputs, BATCH)
    done = Done(asked.seed)
    every = ((name, asked.seed, first) for first in rounds for name in asked.targets if (name, first) not in done.parts)
    parts = takewhile(lambda _: time.monotonic() < until, every)
    files_in_memory()
    for name in asked.targets:  # imports what reads them, once for all
        BEHIND[name] = behind_the_head(TARGETS[name])
    for (name, _, first), answer in forked(batch, parts, asked.jobs):
        if answer is None:
            say(f"FAULT {name}: the process died at inputs {first} to {first + BATCH - 1}")
        faults, seen, past = answer or ([("", b"")], set(), (0, 0))
        done.add(name, first, len(faults), seen, past)
        for text, content in faults if answer else ():
            kept = KEPT / f"{name.replace(' ', '-')}-{hashlib.sha256(content).hexdigest()[:12]}"
            kept.write_bytes(content)
            say(f"FAULT {name}: {kept}\n{text}")
    for name in asked.targets:
        said = f"{name}: {done.inputs(name)} inputs, {done.faults[name]} faults"
        said += f", past the head {done.past[name]} of {done.changed[name]} changed ones"
        say(f"{said}; lines run: {covered(TARGETS[name], done.lines[name])}")
    wrong = sum(done.faults[name] for name in asked.targets)
    say(f"{sum(map(done.inputs, asked.targets))} inputs, {wrong} faults")
    sys.exit(1 if wrong else 0)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
