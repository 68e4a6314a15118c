"""How work grows with its input: a ratio of processor times, the same on a fast machine and on a slow one."""

from __future__ import annotations

import time
from collections.abc import Callable

TIMES = 8  # as much input: linear work takes 8 times as long, quadratic work 64 times
MOST = 24
LEAST_SECONDS = 0.002  # what is quicker is counted as that: a clock's tick says nothing


def is_linear(work: Callable[[int], object], size: int) -> bool:
    """Whether `work` on `TIMES` the size takes at most `MOST` times as long, in any of five pairs of runs."""
    return any(_seconds(work, TIMES * size) <= MOST * max(_seconds(work, size), LEAST_SECONDS) for _ in range(5))


def _seconds(work: Callable[[int], object], size: int) -> float:
    started = time.process_time()
    work(size)
    return time.process_time() - started
