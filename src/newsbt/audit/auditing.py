"""The whole audit of a config: look-ahead proof, placebos, confounders, detection floors, doubts about the data."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from newsbt._typing import Instants
from newsbt.analysis.evaluation import traded_events
from newsbt.assembly import Components, StrategySpec
from newsbt.audit.confounders import confounders
from newsbt.audit.data_doubts import data_doubts
from newsbt.audit.lookahead import Proof, look_ahead
from newsbt.domain.ledger import Ledger
from newsbt.domain.progress import Progress, SilentProgress
from newsbt.domain.showing import brief
from newsbt.evidence import registry
from newsbt.evidence.contract import Case, MovedRuns, RowEvidence
from newsbt.evidence.independent_days import Placebo, PlaceboError, placebo, placebo_of
from newsbt.evidence.permutation import PERMUTATION, judged
from newsbt.evidence.retimed_signals import linked_signals, movable, moved_events
from newsbt.steps.prepare import PreparedRun, prepare_inputs, read_inputs
from newsbt.steps.simulate import simulator, strategy_books
from newsbt.steps.simulated_strategy import READ_NO_EVENTS, SimulatedStrategy
from newsbt.steps.summarise import notices_of

__all__ = ["Audit", "StrategyAudit", "audit"]

NOT_MOVABLE = "a strategy that sends orders of its own is not moved"
NO_SIGNAL = "no signal inside the period"
NO_EVENT = "no linked event inside the period"


@dataclass(frozen=True, kw_only=True)
class StrategyAudit:
    """What was found about one strategy: `evidence` of every kind that an audit asks, by name. `failure` says why an
    asked-for placebo could not be run."""

    name: str
    proof: Proof
    placebo: Mapping[str, Any]
    confounders: Mapping[str, Any]
    evidence: Mapping[str, object]
    events: int
    dates: int
    failure: str = ""

    __repr__ = brief

    def as_dict(self) -> dict[str, Any]:
        """An entry of the audit document (docs/files.md)."""
        found = self.proof.difference
        return {
            "name": self.name,
            "look_ahead": self.proof.looks_ahead,
            "first_difference": None if found is None else {**dataclasses.asdict(found), "text": str(found)},
            "proof": {"cuts": self.proof.cuts, "futures": self.proof.futures, "decisions": self.proof.decisions},
            "events_traded": self.events,
            "event_dates": self.dates,
            "placebo": self.placebo,
            "confounders": self.confounders,
            **self.evidence,
        }


@dataclass(frozen=True, kw_only=True)
class Audit:
    """The audit of a config."""

    name: str
    strategies: tuple[StrategyAudit, ...]
    data: tuple[Mapping[str, Any], ...]
    notices: tuple[str, ...] = ()

    __repr__ = brief

    @property
    def failures(self) -> list[str]:
        """Sentences about what was asked and could not be done."""
        return [f"{one.name}: {one.failure}" for one in self.strategies if one.failure]

    @property
    def ok(self) -> bool:
        """Whether no strategy looks ahead, and all that was asked could be done."""
        return not self.failures and not any(one.proof.looks_ahead for one in self.strategies)

    def as_dict(self) -> dict[str, Any]:
        """The document of ``newsbt audit --json``."""
        return {"strategies": [one.as_dict() for one in self.strategies], "data": list(self.data)}


def audit(
    components: Components, *, cuts: int = 16, draws: int | None = None, progress: Progress | None = None
) -> Audit:
    """Audit every strategy of a config; all signals run on the compiled engine, which agrees with the other.

    Parameters
    ----------
    cuts : int
        At about how many places the future is changed.
    draws : int, optional
        Placebo runs of each kind; by default `evaluation.placebo`. 0: none.

    Raises
    ------
    ConfigError, DataError, StrategyError
        As a run.
    """
    progress = progress or SilentProgress()
    progress.stage("load", None)
    inputs = read_inputs(components)
    prepared = prepare_inputs(components, inputs, progress)
    specs = components.strategies
    config = components.config
    draws = config.evaluation.placebo.draws if draws is None else draws
    proofs = look_ahead(prepared, inputs, specs, cuts=cuts, seed=config.evaluation.seed, progress=progress)
    progress.stage("placebo", len(specs))
    found = []
    for spec in specs:
        found.append(_audited(prepared, spec, proofs[spec.name], draws))
        progress.advance()
    return Audit(
        name=config.name,
        strategies=tuple(found),
        data=tuple(data_doubts(prepared, inputs)),
        notices=notices_of(components, inputs),
    )


def _audited(prepared: PreparedRun, spec: StrategySpec, proof: Proof, draws: int) -> StrategyAudit:
    books = strategy_books(prepared, spec, engine="compiled")
    events, dates = traded_events(books.ledger, prepared.market.panel)
    document, moved, failure = _moved_instants(prepared, spec, books, draws)
    case = Case(
        prepared=prepared, simulated={spec.name: books}, moved={spec.name: moved}, draws=draws, kinds=registry.EVIDENCE
    )  # fmt: skip
    found = {kind.name: answer.rows.get(spec.name, RowEvidence()).section for kind, answer in case.asked("audit")}
    permuted = found.pop(PERMUTATION.name)
    if document["kinds"]:
        document["kinds"].update(permuted)
    return StrategyAudit(
        name=spec.name, proof=proof, placebo=document,
        confounders=confounders(prepared.market, prepared.news, books.ledger),
        evidence={name: section for name, section in found.items() if section is not None},
        events=events, dates=dates, failure=failure,
    )  # fmt: skip


def _moved_instants(
    prepared: PreparedRun, spec: StrategySpec, books: SimulatedStrategy, draws: int
) -> tuple[dict[str, Any], MovedRuns, str]:
    """The document's part on placebos, the runs at other instants, and why they failed."""
    reason, observed = "", books.ledger.total_return
    if not books.read_news:
        reason = READ_NO_EVENTS
    elif books.placed is None and books.grid is None:
        reason = NOT_MOVABLE
    elif books.placed is not None and not len(books.placed.entries):
        reason = NO_SIGNAL
    elif books.placed is None and not len(linked_signals(prepared.market, prepared.news, spec.hops).event):
        reason = NO_EVENT
    elif draws == 0:
        reason = "switched off"
    if reason or books.terms is None:
        document: dict[str, Any] = {"p": None, "m": 0, "observed": observed, "reason": reason, "kinds": {}}
        return document, MovedRuns(returns=None, reason=reason), ""
    seed = prepared.components.config.evaluation.seed
    try:
        moved = _placebo(prepared, spec, books, draws, seed)
        instants = {
            **judged(moved.returns, moved.p, ""),
            "clusters": moved.clusters,
            "admissible_days": moved.instants,
            "overlapping": moved.overlapping,
        }
        runs = MovedRuns(returns=moved.returns)
    except PlaceboError as error:
        reason = str(error)
        instants = {"p": None, "m": 0, "reason": reason}
        runs = MovedRuns(returns=None, reason=reason)
    document = {
        "p": instants["p"], "m": instants["m"], "observed": observed, "seed": seed, "reason": reason,
        "kinds": {"instants": instants},
    }  # fmt: skip
    return document, runs, reason


def _placebo(prepared: PreparedRun, spec: StrategySpec, books: SimulatedStrategy, draws: int, seed: int) -> Placebo:
    observed = books.ledger.total_return
    if books.placed is None or books.terms is None:
        return _asked_anew(prepared, spec, observed, draws, seed)
    signals = movable(prepared.market, prepared.news, books)
    simulate = simulator(prepared.market, books.hedge)
    return placebo(signals, books.terms, observed, draws=draws, seed=seed, simulate=simulate)


def _asked_anew(prepared: PreparedRun, spec: StrategySpec, observed: float, draws: int, seed: int) -> Placebo:
    """Placebo runs of a grid: the strategy answers anew for events known at other instants."""

    def run(known_at: Instants) -> Ledger:
        moved = replace(prepared, news=moved_events(prepared.market, prepared.news, known_at))
        return strategy_books(moved, spec, engine="compiled").ledger

    signals = linked_signals(prepared.market, prepared.news, spec.hops)
    return placebo_of(signals, None, observed, draws=draws, seed=seed, run=run)
