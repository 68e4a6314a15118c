"""Both engines against the plain twin of the rules on the kept worlds: fill for fill, refusal for refusal, equity to a
billionth. What differs names the world's kind and seed, which `twin.corpus.world` makes again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from twin.corpus import LEAST, kept, world
from twin.features import ALONE, PAIRED, features_of, pairs
from twin.named import NAMED
from twin.product import check
from twin.run import run

# How the kernels are run by the last test of this file: one world in so many, for they are slow.
ONE_IN = int(os.environ.get("NEWSBT_ONE_WORLD_IN", "1"))
WORLDS = kept()[::ONE_IN]
SIZE = 12


@pytest.mark.parametrize("batch", range(0, len(WORLDS), SIZE))
def test_the_engines_keep_the_books_of_the_twin(batch: int) -> None:
    for kind, seed in WORLDS[batch : batch + SIZE]:
        try:
            check(world(kind, seed))
        except Exception as error:
            raise AssertionError(f"world({kind!r}, {seed})\n{error}") from error


@pytest.mark.parametrize("name", NAMED)
def test_the_engines_keep_the_books_of_what_once_was_wrong(name: str) -> None:
    check(NAMED[name])


def test_all_that_the_rules_know_happens_in_the_kept_worlds() -> None:
    """By the twin's books, and not by the settings: each feature, and each two that can meet, in so many worlds."""
    found: Counter = Counter()
    meet = pairs()
    for kind, seed in kept():
        scenario = world(kind, seed)
        here = features_of(scenario, run(scenario))
        assert here <= {*PAIRED, *ALONE}
        found.update(here)
        found.update(pair for pair in meet if here.issuperset(pair))
    assert len(kept()) == len(set(kept())) >= 400
    assert {item: found[item] for item in (*PAIRED, *ALONE, *meet) if found[item] < LEAST} == {}


@pytest.mark.skipif(ONE_IN > 1, reason="this is that run")
@pytest.mark.parametrize("how", ["NUMBA_DISABLE_JIT", pytest.param("NUMBA_BOUNDSCHECK", marks=pytest.mark.slow)])
def test_the_same_as_plain_python_and_with_every_index_checked(how: str) -> None:
    """Reads out of bounds raise nothing in compiled code: here they do."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-k", "keep_the_books", "-p", "no:cacheprovider", "-p", "no:xdist",
         __file__],
        cwd=Path(__file__).parents[2], env={**os.environ, how: "1", "NEWSBT_ONE_WORLD_IN": "5"}, capture_output=True,
        text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout
