"""Runs what is missing of a sweep: in threads where the compiled engine works, in processes where backtrader must."""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Protocol

from newsbt.domain.progress import Progress
from newsbt.errors import NewsbtError
from newsbt.sweeps.config_transport import CarriedConfig
from newsbt.sweeps.sharing_keys import group_key
from newsbt.sweeps.store import SweepStore
from newsbt.sweeps.sweep_context import Plan, SweepContext, failed
from newsbt.sweeps.variant_result import VariantResult
from newsbt.sweeps.variant_worker import VariantWorker
from newsbt.sweeps.variants import Variant

__all__ = ["Backend", "Job", "LocalBackend", "grouped", "run_missing"]

PART = 500  # outcomes in a part of the store
PATIENCE_SECONDS = 10.0  # after which what is done is written, however little it is
BATCH = 32  # variants that go to a thread at a time
AHEAD = 4  # batches a worker that wait for it


@dataclass(frozen=True, slots=True)
class Job:
    """A variant and the key its outcome goes by."""

    variant: Variant
    key: str


class Backend(Protocol):
    """Where variants run."""

    def outcomes(self, context: SweepContext, jobs: Sequence[Job]) -> Iterator[VariantResult]:
        """The outcome of every job, each once, in any order."""


def run_missing(
    context: SweepContext, jobs: Sequence[Job], store: SweepStore, backend: Backend, progress: Progress,
    found: dict[str, VariantResult],
) -> None:  # fmt: skip
    """Run jobs, store their outcomes as they come and add them to `found` by key. An interrupt keeps what is done.

    Where they cannot be stored, as on a full disk, they are in `found` all the same and the store has a `complaint`.
    """
    waiting: list[VariantResult] = []
    wrote = time.monotonic()
    try:
        with closing(backend.outcomes(context, jobs)) as outcomes:  # type: ignore[type-var]
            for outcome in outcomes:
                found[outcome.key] = outcome
                waiting.append(outcome)
                progress.advance()
                if len(waiting) >= PART or time.monotonic() - wrote > PATIENCE_SECONDS:
                    kept, waiting = waiting, []
                    store.try_to_add(kept)
                    wrote = time.monotonic()
    finally:
        store.try_to_add(waiting)


def grouped(jobs: Sequence[Job], most: int) -> Iterator[list[Job]]:
    """Jobs that share market and signals together, at most so many at a time."""
    keys = {id(job): group_key(job.variant) for job in jobs}
    ordered = sorted(jobs, key=lambda job: (keys[id(job)], job.variant.number))
    for _, group in itertools.groupby(ordered, key=lambda job: keys[id(job)]):
        members = list(group)
        yield from (members[start : start + most] for start in range(0, len(members), most))


@dataclass(frozen=True)
class LocalBackend:
    """This machine, so many threads; or processes for a BacktraderStrategy."""

    workers: int

    def outcomes(self, context: SweepContext, jobs: Sequence[Job]) -> Iterator[VariantResult]:
        """See `Backend`."""
        if not context.is_backtrader:
            yield from self._in_threads(context, jobs)
        elif self.workers == 1 or len(jobs) == 1:
            lane = VariantWorker()
            for job in jobs:
                yield from run_batch(context, [job], lane)
        else:
            yield from self._in_processes(context, jobs)

    def _in_threads(self, context: SweepContext, jobs: Sequence[Job]) -> Iterator[VariantResult]:
        lanes = threading.local()

        def work(plan: Plan, batch: Sequence[Job]) -> list[VariantResult]:
            if not hasattr(lanes, "own"):
                lanes.own = VariantWorker()
            return [context.run(plan, job.variant, job.key, lanes.own) for job in batch]

        with ThreadPoolExecutor(self.workers) as pool:

            def submitted() -> Iterator[Future[list[VariantResult]]]:
                for batch in grouped(jobs, BATCH):
                    try:
                        plan = context.plan(batch[0].variant)
                    except Exception as error:
                        yield _done([failed(job.variant, job.key, error) for job in batch])
                    else:
                        yield pool.submit(work, plan, batch)

            yield from _drained(submitted(), AHEAD * self.workers)

    def _in_processes(self, context: SweepContext, jobs: Sequence[Job]) -> Iterator[VariantResult]:
        spawn = get_context("spawn")
        given = (CarriedConfig.of(context.loaded), context.strategy, dict(context.read))
        try:
            with ProcessPoolExecutor(self.workers, spawn, _open_worker, given) as pool:
                yield from _drained((pool.submit(_run_in_worker, [job]) for job in jobs), AHEAD * self.workers)
        except BrokenProcessPool:
            raise NewsbtError(
                "a process that ran variants was ended from outside, perhaps for lack of memory; what is done is kept: "
                "run the same again, with fewer jobs or workers. A script of your own that sweeps a BacktraderStrategy "
                'does so under `if __name__ == "__main__":`, as its processes import it',
                code="out_of_memory",
            ) from None


def run_batch(context: SweepContext, batch: Sequence[Job], lane: VariantWorker) -> list[VariantResult]:
    """Jobs of one group, one after the other."""
    try:
        plan = context.plan(batch[0].variant)
    except Exception as error:
        return [failed(job.variant, job.key, error) for job in batch]
    return [context.run(plan, job.variant, job.key, lane) for job in batch]


def _drained(futures: Iterable[Future[list[VariantResult]]], most: int) -> Iterator[VariantResult]:
    """What futures come to, in their order, with at most so many of them waiting; the rest is cancelled on leaving."""
    waiting: deque[Future[list[VariantResult]]] = deque()
    try:
        for future in futures:
            waiting.append(future)
            while len(waiting) > most or (waiting and waiting[0].done()):
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    except KeyboardInterrupt:
        # What is being worked is waited for, or it would be lost; a second Ctrl-C does lose it.
        begun = [future for future in waiting if not future.cancel()]
        for future in begun:
            yield from future.result()
        raise
    except BrokenProcessPool:
        # One that died ends them all; what others had finished by then, in whatever order, is done all the same.
        for future in waiting:
            if future.done() and not future.cancelled() and future.exception() is None:
                yield from future.result()
        raise
    finally:
        for future in waiting:
            future.cancel()


def _done(outcomes: list[VariantResult]) -> Future[list[VariantResult]]:
    future: Future[list[VariantResult]] = Future()
    future.set_result(outcomes)
    return future


_worker: Callable[[Sequence[Job]], list[VariantResult]] | None = None


def _open_worker(config: CarriedConfig, strategy: str, read: dict[Path, str]) -> None:
    global _worker  # noqa: PLW0603 - a process's own, filled once when it starts
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that keeps what is done
    threading.Thread(target=_end_with_parent, daemon=True).start()
    context, lane = SweepContext(loaded=config.loaded(), strategy=strategy, read=read), VariantWorker()
    _worker = lambda batch: run_batch(context, batch, lane)  # noqa: E731


def _end_with_parent() -> None:
    """Where the process that keeps what is done was killed, nobody wants this one's work, and nobody would end it."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run_in_worker(batch: Sequence[Job]) -> list[VariantResult]:
    assert _worker is not None
    return _worker(batch)
