"""A sweep from config to judged table: choose, run what is missing, judge by how many were tried."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from newsbt.analysis.inference import dsr
from newsbt.analysis.inference.overfitting import BlockSums, pbo_of_sums
from newsbt.config.loading import LoadedConfig
from newsbt.domain.progress import Progress, SilentProgress
from newsbt.errors import ConfigError, UnsupportedError
from newsbt.sweeps.context import SweepContext
from newsbt.sweeps.outcome import METRICS, Outcome
from newsbt.sweeps.running import Job, run_missing
from newsbt.sweeps.store import SweepStore
from newsbt.sweeps.variants import count, random_variants, variants

__all__ = ["LARGE", "SweepResult", "size_of", "sweep"]

LARGE = 100_000  # variants beyond which a sweep says its cost first and asks
LOWER_IS_BETTER = ("volatility", "turnover", "total_costs", "slippage_cost", "refusals")


@dataclass(frozen=True, kw_only=True)
class SweepResult:
    """All variants in grid order, the best by `metric`, and what is left of it after selection.

    `dsr` deflates the best one's Sharpe ratio by all `trials` (METHODS 3), `pbo` is the probability that the choice is
    overfitted; NaN with a reason in `reasons`.
    """

    strategy: str
    metric: str
    outcomes: tuple[Outcome, ...]
    best: Outcome | None
    dsr: float
    trials: int
    pbo: float
    reasons: Mapping[str, str]
    path: Path
    reran: int


def size_of(loaded: LoadedConfig) -> int:
    """How many variants a config's sweep would run.

    Raises
    ------
    ConfigError
        The config has no sweep, or its grid has no variant.
    """
    block = loaded.config.sweep
    if block is None:
        message = "the config has no `sweep:` block; give it one, such as `sweep: {grid: {position.hold: [1, 3, 5]}}`"
        raise ConfigError(message, [loaded.problem("missing_key", ("sweep",), message)])
    total = count(block.grid)
    if total == 0:
        message = "the grid has no variant: every key needs at least one value"
        raise ConfigError(message, [loaded.problem("bad_value", ("sweep", "grid"), message)])
    return total if block.search == "grid" or block.trials is None else min(total, block.trials)


def sweep(
    loaded: LoadedConfig,
    runs_dir: Path,
    *,
    workers: int = 2,
    progress: Progress | None = None,
    trials: Mapping[str, float] | None = None,
) -> SweepResult:
    """Run a config's sweep, or what is missing of it.

    Parameters
    ----------
    runs_dir : path
        Outcomes are kept in its folder `sweeps`, by a hash of everything that decides them but the variants' values:
        a sweep that was stopped goes on, and one that grew runs only what is new.
    workers : int
        Threads, or processes for a BacktraderStrategy.
    trials : mapping, optional
        Per-bar Sharpe ratios of every configuration tried before, by key.

    Raises
    ------
    ConfigError, DataError
        The sweep cannot start.
    RunFolderError
        The outcomes cannot be kept.
    """
    size_of(loaded)
    block = loaded.config.sweep
    assert block is not None
    if block.metric not in METRICS:
        message = f"a sweep ranks by one of {', '.join(METRICS)}, not {block.metric!r}"
        raise ConfigError(message, [loaded.problem("bad_value", ("sweep", "metric"), message)])
    if block.search == "optuna":
        raise UnsupportedError("sweep.search: optuna is not built yet; use grid or random")
    strategy = block.strategy or loaded.config.strategies[0].name
    context = SweepContext(loaded=loaded, strategy=strategy)
    key = context.context_key()
    store = SweepStore(runs_dir / "sweeps" / f"{loaded.config.name.replace(' ', '-')}-{key[:12]}")
    if block.search == "random":
        chosen = random_variants(block.grid, block.trials or 0, loaded.config.evaluation.seed)
    else:
        chosen = list(variants(block.grid))
    jobs = [Job(variant, variant.key(key)) for variant in chosen]
    known = store.read()
    missing = [job for job in jobs if job.key not in known or known[job.key].error]
    run_missing(context, missing, store, workers=workers, progress=progress or SilentProgress())
    known = store.read() if missing else known
    outcomes = tuple(_numbered(known[job.key], job) for job in jobs if job.key in known)
    return _judged(strategy, block.metric, outcomes, context, store.folder, len(missing), trials or {})


def _numbered(outcome: Outcome, job: Job) -> Outcome:
    from dataclasses import replace

    return replace(outcome, number=job.variant.number, params=job.variant.params)


def _judged(
    strategy: str, metric: str, outcomes: tuple[Outcome, ...], context: SweepContext, path: Path, reran: int,
    trials: Mapping[str, float],
) -> SweepResult:  # fmt: skip
    reasons: dict[str, str] = {}
    best = _best(outcomes, metric)
    every = {**trials, **{outcome.key: outcome.per_bar_sharpe for outcome in outcomes if not outcome.error}}
    sharpes = np.array([every[key] for key in sorted(every)], dtype=np.float64)
    deflated = math.nan
    if best is None:
        reasons["dsr"] = f"no variant has a {metric}"
    else:
        _, returns = context.returns_of(_variant(best))
        estimate = dsr(returns, sharpes)
        deflated = float(estimate)
        if math.isnan(deflated):
            reasons["dsr"] = estimate.reason or "undefined"
    overfitted = math.nan
    whole = [outcome for outcome in outcomes if outcome.blocks is not None]
    if len(whole) < 2:
        reasons["pbo"] = "fewer than two variants of at least five sessions a block"
    else:
        overfitted = pbo_of_sums(_sums(whole, context.sessions)).pbo
    return SweepResult(
        strategy=strategy,
        metric=metric,
        outcomes=outcomes,
        best=best,
        dsr=deflated,
        trials=len(sharpes),
        pbo=overfitted,
        reasons=reasons,
        path=path,
        reran=reran,
    )


def _variant(outcome: Outcome) -> Any:
    from newsbt.sweeps.variants import Variant

    return Variant(outcome.number, outcome.params)


def _best(outcomes: tuple[Outcome, ...], metric: str) -> Outcome | None:
    ranked = [outcome for outcome in outcomes if not math.isnan(outcome.metrics.get(metric, math.nan))]
    if not ranked:
        return None
    sign = -1.0 if metric in LOWER_IS_BETTER else 1.0
    return max(ranked, key=lambda outcome: (sign * outcome.metrics[metric], -outcome.number))


def _sums(outcomes: list[Outcome], sessions: int) -> BlockSums:
    stacked = np.stack([outcome.blocks for outcome in outcomes if outcome.blocks is not None], axis=2)
    return BlockSums(
        offset=np.array([outcome.offset for outcome in outcomes]),
        sums=np.ascontiguousarray(stacked[0]),
        squares=np.ascontiguousarray(stacked[1]),
        smallest=np.ascontiguousarray(stacked[2]),
        largest=np.ascontiguousarray(stacked[3]),
        size=sessions // stacked.shape[1],
    )
