"""What null worlds say of a config's strategies: how often chance passes, and how large an effect is seen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from newsbt._plain import JsonValue
from newsbt.analysis.inference.shares import wilson_interval
from newsbt.domain.command_documents import FloorJson, ProveDocument, ProvenStrategy, ShareJson
from newsbt.domain.showing import brief
from newsbt.runs.json_values import plain

__all__ = ["EFFECTS", "LEVEL", "PowerStudy", "Share", "StrategyPower"]

EFFECTS = (0.0025, 0.005, 0.01, 0.02, 0.03)  # of the price, a trade
LEVEL, POWER = 0.05, 0.80


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of some worlds, with Wilson's 95 % interval."""

    found: int
    of: int

    def as_dict(self) -> ShareJson:
        low, high = wilson_interval(self.found, self.of)
        return {
            "found": self.found, "of": self.of, "share": self.found / self.of if self.of else None,
            "low": low if self.of else None, "high": high if self.of else None,
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class StrategyPower:
    """What W worlds say of one strategy's p; only a `reason` where they say nothing.

    `by_chance` counts the null worlds in which p was at most 5 %, of those that gave one; `withheld` the others, with
    the commonest `why`. `power` counts, for each planted effect, the worlds in which p was then at most 5 %, of all.
    `visible` is the effect a trade that 80 % of the worlds showed, between the two that enclose it; NaN where the
    largest was seen in fewer. `p` is that of the run itself, and `floor` its `detection_floor` as an audit has it.
    """

    name: str
    p: float = math.nan
    trades: int = 0
    mean_return: float = math.nan
    by_chance: Share = Share(found=0, of=0)
    withheld: int = 0
    why: str = ""
    power: Mapping[float, Share] | None = None
    floor: FloorJson | None = None
    reason: str = ""

    __repr__ = brief

    @property
    def visible(self) -> float:
        """Interpolated; the smallest effect where that was seen in 80 % already."""
        before = (0.0, 0.0)
        for effect, share in (self.power or {}).items():
            seen = share.found / share.of if share.of else 0.0
            if seen >= POWER:
                if not before[0]:
                    return effect
                return before[0] + (effect - before[0]) * (POWER - before[1]) / (seen - before[1])
            before = (effect, seen)
        return math.nan

    def as_dict(self) -> ProvenStrategy:
        """An entry of the document (docs/files.md)."""
        given = self.power is not None
        return {
            "name": self.name,
            "reason": self.reason,
            "p": None if math.isnan(self.p) else self.p,
            "trades": self.trades,
            "mean_return": None if math.isnan(self.mean_return) else self.mean_return,
            "by_chance": self.by_chance.as_dict() if given else None,
            "withheld": self.withheld,
            "why": self.why,
            "power": [{"effect": effect, **share.as_dict()} for effect, share in (self.power or {}).items()],
            "visible": None if math.isnan(self.visible) else self.visible,
            "detection_floor": self.floor,
        }


@dataclass(frozen=True, kw_only=True)
class PowerStudy:
    """The proof of a config: `worlds` null worlds, drawn from `seed`."""

    name: str
    worlds: int
    seed: int
    strategies: tuple[StrategyPower, ...]
    notices: tuple[str, ...] = ()

    __repr__ = brief

    def as_dict(self) -> ProveDocument:
        """The document of ``newsbt prove --json``."""
        return {
            "name": self.name,
            "worlds": self.worlds,
            "seed": self.seed,
            "level": LEVEL,
            "notices": list(self.notices),
            "strategies": [one.as_dict() for one in self.strategies],
        }

    def sections(self) -> dict[str, JsonValue]:
        """What is kept in evidence.json, by strategy."""
        return {
            one.name: {"worlds": self.worlds, "seed": self.seed, "level": LEVEL, **_unnamed(one.as_dict())}
            for one in self.strategies
        }


def _unnamed(section: ProvenStrategy) -> Mapping[str, JsonValue]:
    found: dict[str, JsonValue] = plain(section)
    del found["name"]
    return found
