"""The placebo of instants in an audit: strategies on other calendars of their news, grids asked anew for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from newsbt._typing import Floats, Instants
from newsbt.assembly import StrategySpec
from newsbt.config.models import PlaceboConfig
from newsbt.domain.ledger import Ledger
from newsbt.evidence.common_calendars import Candidate, Compared, compare
from newsbt.evidence.contract import Case, MovedRuns
from newsbt.evidence.independent_days import Placebo, PlaceboError, placebo, placebo_of
from newsbt.evidence.permutation import judged
from newsbt.evidence.placebo_runs import candidate_of, summary_of
from newsbt.evidence.retimed_signals import linked_signals, movable, moved_events
from newsbt.steps.prepare import PreparedRun
from newsbt.steps.simulate import simulator, strategy_books
from newsbt.steps.simulated_strategy import READ_NO_EVENTS, SimulatedStrategy

__all__ = ["MovedInstants", "moved_instants"]

NOT_MOVABLE = "a strategy that sends orders of its own is not moved"
NO_SIGNAL = "no signal inside the period"
NO_EVENT = "no linked event inside the period"

Asked = tuple[StrategySpec, SimulatedStrategy]


@dataclass(frozen=True, kw_only=True)
class MovedInstants:
    """The part of an audit's document on placebos, the `runs` at other instants, and why they failed, if they did."""

    document: dict[str, Any]
    runs: MovedRuns
    failure: str = ""


def moved_instants(prepared: PreparedRun, asked: Sequence[Asked], draws: int) -> Mapping[str, MovedInstants]:
    """What each strategy, with its books, does at other instants, by name.

    Those that answer signals of events share their calendars, as in a run; each grid has its own.

    Parameters
    ----------
    draws : int
        Of windows and of independent days, where they are taken; 0: no placebo.
    """
    evaluation = prepared.components.config.evaluation
    found = {}
    ready: list[Asked] = []
    for spec, books in asked:
        reason = _why_not(prepared, spec, books, draws)
        if reason:
            observed = books.ledger.total_return
            document: dict[str, Any] = {"p": None, "m": 0, "observed": observed, "reason": reason, "kinds": {}}
            found[spec.name] = MovedInstants(document=document, runs=MovedRuns(returns=None, reason=reason))
        else:
            ready.append((spec, books))
    if evaluation.placebo.use == "independent_days":
        return found | {spec.name: _on_independent_days(prepared, spec, books, draws) for spec, books in ready}
    return found | _on_calendars(prepared, ready, evaluation.placebo.model_copy(update={"draws": draws}))


def _why_not(prepared: PreparedRun, spec: StrategySpec, books: SimulatedStrategy, draws: int) -> str:
    if not books.read_news:
        return READ_NO_EVENTS
    if (books.placed is None and books.grid is None) or books.terms is None:
        return NOT_MOVABLE
    if books.placed is not None and not len(books.placed.entries):
        return NO_SIGNAL
    if books.placed is None and not len(linked_signals(prepared.market, prepared.news, spec.hops).event):
        return NO_EVENT
    return "" if draws else "switched off"


def _on_calendars(prepared: PreparedRun, ready: Sequence[Asked], config: PlaceboConfig) -> dict[str, MovedInstants]:
    case = Case(prepared=prepared, simulated={spec.name: books for spec, books in ready})
    tables: list[list[Candidate]] = [[]]
    for spec, books in ready:
        if books.placed is None:
            tables.append([_grid(prepared, spec, books)])
        else:
            tables[0].append(candidate_of(case, books))
    found = {}
    seed = prepared.components.config.evaluation.seed
    for table in tables:
        compared = compare(prepared.market, table, use=config.use, draws=config.draws, seed=seed)
        for one in table:
            observed = case.simulated[one.name].ledger.total_return
            found[one.name] = _of_calendars(compared, one.name, observed)
    return found


def _grid(prepared: PreparedRun, spec: StrategySpec, books: SimulatedStrategy) -> Candidate:
    """A grid, which answers anew for events known at other instants."""

    def runs(known_at: Instants) -> Iterator[Ledger]:
        for instants in known_at:
            moved = replace(prepared, news=moved_events(prepared.market, prepared.news, instants))
            again = strategy_books(moved, spec, engine="compiled")
            value = 0.0 if again.hedges is None else again.hedges.value
            yield replace(again.ledger, equity=again.ledger.equity - value)

    signals = linked_signals(prepared.market, prepared.news, spec.hops)
    return Candidate(name=spec.name, signals=signals, hold=None, runs=runs, hedge=books.hedge)


def _of_calendars(compared: Compared, name: str, observed: float) -> MovedInstants:
    test = compared.tests.get(name)
    if test is None or test.why:
        reason = compared.reasons[name] if test is None else test.why
        instants: dict[str, Any] = {"p": None, "m": 0, "reason": reason}
        runs = MovedRuns(returns=None, reason=reason)
    else:
        others = test.statistic[1:]
        instants = {**judged(others[~np.isnan(others)], test.p, ""), "metric": "t"}
        runs = MovedRuns(returns=others, test=test)
    if test is not None:
        summary = summary_of(compared, name)
        instants |= {
            key: summary[key] for key in summary if key not in ("p", "m", "metric", "reason", "values", "observed")
        }
        instants["t"] = summary["observed"]
    return MovedInstants(document=_document(instants, observed, compared.seed), runs=runs)


def _on_independent_days(
    prepared: PreparedRun, spec: StrategySpec, books: SimulatedStrategy, draws: int
) -> MovedInstants:
    observed, seed = books.ledger.total_return, prepared.components.config.evaluation.seed
    try:
        moved = _placebo(prepared, spec, books, draws, seed)
    except PlaceboError as error:
        document = _document({"p": None, "m": 0, "reason": str(error)}, observed, seed)
        return MovedInstants(document=document, runs=MovedRuns(returns=None, reason=str(error)), failure=str(error))
    returns: Floats = moved.returns
    instants = {
        **judged(returns, moved.p, ""),
        "use": "independent_days",
        "metric": "total_return",
        "clusters": moved.clusters,
        "admissible_days": moved.instants,
        "overlapping": moved.overlapping,
    }
    return MovedInstants(document=_document(instants, observed, seed), runs=MovedRuns(returns=returns))


def _document(instants: Mapping[str, Any], observed: float, seed: int | None) -> dict[str, Any]:
    return {
        "p": instants["p"], "m": instants["m"], "observed": observed, "seed": seed, "reason": instants["reason"],
        "kinds": {"instants": instants},
    }  # fmt: skip


def _placebo(prepared: PreparedRun, spec: StrategySpec, books: SimulatedStrategy, draws: int, seed: int) -> Placebo:
    observed, market, news = books.ledger.total_return, prepared.market, prepared.news
    if books.placed is not None and books.terms is not None:
        signals, simulate = movable(market, news, books), simulator(market, books.hedge)
        return placebo(signals, books.terms, observed, draws=draws, seed=seed, simulate=simulate)

    def run(known_at: Instants) -> Ledger:
        moved = replace(prepared, news=moved_events(market, news, known_at))
        return strategy_books(moved, spec, engine="compiled").ledger

    return placebo_of(linked_signals(market, news, spec.hops), None, observed, draws=draws, seed=seed, run=run)
