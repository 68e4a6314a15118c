"""The files in which faults are planted, and samples of them: the fixed one of CI, and one drawn by a seed."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Collection
from functools import cache
from pathlib import Path

from mutants.operators import KINDS, Mutant, mutants

__all__ = ["AREAS", "EXECUTION", "FILES", "SOURCE", "drawn", "equivalents", "mutants_of", "sample"]

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "src" / "newsbt"

# A line is an area and a file of src/newsbt. The areas with a star are those of CI's sample.
LISTED = [line.split() for line in (HERE / "files.txt").read_text(encoding="utf-8").splitlines()]
FILES = [file for _, file in LISTED]
AREAS = {file: area.removesuffix("*") for area, file in LISTED}
EXECUTION = [file for area, file in LISTED if area.endswith("*")]


def sample(count: int, seed: int) -> list[Mutant]:
    """As many of each kind, anywhere in the execution code; the same for one seed as long as the files are the same."""
    chance, found = random.Random(seed), []
    all_of_them = _sites(EXECUTION)
    for kind in KINDS:
        found += chance.sample([one for one in all_of_them if one.kind == kind], count // len(KINDS))
    return found


def drawn(sites: int, seed: int, areas: Collection[str] | None = None) -> list[Mutant]:
    """Faults anywhere in the files of some areas, by default of all, each as likely; of few areas perhaps fewer.

    Each has a number of its own under a seed, and the lowest are drawn: where code changes, the others stay drawn.
    """
    found = _sites([file for file, area in AREAS.items() if areas is None or area in areas])
    return sorted(found, key=lambda one: _rank(one, seed))[:sites]


def _rank(one: Mutant, seed: int) -> bytes:
    return hashlib.sha256(f"{seed} {one.file} {one.function} {one.what}".encode()).digest()


def _sites(files: list[str]) -> list[Mutant]:
    return [one for file in files for one in mutants_of(file)]


@cache
def mutants_of(file: str) -> tuple[Mutant, ...]:
    """All faults of a file."""
    return tuple(mutants(file, (SOURCE / file).read_text(encoding="utf-8")))


def equivalents() -> dict[tuple[str, str, str], str]:
    """Why no input can tell a fault, by its file, its function and what it does."""
    lines = (HERE / "equivalents.txt").read_text(encoding="utf-8").splitlines()
    fields = [line.split(" | ") for line in lines if line]
    return {(file, function, what): reason for file, function, what, reason in fields}
