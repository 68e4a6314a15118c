"""How much money a strategy bears: the same run with accounts of several sizes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from newsbt.domain.entries import Entries
from newsbt.domain.evidence_documents import CapacityPoint
from newsbt.domain.ledger import Outcome
from newsbt.domain.results import StrategyResult
from newsbt.evidence.contract import Case, Evidence, RowEvidence, RunEvidence, by_strategy, why_not_moved
from newsbt.kernels.code_wait import work_seconds
from newsbt.simulation.account_terms import AccountTerms
from newsbt.simulation.reruns import Rerun
from newsbt.steps.evaluate import result_of
from newsbt.steps.prepare import PreparedRun
from newsbt.steps.simulate import strategy_books
from newsbt.steps.simulated_strategy import SimulatedStrategy

__all__ = ["CAPACITY", "CAPACITY_TABLE"]

SIZES = (1e5, 1e6, 1e7, 1e8, 1e9)  # accounts of the capacity curve, account currency


def _with_every_size(case: Case) -> RunEvidence:
    """A row for every strategy and size of account, asking and simulating it anew; data are read and placed once."""
    specs = case.prepared.components.strategies
    case.progress.stage("simulate", len(specs) * len(case.sizes))
    rows = []
    for spec in specs:
        for size in case.sizes:
            sized = _with_cash(case.prepared, size)
            found = result_of(sized, strategy_books(sized, spec), None, began=work_seconds())
            rows.append(_row(found, size))
            case.progress.advance()
    return RunEvidence(section=rows)


def _with_cash(prepared: PreparedRun, cash: float) -> PreparedRun:
    config = prepared.components.config
    sized = config.model_copy(update={"account": config.account.model_copy(update={"cash": cash})})
    return replace(prepared, components=replace(prepared.components, config=sized))


def _row(found: StrategyResult, size: float) -> dict[str, str | float]:
    refusals = found.ledger.refusals
    entries = refusals[refusals["is_entry"]]
    short = np.isin(entries["reason"], (Outcome.PARTICIPATION, Outcome.CASH))
    return {
        "strategy": found.name,
        "size": size,
        "total_return": found.number("total_return"),
        "gross_return": found.number("gross_return"),
        "sharpe": found.number("sharpe"),
        "costs": found.number("total_costs") / size,
        "slippage": found.number("slippage_cost") / size,
        "fills": int(found.counts["fills"]),
        "cut": int(short.sum()),
        "below_one_lot": int((entries["reason"] == Outcome.BELOW_ONE_LOT).sum()),
        "refusals": int(found.counts["refusals"]),
    }


def _of_strategy(case: Case, books: SimulatedStrategy, _row: StrategyResult) -> RowEvidence:
    if why_not_moved(books) or books.terms is None or books.placed is None:
        return RowEvidence()
    return RowEvidence(section=_curve(case, books, books.terms, books.placed.entries))


def _curve(case: Case, books: SimulatedStrategy, terms: AccountTerms, entries: Entries) -> list[CapacityPoint]:
    """Net return against the size of the account: the same signals with other cash."""
    found = case.total_returns(books, [Rerun(terms=replace(terms, cash=size), entries=entries) for size in SIZES])
    return [{"size": size, "total_return": value} for size, value in zip(SIZES, found.tolist(), strict=True)]


CAPACITY = Evidence(name="capacity", find=by_strategy(_of_strategy), of_parts=True)
CAPACITY_TABLE = Evidence(name="capacity_table", find=_with_every_size, asked_by=("capacity",))
