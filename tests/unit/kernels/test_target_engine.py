"""The order in which a grid's entries are tried."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from newsbt.kernels._compile import plain
from newsbt.kernels.target_engine import _sort_entries


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 8, 13, 32])
@pytest.mark.parametrize("names", [3, 40])
def test_entries_are_sorted_by_the_key_of_their_ticker_and_equal_ones_stay_in_order(count: int, names: int) -> None:
    rng = np.random.default_rng(100 * count + names)
    keys = rng.integers(0, max(names // 2, 1), names)
    tickers, quantities = rng.integers(0, names, 40), np.arange(40)
    followed = SimpleNamespace(
        entry_ticker=tickers.copy(), entry_quantity=quantities.copy(), keys=keys,
        moved_ticker=np.full(40, -1), moved_quantity=np.full(40, -1),
    )  # fmt: skip
    plain(_sort_entries)(count, followed)
    order = sorted(range(count), key=lambda k: keys[tickers[k]])
    assert followed.entry_quantity.tolist() == [*order, *range(count, 40)]
    assert followed.entry_ticker.tolist() == [*tickers[order].tolist(), *tickers[count:].tolist()]
