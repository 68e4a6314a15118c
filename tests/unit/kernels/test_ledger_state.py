"""What is kept of money while rows are worked."""

from __future__ import annotations

from itertools import permutations
from types import SimpleNamespace

import numpy as np
import pytest

from newsbt.kernels._compile import plain
from newsbt.kernels.codes import NONE
from newsbt.kernels.engine_state import MONEY
from newsbt.kernels.ledger_state import _book, forget


@pytest.mark.parametrize("amounts", list(permutations((1e16, 1.0, -1e16))))
def test_what_the_sum_of_profits_loses_by_rounding_is_kept_beside_it(amounts: tuple[float, ...]) -> None:
    books = SimpleNamespace(state=np.zeros(1, dtype=MONEY))
    for amount in amounts:
        plain(_book)(amount, books)
    assert books.state[0]["profit"] + books.state[0]["rounded_off"] == 1.0


def test_what_is_closed_is_forgotten_and_open_lots_move_up_each_in_the_order_of_its_ticker() -> None:
    """Of six lots the third, the fifth and the sixth are open: the first and the last of these are of one ticker."""
    lots = np.zeros(6, dtype=[("ticker", "i8"), ("next", "i8"), ("quantity", "i8")])
    lots["ticker"], lots["quantity"], lots["next"] = [1, 0, 1, 0, 0, 1], [0, 0, 30, 0, 50, 60], 9
    tickers = np.zeros(3, dtype=[("first", "i8"), ("last", "i8")])
    tickers["first"], tickers["last"] = [4, 2, NONE], [4, 5, NONE]
    state = np.zeros(1, dtype=[(name, "i8") for name in ("open", "fills", "refusals", "lots")])
    state[0] = (3, 7, 8, 6)
    books = SimpleNamespace(state=state, lots=lots, open_lots=np.array([2, 4, 5, 0, 0, 0]), tickers=tickers)
    plain(forget)(books)
    assert lots["quantity"][:3].tolist() == [30, 50, 60] and lots["next"][:3].tolist() == [2, NONE, NONE]
    assert books.open_lots[:3].tolist() == [0, 1, 2]
    assert tickers["first"].tolist() == [1, 0, NONE] and tickers["last"][:2].tolist() == [1, 2]
    assert state[0].tolist() == (3, 0, 0, 3)
