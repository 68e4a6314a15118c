"""What is kept of money while rows are worked."""

from __future__ import annotations

from itertools import permutations
from types import SimpleNamespace

import numpy as np
import pytest

from newsbt.kernels._compile import plain
from newsbt.kernels.engine_state import MONEY
from newsbt.kernels.ledger_state import _book


@pytest.mark.parametrize("amounts", list(permutations((1e16, 1.0, -1e16))))
def test_what_the_sum_of_profits_loses_by_rounding_is_kept_beside_it(amounts: tuple[float, ...]) -> None:
    books = SimpleNamespace(state=np.zeros(1, dtype=MONEY))
    for amount in amounts:
        plain(_book)(amount, books)
    assert books.state[0]["profit"] + books.state[0]["rounded_off"] == 1.0
