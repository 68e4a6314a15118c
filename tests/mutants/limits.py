"""What a fault may take: seconds of a processor, seconds on the wall, and memory."""

from __future__ import annotations

import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["TooLongError", "limit_memory", "seconds_of_processor"]

ON_THE_WALL = 20  # times as long where others have the processors, or where it waits for what never comes
MOST_MEMORY = 6 << 30


class TooLongError(BaseException):
    """Nobody who handles errors may keep going."""


def _give_up(*_: Any) -> None:
    raise TooLongError


@contextmanager
def seconds_of_processor(most: float) -> Iterator[None]:
    """Give up what takes longer. Where a thread never ends, whoever gives up waits for it: the whole process ends."""
    signal.signal(signal.SIGPROF, _give_up)
    signal.signal(signal.SIGALRM, _give_up)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + 1.5 * most) + 5, hard))
    signal.setitimer(signal.ITIMER_PROF, most)
    signal.setitimer(signal.ITIMER_REAL, ON_THE_WALL * most)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))


def limit_memory() -> None:
    """What a fault asks for without end ends it, not the machine."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, hard))
