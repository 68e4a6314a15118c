"""The whole audit of a config: look-ahead proof, placebos, confounders, detection floors, doubts about the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from newsbt.analysis.evaluation import traded_events
from newsbt.assembly import Components, StrategySpec
from newsbt.audit.confounders import confounders
from newsbt.audit.data_doubts import data_doubts
from newsbt.audit.lookahead import look_ahead
from newsbt.audit.moved_instants import MovedInstants, moved_instants
from newsbt.audit.proof import Proof
from newsbt.domain.command_documents import Confounders, DataDoubt
from newsbt.domain.progress import Progress, SilentProgress
from newsbt.domain.showing import brief
from newsbt.evidence import registry
from newsbt.evidence.contract import Case, RowEvidence
from newsbt.evidence.permutation import PERMUTATION
from newsbt.steps.prepare import PreparedRun, prepare_inputs, read_inputs
from newsbt.steps.simulate import strategy_books
from newsbt.steps.simulated_strategy import SimulatedStrategy
from newsbt.steps.summarise import notices_of

__all__ = ["Audit", "StrategyAudit", "audit"]


@dataclass(frozen=True, kw_only=True)
class StrategyAudit:
    """What was found about one strategy: `evidence` of every kind that an audit asks, by name. `failure` says why an
    asked-for placebo could not be run."""

    name: str
    proof: Proof
    placebo: Mapping[str, Any]
    confounders: Confounders
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
            "first_difference": None if found is None else found.as_dict(),
            "proof": self.proof.as_dict(),
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
    data: tuple[DataDoubt, ...]
    notices: tuple[str, ...] = ()

    __repr__ = brief

    @property
    def failures(self) -> list[str]:
        """Sentences about what was asked and could not be done."""
        found = [f"{one.name}: {one.failure}" for one in self.strategies if one.failure]
        return found + [
            f"{one.name}: nothing can be proved of a strategy that decides otherwise when it is asked again"
            for one in self.strategies
            if one.proof.unsteady is not None
        ]

    @property
    def ok(self) -> bool:
        """Whether no strategy looks ahead, and all that was asked could be done."""
        return not self.failures and not any(one.proof.looks_ahead for one in self.strategies)

    def as_dict(self) -> dict[str, Any]:
        """The document of ``newsbt audit --json``."""
        return {"strategies": [one.as_dict() for one in self.strategies], "data": list(self.data)}


def audit(
    components: Components, *, cuts: int | None = None, draws: int | None = None, progress: Progress | None = None
) -> Audit:
    """Audit every strategy of a config; all signals run on the compiled engine, which agrees with the other.

    Parameters
    ----------
    cuts : int, optional
        At how many decisions of a strategy the future is changed; by default at every one of fewer than a hundred, and
        at 16 otherwise.
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
    asked = [(spec, strategy_books(prepared, spec, engine="compiled")) for spec in specs]
    moved = moved_instants(prepared, asked, draws)
    found = []
    for spec, books in asked:
        found.append(_audited(prepared, spec, books, proofs[spec.name], moved[spec.name], draws))
        progress.advance()
    return Audit(
        name=config.name,
        strategies=tuple(found),
        data=tuple(data_doubts(prepared, inputs)),
        notices=notices_of(components, inputs),
    )


def _audited(
    prepared: PreparedRun, spec: StrategySpec, books: SimulatedStrategy, proof: Proof, moved: MovedInstants, draws: int
) -> StrategyAudit:
    events, dates = traded_events(books.ledger, prepared.market.panel)
    document = moved.document
    case = Case(
        prepared=prepared, simulated={spec.name: books}, moved={spec.name: moved.runs}, draws=draws,
        kinds=registry.EVIDENCE,
    )  # fmt: skip
    found = {kind.name: answer.rows.get(spec.name, RowEvidence()).section for kind, answer in case.asked("audit")}
    permuted = found.pop(PERMUTATION.name)
    if document["kinds"] and isinstance(permuted, dict):
        document["kinds"].update(permuted)
    return StrategyAudit(
        name=spec.name, proof=proof, placebo=document,
        confounders=confounders(prepared.market, prepared.news, books.ledger),
        evidence={name: section for name, section in found.items() if section is not None},
        events=events, dates=dates, failure=moved.failure,
    )  # fmt: skip
