"""The event study that is part of a run."""

from __future__ import annotations

from collections.abc import Sequence

from newsbt.evidence.contract import Case, Evidence, RunEvidence
from newsbt.evidence.event_pairs import link_pairs, signal_pairs
from newsbt.evidence.run_study import MOST_CORRELATED, study
from newsbt.evidence.study_groups import MOST_GROUPS, Study, StudyPlan
from newsbt.steps.prepare import PreparedRun, RunInputs
from newsbt.steps.simulated_strategy import SimulatedStrategy

__all__ = ["STUDY", "run_study"]


def run_study(
    prepared: PreparedRun,
    inputs: RunInputs | None,
    every: Sequence[SimulatedStrategy],
    kinds: tuple[Evidence, ...],
) -> Study:
    """The study that is part of a run: links by event type and kind, and each strategy's signals.

    Kolari-Pynnonen tests are left out where there are so many pairs that a run would wait for them.
    """
    market, news = prepared.market, prepared.news
    families = [pairs for pairs in (link_pairs(market.universe, news), *map(signal_pairs, every)) if len(pairs)]
    plan = StudyPlan(correlation=sum(map(len, families)) <= MOST_CORRELATED)
    return study(prepared, inputs, families, plan, kinds)


def _find(case: Case) -> RunEvidence:
    books = [books for books, _ in case.strategies]
    found = run_study(case.prepared, case.inputs, books, case.kinds)
    return RunEvidence(section=found.as_dict(MOST_GROUPS) if found.groups else {})


STUDY = Evidence(name="study", find=_find)
