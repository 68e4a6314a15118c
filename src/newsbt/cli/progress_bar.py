"""Progress bars on stderr, for whoever waits longer than a second in front of a terminal."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["TerminalProgress"]

PATIENCE_SECONDS = 1.0


class TerminalProgress:
    """A bar for the current stage. It appears after a second, goes when done, and is off without a terminal.

    Used as a context manager around the work.
    """

    def __init__(self, title: str, *, enabled: bool | None = None) -> None:
        self._title = title
        self._enabled = sys.stderr.isatty() if enabled is None else enabled
        self._bars: Progress | None = None
        self._task: TaskID | None = None
        self._timer: threading.Timer | None = None

    def __enter__(self) -> TerminalProgress:
        if not self._enabled:
            return self
        from newsbt.cli.bars import Bars

        self._bars = Bars()
        self._task = self._bars.add_task(self._title, total=None)
        self._timer = threading.Timer(PATIENCE_SECONDS, self._bars.start)
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()
        if self._bars is not None:
            self._bars.stop()

    def stage(self, name: str, total: int | None) -> None:
        if self._bars is not None and self._task is not None:
            self._bars.reset(self._task, total=total, description=f"{self._title}: {name}")
            if total is None:
                self._bars.update(self._task, total=None)

    def advance(self, n: int = 1) -> None:
        if self._bars is not None and self._task is not None:
            self._bars.advance(self._task, n)
