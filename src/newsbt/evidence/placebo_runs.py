"""The placebo of a run's strategies: is a strategy's result owed to when the news came?

All strategies of a table meet the same other calendars, so that their p-values can be adjusted by the largest statistic
of each (docs/methods.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from newsbt._typing import Ints
from newsbt.analysis.inference import holm, max_adjusted
from newsbt.analysis.timing.studentised import TIE
from newsbt.analysis.timing.week_shifts import all_shifts, drawn_shifts, window_bounds
from newsbt.analysis.timing.withholding import LEAST_CALENDARS, least_p
from newsbt.domain.metric_table import METRICS
from newsbt.domain.results import StrategyResult
from newsbt.evidence.calendar_runs import run_calendars
from newsbt.evidence.contract import Case, Evidence, RowEvidence, RunEvidence, why_not_moved
from newsbt.evidence.independent_days import PlaceboError, placebo
from newsbt.evidence.news_calendar import news_calendar, whole_weeks
from newsbt.evidence.timing_test import LEVEL, TimingTest, timing_test
from newsbt.steps.hedge import timing_hedges
from newsbt.steps.simulate import simulator
from newsbt.steps.simulated_strategy import SimulatedStrategy

__all__ = ["PLACEBO", "calendars_of", "summary_of"]

KEYS = tuple(key for key in METRICS if key.startswith("placebo_") and key != "placebo_m")
OFF = "switched off (evaluation.placebo: 0)"
EXPLAINED = "explained by the market in those weeks"
NOT_HEDGED = "not hedged: nothing, or nothing but the hedge itself, is left beside a hedge"


def _find(case: Case) -> RunEvidence:
    config = case.prepared.components.config.evaluation.placebo
    reasons: dict[str, str] = {}
    tested: list[tuple[SimulatedStrategy, StrategyResult]] = []
    for books, row in case.strategies:
        why = why_not_moved(books) or ("" if config.draws else OFF) or row.lost
        if why:
            reasons[row.name] = why
        else:
            tested.append((books, row))
    found = {name: _none(why) for name, why in reasons.items()}
    if config.use == "independent_days":
        return RunEvidence(rows={**found, **_by_independent_days(case, tested)})
    return RunEvidence(rows={**found, **_by_weeks(case, tested)})


def _by_weeks(case: Case, tested: list[tuple[SimulatedStrategy, StrategyResult]]) -> Mapping[str, RowEvidence]:
    """The strategies of a table on the same other calendars."""
    evaluation = case.prepared.components.config.evaluation
    weeks = {}
    for books, row in tested:
        assert books.terms is not None
        weeks[row.name] = whole_weeks(case.signals(books), books.terms.position.hold)
    found = {
        name: _none(
            f"{count} whole weeks from the first session on in which an event is held to its end inside the run, of "
            f"which {LEAST_CALENDARS} are needed"
        )
        for name, count in weeks.items()
        if count < LEAST_CALENDARS
    }
    tested = [(books, row) for books, row in tested if row.name not in found]
    if not tested:
        return found
    circle = min(weeks[row.name] for _, row in tested)
    use, bounds, by = calendars_of(
        circle, len(tested), evaluation.placebo.use, evaluation.placebo.draws, evaluation.seed
    )
    tests = {row.name: _tested(case, books, row, bounds, by) for books, row in tested}
    adjusted = max_adjusted(np.column_stack([_as_tested(test) for test in tests.values()]), tie=TIE)
    case.kept["p_adjusted"] = {
        name: max(p, test.p) for (name, test), p in zip(tests.items(), adjusted.tolist(), strict=True)
    }
    for name, test in tests.items():
        section = {**summary_of(test), "use": use, "weeks": circle, "seed": None if use == "weeks" else evaluation.seed}
        found[name] = RowEvidence(
            metrics={
                "placebo_p": test.p,
                "placebo_m": 0 if test.why else test.others,
                "placebo_least": math.nan if test.why else test.least_p,
                "placebo_t": test.hedged if test.is_hedged else math.nan,
                "placebo_t_unhedged": test.plain,
            },
            reasons={
                **({"placebo_p": test.why, "placebo_least": test.why} if test.why else {}),
                **({} if test.is_hedged else {"placebo_t": NOT_HEDGED}),
            },
            section=section,
        )
    return found


def calendars_of(weeks: int, tests: int, use: str, draws: int, seed: int) -> tuple[str, Ints, Ints]:
    """Which other calendars a table of so many tests meets: the name of the method, bounds and shifts as `moved_days`
    takes them.

    Windows are taken where every shift of the whole calendar would leave a p, times the number of tests, above 5 %, and
    the draws allow a smaller one.
    """
    whole = np.array([0, weeks], dtype=np.int64)
    few = tests * least_p(weeks - 1) > LEVEL and draws > weeks - 1
    if use == "weeks" and not few:
        return "weeks", whole, all_shifts(weeks)
    bounds = window_bounds(weeks)
    return "windows", bounds, drawn_shifts(bounds, draws, seed)


def _tested(case: Case, books: SimulatedStrategy, row: StrategyResult, bounds: Ints, by: Ints) -> TimingTest:
    market, terms = case.prepared.market, books.terms
    assert terms is not None
    signals, simulate = case.signals(books), simulator(market, None)
    calendar = news_calendar(signals)
    runs = run_calendars(
        [calendar.known_at, *calendar.instants(bounds, by)],
        lambda known_at: simulate(terms, signals.at(known_at)),
        market.panel,
        timing_hedges(market, books.hedge),
    )
    return timing_test(runs, int(row.counts["event_dates"]))


def _as_tested(test: TimingTest) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """(A,): a test's statistics, NaN where its p is withheld."""
    return np.full(len(test.statistic), math.nan) if test.why else test.statistic


def summary_of(test: TimingTest) -> dict[str, object]:
    """What a document says of a test."""
    return {
        "metric": "t",
        "observed": test.hedged if test.is_hedged else test.plain,
        "p": None if test.why else test.p,
        "m": test.others,
        "least_p": test.least_p,
        "reason": test.why,
        "distinct": test.distinct,
        "shared_holdings": test.shared,
        "exposure": _run_and_placebo(test.exposure),
        "overlap": _run_and_placebo(test.meeting),
        "total_return": _run_and_placebo(test.returns),
        "t_hedged": test.hedged if test.is_hedged else None,
        "t_unhedged": test.plain,
        "p_hedged": test.p_hedged if test.is_hedged and not test.why else None,
        "p_unhedged": None if test.why else test.p_plain,
        "hedged": test.is_hedged,
        "hedged_return": test.hedged_return,
        "hedged_t_value": None if math.isnan(test.hedged_t) else test.hedged_t,
        "values": test.statistic[1:][~np.isnan(test.statistic[1:])].tolist(),
        "note": _note(test),
    }


def _note(test: TimingTest) -> str:
    parts = [
        f"t {test.hedged:.2f} hedged, {test.plain:.2f} unhedged"
        if test.is_hedged
        else f"t {test.plain:.2f}, not hedged"
    ]
    if test.why:
        parts.insert(0, test.why)
    if test.explained:
        parts.append(EXPLAINED)
    parts.append(f"{test.distinct} distinct calendars of {test.others + 1}, smallest p {test.least_p:.3f}")
    parts.append(f"mean exposure {test.exposure[0]:.1%}, of the placebo {test.exposure[1]:.1%}")
    parts.append(f"holdings of {test.meeting[0]:.0%} of events meet another's, of the placebo {test.meeting[1]:.0%}")
    return "; ".join(parts)


def _run_and_placebo(both: tuple[float, float]) -> dict[str, float | None]:
    run, other = both
    return {"run": run, "placebo": None if math.isnan(other) else other}


def _by_independent_days(
    case: Case, tested: Iterable[tuple[SimulatedStrategy, StrategyResult]]
) -> Mapping[str, RowEvidence]:
    found = {row.name: _on_independent_days(case, books, row) for books, row in tested}
    p_values = {name: one.metrics["placebo_p"] for name, one in found.items()}
    case.kept["p_adjusted"] = dict(zip(p_values, holm(list(p_values.values())).tolist(), strict=True))
    return found


def _on_independent_days(case: Case, books: SimulatedStrategy, row: StrategyResult) -> RowEvidence:
    evaluation = case.prepared.components.config.evaluation
    draws = evaluation.placebo.draws
    assert books.terms is not None
    try:
        moved = placebo(
            case.signals(books),
            books.terms,
            float(row.metrics["total_return"]),
            draws=draws,
            seed=evaluation.seed,
            simulate=case.simulate(books),
        )
    except PlaceboError as error:
        return _none(str(error))
    return RowEvidence(
        metrics={"placebo_p": moved.p, "placebo_m": draws, "placebo_least": least_p(draws)},
        section={
            "use": "independent_days",
            "metric": "total_return",
            "observed": moved.observed,
            "p": moved.p,
            "m": draws,
            "least_p": least_p(draws),
            "seed": moved.seed,
            "clusters": moved.clusters,
            "admissible_days": moved.instants,
            "overlapping": moved.overlapping,
            "values": moved.returns.tolist(),
            "note": f"{moved.clusters} clusters of events, each on one of {moved.instants} days in all; "
            f"{moved.overlapping:.0%} of the moved holding windows meet another's. Independent days: p is too small "
            "where news comes in clusters, evenly, or in a stretch that is like no other.",
        },
    )


def _none(why: str) -> RowEvidence:
    return RowEvidence(metrics={**dict.fromkeys(KEYS, math.nan), "placebo_m": 0}, reasons=dict.fromkeys(KEYS, why))


PLACEBO = Evidence(
    name="placebo",
    find=_find,
    metrics=tuple(METRICS[key] for key in KEYS),
    of_parts=True,
)
