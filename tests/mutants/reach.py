"""Which lines of the files worlds and tests reach, and what a test takes."""

from __future__ import annotations

import time
from array import array
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import pytest
from coverage import Coverage

from mutants.limits import seconds_of_processor
from mutants.sample import FILES, SOURCE

__all__ = ["Line", "Lines", "Reach", "Watcher", "coded"]

Line = tuple[str, int]
PATHS = {str(SOURCE / file): k for k, file in enumerate(FILES)}
NUMBERS = {file: k for k, file in enumerate(FILES)}
MOST_LINES = 100_000  # of a file


def coded(file: str, line: int) -> int:
    return NUMBERS[file] * MOST_LINES + line


class Lines:
    """Those that run inside a `with`, in threads too, coded."""

    def __init__(self) -> None:
        self.seen = array("q")
        self._coverage = Coverage(data_file=None, config_file=False, include=list(PATHS), messages=False)
        self._coverage.set_option("run:disable_warnings", ["no-data-collected"])  # which pytest makes an error

    def __enter__(self) -> array[int]:
        self._coverage.start()
        return self.seen

    def __exit__(self, *_: Any) -> None:
        self._coverage.stop()
        data = self._coverage.get_data()
        for path in data.measured_files():
            self.seen.extend(PATHS[path] * MOST_LINES + line for line in sorted(data.lines(path) or ()))


@dataclass(frozen=True)
class Reach:
    """What a test or a world takes, in seconds of a processor, and the lines that it reaches."""

    seconds: float
    lines: array[int]


class Watcher:
    """Of each test what it reaches, its fixtures included; what fails or takes too long has no reach."""

    def __init__(self, longest: float) -> None:
        self.longest = longest
        self.reached: dict[str, Reach] = {}
        self.unfit: list[str] = []
        self._failed = False

    def pytest_runtest_logreport(self, report: Any) -> None:
        self._failed |= report.failed

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        self._failed = False
        lines, began = Lines(), time.process_time()
        with seconds_of_processor(self.longest), lines:
            done = yield
        if self._failed:
            self.unfit.append(item.nodeid)
        else:
            self.reached[item.nodeid] = Reach(time.process_time() - began, lines.seen)
        return done
