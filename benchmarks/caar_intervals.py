"""How often a 95 % interval of CAAR holds the true mean: few clusters, unequal ones, fat and skewed returns.

`python -m benchmarks.caar_intervals [WORLDS]` prints the table of docs/evidence.md: by number and sizes of clusters
the lowest and highest coverage, in percent, over five kinds of returns. Ours beside what was not taken: the percentile
bootstrap of clusters (0.1.0's), t(clusters - 1) with the usual standard error, and the wild cluster bootstrap.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
from scipy.special import stdtrit

from newsbt.analysis.event_study.intervals import cluster_intervals

SEED = 20250306
CLUSTERS = (3, 5, 10, 20, 40)
DRAWS = 199
WEBB = np.sqrt([0.5, 1.0, 1.5])

# Pairs in each of C clusters.
SIZES: dict[str, Callable[[int], np.ndarray]] = {
    "one each": lambda c: np.ones(c, dtype=int),
    "six each": lambda c: np.full(c, 6),
    "1, 2, 3 ...": lambda c: np.arange(1, c + 1),
    "each 0.7 of the last": lambda c: np.maximum(1, (30 * 0.7 ** np.arange(c)).astype(int)),
    "one has a third": lambda c: np.append(np.full(c - 1, 4), 2 * (c - 1)),
    "one has a half": lambda c: np.append(np.full(c - 1, 4), 4 * (c - 1)),
}
# Shape of returns, and the correlation within a cluster.
RETURNS = (("normal", 0.3), ("t(4)", 0.3), ("t(4)", 0.0), ("t(4)", 0.8), ("gamma(4)", 0.3))


def drawn(random: np.random.Generator, shape: str, size: tuple[int, int]) -> np.ndarray:
    """Mean 0, variance 1."""
    if shape == "normal":
        return random.normal(size=size)
    if shape == "t(4)":
        return random.standard_t(4, size) / np.sqrt(2.0)
    return (random.gamma(4.0, size=size) - 4.0) / 2.0


def coverage(values: np.ndarray, member: np.ndarray, random: np.random.Generator) -> dict[str, float]:
    """Percent of the worlds (columns of `values`, pairs by worlds) whose interval holds 0; NaN where none is given."""
    size = np.bincount(member)
    clusters, pairs = len(size), len(member)
    sums = np.stack([values[member == c].sum(axis=0) for c in range(clusters)])
    mean = sums.sum(axis=0) / pairs
    ours = cluster_intervals(values, [member] * values.shape[1])
    given = ~np.isnan(ours.low)
    held = {"ours": np.mean((ours.low <= 0) & (ours.high >= 0)) if given.all() else np.nan}
    usual = _error(sums, size)
    held["t(C - 1)"] = np.mean(np.abs(mean) <= stdtrit(clusters - 1, 0.975) * usual)
    signs = random.choice(np.concatenate((WEBB, -WEBB)), size=(DRAWS, clusters, 1))
    tied = np.stack([np.abs((sums * w).sum(axis=0) / pairs) / _error(sums * w, size) for w in signs])
    beyond = (tied >= np.abs(mean) / usual - 1e-9).sum(axis=0) + 1
    held["wild"] = np.mean(beyond / (DRAWS + 1) > 0.05)
    picks = random.multinomial(clusters, np.full(clusters, 1 / clusters), DRAWS)
    low, high = np.quantile((picks @ sums) / (picks @ size)[:, None], [0.025, 0.975], axis=0)
    held["percentile"] = np.mean((low <= 0) & (high >= 0))
    return {name: 100 * float(share) for name, share in held.items()}


def _error(sums: np.ndarray, size: np.ndarray) -> np.ndarray:
    """The usual standard error of the mean, by clusters."""
    apart = sums - size[:, None] * sums.sum(axis=0) / size.sum()
    return np.sqrt(len(size) / (len(size) - 1) * (apart**2).sum(axis=0)) / size.sum()


def main() -> int:
    """Print the table."""
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    print(f"{worlds} worlds for each of {len(RETURNS)} kinds of returns, seed {SEED}\n")
    names = ("ours", "t(C - 1)", "wild", "percentile")
    print("| clusters | pairs | " + " | ".join(names) + " |\n|" + " --- |" * (2 + len(names)))
    for clusters in CLUSTERS:
        for place, (title, sized) in enumerate(SIZES.items()):
            member = np.repeat(np.arange(clusters), sized(clusters))
            found = []
            for kind, (shape, common) in enumerate(RETURNS):
                random = np.random.default_rng([SEED, clusters, place, kind])
                shared = np.sqrt(common) * drawn(random, shape, (clusters, worlds))[member]
                own = np.sqrt(1 - common) * drawn(random, shape, (len(member), worlds))
                found.append(coverage(shared + own, member, random))
            cells = [_range([one[name] for one in found]) for name in names]
            print(f"| {clusters} | {title} | " + " | ".join(cells) + " |", flush=True)
    return 0


def _range(values: list[float]) -> str:
    return "not given" if np.isnan(values).any() else f"{min(values):.1f}-{max(values):.1f}"


if __name__ == "__main__":
    sys.exit(main())
