"""What only the whole table can say of a row: deflated Sharpe ratio over all trials, Holm's p over its strategies."""

from __future__ import annotations

import math

import pytest

from made_runs import METRICS, strategy
from newsbt.analysis.inference import dsr
from newsbt.evidence.judge import judge

PER_YEAR = 250.0


def test_rows_are_judged_by_every_trial_and_by_each_other() -> None:
    rows = [
        strategy("A", metrics={**METRICS, "sharpe": 1.5, "placebo_p": 0.01}),
        strategy("B", metrics={**METRICS, "sharpe": 0.5, "placebo_p": 0.04}),
        strategy("buy_and_hold", kind="baseline"),
    ]
    before = {"old": 0.05, "undefined": math.nan, "b": 9.0}  # B ran before; its value of now counts
    first, second, baseline = judge(rows, {"A": "a", "B": "b"}, before, PER_YEAR)
    root = math.sqrt(PER_YEAR)
    expected = dsr(rows[0].returns.to_numpy(), [1.5 / root, 0.5 / root, 0.05, math.nan])
    assert first.metrics["dsr"] == pytest.approx(float(expected))
    assert first.metrics["dsr_trials"] == second.metrics["dsr_trials"] == 4
    assert (first.metrics["p_holm"], second.metrics["p_holm"]) == pytest.approx((0.02, 0.04))
    assert baseline.reasons["dsr"] == "not a strategy that was chosen"
