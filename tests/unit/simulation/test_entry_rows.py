"""Where the entries of signals work and in which order, against plain loops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from newsbt.domain.entries import FillPoint
from newsbt.domain.market_panel import MarketPanel
from newsbt.markets.clock import AFTER, BEFORE
from newsbt.simulation.entry_rows import SignalShares, Sizing, delayed_rows
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


MARKET = small_market(15).prepared().market
SIGNALS = st.tuples(
    st.integers(0, 3),  # event
    st.integers(0, TICKERS - 1),
    st.integers(0, TICKERS - 1),  # the traded one
    st.sampled_from([-1, 1]),
    st.sampled_from([0.25, 0.5, 1.0]),
    st.integers(0, 3),  # bars late
)
CELLS = st.lists(PLACES, min_size=8, max_size=8)


@given(st.lists(SIGNALS, max_size=10), CELLS, st.none() | CELLS, st.lists(st.booleans(), min_size=4, max_size=4))
def test_entries_work_where_the_rules_put_them_in_the_order_of_their_rank(
    signals: list[tuple[int, int, int, int, float, int]], opens: list[int], closes: list[int] | None, waits: list[bool]
) -> None:
    """T2, T3, T7 and X5: by row and point, then by when the event was known, by event, size, traded ticker, signalled
    one."""
    markets = len(PANEL.clock.markets)
    placement = np.resize(np.array(opens, dtype=np.int64), (4, markets))
    close_rows = None if closes is None else np.resize(np.array(closes, dtype=np.int64), (4, markets))
    known_at = np.array(["2025-03-04", "2025-03-03", "2025-03-04", "2025-03-05"], dtype="M8[ns]")
    event, linked, ticker, sign, size, delay = (
        np.array([one[k] for one in signals], dtype=np.float64 if k == 4 else np.int64) for k in range(6)
    )
    shares = SignalShares(
        sizing=Sizing(weight=0.1), event=event, ticker=ticker, size=size, chosen=np.arange(len(signals))
    )
    found = MARKET.placer.entries(
        known_at, placement, close_rows, event=event, linked=linked, ticker=ticker, sign=sign, size=size, delay=delay,
        waits=np.array(waits)[event], shares=shares,
    )  # fmt: skip
    expected, rows = [], []
    for k, (e, of, n, side, weight, late) in enumerate(signals):
        m = int(PANEL.market_of[n])
        row, point = int(placement[e, m]), FillPoint.OPEN
        if close_rows is not None and close_rows[e, m] >= 0 and late == 0:
            row, point = int(close_rows[e, m]), FillPoint.CLOSE
        row = plain(PANEL, row, n, late)
        if waits[e] and row >= 0 and not PANEL.tradable[row, n]:
            row, point = plain(PANEL, row, n, 1), FillPoint.OPEN
        rows.append(row)
        if row >= 0:
            rank = (row, int(point), int(known_at[e].astype(np.int64)), e, -weight, n, of, k)
            expected.append((rank, (row, int(point), e, n, side, 0.1 * weight)))
    entries = found.entries
    assert found.row.tolist() == rows and found.order.tolist() == [rank[-1] for rank, _ in sorted(expected)]
    names = ("row", "point", "event", "ticker", "sign", "weight")
    assert list(zip(*(getattr(entries, name).tolist() for name in names), strict=True)) == [
        one for _, one in sorted(expected)
    ]
    assert np.isnan(entries.bound).all()


def test_limits_are_placed_so_far_below_or_above_what_was_known() -> None:
    placer = replace(MARKET.placer, limit_distance=0.02)
    rows, n = np.array([0, 1, 5]), 0
    bound = placer._limits(rows, np.full(3, n), np.array([1, 1, -1]))
    assert np.isnan(bound).tolist() == [not np.isfinite(PANEL.reference[t, n]) for t in rows]
    for k, side in ((1, 1), (2, -1)):
        raw = PANEL.reference[rows[k], n] * (1 - side * 0.02)
        tick = MARKET.rules.tick[rows[k], n]
        assert abs(bound[k] - raw) <= tick and side * (raw - bound[k]) >= -1e-9
    assert np.isnan(MARKET.placer._limits(rows, np.full(3, n), np.array([1, 1, -1]))).all()
