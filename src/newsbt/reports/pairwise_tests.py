"""Whether two strategies' Sharpe ratios differ by more than luck: a row for each pair."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from newsbt.reports.text import clean

__all__ = ["DUEL_HEADER", "Duel", "duel_rows"]

DUEL_HEADER = ("Strategy", "against", "Sharpe difference", "p", "Holm p")


@dataclass(frozen=True, slots=True, kw_only=True)
class Duel:
    """The annual Sharpe ratio of `one` less that of `other`, on their common sessions, with the bootstrap p of Ledoit
    and Wolf (2008), and that p `adjusted` over all pairs there are (Holm 1979); NaN with a `reason`."""

    one: str
    other: str
    difference: float
    p: float
    adjusted: float = math.nan
    reason: str = ""


def duel_rows(duels: Sequence[Duel]) -> list[tuple[str, str, str, str, str]]:
    """Cells for people, in the order of `DUEL_HEADER`."""
    return [
        (
            clean(duel.one),
            clean(duel.other),
            f"{duel.difference:+.2f}" if not math.isnan(duel.difference) else "–",
            f"{duel.p:.3f}" if not math.isnan(duel.p) else clean(duel.reason or "–"),
            f"{duel.adjusted:.3f}" if not math.isnan(duel.adjusted) else "–",
        )
        for duel in duels
    ]
