"""The same work for many items, in as many threads as there are cores: kernels run beside each other there."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from newsbt.domain.progress import Progress

__all__ = ["cores", "on_all_cores"]

T = TypeVar("T")
U = TypeVar("U")


def cores() -> int:
    """How many threads work at once."""
    return os.cpu_count() or 1


def on_all_cores(work: Callable[[T], U], items: Sequence[T], progress: Progress, *, most: int | None = None) -> list[U]:
    """What `work` makes of each item, in their order; `progress` is told of each. The first error ends it.

    In no more threads than `most`, where that is given.
    """
    threads = min(cores() if most is None else most, len(items))
    found: list[U] = []
    if threads <= 1:
        for item in items:
            found.append(work(item))
            progress.advance()
        return found
    with ThreadPoolExecutor(threads) as pool:
        try:
            for one in pool.map(work, items):
                found.append(one)
                progress.advance()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return found
