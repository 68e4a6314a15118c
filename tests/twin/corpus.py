"""The kept worlds: kind and seed of each in `corpus.txt`, chosen so that every feature and every two of them occur."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from .crowded import made
from .scenario import Scenario
from .stepped import stepped
from .worlds import Setting, Size, world_of

KEPT = Path(__file__).with_name("corpus.txt")
THREE = ("XHKG", "XSHG", "XNYS")
MAINLAND = ("XSHG", "XSHE", "BJSE")

SETTINGS = {
    "daily": Setting(),
    "closes": Setting(same_close=True, size=Size(3, 8, 12)),
    "three markets": Setting(markets=THREE, each_market=True, size=Size(4, 10, 10)),
    "three at closes": Setting(markets=THREE, each_market=True, same_close=True, size=Size(4, 8, 12)),
    "mainland": Setting(markets=MAINLAND, size=Size(3, 8, 10)),
    "hourly": Setting(intraday=True, size=Size(3, 4, 10)),
    "three hourly": Setting(intraday=True, markets=THREE, each_market=True, size=Size(4, 4, 10)),
    "hourly at closes": Setting(intraday=True, same_close=True, size=Size(3, 4, 12)),
    "wild": Setting(markets=("XHKG", "XNYS"), reach=150, size=Size(2, 10, 10)),
    "grid": Setting(grid=True),
    "grid of three": Setting(grid=True, markets=THREE, each_market=True, size=Size(4, 10)),
    "grid with stops": Setting(grid=True, markets=THREE, stops=True, size=Size(4, 10)),
    "hourly grid with stops": Setting(grid=True, intraday=True, stops=True, size=Size(3, 4)),
    "hourly grid": Setting(grid=True, intraday=True, size=Size(3, 4)),
    "late rates": Setting(markets=THREE, each_market=True, late_rates=True, size=Size(4, 10, 10)),
    "hourly late rates": Setting(intraday=True, markets=THREE, each_market=True, late_rates=True, size=Size(4, 4, 10)),
    "grid with late rates": Setting(grid=True, markets=THREE, each_market=True, late_rates=True, size=Size(4, 10)),
    "hourly grid of three": Setting(grid=True, intraday=True, markets=THREE, each_market=True, size=Size(4, 4)),
    "sized": Setting(sized=True, size=Size(4, 14, 12)),
    "sized hourly": Setting(sized=True, intraday=True, size=Size(3, 8, 12)),
    "sized grid": Setting(sized=True, grid=True, markets=THREE, size=Size(4, 14)),
}


def _of(setting: Setting) -> Callable[[random.Random], Scenario]:
    return lambda chance: world_of(chance, setting)


KINDS: dict[str, Callable[[random.Random], Scenario]] = {
    **{name: _of(setting) for name, setting in SETTINGS.items()},
    "crowded": lambda chance: made(chance, grid=False),
    "crowded grid": lambda chance: made(chance, grid=True),
    "step": lambda chance: stepped(chance, intraday=False),
    "hourly step": lambda chance: stepped(chance, intraday=True),
}


LEAST = 5  # worlds in which a feature, or two that can meet, occur
FEWER = {"step": 6, "hourly step": 6, "sized": 20, "sized hourly": 14, "sized grid": 14}
OF_EACH_KIND = {kind: FEWER.get(kind, 27) for kind in KINDS}


def world(kind: str, seed: int) -> Scenario:
    return KINDS[kind](random.Random(seed))


LIMITED = ("daily", "three markets", "hourly", "three hourly", "crowded", "sized", "late rates")


def kept_with_limits() -> Iterator[tuple[str, Scenario]]:
    """The first kept worlds of each kind that may have them, with entries at limits (X22) of no distance and of 3 %."""
    for kind in LIMITED:
        for seed in [seed for name, seed in kept() if name == kind][:12]:
            for distance in (0.0, 0.03):
                found = world(kind, seed)
                execution = replace(found.execution, same_close=False, limit_distance=distance)
                yield f"world({kind!r}, {seed}) at limits of {distance}", replace(found, execution=execution)


def kept() -> list[tuple[str, int]]:
    lines = KEPT.read_text(encoding="utf-8").splitlines()
    return [(kind, int(seed)) for kind, seed in (line.rsplit(" ", 1) for line in lines)]
