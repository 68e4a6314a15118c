"""How much money a strategy bears: the same run with accounts of several sizes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from newsbt.assembly import Components
from newsbt.domain.entries import Entries
from newsbt.domain.ledger import Outcome
from newsbt.domain.progress import Progress, SilentProgress
from newsbt.domain.results import StrategyResult
from newsbt.errors import ConfigError
from newsbt.evidence.contract import Case, Evidence, RowEvidence, by_strategy, why_not_moved
from newsbt.simulation.account_terms import AccountTerms
from newsbt.steps.evaluate import result_of
from newsbt.steps.prepare import PreparedRun, prepare
from newsbt.steps.simulate import Simulate, strategy_books
from newsbt.steps.simulated_strategy import SimulatedStrategy

__all__ = ["CAPACITY", "capacity_table"]

SIZES = (1e5, 1e6, 1e7, 1e8, 1e9)  # accounts of the capacity curve, account currency


def capacity_table(components: Components, sizes: Sequence[float], *, progress: Progress | None = None) -> pd.DataFrame:
    """Every strategy with every size of account; data are read and placed once.

    Returns
    -------
    DataFrame
        `strategy, size, total_return, gross_return, sharpe, costs, slippage, fills, cut, below_one_lot, refusals`, by
        strategy and size: see `newsbt.capacity`.

    Raises
    ------
    ConfigError
        There is no size, or one is not above 0.
    """
    wanted = sorted({float(size) for size in sizes})
    if not wanted or not all(0.0 < size < np.inf for size in wanted):
        raise ConfigError(f"sizes are amounts of cash above 0, such as (1e5, 1e6); got {tuple(sizes)!r}")
    progress = progress or SilentProgress()
    prepared = prepare(components, progress)
    progress.stage("simulate", len(components.strategies) * len(wanted))
    rows = []
    for spec in components.strategies:
        for size in wanted:
            sized = _with_cash(prepared, size)
            found = result_of(sized, strategy_books(sized, spec), None, began=time.perf_counter())
            rows.append(_row(found, size))
            progress.advance()
    return pd.DataFrame(rows)


def _with_cash(prepared: PreparedRun, cash: float) -> PreparedRun:
    config = prepared.components.config
    sized = config.model_copy(update={"account": config.account.model_copy(update={"cash": cash})})
    return replace(prepared, components=replace(prepared.components, config=sized))


def _row(found: StrategyResult, size: float) -> dict[str, object]:
    metrics, refusals = found.metrics, found.ledger.refusals
    entries = refusals[refusals["is_entry"]]
    short = np.isin(entries["reason"], (Outcome.PARTICIPATION, Outcome.CASH))
    return {
        "strategy": found.name,
        "size": size,
        "total_return": float(metrics["total_return"]),
        "gross_return": float(metrics["gross_return"]),
        "sharpe": float(metrics["sharpe"]),
        "costs": float(metrics["total_costs"]) / size,
        "slippage": float(metrics["slippage_cost"]) / size,
        "fills": int(found.counts["fills"]),
        "cut": int(short.sum()),
        "below_one_lot": int((entries["reason"] == Outcome.BELOW_ONE_LOT).sum()),
        "refusals": int(found.counts["refusals"]),
    }


def _of_strategy(case: Case, books: SimulatedStrategy, _row: StrategyResult) -> RowEvidence:
    if why_not_moved(books) or books.terms is None or books.placed is None:
        return RowEvidence()
    return RowEvidence(section=_curve(books.terms, books.placed.entries, case.simulate(books)))


def _curve(terms: AccountTerms, entries: Entries, simulate: Simulate) -> list[dict[str, float]]:
    """Net return against the size of the account: the same signals with other cash."""
    curve = []
    for size in SIZES:
        ledger = simulate(replace(terms, cash=size), entries)
        curve.append({"size": size, "total_return": ledger.total_return})
    return curve


CAPACITY = Evidence(name="capacity", find=by_strategy(_of_strategy), of_parts=True)
