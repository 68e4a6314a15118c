"""The placebo runs of a run's strategies: p beside their total return, and the distribution it is of."""

from __future__ import annotations

import math

from newsbt.domain.metric_table import METRICS
from newsbt.domain.results import StrategyResult
from newsbt.evidence.contract import Case, Evidence, RowEvidence, by_strategy, why_not_moved
from newsbt.evidence.placebo import PlaceboError, placebo
from newsbt.steps.simulated_strategy import SimulatedStrategy

__all__ = ["PLACEBO"]


def _of_strategy(case: Case, books: SimulatedStrategy, row: StrategyResult) -> RowEvidence:
    evaluation = case.prepared.components.config.evaluation
    draws = evaluation.placebo
    why = why_not_moved(books) or ("" if draws else "switched off (evaluation.placebo: 0)")
    if why:
        return _none(why)
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
        metrics={"placebo_p": moved.p, "placebo_m": draws},
        section={
            "metric": "total_return",
            "observed": moved.observed,
            "p": moved.p,
            "m": draws,
            "seed": moved.seed,
            "clusters": moved.clusters,
            "admissible_days": moved.instants,
            "overlapping": moved.overlapping,
            "returns": moved.returns.tolist(),
            "note": f"{moved.clusters} clusters of events, each on one of {moved.instants} days in all; "
            f"{moved.overlapping:.0%} of the moved holding windows meet another's.",
        },
    )


def _none(why: str) -> RowEvidence:
    return RowEvidence(metrics={"placebo_p": math.nan, "placebo_m": 0}, reasons={"placebo_p": why})


PLACEBO = Evidence(
    name="placebo",
    find=by_strategy(_of_strategy),
    metrics=(METRICS["placebo_p"],),
    of_parts=True,
)
