"""S7: what a backtrader strategy is told, when, and what its orders meet then."""

from __future__ import annotations

from typing import Any

import pytest

import newsbt
from newsbt.testing import make_events
from one_strategy import Recorder, flat, play

pytestmark = pytest.mark.rule("S7")


class Listener(Recorder):
    """Notes each bar and each announcement, in the order of the calls."""

    def next(self) -> None:
        self.log.append((len(self) - 2, "next"))

    def on_announcement(self, event: Any, links: Any) -> None:
        last = {link.ticker: self.getdatabyname(link.ticker).close[0] for link in links}
        self.log.append((len(self) - 2, event.event_id, [link.ticker for link in links], last))


THREE = {
    "A.HK": [(10 + t, 10 + t, 10 + t, 10 + t) for t in range(5)],
    "A.SH": [(20 + t, 20 + t, 20 + t, 20 + t) for t in range(5)],
    "A.US": [(30 + t, 30 + t, 30 + t, 30 + t) for t in range(5)],
}


def test_each_event_is_told_once_a_market_before_its_first_bar_and_after_next() -> None:
    """Known on 2025-03-05 at 05:05 UTC, inside Hong Kong's row 2: New York's first bar is that of row 2, the others'
    that of row 3. Row t is told of at the end of row t - 1, when [0] is the close of row t - 1."""
    events = make_events(("2025-03-05T05:00Z", "x"), tickers="A.HK;A.SH;A.US")
    play(Listener, THREE, events)
    delivered = [entry for entry in Listener.log if entry[1] != "next"]
    assert delivered == [
        (1, "e1", ["A.US"], {"A.US": 31.0}),
        (2, "e1", ["A.HK"], {"A.HK": 12.0}),
        (2, "e1", ["A.SH"], {"A.SH": 22.0}),
    ]
    index = Listener.log.index(delivered[0])
    assert Listener.log[index - 1] == (1, "next") and Listener.log[index + 1] == (2, "next")


def test_in_order_of_opening_then_known_at_then_event_id() -> None:
    """All for row 2: Hong Kong opens with Shanghai, New York last; ids break ties of known_at."""
    events = make_events(
        {"event_id": "b", "published_at": "2025-03-04T22:00Z"}, {"event_id": "a", "published_at": "2025-03-04T22:00Z"},
        {"event_id": "c", "published_at": "2025-03-04T21:00Z"}, tickers="A.US;A.HK",
    )  # fmt: skip
    play(Listener, THREE, events)
    delivered = [
        (row, name, tickers) for row, name, *tickers in (entry[:3] for entry in Listener.log if len(entry) == 4)
    ]
    assert delivered == [
        (1, "c", [["A.HK"]]), (1, "a", [["A.HK"]]), (1, "b", [["A.HK"]]),
        (1, "c", [["A.US"]]), (1, "a", [["A.US"]]), (1, "b", [["A.US"]]),
    ]  # fmt: skip


def test_news_of_row_0_is_told_on_the_eve() -> None:
    events = make_events(("2025-03-02T12:00Z", "x"), tickers="A.HK")
    play(Listener, THREE, events)
    assert Listener.log[0] == (-1, "next") or Listener.log[0][0] == -1
    assert [entry[:2] for entry in Listener.log if len(entry) == 4] == [(-1, "e1")]


def test_an_event_without_links_is_told_in_each_market_without_any() -> None:
    events = make_events(("2025-03-05T05:00Z", "Nobody"))
    play(Listener, THREE, events)
    assert [entry[:3] for entry in Listener.log if len(entry) == 4] == [(1, "e1", []), (2, "e1", []), (2, "e1", [])]


def test_an_event_and_its_links_say_what_is_known() -> None:
    class Asks(Recorder):
        def on_announcement(self, event: Any, links: Any) -> None:
            (link,) = links
            self.log.append((event.event_type, event.issuer, event.sentiment, event.attributes["score"], link.signal,
                             link.relation, link.hop, link.weight, event.known_at.isoformat(),
                             link.first_tradable_at.isoformat()))  # fmt: skip

    play(Asks, THREE, make_events(("2025-03-05T05:00Z", "x"), tickers="A.HK", sentiment=-0.5, score=3))
    assert Asks.log == [
        ("model_release", "x", -0.5, 3, -0.5, "named", 0, 1.0, "2025-03-05T05:05:00+00:00", "2025-03-06T01:30:00+00:00")
    ]


class BuyWhenTold(Recorder):
    params = (("ticker", None),)

    def on_announcement(self, event: Any, links: Any) -> None:
        for link in links:
            if self.p.ticker is None or link.ticker == self.p.ticker:
                self.buy(data=self.getdatabyname(link.ticker), size=100)


def test_a_market_order_fills_at_the_open_of_the_bar_it_was_told_before() -> None:
    row = play(BuyWhenTold, THREE, make_events(("2025-03-05T05:00Z", "x"), tickers="A.HK"))
    assert row.fills["date"].dt.strftime("%Y-%m-%d").tolist() == ["2025-03-06"]
    assert row.fills[["price", "quantity"]].values.tolist() == [[13.0, 100]]
    assert row.fills["event_id"].tolist() == ["e1"] and row.fills["reason"].tolist() == ["order"]


class BuysElsewhere(Recorder):
    """Told for Hong Kong, it wants New York, whose news it cannot know yet."""

    def on_announcement(self, event: Any, links: Any) -> None:
        if links and links[0].ticker == "A.HK":
            self.order = self.buy(data=self.getdatabyname("A.US"), size=7)


def test_an_order_for_another_market_is_refused() -> None:
    row = play(BuysElsewhere, THREE, make_events(("2025-03-04T22:00Z", "x"), tickers="A.HK;A.US"))
    assert row.fills.empty
    assert [entry[2] for entry in BuysElsewhere.log] == ["Submitted", "Rejected"]
    assert BuysElsewhere.log[-1][3] == "not_yet_known"
    found = row.refusals[["ticker", "side", "reason", "wanted_quantity", "filled_quantity", "event_id"]]
    assert found.values.tolist() == [["A.US", "buy", "not_yet_known", 7.0, 0, "e1"]]
    assert row.explanations["explanation"][0].endswith("an order belongs into the call for that market")


class BuysBackThere(Recorder):
    """Told for New York, it wants Hong Kong."""

    def on_announcement(self, event: Any, links: Any) -> None:
        if links and links[0].ticker == "A.US":
            self.order = self.buy(data=self.getdatabyname("A.HK"), size=100)


def test_so_is_one_for_a_market_that_was_told_before() -> None:
    row = play(BuysBackThere, THREE, make_events(("2025-03-04T22:00Z", "x"), tickers="A.HK;A.US"))
    assert row.fills.empty
    assert row.refusals[["ticker", "reason", "wanted_quantity"]].values.tolist() == [["A.HK", "not_yet_known", 100.0]]


class CancelsElsewhere(Recorder):
    def next(self) -> None:
        if len(self) == 2:
            self.order = self.buy(data=self.getdatabyname("A.US"), size=5, exectype=newsbt_order("Limit"), price=31.5)

    def on_announcement(self, event: Any, links: Any) -> None:
        if links and links[0].ticker == "A.HK":
            self.cancel(self.order)


def newsbt_order(name: str) -> int:
    import backtrader as bt

    return int(getattr(bt.Order, name))


class BracketElsewhere(Recorder):
    def on_announcement(self, event: Any, links: Any) -> None:
        if links and links[0].ticker == "A.HK":
            data = self.getdatabyname("A.US")
            self.buy_bracket(data=data, size=5, exectype=newsbt_order("Market"), stopprice=20.0, limitprice=40.0)


def test_a_bracket_for_another_market_is_refused_whole() -> None:
    row = play(BracketElsewhere, THREE, make_events(("2025-03-04T22:00Z", "x"), tickers="A.HK;A.US"))
    assert row.fills.empty
    assert row.refusals["reason"].tolist() == ["not_yet_known"] * 3
    assert [entry[2] for entry in BracketElsewhere.log] == ["Submitted", "Rejected"] * 3


def test_a_cancel_for_another_market_is_refused_and_the_order_stays() -> None:
    row = play(CancelsElsewhere, THREE, make_events(("2025-03-03T22:00Z", "x"), tickers="A.HK"))
    assert row.fills["ticker"].tolist() == ["A.US"]
    assert row.refusals[["ticker", "reason", "wanted_quantity"]].values.tolist() == [["A.US", "not_yet_known", 5.0]]


def test_orders_outside_of_an_announcement_belong_to_no_event_and_everything_sums() -> None:
    class Both(Recorder):
        def next(self) -> None:
            if len(self) == 2:
                self.buy(data=self.getdatabyname("A.SH"), size=200)

        def on_announcement(self, event: Any, links: Any) -> None:
            for link in links:
                self.buy(data=self.getdatabyname(link.ticker), size=100)

    row = play(Both, THREE, make_events(("2025-03-05T05:00Z", "x"), tickers="A.HK"))
    assert row.fills["ticker"].tolist() == ["A.SH", "A.HK"]
    assert row.fills["event_id"].isna().tolist() == [True, False]
    delivered = row.events.set_index("ticker")["pnl"]
    assert delivered["A.HK"] == pytest.approx(100 * (14 - 13))
    from newsbt.analysis.attribution import unattributed

    assert unattributed(row.ledger) == pytest.approx(200 * (24 - 21) * 1.25)
    gain = row.equity.iloc[-1] - 100_000
    assert gain == pytest.approx(row.events["pnl"].sum() + unattributed(row.ledger))


def test_a_refused_order_names_its_event_in_the_events_table() -> None:
    row = play(BuyWhenTold, {"A.SH": [(10, 10, 10, 10), (10, 10, 10, 10), (11, 11, 11, 11), (11, 11, 11, 11)]},
               make_events(("2025-03-04T22:00Z", "x"), tickers="A.SH"))  # fmt: skip
    assert [entry[2] for entry in BuyWhenTold.log] == ["Submitted", "Accepted", "Rejected"]
    assert BuyWhenTold.log[-1][3] == "limit_up"
    assert row.events[["event_id", "ticker", "refused_reason"]].values.tolist() == [["e1", "A.SH", "limit_up"]]


def test_hooks_that_a_strategy_does_not_write_are_there() -> None:
    class Quiet(newsbt.BacktraderStrategy):
        pass

    row = play(Quiet, {"A.HK": flat(10)}, make_events(("2025-03-04T22:00Z", "A")))
    assert row.fills.empty and row.metrics["total_return"] == 0.0
