"""How long something takes: the best and the median of several goes, in wall time and in the thread's own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

__all__ = ["Timing", "measure"]


@dataclass(frozen=True)
class Timing:
    """Seconds. `cpu` is the thread's own time of the best go: what is left when other work shares the machine."""

    best: float
    median: float
    cpu: float

    def cells(self) -> tuple[str, str, str]:
        return tuple(f"{value * 1e3:,.2f}" for value in (self.best, self.median, self.cpu))  # type: ignore[return-value]


def measure(work: Callable[[Any], Any], repeat: int, prepare: Callable[[], Any] = lambda: None) -> tuple[Timing, Any]:
    """Time `work(prepare())`, without the preparing; also what the last go returned."""
    walls, cpus, answer = [], [], None
    for _ in range(repeat):
        ready = prepare()
        wall, cpu = time.perf_counter(), time.thread_time()
        answer = work(ready)
        cpus.append(time.thread_time() - cpu)
        walls.append(time.perf_counter() - wall)
    return Timing(min(walls), median(walls), min(cpus)), answer
