"""S7: every kind of order of backtrader under the house's rules."""

from __future__ import annotations

import datetime
from typing import Any

import backtrader as bt
import pytest

from newsbt.testing import make_events
from one_strategy import DAYS, Recorder, flat, play

pytestmark = pytest.mark.rule("S7")

Order = bt.Order


def orders_of(*, at: int, **keywords: Any) -> type:
    """A strategy that buys 100 at the end of row `at`, or as `keywords` say."""

    class Sends(Recorder):
        def next(self) -> None:
            if len(self) - 2 == at:
                self.order = self.send()

        def send(self) -> Any:
            return self.buy(**{"size": 100, **keywords})

    return Sends


def fills(row: Any) -> list[tuple[str, str, float, int]]:
    table = row.fills[["date", "side", "price", "quantity"]]
    return [(str(day.date()), side, price, size) for day, side, price, size in table.itertuples(index=False)]


def statuses(cls: Any) -> list[str]:
    return [entry[2] for entry in cls.log if entry[1] == "order"]


BARS = {"A.HK": [(10, 10.5, 9.5, 10), (10, 11, 9, 10), (10, 12, 9.5, 11), (11, 11.5, 8, 9), (9, 10, 8.5, 9.5),
                 (9.5, 10, 9, 9.5), (9.5, 10, 9, 9.5)]}  # fmt: skip


def test_a_market_order_fills_at_the_next_open() -> None:
    cls = orders_of(at=0)
    row = play(cls, BARS)
    assert fills(row) == [(DAYS[1], "buy", 10.0, 100)]
    # backtrader tells at the beginning of the next bar, before next().
    assert cls.log == [
        (2, "order", "Submitted", None), (2, "order", "Accepted", None), (2, "order", "Completed", None),
        (2, "trade", "open", 0.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("keywords", "expected"),
    [
        ({"exectype": Order.Limit, "price": 9.2}, [(DAYS[1], "buy", 9.2, 100)]),
        ({"exectype": Order.Limit, "price": 10.4}, [(DAYS[1], "buy", 10.0, 100)]),  # the open is better
        ({"exectype": Order.Limit, "price": 8.2}, [(DAYS[3], "buy", 8.2, 100)]),
        ({"exectype": Order.Limit, "price": 7.0}, []),
        ({"exectype": Order.Stop, "price": 10.8}, [(DAYS[1], "buy", 10.8, 100)]),
        ({"exectype": Order.Stop, "price": 11.8}, [(DAYS[2], "buy", 11.8, 100)]),
        ({"exectype": Order.StopLimit, "price": 11.5, "plimit": 10.5}, [(DAYS[3], "buy", 10.5, 100)]),
        ({"exectype": Order.Close}, [(DAYS[1], "buy", 10.0, 100)]),
    ],
)
def test_resting_orders_fill_where_their_price_is_met(keywords: dict[str, Any], expected: list) -> None:
    cls = orders_of(at=0, **keywords)
    assert fills(play(cls, BARS)) == expected
    assert (statuses(cls)[-1] == "Completed") == bool(expected)


def test_slippage_does_not_pass_an_orders_own_limit() -> None:
    cls = orders_of(at=0, exectype=Order.Limit, price=9.2)
    row = play(cls, BARS, execution={"slippage": {"use": "bps", "bps": 100}})
    assert fills(row) == [(DAYS[1], "buy", 9.2, 100)]
    row = play(orders_of(at=0), BARS, execution={"slippage": {"use": "bps", "bps": 100}})
    assert fills(row) == [(DAYS[1], "buy", pytest.approx(10.1), 100)]


@pytest.mark.rule("C3")
def test_an_order_that_leaves_two_purchases_pays_once() -> None:
    """C3: 100 at the openings of rows 1 and 2, and all 200 at that of row 3: the sale of 2200 owes 50, its least, and
    each lot bears half of it."""

    class Twice(Recorder):
        def next(self) -> None:
            row = len(self) - 2
            if row in (0, 1):
                self.buy(size=100)
            elif row == 2:
                self.sell(size=200)

    row = play(Twice, BARS, execution={"costs": {"use": "flat", "commission_bps": 0, "minimum": 50}})
    assert row.fills[["side", "quantity", "costs"]].values.tolist() == [
        ["buy", 100, 50.0], ["buy", 100, 50.0], ["sell", 100, 25.0], ["sell", 100, 25.0],
    ]  # fmt: skip
    assert [entry[3] for entry in Twice.log if entry[1:3] == ("trade", "closed")] == [50.0]  # 100 + 100 - 150
    assert row.equity.iloc[-1] == 100_050


def test_an_order_that_is_not_filled_in_time_expires() -> None:
    cls = orders_of(at=0, exectype=Order.Limit, price=8.2, valid=datetime.datetime(2025, 3, 5))  # noqa: DTZ001
    assert fills(play(cls, BARS)) == []
    assert statuses(cls) == ["Submitted", "Accepted", "Expired"]
    cls = orders_of(at=0, exectype=Order.Limit, price=8.2, valid=datetime.timedelta(days=5))
    assert fills(play(cls, BARS)) == [(DAYS[3], "buy", 8.2, 100)]


def test_a_cancelled_order_does_not_fill() -> None:
    class Cancels(Recorder):
        def next(self) -> None:
            if len(self) == 2:
                self.order = self.buy(size=100, exectype=Order.Limit, price=8.2)
            if len(self) == 4:
                self.cancel(self.order)

    assert fills(play(Cancels, BARS)) == []
    assert statuses(Cancels) == ["Submitted", "Accepted", "Canceled"]


class Bracket(Recorder):
    params = (("stop", 9.0), ("limit", 13.0))

    def next(self) -> None:
        if len(self) == 2:
            self.buy_bracket(size=100, exectype=Order.Market, stopprice=self.p.stop, limitprice=self.p.limit)


def test_a_bracket_ends_with_its_stop_and_its_target_is_cancelled() -> None:
    """In at 10 in row 1, whose low of 9 comes after: the stop is there from the next bar on, and is met in row 3."""
    row = play(Bracket, BARS)
    assert fills(row) == [(DAYS[1], "buy", 10.0, 100), (DAYS[3], "sell", 9.0, 100)]
    assert statuses(Bracket)[-2:] == ["Completed", "Canceled"]
    assert row.trades["exit_reason"].tolist() == ["order"]


def test_a_bracket_ends_with_its_target() -> None:
    class Near(Bracket):
        params = (("stop", 5.0), ("limit", 11.5))

    row = play(Near, BARS)
    assert fills(row) == [(DAYS[1], "buy", 10.0, 100), (DAYS[2], "sell", 11.5, 100)]
    assert sorted(statuses(Near)[-2:]) == ["Canceled", "Completed"]


def test_a_bracket_whose_entry_is_refused_leaves_nothing() -> None:
    class Large(Recorder):
        def next(self) -> None:
            if len(self) == 2:
                self.buy_bracket(size=50, exectype=Order.Market, stopprice=9.0, limitprice=13.0)  # half a lot

    row = play(Large, BARS)
    assert row.fills.empty
    assert row.refusals["reason"].tolist() == ["below_one_lot"]
    assert statuses(Large)[-3:].count("Canceled") == 2 and "Rejected" in statuses(Large)


def test_one_of_two_cancels_the_other() -> None:
    class Either(Recorder):
        def next(self) -> None:
            if len(self) == 2:
                first = self.buy(size=100, exectype=Order.Limit, price=9.2)
                self.buy(size=200, exectype=Order.Stop, price=11.8, oco=first)

    assert fills(play(Either, BARS)) == [(DAYS[1], "buy", 9.2, 100)]
    assert statuses(Either)[-2:] == ["Completed", "Canceled"]


def test_a_trailing_stop_follows_the_price() -> None:
    class Trails(Recorder):
        def next(self) -> None:
            if len(self) == 2:
                self.buy(size=100)
            if len(self) == 4:
                self.sell(size=100, exectype=Order.StopTrail, trailamount=2.0)

    row = play(Trails, BARS)
    # Sent at a close of 10: the stop stands at 8; the close of 11 lifts it to 9; the low of 8 in row 3 meets it.
    assert fills(row) == [(DAYS[1], "buy", 10.0, 100), (DAYS[3], "sell", 9.0, 100)]


def test_sizes_are_whole_lots_and_what_is_cut_is_told() -> None:
    cls = orders_of(at=0, size=250)
    row = play(cls, BARS)
    assert fills(row) == [(DAYS[1], "buy", 10.0, 200)]
    cls = orders_of(at=0, size=100_000)
    row = play(cls, BARS)
    assert fills(row) == [(DAYS[1], "buy", 10.0, 10_000)]
    assert row.refusals[["reason", "wanted_quantity", "filled_quantity"]].values.tolist() == [
        ["cash", 100_000.0, 10_000]
    ]
    assert cls.log[2:4] == [(2, "order", "Partial", "cash"), (2, "order", "Canceled", "cash")]


def test_participation_cuts_an_order_and_a_large_exit_takes_several_bars() -> None:
    class InAndOut(Recorder):
        def next(self) -> None:
            if len(self) == 2:
                self.buy(size=5000)
            if len(self) == 4:
                self.close()

    row = play(InAndOut, BARS, volume=20_000, execution={"participation": 0.1})
    assert [size for *_, size in fills(row)] == [2000, 2000]
    assert row.refusals["reason"].tolist() == ["participation"]


@pytest.mark.parametrize("ticker", ["A.HK", "A.SH", "A.US"])
def test_shorts_are_where_they_may_be(ticker: str) -> None:
    class Shorts(Recorder):
        def next(self) -> None:
            if len(self) == 2:
                self.sell(size=100)
            if len(self) == 4:
                self.close()

    row = play(Shorts, {ticker: BARS["A.HK"]}, execution={"market_rules": True})
    if ticker == "A.SH":
        assert row.refusals["reason"].tolist() == ["no_short"]
        assert [entry[3] for entry in Shorts.log if entry[2] == "Rejected"] == ["no_short"]
    else:
        assert [(side, price) for _, side, price, _ in fills(row)] == [("sell", 10.0), ("buy", 11.0)]


def test_what_was_bought_today_cannot_be_sold_today_on_the_mainland() -> None:
    """A stop that is met on the day of the entry waits for the next day, and is met again there."""

    class Rests(Recorder):
        def next(self) -> None:
            if len(self) == 2:
                self.buy(size=100)
                self.sell(size=100, exectype=Order.Close)

    row = play(Rests, {"A.SH": flat(10)})
    assert fills(row) == [(DAYS[1], "buy", 10.0, 100), (DAYS[2], "sell", 10.0, 100)]
    assert row.refusals["reason"].tolist() == ["t_plus_one"]
    assert row.explanations["explanation"][0].endswith("; what is left tries again at the next bar")
    row = play(Rests, {"A.HK": flat(10)})
    assert fills(row) == [(DAYS[1], "buy", 10.0, 100), (DAYS[1], "sell", 10.0, 100)]


def test_a_bar_locked_at_its_limit_refuses_and_the_reason_is_in_the_order() -> None:
    bars = {"A.SH": [(10, 10, 10, 10), (11, 11, 11, 11), (12.1, 12.1, 12.1, 12.1), (12, 12, 12, 12)]}
    cls = orders_of(at=0)
    row = play(cls, bars)
    assert row.fills.empty and row.refusals["reason"].tolist() == ["limit_up"]
    assert cls.log[-1] == (2, "order", "Rejected", "limit_up")
    assert fills(play(orders_of(at=0), bars, execution={"market_rules": False})) == [(DAYS[1], "buy", 11.0, 100)]


def test_each_refused_order_has_its_own_reason() -> None:
    class Twice(Recorder):
        def next(self) -> None:
            if len(self) == 2:
                self.buy(size=100)
            elif len(self) == 4:
                self.sell(size=100)

    play(Twice, {"A.SH": [(10, 10, 10, 10), (11, 11, 11, 11), *flat(11, 3)]})
    assert [entry[3] for entry in Twice.log if entry[2] == "Rejected"] == ["limit_up", "no_short"]


def test_a_market_order_without_a_bar_is_refused() -> None:
    bars = {"A.HK": [*flat(10, 2), None, *flat(10, 3)], "B.HK": flat(10)}
    cls = orders_of(at=1)
    row = play(cls, bars)
    assert row.refusals[["ticker", "reason"]].values.tolist() == [["A.HK", "not_trading"]]
    assert statuses(cls)[-1] == "Rejected"


def test_values_and_targets_are_in_the_currency_of_the_account() -> None:
    """A share of 50 USD costs 400 HKD; 40 % of 100,000 HKD are 100 of them. The mainland share costs 12.50 HKD."""

    class Targets(Recorder):
        def next(self) -> None:
            us, sh = self.getdatabyname("A.US"), self.getdatabyname("A.SH")
            if len(self) == 2:
                self.order_target_percent(data=us, target=0.4)
                self.order_target_value(data=sh, target=25_000)
            if len(self) == 4:
                self.log.append((self.broker.getvalue(), self.broker.getcash(), self.broker.getvalue([us]),
                                 self.broker.getvalue([sh]), self.getposition(us).size))  # fmt: skip
                self.order_target_size(data=us, target=40)

    row = play(Targets, {"A.US": flat(50), "A.SH": flat(10)})
    assert [(ticker, size) for ticker, size in row.fills[["ticker", "quantity"]].values.tolist()] == [
        ("A.SH", 2000), ("A.US", 100), ("A.US", 60),
    ]  # fmt: skip
    assert [entry for entry in Targets.log if len(entry) == 5] == [(100_000.0, 35_000.0, 40_000.0, 25_000.0, 100)]


@pytest.mark.parametrize(
    ("sizer", "keywords", "size"),
    [(bt.sizers.FixedSize, {"stake": 30}, 30), (bt.sizers.PercentSizer, {"percents": 20}, 50),
     (bt.sizers.AllInSizerInt, {"percents": 100}, 250)],
)  # fmt: skip
def test_sizers_size_in_the_currency_of_the_account(sizer: Any, keywords: dict[str, Any], size: int) -> None:
    class Sized(Recorder):
        def __init__(self) -> None:
            self.setsizer(sizer(**keywords))

        def next(self) -> None:
            if len(self) == 2:
                self.log.append(self.getsizing(self.data))
                self.buy()

    row = play(Sized, {"A.US": flat(50)})
    assert row.fills["quantity"].tolist() == [size] == [Sized.log[0]]


def test_a_trades_notifications_say_what_the_trades_table_says() -> None:
    class RoundTrip(Recorder):
        def next(self) -> None:
            if len(self) == 2:
                self.buy(size=100)
            if len(self) == 4:
                self.close()

    row = play(RoundTrip, {"A.US": [(50, 50, 50, 50), (50, 50, 50, 50), (51, 51, 51, 51), (52, 52, 52, 52)]},
               execution={"costs": {"use": "flat", "commission_bps": 10}})  # fmt: skip
    trades = [entry for entry in RoundTrip.log if entry[1] == "trade"]
    assert trades[0][2] == "open" and trades[-1][2] == "closed"
    assert trades[-1][3] == pytest.approx(row.trades["pnl"].iloc[0])
    assert row.trades["pnl"].tolist() == pytest.approx([100 * 2 * 8 - 0.001 * 100 * 102 * 8])


def test_timers_ring() -> None:
    class Timed(Recorder):
        def __init__(self) -> None:
            self.add_timer(when=bt.timer.SESSION_START, weekdays=[1])

        def notify_timer(self, timer: Any, when: Any, *args: Any, **kwargs: Any) -> None:
            self.log.append((self.data.datetime.date(0).isoformat(), "timer"))

    play(Timed, {"A.HK": flat(10)})
    assert [entry[0] for entry in Timed.log] == ["2025-03-03", "2025-03-10"]


def test_an_order_on_an_index_trades_its_fund() -> None:
    bars = {"A.HK": flat(10), "I.HK": flat(1000), "F.HK": flat(20)}
    instruments = {"I.HK": {"board": "index", "lot_size": None, "proxy": "F.HK"}, "F.HK": {"board": "etf"}}

    class Index(Recorder):
        def next(self) -> None:
            index = self.getdatabyname("I.HK")
            if len(self) == 2:
                self.buy(data=index, size=300)
            if len(self) == 4:
                self.log.append((self.getposition(index).size, self.getposition(self.getdatabyname("F.HK")).size))

    row = play(Index, bars, instruments=instruments)
    assert row.fills[["ticker", "price", "quantity"]].values.tolist() == [["F.HK", 20.0, 300]]
    assert Index.log[-1] == (300, 300)


def test_an_indicator_of_more_bars_than_there_are_waits_for_ever() -> None:
    class Slow(Recorder):
        def __init__(self) -> None:
            self.average = bt.indicators.SMA(self.data.close, period=50)

        def next(self) -> None:
            self.log.append("next")

        def on_announcement(self, event: Any, links: Any) -> None:
            self.log.append(event.event_id)

    play(Slow, BARS, make_events(("2025-03-04T22:00Z", "A")))
    assert Slow.log == ["e1"]


def test_reversing_sells_what_is_held_and_then_enters_the_other_side() -> None:
    class Reverses(Recorder):
        def next(self) -> None:
            if len(self) == 2:
                self.buy(size=100)
            if len(self) == 4:
                self.sell(size=300)

    row = play(Reverses, BARS)
    assert fills(row)[1:] == [(DAYS[3], "sell", 11.0, 100), (DAYS[3], "sell", 11.0, 200)]
    assert row.ledger.lots["open_quantity"].tolist() == [0, -200]


def test_the_line_bars_counts_an_instruments_own_bars() -> None:
    class Counts(Recorder):
        def next(self) -> None:
            self.log.append([(int(data.bars[0]), int(data.tradable[0]), data.close[0]) for data in self.datas])

    play(Counts, {"A.HK": [None, *flat(10, 2), None, *flat(11, 3)], "B.HK": flat(20)})
    assert Counts.log == [
        [(0, 0, 1.0), (0, 0, 1.0)], [(0, 0, 1.0), (1, 1, 20.0)], [(1, 1, 10.0), (2, 1, 20.0)],
        [(2, 1, 10.0), (3, 1, 20.0)], [(2, 0, 10.0), (4, 1, 20.0)], [(3, 1, 11.0), (5, 1, 20.0)],
        [(4, 1, 11.0), (6, 1, 20.0)], [(5, 1, 11.0), (7, 1, 20.0)],
    ]  # fmt: skip


def test_a_bar_is_its_own_tick_and_indicators_wait_for_their_bars() -> None:
    class Looks(Recorder):
        def __init__(self) -> None:
            self.slow = bt.indicators.SMA(self.getdatabyname("B.HK"), period=3)

        def prenext(self) -> None:
            self.log.append((len(self), "waits"))

        def next(self) -> None:
            data = self.getdatabyname("B.HK")
            ticks = tuple(getattr(data, f"tick_{name}") for name in ("open", "high", "low", "close", "volume", "last"))
            self.log.append((len(self), ticks, self.slow[0], [len(feed) for feed in self.datas]))

    bars = {"A.HK": flat(5.0), "B.HK": [(10 + t, 12 + t, 9 + t, 11 + t) for t in range(len(DAYS))]}
    play(Looks, bars)
    assert Looks.log[:2] == [(1, "waits"), (2, "waits")]
    assert Looks.log[2] == (3, (11.0, 13.0, 10.0, 12.0, 1e6, 12.0), (1 + 11 + 12) / 3, [3, 3])  # the eve shows 1
    assert Looks.log[-1] == (8, (16.0, 18.0, 15.0, 17.0, 1e6, 17.0), 16.0, [8, 8])


def test_a_decrease_is_of_whole_lots() -> None:
    class Halves(Recorder):
        def next(self) -> None:
            if len(self) == 2:
                self.buy(size=200)
            elif len(self) == 4:
                self.sell(size=150)

    assert fills(play(Halves, {"A.HK": flat(10)})) == [(DAYS[1], "buy", 10.0, 200), (DAYS[3], "sell", 10.0, 100)]


def test_at_one_opening_exits_go_first_and_pay_for_entries_sent_before_them() -> None:
    class Switches(Recorder):
        def next(self) -> None:
            one, two = self.datas
            if len(self) == 2:
                self.buy(data=one, size=10_000)
            elif len(self) == 4:
                self.buy(data=two, size=10_000)
                self.sell(data=one, size=10_000)

    row = play(Switches, {"A.HK": flat(10), "B.HK": flat(10)})
    traded = row.fills[["ticker", "side", "quantity"]].itertuples(index=False, name=None)
    assert list(traded) == [("A.HK", "buy", 10_000), ("A.HK", "sell", 10_000), ("B.HK", "buy", 10_000)]
