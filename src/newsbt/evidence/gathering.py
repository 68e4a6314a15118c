"""Everything that stands beside the rows of a run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from newsbt._typing import Floats
from newsbt.domain.results import StrategyResult
from newsbt.evidence.judge import judge, trial_key, with_evidence
from newsbt.evidence.label_cutoff import with_cutoff_rows
from newsbt.evidence.run_study import run_study
from newsbt.steps.prepare import PreparedRun, RunInputs
from newsbt.steps.simulated_strategy import SimulatedStrategy

__all__ = ["Gathered", "gather"]


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """The rows with their evidence, the sections of evidence.json that belong to no single row, and the run's own
    trials: per-bar Sharpe ratios by key."""

    rows: Sequence[StrategyResult]
    sections: Mapping[str, Any]
    trials: Mapping[str, float]


def gather(
    prepared: PreparedRun, inputs: RunInputs, simulated: Sequence[SimulatedStrategy], rows: Sequence[StrategyResult],
    market_returns: Floats | None, trials: Mapping[str, float],
) -> Gathered:  # fmt: skip
    """Judge the rows of a run: strategies, in the order of `simulated`, then baselines; `trials` are earlier ones."""
    count, per_bar = len(simulated), math.sqrt(prepared.periods_per_year)
    strategies = [with_evidence(prepared, books, row) for books, row in zip(simulated, rows[:count], strict=True)]
    keys = {spec.name: trial_key(prepared, spec) for spec in prepared.components.strategies}
    judged = judge([*strategies, *rows[count:]], keys, trials, prepared.periods_per_year)
    return Gathered(
        rows=with_cutoff_rows(prepared, judged, market_returns),
        sections={"study": run_study(prepared, inputs, simulated)},
        trials={keys[row.name]: row.metrics["sharpe"] / per_bar for row in strategies},
    )
