"""Runs what is missing of a sweep: in threads where the compiled engine works, in processes where backtrader must."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from newsbt.config.loading import LoadedConfig
from newsbt.domain.progress import Progress
from newsbt.sweeps.context import SweepContext
from newsbt.sweeps.outcome import Outcome
from newsbt.sweeps.store import SweepStore
from newsbt.sweeps.variants import Variant

__all__ = ["Job", "run_missing"]

PART = 500  # outcomes that a stop may lose at most, per store file
BATCH = 32  # variants that go to a worker at a time


@dataclass(frozen=True, slots=True)
class Job:
    """A variant and the key its outcome goes by."""

    variant: Variant
    key: str


def run_missing(
    context: SweepContext, jobs: Sequence[Job], store: SweepStore, *, workers: int, progress: Progress
) -> None:
    """Run jobs and store their outcomes as they come. An interrupt keeps what is done.

    Variants that need the same signals follow each other, so that signals are asked once and not kept for long.
    """
    progress.stage("sweep", len(jobs))
    waiting: list[Outcome] = []
    try:
        for outcome in _outcomes(context, jobs, workers):
            waiting.append(outcome)
            progress.advance()
            if len(waiting) >= PART:
                store.add(waiting)
                waiting = []
    finally:
        store.add(waiting)


def _outcomes(context: SweepContext, jobs: Sequence[Job], workers: int) -> Iterator[Outcome]:
    if context.is_backtrader:
        if workers == 1 or len(jobs) == 1:
            yield from (context.run(job.variant, job.key) for job in jobs)
            return
        spawn = get_context("spawn")
        with ProcessPoolExecutor(workers, spawn, _open_worker, (context.loaded, context.strategy)) as pool:
            yield from _each(pool, _run_in_worker, jobs)
        return
    ordered = sorted(jobs, key=lambda job: (context.signal_key(job.variant), job.variant.number))
    with ThreadPoolExecutor(workers) as pool:
        for _, group in itertools.groupby(ordered, key=lambda job: context.signal_key(job.variant)):
            members = list(group)
            context.warm(members[0].variant)
            yield from _each(pool, lambda batch: [context.run(job.variant, job.key) for job in batch], members)
            context.forget_signals()


def _each(pool: Executor, work: Any, jobs: Iterable[Job]) -> Iterator[Outcome]:
    listed = list(jobs)
    for outcomes in pool.map(work, [listed[start : start + BATCH] for start in range(0, len(listed), BATCH)]):
        yield from outcomes


_worker: SweepContext | None = None


def _open_worker(loaded: LoadedConfig, strategy: str) -> None:
    global _worker  # noqa: PLW0603 - a process's own, filled once when it starts
    _worker = SweepContext(loaded=loaded, strategy=strategy)


def _run_in_worker(batch: Sequence[Job]) -> list[Outcome]:
    assert _worker is not None
    return [_worker.run(job.variant, job.key) for job in batch]
