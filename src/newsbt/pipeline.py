"""The straight line of a run."""

from __future__ import annotations

import math
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version

from newsbt.analysis.definitions import DEFINITIONS
from newsbt.analysis.evaluation import last_rows
from newsbt.assembly import Components, assemble, unread_keys
from newsbt.config.loading import LoadedConfig
from newsbt.digests import digest_of
from newsbt.domain.check_report import CheckReport
from newsbt.domain.progress import Progress, SilentProgress
from newsbt.domain.results import RunResult, StrategyResult
from newsbt.domain.returns import session_returns
from newsbt.errors import NewsbtError
from newsbt.evidence.judge import judge, trial_key, with_evidence
from newsbt.evidence.label_cutoff import with_cutoff_rows
from newsbt.evidence.run_study import run_study
from newsbt.steps.baseline_rows import baseline_result, benchmark_books, benchmark_result
from newsbt.steps.evaluate import result_of
from newsbt.steps.prepare import PreparedRun, prepare, prepare_inputs, read_inputs
from newsbt.steps.report_context import context_of
from newsbt.steps.simulate import refuse_mode, strategy_books
from newsbt.steps.strategy_signals import ask
from newsbt.steps.user_metrics import own_definitions

__all__ = ["check", "run", "run_components"]


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


def check(loaded: LoadedConfig) -> CheckReport:
    """Everything a run would use, without running: counts, spans, drops, doubts, and every error found.

    Strategies are asked for their signals, and nothing is simulated.
    """
    name = loaded.config.name
    try:
        prepared = prepare(assemble(loaded), SilentProgress())
        unread = _unread_keys(prepared)
    except NewsbtError as error:
        return CheckReport.failed(error, name)
    summary = prepared.summary
    return CheckReport(
        name=name,
        counts=summary.counts,
        spans=summary.spans,
        drops=summary.drops,
        not_linked=summary.not_linked,
        unused=summary.unused,
        hindsight=summary.hindsight,
        notices=summary.notices,
        doubts=(*summary.doubts, *unread),
        strategies=tuple(spec.name for spec in prepared.components.strategies),
        periods_per_year=summary.periods_per_year,
    )


def _unread_keys(prepared: PreparedRun) -> list[str]:
    """What each strategy's `position:` asks of another kind of signal than it answers; an error where that cannot be
    run."""
    found = []
    for spec in prepared.components.strategies:
        if spec.is_backtrader:
            continue
        is_grid = ask(prepared, spec).signal.array is not None
        if not is_grid:
            refuse_mode(spec.name, spec.position.mode)
        unread = unread_keys(spec.position, is_grid=is_grid)
        found += [] if unread is None else [f"{spec.name}: {unread}"]
    return found


def run_components(
    components: Components, *, progress: Progress | None = None, trials: Mapping[str, float] | None = None
) -> RunResult:
    """The same for components that are already built."""
    progress = progress or SilentProgress()
    started_at, began = datetime.now(UTC), time.perf_counter()
    progress.stage("load", None)
    inputs = read_inputs(components)
    prepared = prepare_inputs(components, inputs, progress, began=began)
    config = components.config

    progress.stage("simulate", len(components.strategies) + len(config.baselines))
    market = benchmark_books(prepared)
    market_returns = None
    if market is not None:
        rows = last_rows(prepared.panel.dates)
        market_returns = session_returns(market.equity[rows], market.initial_cash)
    results, every = [], []
    keys = {}
    analysed = 0.0
    for spec in components.strategies:
        began_one = time.perf_counter()
        books = strategy_books(prepared, spec)
        row = result_of(prepared, books, market_returns, began=began_one)
        simulated = time.perf_counter()
        results.append(with_evidence(prepared, books, row))
        analysed += time.perf_counter() - simulated
        every.append(books)
        keys[spec.name] = trial_key(prepared, spec)
        progress.advance()
    benchmark: StrategyResult | None = None
    for name in config.baselines:
        baseline = baseline_result(prepared, name, market, market_returns)
        if baseline is not None:
            results.append(baseline)
        progress.advance()
    if market is not None:
        benchmark = next((row for row in results if row.kind == "benchmark"), None)
        benchmark = benchmark or benchmark_result(prepared, market, market_returns)

    simulated = time.perf_counter()
    results = judge(results, keys, trials or {}, prepared.periods_per_year)
    results = with_cutoff_rows(prepared, results, market_returns)
    context, study = context_of(prepared), run_study(prepared, inputs, every)
    analysed += time.perf_counter() - simulated
    per_bar = math.sqrt(prepared.periods_per_year)

    hashes = {**prepared.hashes, "strategies": {spec.name: spec.source_hash for spec in components.strategies}}
    return RunResult(
        run_id=digest_of(hashes)[:12],
        name=config.name,
        config=components.document,
        strategies=tuple(results),
        benchmark=benchmark,
        summary=prepared.summary,
        definitions={**DEFINITIONS, **own_definitions()},
        hashes=hashes,
        versions=_versions(),
        timings={
            **prepared.seconds,
            "simulate": {row.name: row.seconds for row in results},
            "analyse": analysed,
            "total": time.perf_counter() - began,
        },
        seed=config.evaluation.seed,
        started_at=started_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        context=context,
        evidence={"study": study},
        trials={keys[row.name]: row.metrics["sharpe"] / per_bar for row in results if row.name in keys},
    )


def _versions() -> dict[str, str]:
    packages = ("newsbt", "backtrader", "pandas", "numpy", "numba", "pyarrow", "exchange_calendars", "scipy")
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}
