"""Looks for a planted fault: by the worlds of the twin that reach its line, then by the tests that do."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator, Iterable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import pytest

from mutants.limits import TooLongError, limit_memory, seconds_of_processor
from mutants.operators import Mutant
from mutants.planting import plant
from mutants.reach import Reach
from twin.product import check_books
from twin.result import TwinResult
from twin.scenario import Scenario

__all__ = ["BLIND", "NOT_PLANTED", "NOT_RUN", "World", "noticed_by", "quietly"]

BLIND = "not command and not every_index and not twin"  # tests whose programs import no fault, and those of the twin
NOT_PLANTED = "the fault was not planted"
NOT_RUN = "the tests did not run"
SLOWER = 10  # a fault that makes a test so many times slower is noticed
AT_LEAST = 20.0  # seconds, though

World = tuple[str, Scenario, TwinResult]


def quietly(*options: str, plugins: list[Any]) -> int:
    plain = ["-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not slow", "-k", BLIND]
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        return int(pytest.main([*options, *plain], plugins=plugins))


def noticed_by(
    mutant: Mutant, worlds: Iterable[tuple[World, str, float]], tests: Mapping[str, Reach], scratch: str
) -> str:
    """The first world or test that fails, or nothing."""
    try:
        plant(mutant)
    except (AssertionError, ValueError) as error:
        return f"{NOT_PLANTED}: {error}"
    limit_memory()
    os.environ["NEWSBT_CACHE"] = tempfile.mkdtemp(dir=scratch)  # what a fault keeps is nobody else's
    name = ""
    try:
        for (world, scenario, books), engine, seconds in worlds:
            name = world
            with seconds_of_processor(AT_LEAST + SLOWER * seconds):
                check_books(scenario, books, engine)
        seen = Failed(tests)
        if tests:
            name = "pytest"
            answer = quietly("-x", *sorted({test.split("::")[0] for test in tests}), plugins=[seen])
            if not seen.name and answer != pytest.ExitCode.OK:
                return f"{NOT_RUN}: {pytest.ExitCode(answer).name}"
        return seen.name
    except (Exception, TooLongError) as error:
        return f"{name}: {type(error).__name__}"


class Failed:
    """Runs the tests that are wanted, in their order; the name of the first that failed."""

    def __init__(self, wanted: Mapping[str, Reach]) -> None:
        self.wanted = wanted
        self.name = ""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        by_name = {item.nodeid: item for item in items}
        items[:] = [by_name[name] for name in self.wanted if name in by_name]

    def pytest_collectreport(self, report: Any) -> None:
        self.name = self.name or (report.nodeid if report.failed else "")

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.name = self.name or (report.nodeid if report.failed else "")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        with seconds_of_processor(AT_LEAST + SLOWER * self.wanted[item.nodeid].seconds):
            return (yield)
