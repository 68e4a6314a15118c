"""Time that passes while code is awaited: told apart from work."""

from __future__ import annotations

import threading

import pytest

from newsbt.kernels import code_wait
from newsbt.kernels.code_wait import code_seconds, waiting_for_code, work_seconds


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def perf_counter(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(code_wait, "time", clock)
    return clock


def test_work_stands_still_while_code_is_awaited_and_waiting_counts_once(clock) -> None:
    waited, worked = code_seconds(), work_seconds()
    clock.now += 2.0
    with waiting_for_code():
        clock.now += 3.0
        with waiting_for_code():
            clock.now += 4.0
    assert (code_seconds() - waited, work_seconds() - worked) == (7.0, 2.0)


def test_waiting_ends_with_an_error(clock) -> None:
    waited = code_seconds()

    def missing() -> None:
        with waiting_for_code():
            clock.now += 1.0
            raise ImportError

    with pytest.raises(ImportError):
        missing()
    clock.now += 1.0
    assert code_seconds() - waited == 1.0


def test_two_threads_that_wait_at_once_wait_once(clock) -> None:
    waited = code_seconds()
    both, end = threading.Barrier(2, timeout=30), threading.Event()

    def other() -> None:
        with waiting_for_code():
            both.wait()
            assert end.wait(timeout=30)

    thread = threading.Thread(target=other)
    thread.start()
    with waiting_for_code():
        both.wait()
        clock.now += 2.0
    clock.now += 1.0  # the other waits still
    end.set()
    thread.join()
    clock.now += 1.0
    assert code_seconds() - waited == 3.0


def test_a_kernel_that_is_compiled_is_awaited(clock, monkeypatch) -> None:
    import numba

    from newsbt.kernels import _compile

    def slowly(compiled, signature):
        clock.now += 5.0
        return found(compiled, signature)

    found = numba.core.dispatcher.Dispatcher.compile
    monkeypatch.setattr(numba.core.dispatcher.Dispatcher, "compile", slowly)

    def twice(value: float) -> float:
        return 2.0 * value

    waited = code_seconds()
    assert _compile.kernel(twice)(1.5) == 3.0
    assert code_seconds() - waited == 5.0
