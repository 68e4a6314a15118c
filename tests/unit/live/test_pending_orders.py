"""The document of pending orders, and which orders a market cut."""

from __future__ import annotations

from datetime import UTC, date, datetime

from newsbt.live.pending_orders import Order, OrderBook

AT = datetime(2025, 3, 4, 1, 30, tzinfo=UTC)


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
