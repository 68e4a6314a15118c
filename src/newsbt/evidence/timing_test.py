"""The test of a strategy's timing: its own calendar of news against all others, and what stands beside its p."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from newsbt._typing import Bools, Floats
from newsbt.analysis.timing.held_cells import distinct_count, jaccard, mean_overlap
from newsbt.analysis.timing.studentised import Sums, p_of, studentised
from newsbt.analysis.timing.withholding import Withheld, least_p, withheld
from newsbt.evidence.calendar_runs import CalendarRuns

__all__ = ["LEAST_HEDGED", "LEVEL", "TimingTest", "timing_test"]

LEAST_HEDGED = 0.05  # of Q: what is left of a book that is its own hedge is rounding and the residue of entry days
LEVEL = 0.05
NOTHING_TRADED = "no event was traded"
NO_OTHER = "no other calendar has an entry"
ONE_DAY = "all news that was traded came on one day: other calendars would be compared with a single outcome"


@dataclass(frozen=True, kw_only=True)
class TimingTest:
    """What A calendars say of a strategy's timing, those without an entry left out.

    `p` is NaN where it is withheld, `why` says so. `statistic` and `scale` (A,) are T and sqrt(Q), of the hedged book
    where `is_hedged`, NaN where a calendar was left out; `hedged` and `plain` are T of the run in either book, with
    `p_hedged` and `p_plain`. `others` counts the calendars compared with, `distinct` those that differ, the run's own
    counted; `shared` is the mean share of holdings that two calendars have in common. `exposure`, `meeting` and
    `returns` are of the run and, on average, of the others. `hedged_t` is the hedged book's S / sqrt(Q), not centred.
    """

    p: float
    why: str
    evenly: bool
    statistic: Floats
    is_hedged: bool
    hedged: float
    plain: float
    p_hedged: float
    p_plain: float
    others: int
    distinct: int
    shared: float
    exposure: tuple[float, float]
    meeting: tuple[float, float]
    returns: tuple[float, float]
    hedged_return: float
    hedged_t: float
    scale: Floats

    @property
    def least_p(self) -> float:
        return least_p(self.others)

    @property
    def explained(self) -> bool:
        """Whether the book alone passes where it does not beside its hedges."""
        return self.is_hedged and not math.isnan(self.p) and self.p_plain <= LEVEL < self.p_hedged


def timing_test(runs: CalendarRuns, days: int) -> TimingTest:
    """Judge a strategy's calendars; `days` counts those on which its news came."""
    kept: Bools = runs.entered.copy()
    kept[0] = True
    plain, hedged = (_of(sums, kept) for sums in (runs.plain, runs.hedged))
    left, all_of_it = float(hedged.squares.sum()), float(plain.squares.sum())
    is_hedged = left >= LEAST_HEDGED * all_of_it and not np.array_equal(hedged.squares, plain.squares)
    t_hedged, t_plain = studentised(hedged), studentised(plain)
    t = t_hedged if is_hedged else t_plain
    overlap = jaccard([cells for cells, keep in zip(runs.held, kept, strict=True) if keep])
    distinct, shared = distinct_count(overlap), mean_overlap(overlap)
    found = _untraded(runs, len(t)) or withheld(
        calendars=len(t), distinct=distinct, overlap=shared, statistic=t, exposure=plain.exposure
    )
    if found is None and days == 1:
        found = Withheld(ONE_DAY)
    squares = float(hedged.squares[0])
    hedged_t = float(hedged.profit[0]) / math.sqrt(squares) if squares > 0 else math.nan
    statistic, scale = np.full(len(kept), np.nan), np.full(len(kept), np.nan)
    statistic[kept], scale[kept] = t, np.sqrt((hedged if is_hedged else plain).squares)
    return TimingTest(
        p=p_of(t) if found is None else math.nan,
        why="" if found is None else _withheld_note(found, runs.hedged_return, hedged_t),
        evenly=found is not None and found.evenly,
        statistic=statistic,
        is_hedged=is_hedged,
        hedged=float(t_hedged[0]),
        plain=float(t_plain[0]),
        p_hedged=p_of(t_hedged),
        p_plain=p_of(t_plain),
        others=len(t) - 1,
        distinct=distinct,
        shared=shared,
        exposure=_both(plain.exposure),
        meeting=_both(runs.meeting[kept]),
        returns=_both(runs.returns[kept]),
        hedged_return=runs.hedged_return,
        hedged_t=hedged_t,
        scale=scale,
    )


def _untraded(runs: CalendarRuns, calendars: int) -> Withheld | None:
    if not runs.entered[0]:
        return Withheld(NOTHING_TRADED)
    return Withheld(NO_OTHER) if calendars == 1 else None


def _withheld_note(found: Withheld, hedged_return: float, hedged_t: float) -> str:
    if not found.evenly:
        return found.reason
    return f"{found.reason}; hedged return {hedged_return:+.2%}, t-value {hedged_t:.2f}"


def _of(sums: Sums, kept: Bools) -> Sums:
    return Sums(profit=sums.profit[kept], squares=sums.squares[kept], exposure=sums.exposure[kept])


def _both(values: Floats) -> tuple[float, float]:
    """Of the run, and the mean of the others."""
    return float(values[0]), float(values[1:].mean()) if len(values) > 1 else math.nan
