"""What is kept between runs of `make mutants` in build/mutants: the reach of tests, and the fate of each fault."""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

from mutants.operators import Mutant
from mutants.sample import SOURCE

__all__ = ["Fates", "kept_each", "kept_once", "state_of_the_files", "state_of_what_is_watched"]

T = TypeVar("T")
ROOT = SOURCE.parents[1]
FOLDER = ROOT / "build" / "mutants"


def state_of_the_files(*tests: str) -> str:
    """A digest of all code and tests, and of those asked for: what was found for another state is not used."""
    return _digest([file for folder in ("src", "tests") for file in (ROOT / folder).rglob("*.py")], *tests)


def state_of_what_is_watched() -> str:
    """A digest of the code, and of what tests share: with a test's own text it decides which lines the test reaches."""
    shared = [file for folder in ("src", "tests/helpers", "tests/twin") for file in (ROOT / folder).rglob("*.py")]
    return _digest([*shared, *(ROOT / "tests").rglob("conftest.py")])


def _digest(files: Iterable[Path], *words: str) -> str:
    digest = hashlib.sha256(" ".join(words).encode())
    for file in sorted(files):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def kept_once(name: str, make: Callable[[], T]) -> T:
    """What was made under this name already, or is made now."""
    path = FOLDER / name
    if path.exists():
        found: T = pickle.loads(path.read_bytes())
        return found
    made = make()
    FOLDER.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(pickle.dumps(made))
    part.replace(path)
    return made


def kept_each(state: str, files: Iterable[str], make: Callable[[list[str]], Iterable[tuple[str, T]]]) -> dict[str, T]:
    """What was made of each file under this state and its text already, or is made now, as it is ready."""
    names = {file: f"{state}-{hashlib.sha256((ROOT / file).read_bytes()).hexdigest()[:12]}" for file in sorted(files)}
    missing = [file for file, name in names.items() if not (FOLDER / _flat(file, name)).exists()]
    for file, made in make(missing):
        kept_once(_flat(file, names[file]), lambda made=made: made)
    found: dict[str, T] = {}
    for file, name in names.items():
        found[file] = pickle.loads((FOLDER / _flat(file, name)).read_bytes())
    return found


def _flat(file: str, name: str) -> str:
    return f"{file.replace('/', '-')}.{name}"


class Fates:
    """By whom each fault was noticed, a line each, so that what was stopped goes on where it was."""

    def __init__(self, name: str) -> None:
        self.path = FOLDER / f"{name}.jsonl"
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        self.known: dict[tuple[str, int], str] = {}
        for line in lines:
            one = json.loads(line)
            self.known[one["file"], one["number"]] = one["by"]

    def left(self, mutants: Iterable[Mutant]) -> list[Mutant]:
        return [one for one in mutants if (one.file, one.number) not in self.known]

    def add(self, mutant: Mutant, by: str, *, keep: bool) -> None:
        self.known[mutant.file, mutant.number] = by
        if not keep:
            return
        FOLDER.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**asdict(mutant), "by": by}, ensure_ascii=False) + "\n")
