"""A word where a strategy's evidence is thin: it read no news, or traded on few independent dates."""

from __future__ import annotations

from newsbt.domain.results import StrategyResult
from newsbt.domain.verdict import FEWEST_DATES
from newsbt.evidence.contract import Case, Evidence, RowEvidence, by_strategy
from newsbt.steps.simulated_strategy import READ_NO_EVENTS, SimulatedStrategy

__all__ = ["EVENT_DATES"]


def _of_strategy(_case: Case, books: SimulatedStrategy, row: StrategyResult) -> RowEvidence:
    dates = int(row.counts["event_dates"])
    if not books.read_news:
        return RowEvidence(warnings=(f"{READ_NO_EVENTS}: its results say nothing about news",))
    if dates >= FEWEST_DATES:
        return RowEvidence()
    plural = "" if dates == 1 else "s"
    return RowEvidence(warnings=(f"{dates} independent event date{plural}: nothing can be concluded",))


EVENT_DATES = Evidence(name="event_dates", find=by_strategy(_of_strategy), of_parts=True)
