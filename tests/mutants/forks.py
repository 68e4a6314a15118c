"""A process of its own for each piece of work, forked from this one with all that it has imported."""

from __future__ import annotations

import os
import pickle
import select
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

__all__ = ["forked"]

T = TypeVar("T")
R = TypeVar("R")


def forked(work: Callable[[T], R], items: Iterable[T], jobs: int) -> Iterator[tuple[T, R | None]]:
    """Each item with its result as they are ready, None where the process died."""
    left, running = iter(items), {}
    poll = select.poll()
    while True:
        while len(running) < jobs and (item := next(left, None)) is not None:
            reading, writing = os.pipe()
            child = os.fork()
            if not child:
                os.close(reading)
                _work(work, item, writing)
            os.close(writing)
            running[reading] = item, child, bytearray()
            poll.register(reading)
        if not running:
            return
        for reading, _ in poll.poll():
            item, child, answer = running[reading]
            if part := os.read(reading, 1 << 16):
                answer += part
                continue
            poll.unregister(reading)
            os.close(reading)
            del running[reading]
            os.waitpid(child, 0)
            yield item, pickle.loads(answer) if answer else None


def _work(work: Callable[[T], R], item: T, writing: int) -> None:
    """In the child; the parent's own cleaning up is none of its business."""
    try:
        answer = pickle.dumps(work(item))
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(answer)
    finally:
        os._exit(0)
