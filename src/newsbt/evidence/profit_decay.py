"""How a strategy's net return changes with the holding time and with what passes from the news to the order."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import numpy as np

from newsbt._typing import Floats
from newsbt.domain.evidence_documents import DecayCurves, HoldPoint, LatencyPoint
from newsbt.domain.results import StrategyResult
from newsbt.evidence.contract import Case, Evidence, RowEvidence, by_strategy, why_not_moved
from newsbt.evidence.retimed_signals import RetimableSignals
from newsbt.simulation.account_terms import AccountTerms, Hold
from newsbt.simulation.reruns import Rerun
from newsbt.steps.simulated_strategy import SimulatedStrategy

__all__ = ["DECAY", "decay"]

HOLDS = tuple(range(1, 21))
LATENCIES = (("0", 0), ("5min", 5), ("1h", 60))  # minutes


def _of_strategy(case: Case, books: SimulatedStrategy, _row: StrategyResult) -> RowEvidence:
    if why_not_moved(books) or books.terms is None:
        return RowEvidence()
    latency = case.prepared.components.config.execution.latency
    return RowEvidence(section=decay(case.signals(books), latency, books.terms, partial(case.total_returns, books)))


def decay(
    signals: RetimableSignals, latency: timedelta, terms: AccountTerms, rerun: Callable[[Sequence[Rerun]], Floats]
) -> DecayCurves:
    """Net return against the holding time in sessions, and against what passes from the news to the order, `latency` in
    the run itself. `rerun` answers the total return of each run."""
    known_at = signals.news.events.known_at
    entries = signals.at(known_at)
    runs = [Rerun(terms=_held(terms, count), entries=entries) for count in HOLDS]
    for _, minutes in LATENCIES:
        later = np.timedelta64(minutes * 60_000_000_000 - round(latency.total_seconds() * 1e9), "ns")
        runs.append(Rerun(terms=terms, entries=signals.at(known_at + later) if signals.moves(later) else entries))
    runs.append(Rerun(terms=terms, entries=signals.at(known_at, extra_delay=1)))
    found = rerun(runs).tolist()
    waits = (*(name for name, _ in LATENCIES), "one session")
    holding: list[HoldPoint] = [
        {"hold": count, "net_return": value} for count, value in zip(HOLDS, found[: len(HOLDS)], strict=True)
    ]
    waiting: list[LatencyPoint] = [
        {"latency": name, "net_return": value} for name, value in zip(waits, found[len(HOLDS) :], strict=True)
    ]
    return {"hold": holding, "latency": waiting}


def _held(terms: AccountTerms, sessions: int) -> AccountTerms:
    hold = Hold("sessions", sessions).on(terms.panel.clock)
    return dataclasses.replace(terms, position=dataclasses.replace(terms.position, hold=hold))


DECAY = Evidence(name="decay", find=by_strategy(_of_strategy), of_parts=True)
