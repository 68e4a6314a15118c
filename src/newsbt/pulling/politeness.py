"""How a provider is asked: not faster than it likes, again after a failure, later each time, and not for ever."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from newsbt.pulling.provider_contract import ErrorKind, ProviderError

__all__ = ["Manners", "PolitenessClock"]

T = TypeVar("T")

# How often a question is asked again that failed so; what a provider says it does not have is not asked again.
REPEATS: dict[ErrorKind, int] = {"busy": 3, "unreachable": 3, "unusable": 1}
MOST_FAILURES = 3  # questions in a row that a provider did not answer, until it is left alone


@dataclass(frozen=True, kw_only=True)
class PolitenessClock:
    """Time as it is waited for; `jitter` gives numbers in [0, 1)."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = field(default_factory=lambda: random.Random().random)


@dataclass(kw_only=True)
class Manners:
    """What is kept of one provider during a pull.

    Between two questions lie `gap_seconds` at the least. After a failure the pauses are `backoff_seconds` times 1, 2,
    4, each between half and one and a half times that by chance, or as long as the provider asks for. A provider that
    asks for more than `longest_wait_seconds`, that still asks to wait after the last attempt, or that did not answer
    three questions in a row, is left alone for the rest of the pull: `resting` says why.
    """

    gap_seconds: float
    backoff_seconds: float = 2.0
    longest_wait_seconds: float = 120.0
    clock: PolitenessClock = field(default_factory=PolitenessClock)
    resting: str = ""
    _next: float = 0.0
    _failures: int = 0

    def ask(self, question: Callable[[], T]) -> T:
        """The answer to a question, in good time.

        Raises
        ------
        ProviderError
            Of the last attempt; or the provider is left alone.
        """
        if self.resting:
            raise ProviderError("unreachable", f"it is left alone: {self.resting}")
        attempt = 0
        while True:
            self._wait(self._next - self.clock.now())
            try:
                answer = question()
            except ProviderError as error:
                self._next = self.clock.now() + self.gap_seconds
                if not self._may_repeat(error, attempt):
                    raise
                self._wait(self._pause(error, attempt))
                attempt += 1
            else:
                self._next = self.clock.now() + self.gap_seconds
                self._failures = 0
                return answer

    def _may_repeat(self, error: ProviderError, attempt: int) -> bool:
        if error.kind == "missing":
            self.resting = str(error)
        elif error.kind in ("nothing", "uncovered"):
            self._failures = 0
        elif (error.wait_seconds or 0.0) > self.longest_wait_seconds:
            self.resting = str(error)
        elif attempt < REPEATS[error.kind]:
            return True
        else:
            self._failures += error.kind != "unusable"
            if error.kind == "busy" or self._failures >= MOST_FAILURES:
                self.resting = str(error)
        return False

    def _pause(self, error: ProviderError, attempt: int) -> float:
        if error.wait_seconds is not None:
            return error.wait_seconds
        return self.backoff_seconds * 2.0**attempt * (0.5 + self.clock.jitter())

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self.clock.sleep(seconds)
