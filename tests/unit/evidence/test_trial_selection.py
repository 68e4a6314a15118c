"""What only the whole table can say of a row: deflated Sharpe ratio over all trials, adjusted p over its strategies."""

from __future__ import annotations

import math

import pytest

from made_runs import METRICS, strategy
from newsbt.analysis.inference import dsr
from newsbt.evidence.trial_selection import judge

PER_YEAR = 250.0


def test_rows_are_judged_by_every_trial_and_by_each_other() -> None:
    rows = [
        strategy("A", metrics={**METRICS, "sharpe": 1.5, "placebo_p": 0.01}),
        strategy("B", metrics={**METRICS, "sharpe": 0.5, "placebo_p": 0.04}),
    ]
    root = math.sqrt(PER_YEAR)
    found = judge(rows, {"old": 0.05, "undefined": math.nan, "a": 1.5 / root, "b": 0.5 / root}, {"A": 0.02})
    first, second = found["A"].metrics, found["B"].metrics
    expected = dsr(rows[0].returns.to_numpy(), [1.5 / root, 0.5 / root, 0.05, math.nan])
    assert first["dsr"] == pytest.approx(float(expected))
    assert first["dsr_trials"] == second["dsr_trials"] == 4
    assert first["p_adjusted"] == 0.02 and math.isnan(second["p_adjusted"])
    assert found["B"].reasons["p_adjusted"] == "no placebo p-value"


def test_the_order_of_the_trials_keys_changes_no_digit() -> None:
    """Keys are hashes, of a strategy's source among others: a comment in it must not move the last digit."""
    row = strategy("A", metrics={**METRICS, "sharpe": 1.5, "placebo_p": 0.01})
    sharpes = [-0.5438, -0.6223, 0.2803, 0.3444, 0.2141, 0.5331]
    found = set()
    for turn in range(len(sharpes)):
        turned = sharpes[turn:] + sharpes[:turn]
        found.add(judge([row], {f"k{k}": value for k, value in enumerate(turned)}, {})["A"].metrics["dsr"])
    assert len(found) == 1
