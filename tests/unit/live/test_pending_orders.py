"""The document of pending orders, and which orders a market cut."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import numpy as np

from newsbt.domain.ledger import FILL, LOT, REFUSAL, Ledger, Reason
from newsbt.live.pending_orders import Order, OrderBook, _Sent, _uncut

AT = datetime(2025, 3, 4, 1, 30, tzinfo=UTC)
SENT_AT = np.datetime64("2025-03-04T01:30", "ns")


def test_the_document_has_all_of_a_book_as_plain_values() -> None:
    orders = (
        Order(strategy="S", market="XSHG", at=AT, ticker="A.SH", side="buy", quantity=1000, reason="entry, limit 9.9",
              event_id="e", limit=9.9),
        Order(strategy="S", market="XHKG", at=AT, ticker="B.HK", side="sell", quantity=None, reason="exit",
              event_id=None, refused="not_trading"),
    )  # fmt: skip
    book = OrderBook(
        as_of=datetime(2025, 3, 3, 22, tzinfo=UTC), orders=orders, next_openings={"XSHG": AT}, under_way=("XHKG",),
        last_prices={"XSHG": date(2025, 3, 3)}, behind=("XNYS",), events_known=7,
    )  # fmt: skip
    assert book.as_dict() == {
        "as_of": "2025-03-03T22:00:00+00:00",
        "next_openings": {"XSHG": "2025-03-04T01:30:00+00:00"},
        "under_way": ["XHKG"],
        "last_prices": {"XSHG": "2025-03-03"},
        "behind": ["XNYS"],
        "events_known": 7,
        "orders": [
            {
                "strategy": "S", "market": "XSHG", "at": "2025-03-04T01:30:00+00:00", "ticker": "A.SH", "side": "buy",
                "quantity": 1000, "reason": "entry, limit 9.9", "event_id": "e", "refused": None,
            },
            {
                "strategy": "S", "market": "XHKG", "at": "2025-03-04T01:30:00+00:00", "ticker": "B.HK", "side": "sell",
                "quantity": None, "reason": "exit", "event_id": None, "refused": "not_trading",
            },
        ],
    }  # fmt: skip


def cuts_of(*rows: tuple[int, int, bool, float, float]) -> Ledger:
    """A ledger of nothing but refusals: event, ticker, whether an entry, wanted, filled; all buys at one instant."""
    refusals = np.zeros(len(rows), REFUSAL)
    for one, (event, ticker, is_entry, wanted, filled) in zip(refusals, rows, strict=True):
        one["at"], one["side"] = SENT_AT, 1
        one["event"], one["ticker"], one["is_entry"] = event, ticker, is_entry
        one["wanted"], one["filled"] = wanted, filled
    none = np.zeros(0)
    return Ledger(
        fills=np.zeros(0, FILL), refusals=refusals, lots=np.zeros(0, LOT), equity=none, cash=none, gross=none,
        stale=np.zeros(0, np.int64), outcome=np.zeros(0, np.int64), initial_cash=1.0,
    )  # fmt: skip


def test_an_entry_was_for_what_its_own_cut_wanted_and_not_for_that_of_another_event() -> None:
    ledger = cuts_of((7, 0, True, 900.0, 300.0), (8, 0, True, 500.0, 200.0), (7, 1, True, 1100.0, 100.0))
    sent = _Sent(SENT_AT, 0, 1, True, Reason.ENTRY, 8)
    assert _uncut(ledger, sent, 200.0) == 500.0
    assert _uncut(ledger, sent._replace(event=9), 200.0) == 200.0
    # A grid's order is for several events: the largest that a cut wanted.
    assert _uncut(ledger, sent._replace(event=None, reason=Reason.REBALANCE), 500.0) == 900.0


def test_an_exit_of_several_lots_was_for_what_filled_and_what_each_cut_left() -> None:
    ledger = cuts_of((7, 0, False, 900.0, 300.0), (8, 0, False, 500.0, 200.0), (8, 0, False, math.nan, 1.0))
    sent = _Sent(SENT_AT, 0, 1, False, Reason.OPPOSITE, None)
    assert _uncut(ledger, sent, 500.0) == 500.0 + 600.0 + 300.0
    assert _uncut(ledger, sent._replace(event=8, reason=Reason.HOLD), 200.0) == 200.0 + 300.0
