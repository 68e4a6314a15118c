"""How long a process waits for code before it can simulate: for a compiler or an engine that is imported, for kernels
that are read from disk, or compiled; and whether one is compiled now.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["code_seconds", "is_compiling", "made", "making", "waiting_for_code", "work_seconds"]


class _Waited:
    """The seconds waited by any thread of the process, each second once, and who waits now since when; the kernels
    that are compiled now, or wait for one that is."""

    seconds = 0.0
    waiting = 0
    since = 0.0
    compiling: tuple[str, ...] = ()


_lock = threading.Lock()


@contextmanager
def waiting_for_code() -> Iterator[None]:
    """What happens inside is waiting; inside of waiting, or beside another thread's, it counts once."""
    with _lock:
        if not _Waited.waiting:
            _Waited.since = time.perf_counter()
        _Waited.waiting += 1
    try:
        yield
    finally:
        with _lock:
            _Waited.waiting -= 1
            if not _Waited.waiting:
                _Waited.seconds += time.perf_counter() - _Waited.since
                _Waited.compiling = ()


def making(kernel: str) -> None:
    """Compiling a kernel begins."""
    with _lock:
        _Waited.compiling = (*_Waited.compiling, kernel)


def made(kernel: str) -> None:
    """It is over."""
    with _lock:
        _Waited.compiling = tuple(name for name in _Waited.compiling if name != kernel)


def is_compiling() -> bool:
    """Whether a kernel is compiled now."""
    return bool(_Waited.compiling)


def code_seconds() -> float:
    """The seconds that the process has waited for code."""
    return _Waited.seconds


def work_seconds() -> float:
    """A clock, in seconds, that stands still while code is awaited."""
    return time.perf_counter() - code_seconds()
