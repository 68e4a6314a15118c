"""Ask in processes of their own: what one world left in a class, a module or a cache, the next one must not find."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from newsbt.errors import NewsbtError, StrategyError

__all__ = ["apart", "each_apart"]

T = TypeVar("T")

CAN_FORK = hasattr(os, "fork")
ENDED = (
    "the process in which a strategy was asked ended before it answered; does it call os._exit, or need more memory?"
)


def apart(task: Callable[[], T]) -> T:
    """What a task returns or raises in a copy of this process, which then ends.

    Where a system has no such copies (Windows) the task runs here.

    Raises
    ------
    StrategyError
        The copy ended without an answer.
    """
    return next(each_apart([task]))


def each_apart(tasks: Iterable[Callable[[], T]], at_once: int = 0) -> Iterator[T]:
    """What each of some tasks returns in a copy of its own, in order.

    Parameters
    ----------
    tasks : iterable of callable
        Taken from it only as they are begun.
    at_once : int
        How many may run beside each other; 0: as many as there are processors.
    """
    if not CAN_FORK:
        yield from (task() for task in tasks)
        return
    most = at_once or _processors()
    running: deque[_Copy[T]] = deque()
    waiting = iter(tasks)
    try:
        while True:
            while len(running) < most and (task := next(waiting, None)) is not None:
                running.append(_Copy(task))
            if not running:
                return
            yield running.popleft().answer()
    finally:
        for copy in running:
            copy.end()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class RemoteFrames(Exception):
    """The frames of what was raised in another process, as text."""


class _Copy(Generic[T]):
    """A copy of this process that does one task and says what came of it."""

    def __init__(self, task: Callable[[], T]) -> None:
        for stream in (sys.stdout, sys.stderr):  # what waits in them would be written twice
            stream.flush()
        self._reading, writing = os.pipe()
        with warnings.catch_warnings():  # of threads: none of ours holds what a strategy needs
            warnings.simplefilter("ignore", DeprecationWarning)
            self._pid = os.fork()
        if self._pid == 0:
            os.close(self._reading)
            _do(task, writing)
        os.close(writing)

    def answer(self) -> T:
        try:
            with os.fdopen(self._reading, "rb") as pipe:
                sent = pipe.read()
        except BaseException:
            os.kill(self._pid, signal.SIGKILL)
            raise
        finally:
            os.waitpid(self._pid, 0)
        if not sent:
            raise StrategyError(ENDED, code="strategy_failed")
        value, error, frames = pickle.loads(sent)
        if error is not None:
            raise error from RemoteFrames(frames)
        answer: T = value
        return answer

    def end(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._reading)


def _do(task: Callable[[], T], writing: int) -> None:
    """Nothing of the copied process goes on after this: no handler at its exit, no caller's `finally`."""
    gc.freeze()  # a search through the objects of the copied process would copy their memory
    status = 1
    try:
        answer = _answered(task)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(answer)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        status = 0
    finally:
        os._exit(status)


def _answered(task: Callable[[], T]) -> bytes:
    try:
        return pickle.dumps((task(), None, ""))
    except Exception as error:
        frames = f"\n{traceback.format_exc()}"
        try:
            answer = pickle.dumps((None, error, frames))
            pickle.loads(answer)
        except Exception:
            failed = NewsbtError(f"{type(error).__name__}: {error}", code="component_failed")
            answer = pickle.dumps((None, failed, frames))
        return answer
