"""The files in which faults are planted, and the fixed sample of them."""

from __future__ import annotations

import random
from pathlib import Path

from mutants.operators import KINDS, Mutant, mutants

SOURCE = Path(__file__).parents[2] / "src" / "newsbt"

# A line is a file of src/newsbt, and the functions of it that only read ahead, so that no number depends on them.
LISTED = [line.split() for line in Path(__file__).with_name("files.txt").read_text(encoding="utf-8").splitlines()]
FILES = {file: tuple(without) for file, *without in LISTED}


def sample(count: int, seed: int) -> list[Mutant]:
    """As many of each kind, anywhere in the files; the same for one seed as long as the files are the same."""
    chance, found = random.Random(seed), []
    all_of_them = [
        one
        for file, without in FILES.items()
        for one in mutants(file, (SOURCE / file).read_text(encoding="utf-8"))
        if one.function not in without
    ]
    for kind in KINDS:
        found += chance.sample([one for one in all_of_them if one.kind == kind], count // len(KINDS))
    return found
