"""The strategies of a table on the same other calendars of their news, and p adjusted for their number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from newsbt._typing import Floats, Instants, Ints
from newsbt.analysis.inference import max_adjusted
from newsbt.analysis.timing.studentised import TIE
from newsbt.analysis.timing.week_shifts import all_shifts, drawn_shifts, window_bounds
from newsbt.analysis.timing.withholding import LEAST_CALENDARS, least_p
from newsbt.domain.ledger import Ledger
from newsbt.domain.progress import Progress, SilentProgress
from newsbt.evidence.calendar_runs import run_calendars
from newsbt.evidence.news_calendar import news_calendar, whole_weeks
from newsbt.evidence.retimed_signals import RetimableSignals
from newsbt.evidence.timing_test import LEVEL, TimingTest, timing_test
from newsbt.simulation.account_terms import Hold
from newsbt.steps.hedge import timing_hedges
from newsbt.steps.market_setup import MarketSetup

__all__ = ["Candidate", "Compared", "calendars_of", "compare", "p_alone"]

INSTANTS = 200_000  # of calendars that are made together


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A strategy whose timing is to be tested.

    `runs` goes from instants (A, E) at which events are known on some calendars to its books on each, without hedges;
    `hedge` is its own, if it has one. Where it `only_simulates`, and asks no strategy anew, several calendars are run
    at once.
    """

    name: str
    signals: RetimableSignals
    hold: Hold | None
    runs: Callable[[Instants], Iterable[Ledger]]
    hedge: str | None
    only_simulates: bool = False


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The `tests` of candidates by name, or `reasons` why there is none, and `adjusted` p, NaN where p is withheld.

    `use` is the method that was taken, `weeks` the length of the calendar, `seed` that of its draws, None where all
    calendars were met.
    """

    tests: Mapping[str, TimingTest] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    adjusted: Mapping[str, float] = field(default_factory=dict)
    use: str = "weeks"
    weeks: int = 0
    seed: int | None = None


def compare(
    market: MarketSetup, candidates: Sequence[Candidate], *, use: str, draws: int, seed: int,
    progress: Progress | None = None,
) -> Compared:  # fmt: skip
    """Test candidates on calendars that they share.

    Parameters
    ----------
    use : str
        `weeks` or `windows`, as the config has it.
    draws, seed : int
        Of windows, where they are taken.
    progress : Progress, optional
        Told of each run.
    """
    weeks = {one.name: whole_weeks(one.signals, one.hold) for one in candidates}
    reasons = {
        name: f"{count} whole weeks from the first session on in which an event is held to its end inside the run, of "
        f"which {LEAST_CALENDARS} are needed"
        for name, count in weeks.items()
        if count < LEAST_CALENDARS
    }
    tested = [one for one in candidates if one.name not in reasons]
    if not tested:
        return Compared(reasons=reasons)
    circle = min(weeks[one.name] for one in tested)
    taken, bounds, by = calendars_of(circle, len(tested), use, draws, seed)
    progress = progress or SilentProgress()
    progress.stage("placebo", len(tested) * (len(by) + 1))
    tests = {one.name: _tested(market, one, bounds, by, progress) for one in tested}
    adjusted = max_adjusted(np.column_stack([_as_tested(test) for test in tests.values()]), tie=TIE)
    return Compared(
        tests=tests,
        reasons=reasons,
        adjusted={name: max(p, test.p) for (name, test), p in zip(tests.items(), adjusted.tolist(), strict=True)},
        use=taken,
        weeks=circle,
        seed=None if taken == "weeks" else seed,
    )


def calendars_of(weeks: int, tests: int, use: str, draws: int, seed: int) -> tuple[str, Ints, Ints]:
    """Which other calendars a table of so many tests meets: the name of the method, bounds and shifts as `moved_days`
    takes them.

    Windows are taken where every shift of the whole calendar would leave a p, times the number of tests, above 5 %, and
    the draws allow a smaller one.
    """
    few = tests * least_p(weeks - 1) > LEVEL and draws > weeks - 1
    taken = "weeks" if use == "weeks" and not few else "windows"
    return taken, *_calendars(taken, weeks, draws, seed)


def p_alone(market: MarketSetup, one: Candidate, *, taken: str, weeks: int, draws: int, seed: int) -> float:
    """The p of a candidate without the others of its table, on the calendars that they met together: `taken` and
    `weeks` are what was taken there. NaN where it is withheld."""
    return _tested(market, one, *_calendars(taken, weeks, draws, seed), SilentProgress()).p


def _calendars(taken: str, weeks: int, draws: int, seed: int) -> tuple[Ints, Ints]:
    if taken == "weeks":
        return np.array([0, weeks], dtype=np.int64), all_shifts(weeks)
    bounds = window_bounds(weeks)
    return bounds, drawn_shifts(bounds, draws, seed)


def _tested(market: MarketSetup, one: Candidate, bounds: Ints, by: Ints, progress: Progress) -> TimingTest:
    calendar = news_calendar(one.signals)
    together = max(1, INSTANTS // max(1, len(calendar.known_at)))

    def runs_of(numbers: range) -> Iterator[Ledger]:
        if 0 in numbers:
            yield from one.runs(calendar.known_at[np.newaxis])
        for first in range(max(numbers.start, 1), numbers.stop, together):
            block = by[first - 1 : min(first + together, numbers.stop) - 1]
            yield from one.runs(calendar.instants(bounds, block))

    hedges = timing_hedges(market, one.hedge)
    runs = run_calendars(len(by) + 1, runs_of, market.panel, hedges, progress, at_once=one.only_simulates)
    return timing_test(runs, calendar.days_of(one.signals.event[one.signals.traded]))


def _as_tested(test: TimingTest) -> Floats:
    """(A,): a test's statistics, NaN where its p is withheld."""
    return np.full(len(test.statistic), np.nan) if test.why else test.statistic
