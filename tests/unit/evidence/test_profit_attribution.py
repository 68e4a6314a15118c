"""Attribution sums to the run, whatever it is split by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from newsbt.analysis.contributions import DIMENSIONS
from newsbt.analysis.inference import holm
from newsbt.assembly import assemble
from newsbt.config.loading import load
from newsbt.pipeline import run_components
from newsbt.runs.json_values import as_json
from newsbt.runs.run_document import extra_document
from projects import write_project

CONFIG = Path(__file__).parents[3] / "configs" / "rival_release.yaml"
SHORT = [
    "period.start=2025-01-02",
    "period.end=2025-04-30",
    "evaluation.placebo={use: independent_days, draws: 20}",
    "evaluation.bootstrap=50",
]
GRID = [
    "strategies.2.use=sentiment_decay",
    "strategies.2.params={sign: one}",
    "strategies.2.position={weight: 0.1, mode: target}",
]


@pytest.fixture(scope="module")
def result():
    return run_components(assemble(load(CONFIG, [*SHORT, *GRID])))


@pytest.mark.parametrize("index", [0, 1, 2])
@pytest.mark.parametrize("by", DIMENSIONS)
def test_each_split_sums_to_the_run(result, index: int, by: str) -> None:
    row = result.strategies[index]
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


def test_groups_of_a_study_are_adjusted_among_their_kind_and_say_what_lots_made(result) -> None:
    groups = extra_document(result, "evidence")["study"]["groups"]
    for kind in ("links", "signals"):
        of_kind = [group for group in groups if group["kind"] == kind]
        for windows in zip(*(group["windows"] for group in of_kind), strict=True):
            tested = [np.nan if one["p"]["kp_bmp"] is None else one["p"]["kp_bmp"] for one in windows]
            adjusted = [np.nan if one["p"]["holm"] is None else one["p"]["holm"] for one in windows]
            assert adjusted == pytest.approx(holm(tested).tolist(), nan_ok=True)
    for group in (one for one in groups if one["kind"] == "signals"):
        name, _, side = group["name"].rpartition(": ")
        lots = result[name].ledger.lots
        lots = lots[(lots["quantity"] > 0) == (side == "long")]
        gross = (lots["pnl"] + lots["costs"] + lots["slippage_cost"]) / lots["entry_notional"]
        assert group["traded"]["lots"] == len(lots) > 0
        assert group["traded"]["gross_return"] == pytest.approx(gross.mean())


def test_each_part_is_put_where_it_belongs(tmp_path: Path) -> None:
    """News of New Year's Eve (UTC) is traded on 2 January: 1000 of A and of the fund E, which A's index trades as well.

    Then the places are taken: 125 of U at 10 dollars are missed, which rise by a fifth. B rises by 2 a day later.
    """
    path = write_project(
        tmp_path,
        """
        account: {cash: 100000, currency: HKD}
        execution: {costs: {use: zero}, slippage: {use: zero}, participation: null}
        strategies:
          - {name: Named, use: named_tickers, params: {sign: one}, position: {weight: 0.1, hold: 1, max_positions: 2}}
        baselines: []
        evaluation: {placebo: 0, bootstrap: 0}
        """,
        instruments="""
        ticker, name, exchange, board, currency, lot_size, sector_index, proxy
        A.HK,   A,    XHKG,     main,  HKD,      100,      ^I,
        B.HK,   B,    XHKG,     main,  HKD,      100,      ,
        E.HK,   E,    XHKG,     etf,   HKD,      100,      ,
        ^I,     I,    XHKG,     index, HKD,      ,         ,             E.HK
        U,      U,    XNYS,     main,  USD,      ,         ,
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline, tickers
        eve,      2025-01-01T06:00+08:00, news,       A,      x,        A.HK;E.HK;U
        late,     2025-01-02T20:00+08:00, report,     B,      x,        B.HK
        """,
        prices="""
        ticker, date,       open, high, low, close, volume
        A.HK,   2024-12-31, 10,   10,   10,  10,    1000000
        A.HK,   2025-01-02, 10,   10,   10,  10,    1000000
        A.HK,   2025-01-03, 11,   11,   11,  11,    1000000
        B.HK,   2024-12-31, 10,   10,   10,  10,    1000000
        B.HK,   2025-01-02, 10,   10,   10,  10,    1000000
        B.HK,   2025-01-03, 10,   12,   10,  12,    1000000
        E.HK,   2024-12-31, 10,   10,   10,  10,    1000000
        E.HK,   2025-01-02, 10,   10,   10,  10,    1000000
        E.HK,   2025-01-03, 10,   10,   10,  10,    1000000
        U,      2024-12-31, 10,   10,   10,  10,    1000000
        U,      2025-01-02, 10,   10,   10,  10,    1000000
        U,      2025-01-03, 12,   12,   12,  12,    1000000
        """,
        fx="""
        pair,   date,       rate
        USDHKD, 2024-12-01, 8
        """,
    )
    found = run_components(assemble(load(path))).strategies[0].evidence["attribution"]
    parts = {
        by: [
            (row["key"], row["events"], row["trades"], round(row["pnl"], 6), round(row["unfillable"], 6))
            for row in rows
        ]
        for by, rows in found["by"].items()
    }
    assert parts == {
        "event_type": [("report", 1, 1, 2000, 0), ("news", 1, 2, 1000, 2000)],
        "relation": [("named", 2, 3, 3000, 2000)],
        "market": [("XHKG", 2, 3, 3000, 0), ("XNYS", 0, 0, 0, 2000)],
        "year": [("2025", 1, 1, 2000, 0), ("2024", 1, 2, 1000, 2000)],
    }
    left_out = [(one["event_id"], one["return_without"], one["return_rerun"]) for one in found["leave_one_out"]]
    assert left_out == [("late", 0.01, pytest.approx(0.01)), ("eve", 0.02, pytest.approx(0.02))]
