"""Where a profit came from, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from newsbt.analysis.contributions import UNATTRIBUTED, contributions

COLUMNS = (
    "event_id", "event_type", "relation", "market", "year", "trades", "pnl", "costs", "slippage_cost", "unfillable",
)  # fmt: skip


def parts(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


THREE = parts(
    ("a", "release", "issuer", "XHKG", "2024", 1, 60.0, 1.0, 0.5, 0.0),
    ("b", "release", "rival_of", "XNYS", "2025", 1, -20.0, 1.0, 0.5, 0.0),
    ("c", "earnings", "issuer", "XHKG", "2025", 1, 10.0, 1.0, 0.5, 0.0),
    ("c", "earnings", "issuer", "XHKG", "2025", 0, 0.0, 0.0, 0.0, 7.0),
)


def test_shares_by_key() -> None:
    found = contributions(THREE, 50.0, 1000.0)
    assert [(row["key"], row["events"], row["pnl"], row["unfillable"]) for row in found["by"]["event_type"]] == [
        ("release", 2, 40.0, 0.0),
        ("earnings", 1, 10.0, 7.0),
    ]
    assert [row["share"] for row in found["by"]["year"]] == [1.2, -0.2]
    assert found["by"]["market"][0]["return"] == 0.07


def test_the_best_events() -> None:
    found = contributions(THREE, 50.0, 1000.0)["concentration"]
    assert found["top_1"] == {
        "pnl": 60.0, "share": 1.2, "share_of_gains": pytest.approx(60 / 70), "profit_without": -10.0,
    }  # fmt: skip
    assert found["top_3"]["share"] == 1.0
    assert (found["events"], found["events_up"], found["reason"]) == (3, 2, "")


def test_one_event_left_out() -> None:
    found = contributions(THREE, 50.0, 1000.0, lambda ids: np.array([{"a": -0.02}.get(one, np.nan) for one in ids]))
    left = found["leave_one_out"]
    assert [(row["event_id"], row["return_without"], row["return_rerun"]) for row in left] == [
        ("a", -0.01, -0.02),
        ("b", 0.07, None),
        ("c", 0.04, None),
    ]


def test_what_no_event_caused_has_a_row_of_its_own() -> None:
    found = contributions(THREE, 55.0, 1000.0)
    for rows in found["by"].values():
        assert {"key": UNATTRIBUTED, "pnl": 5.0}.items() <= next(r for r in rows if r["key"] == UNATTRIBUTED).items()
        assert sum(row["pnl"] for row in rows) == 55.0


def test_a_loss_has_no_shares() -> None:
    found = contributions(parts(("a", "t", "r", "m", "2024", 1, -5.0, 0.0, 0.0, 0.0)), -5.0, 100.0)
    assert found["concentration"]["top_1"]["share"] is None
    assert found["concentration"]["top_1"]["share_of_gains"] is None
    assert found["concentration"]["reason"] == "no profit to have a share in"
    assert found["by"]["year"][0]["share"] is None


def test_nothing_traded() -> None:
    found = contributions(parts(), 0.0, 100.0)
    assert found["by"]["market"] == [] and found["leave_one_out"] == []
    assert found["concentration"]["events"] == 0
