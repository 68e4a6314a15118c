"""Attribution sums to the run, whatever it is split by."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsbt.analysis.contributions import DIMENSIONS
from newsbt.assembly import assemble
from newsbt.config.loading import load
from newsbt.pipeline import run_components
from newsbt.runs.document import extra_document
from newsbt.runs.plain import as_json

CONFIG = Path(__file__).parents[3] / "configs" / "rival_release.yaml"
SHORT = ["period.start=2025-01-02", "period.end=2025-04-30", "evaluation.placebo=20", "evaluation.bootstrap=50"]
GRID = [
    "strategies.2.use=sentiment_decay",
    "strategies.2.params={}",
    "strategies.2.position={weight: 0.1, mode: target}",
]


@pytest.fixture(scope="module")
def result():
    return run_components(assemble(load(CONFIG, [*SHORT, *GRID])))


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("by", DIMENSIONS)
def test_each_split_sums_to_the_run(result, place: int, by: str) -> None:
    row = result.strategies[place]
    found = row.evidence["attribution"]
    profit = row.metrics["final_equity"] - row.ledger.initial_cash
    assert row.counts["trades"] > 0
    assert sum(part["pnl"] for part in found["by"][by]) == pytest.approx(profit, abs=1e-3)
    assert sum(part["costs"] for part in found["by"][by]) == pytest.approx(row.metrics["total_costs"])
    assert sum(part["slippage_cost"] for part in found["by"][by]) == pytest.approx(row.metrics["slippage_cost"])
    assert sum(part["trades"] for part in found["by"][by]) == len(row.ledger.lots)
    unfillable = row.metrics["unfillable_return"] * row.ledger.initial_cash
    assert sum(part["unfillable"] for part in found["by"][by]) == pytest.approx(unfillable, abs=1e-6)


def test_without_an_event_the_run_is_another(result) -> None:
    row = result.strategies[0]
    cash, profit = row.ledger.initial_cash, row.metrics["final_equity"] - row.ledger.initial_cash
    for left in row.evidence["attribution"]["leave_one_out"]:
        assert left["return_without"] == pytest.approx((profit - left["pnl"]) / cash)
        assert left["return_rerun"] is not None
    grid = result.strategies[2].evidence["attribution"]["leave_one_out"]
    assert all(left["return_rerun"] is None for left in grid)


def test_evidence_is_the_same_again(result) -> None:
    again = run_components(assemble(load(CONFIG, [*SHORT, *GRID])))
    assert as_json(extra_document(result, "evidence")) == as_json(extra_document(again, "evidence"))


def test_evidence_has_its_parts(result) -> None:
    found = extra_document(result, "evidence")
    assert {"study", "placebo", "decay", "attribution"} <= set(found)
    groups = found["study"]["groups"]
    assert {group["kind"] for group in groups} == {"links", "signals"}
    for group in groups:
        assert len(group["days"]) == len(group["caar"]) == 11
        for move in group["moves"]:
            if move["total"] is not None:
                parts = move["gap"] + move["latency"] + move["locked"] + move["tradable"]
                assert parts == pytest.approx(move["total"])
