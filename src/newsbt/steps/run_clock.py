"""How long the parts of a run take, and who is told of them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeVar

from newsbt.domain.progress import Progress, SilentProgress
from newsbt.kernels.code_wait import code_seconds, work_seconds

__all__ = ["RunClock"]

T = TypeVar("T")


class RunClock:
    """Tells `progress` of each stage and step, and keeps when the run and its last step began and what stages took.

    Waiting for code is part of none of them (`kernels.code_wait`).
    """

    def __init__(self, progress: Progress | None = None) -> None:
        self._progress = progress or SilentProgress()
        self._seconds: dict[str, float] = {}
        self._first, self._waited, self.began = time.perf_counter(), code_seconds(), work_seconds()
        self._started = datetime.now(UTC)

    @property
    def progress(self) -> Progress:
        """Who is told, for steps that tell of more than the one stage they are."""
        return self._progress

    @property
    def started_at(self) -> str:
        """UTC, ISO 8601."""
        return self._started.strftime("%Y-%m-%dT%H:%M:%SZ")

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """A stage of which nobody knows how many steps it has."""
        self._progress.stage(name, None)
        began = work_seconds()
        yield
        self._seconds[name] = work_seconds() - began

    def steps(self, name: str, total: int) -> None:
        """Begin a stage of so many steps, which :meth:`each` counts."""
        self._progress.stage(name, total)

    def each(self, items: Iterable[T]) -> Iterator[T]:
        """The items, a step each; `began` is when the last one was handed out, by `work_seconds`."""
        for item in items:
            self.began = work_seconds()
            yield item
            self._progress.advance()

    def timings(self, simulate: Mapping[str, float]) -> dict[str, float | Mapping[str, float]]:
        """Seconds by stage up to now; `simulate` are those of each row, `code` those of waiting for code."""
        before = {name: self._seconds[name] for name in ("load", "link")}
        after = {name: taken for name, taken in self._seconds.items() if name not in before}
        code = code_seconds() - self._waited
        return {**before, "simulate": dict(simulate), **after, "code": code, "total": time.perf_counter() - self._first}
