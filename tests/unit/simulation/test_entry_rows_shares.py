"""What share of equity signals ask for wherever they are placed, against plain loops (X4, X23)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbt.simulation.entry_rows import SignalShares, Sizing

ROWS, TICKERS = 3, 4
WEIGHTS = np.array([[0.1, 0.2, np.nan, 0.4], [0.5, 0.25, 0.1, 0.0], [0.3, np.nan, 0.6, 0.2]])


def shares(weight: float | np.ndarray, cap: float | None, signals: list[tuple[int, int, float]], chosen: Any) -> Any:
    event, ticker, size = zip(*signals, strict=True)
    sizing = Sizing(weight=weight, event_weight=cap)
    return SignalShares(
        sizing=sizing, event=np.array(event), ticker=np.array(ticker), size=np.array(size), chosen=np.array(chosen)
    )


def test_one_number_for_all_is_cut_by_event() -> None:
    """Event 0 asks for 0.4 x (1 + 0.5) = 0.6, twice its cap; event 2 for 0.2, less than it."""
    signals = [(0, 0, 1.0), (2, 1, 0.5), (0, 2, 0.5)]
    found = shares(0.4, 0.3, signals, [2, 0, 1])
    assert found.at(np.array([0, 1, 2]), np.array([2, 0, 1])).tolist() == pytest.approx([0.1, 0.2, 0.2])
    free = shares(0.4, None, signals, [2, 0])
    assert free.at(np.array([0, -2]), np.array([2, 0])).tolist() == pytest.approx([0.2, 0.4])
    assert shares(0.4, 0.3, [(1, 0, 0.0)], [0]).at(np.array([0]), np.array([0])).tolist() == [0.0]


SIGNALS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, TICKERS - 1), st.sampled_from([0.25, 0.5, 1.0])), min_size=1, max_size=7
)


@given(SIGNALS, st.data())
def test_weights_by_row_are_asked_for_where_the_signal_is_placed_and_for_what_it_trades_there(
    signals: list[tuple[int, int, float]], data: st.DataObject
) -> None:
    """The others of its event are asked for in the same row: those chosen by what they trade now, the rest by their
    own; what has no weight there asks for nothing of the cap, and is itself NaN."""
    chosen = data.draw(st.lists(st.integers(0, len(signals) - 1), min_size=1, unique=True))
    row = [data.draw(st.integers(-2, ROWS - 1)) for _ in chosen]
    ticker = [data.draw(st.integers(0, TICKERS - 1)) for _ in chosen]
    cap = data.draw(st.sampled_from([None, 0.2, 0.7, 2.0]))
    trades = {k: n for k, (_, n, _) in enumerate(signals)} | dict(zip(chosen, ticker, strict=True))
    expected = []
    for k, t, n in zip(chosen, row, ticker, strict=True):
        asked = WEIGHTS[max(t, 0)]
        mine = asked[n] * signals[k][2]
        whole = sum(
            asked[trades[j]] * size
            for j, (event, _, size) in enumerate(signals)
            if event == signals[k][0] and not math.isnan(asked[trades[j]])
        )
        expected.append(mine if cap is None or whole <= cap else mine * cap / whole)
    found = shares(WEIGHTS, cap, signals, chosen).at(np.array(row), np.array(ticker))
    assert found.tolist() == pytest.approx(expected, nan_ok=True)


def test_a_weight_is_known_by_row_and_ticker() -> None:
    by_row, one = Sizing(weight=WEIGHTS), Sizing(weight=0.2)
    row, ticker = np.array([0, 0, 2]), np.array([1, 2, 1])
    assert by_row.is_known(row, ticker).tolist() == [True, False, False]
    assert one.is_known(row, ticker).tolist() == [True] * 3 and one.weights is None
    assert by_row.is_known(np.arange(3), 2).tolist() == [False, True, True]
