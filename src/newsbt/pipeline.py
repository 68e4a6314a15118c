"""The straight line of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from newsbt.assembly import Components, assemble
from newsbt.config.loading import LoadedConfig
from newsbt.domain.progress import Progress
from newsbt.domain.results import RunResult
from newsbt.evidence.contract import Case
from newsbt.evidence.gathering import gather, refuse_names_of_evidence
from newsbt.steps.baseline_rows import baseline_rows, benchmark_of
from newsbt.steps.evaluate import result_of
from newsbt.steps.event_setup import link_events
from newsbt.steps.market_setup import set_up_market
from newsbt.steps.prepare import PreparedRun, read_inputs
from newsbt.steps.run_clock import RunClock
from newsbt.steps.run_hashes import hashes_of
from newsbt.steps.run_result import record
from newsbt.steps.simulate import answer_books
from newsbt.steps.strategy_signals import signals_of

__all__ = ["run", "run_components"]


def run(
    loaded: LoadedConfig,
    *,
    strategies: Sequence[str] = (),
    engine: str | None = None,
    progress: Progress | None = None,
    trials: Mapping[str, float] | None = None,
    verify: bool = False,
) -> RunResult:
    """Backtest every strategy and baseline of a config.

    Parameters
    ----------
    strategies : sequence of str
        Names of the strategies to run; empty: all.
    engine : str, optional
        Instead of the config's `execution.engine`.
    progress : Progress, optional
        Told what goes on.
    trials : mapping, optional
        Per-bar Sharpe ratios of every configuration tried before, by key: what deflates this run's (docs/methods.md).
    verify : bool
        Run both engines, and fail where they differ.

    Raises
    ------
    EngineError
        Both engines ran, and did not keep the same books.
    ConfigError, DataError, UnsupportedError
        The run cannot start; the error names file, line and key.
    StrategyError
        A strategy raised, or answered what is no signal.
    """
    if engine is not None:
        loaded = loaded.override([("execution.engine", engine)])
    components = replace(assemble(loaded, strategies), verify=verify)
    return run_components(components, progress=progress, trials=trials)


def run_components(
    components: Components, *, progress: Progress | None = None, trials: Mapping[str, float] | None = None
) -> RunResult:
    """The same for components that are already built."""
    clock = RunClock(progress)
    refuse_names_of_evidence()
    with clock.stage("load"):
        inputs = read_inputs(components)
        market = set_up_market(components, inputs)
    with clock.stage("link"):
        news = link_events(components, inputs, market)
        hashes = hashes_of(components, inputs)
    prepared = PreparedRun(components=components, market=market, news=news)

    benchmark = benchmark_of(prepared)
    simulated, rows = {}, []
    clock.steps("simulate", len(components.strategies) + len(components.config.baselines))
    for spec in clock.each(components.strategies):
        books = answer_books(prepared, spec, signals_of(market, news, spec))  # no name keeps the answer's frames alive
        rows.append(result_of(prepared, books, benchmark.returns, began=clock.began))
        simulated[spec.name] = books
    rows += baseline_rows(prepared, benchmark, clock)

    with clock.stage("analyse"):
        judged = gather(Case(
            prepared=prepared, simulated=simulated, rows=rows, hashes=hashes, market_returns=benchmark.returns,
            inputs=inputs, trials=trials or {}, progress=clock.progress,
        ))  # fmt: skip
    return record(prepared, inputs, hashes, judged, benchmark.row, clock)
