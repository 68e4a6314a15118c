"""The placebo of a run's strategies: is a strategy's result owed to when the news came?

All strategies of a table meet the same other calendars, so that their p-values can be adjusted by the largest statistic
of each (docs/methods.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from newsbt.analysis.inference import holm
from newsbt.analysis.timing.withholding import least_p
from newsbt.domain.metric_table import METRICS
from newsbt.domain.results import StrategyResult
from newsbt.evidence.common_calendars import Candidate, Compared, compare
from newsbt.evidence.contract import Case, Evidence, RowEvidence, RunEvidence, why_not_moved
from newsbt.evidence.independent_days import PlaceboError, placebo
from newsbt.evidence.timing_test import TimingTest
from newsbt.steps.simulate import repeated
from newsbt.steps.simulated_strategy import SimulatedStrategy

__all__ = ["PLACEBO", "candidate_of", "summary_of"]

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
    compared = compare(
        case.prepared.market,
        [candidate_of(case, books) for books, _ in tested],
        use=evaluation.placebo.use,
        draws=evaluation.placebo.draws,
        seed=evaluation.seed,
        progress=case.progress,
    )
    case.kept["p_adjusted"] = compared.adjusted
    found = {name: _none(why) for name, why in compared.reasons.items()}
    for name, test in compared.tests.items():
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
            section=summary_of(compared, name),
        )
    return found


def candidate_of(case: Case, books: SimulatedStrategy) -> Candidate:
    """A strategy that answered signals of events; see `why_not_moved`."""
    terms, signals = books.terms, case.signals(books)
    assert terms is not None
    simulate = repeated(terms)
    return Candidate(
        name=books.name, signals=signals, hold=terms.position.hold,
        runs=lambda known_at: map(simulate, signals.at_each(known_at)), hedge=books.hedge, only_simulates=True,
    )  # fmt: skip


def summary_of(compared: Compared, name: str) -> dict[str, object]:
    """What a document says of a test."""
    test = compared.tests[name]
    return {
        "use": compared.use,
        "weeks": compared.weeks,
        "seed": compared.seed,
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
    if not test.others:
        return "; ".join(parts)
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
            row.number("total_return"),
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
