"""What a run found, as one `RunResult`."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from newsbt.analysis.user_metrics import own_definitions
from newsbt.assembly import Components
from newsbt.digests import digest_of
from newsbt.domain.metrics import definitions
from newsbt.domain.results import RunResult, StrategyResult
from newsbt.domain.run_documents import RunHashes
from newsbt.steps.prepare import PreparedRun, RunInputs
from newsbt.steps.report_context import context_of
from newsbt.steps.run_clock import RunClock
from newsbt.steps.summarise import summary_of

__all__ = ["Judged", "record"]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """The rows of a run with all evidence, the sections of evidence.json that belong to no single row, what defines the
    metrics of evidence, and the run's own trials: per-bar Sharpe ratios by key."""

    rows: Sequence[StrategyResult]
    sections: Mapping[str, object]
    definitions: Mapping[str, str]
    trials: Mapping[str, float]


def record(
    prepared: PreparedRun, inputs: RunInputs, hashes: RunHashes, judged: Judged,
    benchmark: StrategyResult | None, clock: RunClock,
) -> RunResult:  # fmt: skip
    """The rows of a run with what they were made of, when and by what; `hashes` are those of `run_hashes`."""
    components = prepared.components
    sources = {spec.name: spec.source_hash for spec in components.strategies}
    hashes = {**hashes, "strategies": sources}
    return RunResult(
        run_id=digest_of(hashes)[:12],
        name=components.config.name,
        config=components.document,
        strategies=tuple(judged.rows),
        benchmark=benchmark,
        summary=summary_of(prepared, inputs),
        definitions={**definitions(), **judged.definitions, **own_definitions()},
        hashes=hashes,
        versions=_versions(),
        timings=clock.timings({row.name: row.seconds for row in judged.rows}),
        seed=components.config.evaluation.seed,
        started_at=clock.started_at,
        context=context_of(prepared.market, prepared.news),
        evidence=judged.sections,
        trials=judged.trials,
        verified=_verified(components, judged.rows) if components.verify else None,
    )


def _verified(components: Components, rows: Sequence[StrategyResult]) -> tuple[str, ...]:
    """The rows whose books both engines kept, the same ones, or the run would have failed; orders of a strategy's own
    run on backtrader alone, and a benchmark on none."""
    on_one = {spec.name for spec in components.strategies if spec.is_backtrader}
    return tuple(row.name for row in rows if row.kind != "benchmark" and row.name not in on_one)


def _versions() -> dict[str, str]:
    packages = ("newsbt", "backtrader", "pandas", "numpy", "numba", "pyarrow", "exchange_calendars", "scipy")
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}
