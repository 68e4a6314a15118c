"""The twin's books of any scenario."""

from __future__ import annotations

from .result import TwinResult
from .scenario import Scenario
from .steps import with_grid
from .target import run_target_twin
from .twin import run_twin


def run(scenario: Scenario) -> TwinResult:
    if scenario.step is not None:
        return run_target_twin(with_grid(scenario))
    return run_target_twin(scenario) if scenario.grid is not None else run_twin(scenario)
