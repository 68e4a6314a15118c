"""Which lines of the files worlds and tests reach."""

from __future__ import annotations

import sys
import threading
from collections.abc import Generator
from types import FrameType
from typing import Any

import pytest

from mutants.sample import FILES, SOURCE

__all__ = ["Line", "Lines", "Watcher"]

Line = tuple[str, int]
START = len(str(SOURCE)) + 1


class Lines:
    """Those that run inside a `with`."""

    def __init__(self) -> None:
        self.seen: set[Line] = set()

    def __enter__(self) -> set[Line]:
        sys.settrace(self._watch)
        threading.settrace(self._watch)  # of threads that begin
        return self.seen

    def __exit__(self, *_: Any) -> None:
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]

    def _watch(self, frame: FrameType, event: str, argument: Any) -> Any:
        name = frame.f_code.co_filename
        return self._line if name.startswith(str(SOURCE)) and name[START:] in FILES else None

    def _line(self, frame: FrameType, event: str, argument: Any) -> Any:
        self.seen.add((frame.f_code.co_filename[START:], frame.f_lineno))
        return self._line


class Watcher:
    """Of every n-th test, from one on, which lines it reaches, its fixtures included."""

    def __init__(self, first: int, every: int) -> None:
        self.first, self.every = first, every
        self.reached: dict[str, frozenset[Line]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = items[self.first :: self.every]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        lines = Lines()
        with lines:
            done = yield
        self.reached[item.nodeid] = frozenset(lines.seen)
        return done
