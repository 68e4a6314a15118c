"""Rows that are moved on by own bars, against a plain loop."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from newsbt.domain.market_panel import MarketPanel
from newsbt.markets.clock import AFTER, BEFORE
from newsbt.simulation.entry_rows import delayed_rows
from newsbt.testing import small_market

PANEL = small_market(15).prepared().market.panel
ROWS, TICKERS = PANEL.shape


def plain(panel: MarketPanel, row: int, n: int, delay: int) -> int:
    """The bar itself where nothing is to wait for, else so many tradable bars on, from the one before a gap too."""
    if row < 0 or delay == 0:
        return row
    later = [t for t in range(row + 1, len(panel.clock)) if panel.tradable[t, n]]
    return later[delay - 1] if delay <= len(later) else AFTER


PLACES = st.sampled_from([BEFORE, AFTER, *range(ROWS)])
PAIRS = st.tuples(PLACES, st.integers(0, TICKERS - 1), st.integers(0, ROWS + 1))


@given(st.lists(PAIRS, max_size=12))
def test_rows_move_on_by_own_tradable_bars(pairs: list[tuple[int, int, int]]) -> None:
    row, ticker, delay = (np.array([pair[k] for pair in pairs], dtype=np.int64) for k in range(3))
    assert delayed_rows(PANEL, row, ticker, delay).tolist() == [plain(PANEL, *pair) for pair in pairs]
