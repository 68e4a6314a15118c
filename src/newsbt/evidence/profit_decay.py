"""How a strategy's net return changes with the holding time and with what passes from the news to the order."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import numpy as np

from newsbt.domain.evidence_documents import DecayCurves, HoldPoint, LatencyPoint
from newsbt.domain.results import StrategyResult
from newsbt.evidence.contract import Case, Evidence, RowEvidence, by_strategy, why_not_moved
from newsbt.evidence.retimed_signals import RetimableSignals
from newsbt.simulation.account_terms import AccountTerms, Hold
from newsbt.steps.simulate import Simulate
from newsbt.steps.simulated_strategy import SimulatedStrategy

__all__ = ["DECAY", "decay"]

HOLDS = tuple(range(1, 21))
LATENCIES = (("0", np.timedelta64(0, "m")), ("5min", np.timedelta64(5, "m")), ("1h", np.timedelta64(60, "m")))


def _of_strategy(case: Case, books: SimulatedStrategy, _row: StrategyResult) -> RowEvidence:
    if why_not_moved(books) or books.terms is None:
        return RowEvidence()
    latency = case.prepared.components.config.execution.latency
    return RowEvidence(section=decay(case.signals(books), latency, books.terms, case.simulate(books)))


def decay(signals: RetimableSignals, latency: timedelta, terms: AccountTerms, simulate: Simulate) -> DecayCurves:
    """Net return against the holding time in sessions, and against what passes from the news to the order, `latency` in
    the run itself."""
    known_at = signals.news.events.known_at
    holding: list[HoldPoint] = []
    for count in HOLDS:
        held = dataclasses.replace(terms, position=dataclasses.replace(terms.position, hold=Hold("sessions", count)))
        holding.append({"hold": count, "net_return": simulate(held, signals.at(known_at)).total_return})
    own = np.timedelta64(round(latency.total_seconds() * 1e9), "ns")
    waiting: list[LatencyPoint] = [
        {"latency": name, "net_return": simulate(terms, signals.at(known_at - own + wait)).total_return}
        for name, wait in LATENCIES
    ]
    later = signals.at(known_at, extra_delay=1)
    waiting.append({"latency": "one session", "net_return": simulate(terms, later).total_return})
    return {"hold": holding, "latency": waiting}


DECAY = Evidence(name="decay", find=by_strategy(_of_strategy), of_parts=True)
