"""Rows to compare with: the baselines and the benchmark."""

from __future__ import annotations

from dataclasses import dataclass

from newsbt._typing import Floats
from newsbt.analysis.benchmark import benchmark_ledger
from newsbt.analysis.evaluation import last_rows
from newsbt.domain.entries import Entries
from newsbt.domain.results import StrategyResult
from newsbt.domain.returns import session_returns
from newsbt.errors import DataError
from newsbt.kernels.code_wait import work_seconds
from newsbt.simulation.account_terms import PositionTerms
from newsbt.simulation.grid import Targets
from newsbt.steps.evaluate import result_of
from newsbt.steps.prepare import PreparedRun
from newsbt.steps.run_clock import RunClock
from newsbt.steps.simulate import simulate, terms_of
from newsbt.steps.simulated_strategy import SimulatedStrategy
from newsbt.strategies import baselines

__all__ = ["Benchmark", "baseline_rows", "benchmark_of"]


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """The config's benchmark: its returns by session and its row, None where the config names none."""

    returns: Floats | None = None
    row: StrategyResult | None = None


def benchmark_of(prepared: PreparedRun) -> Benchmark:
    """The benchmark, held over the whole period."""
    config, benchmark = prepared.components.config, prepared.market.benchmark
    if benchmark is None:
        return Benchmark()
    began = work_seconds()
    panel, fx = prepared.market.panel, prepared.market.fx
    n = prepared.market.universe.position[benchmark]
    currency = fx.currency_of[n]
    rates = fx.fill_rate[:, currency], fx.mark_rate[:, currency]
    try:
        ledger = benchmark_ledger(panel, n, config.account.cash, *rates)
    except DataError as error:
        raise DataError.of([prepared.components.problem(error.code, "benchmark", str(error))]) from None
    returns = session_returns(ledger.equity[last_rows(panel.dates)], ledger.initial_cash)
    books = SimulatedStrategy(name="benchmark", kind="benchmark", ledger=ledger)
    return Benchmark(returns=returns, row=result_of(prepared, books, returns, began=began))


def baseline_rows(prepared: PreparedRun, benchmark: Benchmark, clock: RunClock) -> list[StrategyResult]:
    """A row for each of the config's baselines, in its order; none of a benchmark that it does not name."""
    rows = [_row(prepared, name, benchmark) for name in clock.each(prepared.components.config.baselines)]
    return [row for row in rows if row is not None]


def _row(prepared: PreparedRun, name: str, benchmark: Benchmark) -> StrategyResult | None:
    if name == "benchmark":
        return benchmark.row
    began = work_seconds()
    components, market = prepared.components, prepared.market
    universe, panel = market.universe, market.panel
    share = 1.0 / max(len(baselines.members(universe, panel)), 1)
    wanted: Entries | Targets
    if name == "buy_and_hold":
        terms = terms_of(components.config, market, PositionTerms(weight=share, hold=None))
        wanted = baselines.buy_and_hold(universe, panel, market.fx.is_known)
    else:
        terms = terms_of(components.config, market, PositionTerms(weight=share, hold=None, rebalance="monthly"))
        wanted = Targets(grid=baselines.equal_weight(universe, panel), causes={})
    books = SimulatedStrategy(name=name, kind="baseline", ledger=simulate(components, terms, wanted), terms=terms)
    return result_of(prepared, books, benchmark.returns, began=began)
