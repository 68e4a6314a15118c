"""Profit by what trades were of: rows add up to the net profit, whatever the trades and whatever is left of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbt.domain.object_arrays import objects
from newsbt.domain.profit_breakdown import NO_TRADE, profit_by_key

TRADE = st.tuples(st.sampled_from(["a", "b", "c"]), st.floats(-1e6, 1e6), st.floats(0, 1e3))


def trades(rows: list[tuple[str, float, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["key", "pnl", "costs"])
    return frame.assign(event_id=[f"e{n // 2}" for n in range(len(rows))])


@given(rows=st.lists(TRADE, max_size=12), rest=st.sampled_from([0.0, 1e-6, -250.0, 3e4]))
def test_rows_add_up_to_the_profit(rows: list[tuple[str, float, float]], rest: float) -> None:
    frame = trades(rows)
    profit = float(frame["pnl"].sum()) + rest
    found = profit_by_key(frame, objects(frame["key"].tolist()), profit, 1e6)
    assert found["pnl"].sum() == pytest.approx(profit, rel=1e-9, abs=1e-3)
    assert found["return"].sum() == pytest.approx(profit / 1e6, rel=1e-9, abs=1e-9)
    assert found["trades"].sum() == len(rows) and found["costs"].sum() == pytest.approx(frame["costs"].sum())
    assert (NO_TRADE in found["key"].tolist()) == (abs(rest) > 1e-3)
    assert found["pnl"].is_monotonic_decreasing
    if profit > 1.0:
        assert found["share"].sum() == pytest.approx(1.0, abs=1e-2)
    elif profit <= 0.0:
        assert found["share"].isna().all()


def test_a_row_counts_events_trades_and_wins() -> None:
    frame = trades([("a", 3.0, 1.0), ("a", -1.0, 1.0), ("a", 0.0, 0.5), ("b", 2.0, 0.0)])
    found = profit_by_key(frame, objects(frame["key"].tolist()), 4.0, 100.0).set_index("key")
    assert found.loc["a"].tolist() == [2, 3, 1, 2.0, 0.02, 0.5, 2.5]
    assert np.isclose(found["share"].sum(), 1.0)
