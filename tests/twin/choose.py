"""Choose the worlds of `corpus.txt` anew: `PYTHONPATH=tests python -m twin.choose SEEDS`.

Of so many seeds of each kind, those that bring most features and pairs that are still wanted, dear kinds last; then
what is missing to so many of each kind.
"""

from __future__ import annotations

import sys
from collections import Counter
from itertools import combinations
from multiprocessing import Pool

from .corpus import KEPT, KINDS, LEAST, OF_EACH_KIND, world
from .features import ALONE, PAIRED, features_of, pairs
from .run import run

PRICE = {"step": 12.0, "hourly step": 16.0}  # a whole run and not a simulation


def wanted_of(features: frozenset[str]) -> set:
    possible = set(pairs())
    here = set(features & set(PAIRED + ALONE))
    return here | {pair for pair in combinations(PAIRED, 2) if set(pair) <= here and pair in possible}


def seen(one: tuple[str, int]) -> tuple[tuple[str, int], set]:
    scenario = world(*one)
    return one, wanted_of(features_of(scenario, run(scenario)))


def choose(pool: dict[tuple[str, int], set]) -> list[tuple[str, int]]:
    missing = Counter(dict.fromkeys((*PAIRED, *ALONE, *pairs()), LEAST))
    found: list[tuple[str, int]] = []

    def worth(one: tuple[str, int]) -> float:
        return sum(missing[item] > 0 for item in pool[one]) / PRICE.get(one[0], 1.0)

    def take(one: tuple[str, int]) -> None:
        found.append(one)
        for item in pool.pop(one):
            missing[item] -= 1

    while True:
        best = max(pool, key=worth)
        if worth(best) == 0:
            break
        take(best)
    for kind in KINDS:
        have = sum(one[0] == kind for one in found)
        for one in [one for one in pool if one[0] == kind][: max(0, OF_EACH_KIND[kind] - have)]:
            take(one)
    for item, count in missing.items():
        if count > 0:
            sys.stdout.write(f"{item}: {LEAST - count} of {LEAST}\n")
    return sorted(found, key=lambda one: (list(KINDS).index(one[0]), one[1]))


def main() -> None:
    wanted = [(kind, seed) for kind in KINDS for seed in range(int(sys.argv[1]))]
    with Pool(2) as workers:
        pool = dict(workers.imap(seen, wanted, chunksize=20))
    chosen = choose(pool)
    KEPT.write_text("".join(f"{kind} {seed}\n" for kind, seed in chosen), encoding="utf-8")
    sys.stdout.write(f"{len(chosen)} {Counter(kind for kind, _ in chosen)}\n")


if __name__ == "__main__":
    main()
