"""A sweep from config to judged table: choose, run what is missing, judge by how many were tried."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from newsbt._typing import Floats
from newsbt.config.loading import LoadedConfig
from newsbt.domain.progress import Progress, SilentProgress
from newsbt.domain.showing import lines, short
from newsbt.errors import RunFolderError
from newsbt.left_over import settled
from newsbt.sweeps.checking import check_sweep, size_of, strategy_of, sweep_block
from newsbt.sweeps.running import Backend, Job, LocalBackend, run_missing
from newsbt.sweeps.searching import search
from newsbt.sweeps.store import SweepStore
from newsbt.sweeps.sweep_context import SweepContext
from newsbt.sweeps.variant_result import VariantResult
from newsbt.sweeps.variant_selection import best_of, deflated, overfitting
from newsbt.sweeps.variants import Variant, random_variants, variants
from newsbt.sweeps.walk_forward import WalkForward, walk_forward

__all__ = ["SweepResult", "sweep"]


@dataclass(frozen=True, kw_only=True)
class SweepResult:
    """All variants in grid order, the best by `metric`, and what is left of it after selection.

    `dsr` deflates the best one's Sharpe ratio by all `trials`, `pbo` is the probability that the choice is
    overfitted; NaN with a reason in `reasons`. `walk_forward` is what choosing on the past only would have earned.
    `parts` are the best one's metrics on the events of each side of the labels' cut-off, by what the side is called,
    where labels have one.
    `notices` are sentences about the labels: whose they are, and how hidden names change them.
    `not_kept` says why outcomes or trials could not be written, as on a full disk; blank where all were.
    """

    strategy: str
    metric: str
    outcomes: tuple[VariantResult, ...]
    best: VariantResult | None
    dsr: float
    trials: int
    pbo: float
    reasons: Mapping[str, str]
    path: Path
    reran: int
    walk_forward: WalkForward | None = None
    not_kept: str = ""
    parts: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    def __repr__(self) -> str:
        failed = sum(1 for item in self.outcomes if item.error)
        parts = [f"SweepResult {self.strategy!r}: {len(self.outcomes):,} variants by {self.metric}, {failed:,} failed"]
        if self.best is not None:
            parts.append(f"  best: {self.best.metrics[self.metric]:.4g} with {short(self.best.params, 80)}")
        for name, key, value in (
            ("deflated Sharpe", "dsr", self.dsr), ("probability of overfitting", "pbo", self.pbo)
        ):  # fmt: skip
            shown = f"undefined, {self.reasons.get(key)}" if math.isnan(value) else f"{value:.3f}"
            parts.append(f"  {name}: {shown}")
        kept = f"{'not all ' if self.not_kept else ''}kept in {self.path}"
        return lines([*parts, f"  {self.trials:,} trials; .table; {kept}"])

    @property
    def table(self) -> pd.DataFrame:
        """A row for each variant in grid order: the swept keys, the metrics, and the `error` of what failed."""
        rows = [{**item.params, **item.metrics, "error": item.error} for item in self.outcomes]
        return pd.DataFrame(rows, index=pd.Index([item.number for item in self.outcomes], name="variant"))


def sweep(
    loaded: LoadedConfig,
    runs_dir: Path,
    *,
    workers: int = 2,
    backend: Backend | None = None,
    progress: Progress | None = None,
    trials: Mapping[str, float] | None = None,
    note: Callable[[Mapping[str, float]], None] | None = None,
    retry_failed: bool = False,
) -> SweepResult:
    """Run a config's sweep, or what is missing of it.

    Parameters
    ----------
    runs_dir : path
        Outcomes are kept in its folder `sweeps`, by a hash of everything that decides them but the variants' values:
        a sweep that was stopped goes on, and one that grew runs only what is new.
    workers : int
        Threads, or processes for a BacktraderStrategy, where no backend is given.
    trials : mapping, optional
        Per-bar Sharpe ratios of every configuration tried before, by key.
    note : callable, optional
        Takes the per-bar Sharpe ratios of all variants that have run by key, also where the sweep is stopped.
    retry_failed : bool
        Whether variants that had failed run again: of what the sweep knows nothing has changed, but a disk or memory
        may have been full.

    Raises
    ------
    ConfigError, DataError
        The sweep cannot start.
    RunFolderError
        The folder for the outcomes cannot be made.
    """
    loaded = settled(loaded)
    check_sweep(loaded)
    block = sweep_block(loaded)
    progress = progress or SilentProgress()
    context = SweepContext(loaded=loaded, strategy=strategy_of(loaded))
    key = context.keys.context
    store = SweepStore(runs_dir / "sweeps" / f"{loaded.config.name.replace(' ', '-')}-{key[:12]}")
    progress.stage("sweep", size_of(loaded))
    runner = _Runner(context, store, backend or LocalBackend(workers), progress, retry_failed=retry_failed)
    seed = loaded.config.evaluation.seed
    try:
        if block.search == "optuna":
            chosen = search(block.grid, block.trials or 0, block.metric, seed, runner.run)
        else:
            grid = variants(block.grid)
            chosen = list(grid) if block.search == "grid" else random_variants(block.grid, block.trials or 0, seed)
            runner.run(chosen)
    finally:
        if note is not None:
            try:
                note({item.key: item.per_bar_sharpe for item in runner.known.values() if not item.error})
            except RunFolderError as error:
                store.complaint = store.complaint or str(error)
    outcomes = tuple(runner.outcome(variant) for variant in chosen)
    judged = _judged(context, block.metric, outcomes, store.folder, runner.reran, trials or {})
    return replace(judged, not_kept=store.complaint)


class _Runner:
    """Runs variants whose outcomes are not known yet."""

    def __init__(
        self, context: SweepContext, store: SweepStore, backend: Backend, progress: Progress, *, retry_failed: bool
    ) -> None:
        self.known = store.read()
        if retry_failed:
            self.known = {key: item for key, item in self.known.items() if not item.error}
        self.reran = 0
        self._context, self._store, self._backend, self._progress = context, store, backend, progress

    def run(self, chosen: Sequence[Variant]) -> list[VariantResult]:
        jobs = [Job(variant, self._context.keys.of(variant)) for variant in chosen]
        missing = [job for job in jobs if job.key not in self.known]
        self._progress.advance(len(jobs) - len(missing))
        if missing:
            run_missing(self._context, missing, self._store, self._backend, self._progress, self.known)
        self.reran += len(missing)
        return [self.outcome(variant) for variant in chosen]

    def outcome(self, variant: Variant) -> VariantResult:
        """A variant's outcome under its number in this sweep's grid."""
        known = self.known[self._context.keys.of(variant)]
        return replace(known, number=variant.number, params=variant.params)


def _judged(
    context: SweepContext, metric: str, outcomes: tuple[VariantResult, ...], path: Path, reran: int,
    trials: Mapping[str, float],
) -> SweepResult:  # fmt: skip
    reasons: dict[str, str] = {}

    def returns_of(outcome: VariantResult) -> Floats:
        return context.returns_of(Variant(outcome.number, outcome.params))

    best = best_of(outcomes, metric)
    judged, count = math.nan, len({**trials, **{item.key: 0 for item in outcomes if not item.error}})
    if best is None:
        reasons["dsr"] = f"no variant has a {metric}"
    else:
        judged, count, why = deflated(returns_of(best), context.dates, outcomes, trials)
        if why:
            reasons["dsr"] = why
    odds, why = overfitting(outcomes, context.sessions)
    if why:
        reasons["pbo"] = why
    folds = context.folds
    walked = None
    if folds is not None:
        walked = walk_forward(outcomes, folds, metric, context.dates, returns_of, context.periods_per_year)
    return SweepResult(
        strategy=context.strategy,
        metric=metric,
        outcomes=outcomes,
        best=best,
        dsr=judged,
        trials=count,
        pbo=odds,
        reasons=reasons,
        path=path,
        reran=reran,
        walk_forward=walked,
        parts={} if best is None else context.parts_of(Variant(best.number, best.params)),
        notices=context.notices,
    )
