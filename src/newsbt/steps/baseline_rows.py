"""Rows to compare with: the baselines and the benchmark."""

from __future__ import annotations

import time

from newsbt._typing import Floats
from newsbt.analysis.benchmark import benchmark_ledger
from newsbt.domain.entries import Entries
from newsbt.domain.ledger import Ledger
from newsbt.domain.results import StrategyResult
from newsbt.simulation.account_terms import PositionTerms
from newsbt.simulation.grid import Targets
from newsbt.steps.evaluate import result_of
from newsbt.steps.prepare import PreparedRun
from newsbt.steps.simulate import simulate, terms_of
from newsbt.steps.simulated_strategy import SimulatedStrategy
from newsbt.strategies import baselines

__all__ = ["baseline_result", "benchmark_books", "benchmark_result"]


def baseline_result(
    prepared: PreparedRun, name: str, market: Ledger | None, market_returns: Floats | None
) -> StrategyResult | None:
    began = time.perf_counter()
    if name == "benchmark":
        return None if market is None else benchmark_result(prepared, market, market_returns)
    universe, panel = prepared.universe, prepared.panel
    count = len(baselines.members(universe, panel))
    share = 1.0 / max(count, 1)
    wanted: Entries | Targets
    if name == "buy_and_hold":
        terms = terms_of(prepared, PositionTerms(weight=share, hold=None))
        wanted = baselines.buy_and_hold(universe, panel)
    else:
        terms = terms_of(prepared, PositionTerms(weight=share, hold=None, rebalance="monthly"))
        wanted = Targets(grid=baselines.equal_weight(universe, panel), causes={})
    ledger = simulate(prepared, terms, wanted)
    return result_of(
        prepared, SimulatedStrategy(name=name, kind="baseline", ledger=ledger, terms=terms), market_returns, began=began
    )


def benchmark_books(prepared: PreparedRun) -> Ledger | None:
    config = prepared.components.config
    if config.benchmark is None:
        return None
    n = prepared.universe.position[config.benchmark]
    currency = prepared.fx.currency_of[n]
    return benchmark_ledger(
        prepared.panel, n, config.account.cash, prepared.fx.fill_rate[:, currency], prepared.fx.mark_rate[:, currency]
    )


def benchmark_result(prepared: PreparedRun, market: Ledger, market_returns: Floats | None) -> StrategyResult:
    books = SimulatedStrategy(name="benchmark", kind="benchmark", ledger=market)
    return result_of(prepared, books, market_returns, began=time.perf_counter())
