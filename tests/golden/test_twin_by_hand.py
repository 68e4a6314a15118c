"""The plain twin on worlds small enough to work out on paper; every number is derived in the comments."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from twin.handmade import CORNERS, DAYS, A, C, U, flat, news, stock, world
from twin.product import check_books
from twin.result import TwinResult
from twin.scenario import Bar, Event, Execution, Position, Scenario, StatusSpan, View
from twin.sessions import bars_of, instant, slot_of
from twin.target import run_target_twin
from twin.twin import run_twin


def brief(result: TwinResult) -> list[tuple]:
    return [(fill.date, fill.side, fill.quantity, fill.price, fill.reason, fill.event_id) for fill in result.fills]


def refused(result: TwinResult) -> list[tuple]:
    return [(row.date, row.side, row.reason, row.wanted, row.filled, row.event_id) for row in result.refusals]


@pytest.mark.rule("C2", "C3", "C4", "X4", "X6", "X13", "R3")
def test_a_hold_of_two_with_flat_costs() -> None:
    """X4, X6, X13, C2-C4, R3."""
    scenario = world(
        {A: [flat(10), Bar(11, 12, 11, 12), flat(12), flat(13)]},
        news("e", 1, View("A.HK", 1.0)),
        position=Position(weight=0.1, hold=2),
        execution=Execution(costs="flat", commission_bps=10, minimum=5),
        cash=100_000,
    )
    # Size on Monday's close: 0.1 x 100000 / 10 = 1000. Tuesday: 1000 x 11 = 11000, costs 11. Cash 88989.
    # Marks: 88989 + 12000 = 100989 on Tuesday and Wednesday. Thursday, two own bars on: 1000 x 13 - 13 = 12987.
    result = run_twin(scenario)
    assert brief(result) == [
        (DAYS[1], "buy", 1000, 11, "entry", "e"),
        (DAYS[3], "sell", 1000, 13, "hold", "e"),
    ]
    assert [fill.costs for fill in result.fills] == [11.0, 13.0]
    assert [fill.at.hour for fill in result.fills] == [1, 1]
    assert result.equity == [100_000, 100_989, 100_989, 101_976]
    assert result.cash == [100_000, 88_989, 88_989, 101_976]
    (lot,) = result.lots
    assert (lot.pnl, lot.costs, lot.entry_notional, lot.exit_price, lot.reason) == (1976, 24, 11_000, 13, "hold")
    assert result.outcomes == {("e", "A.HK"): "filled"}
    assert result.refusals == []


@pytest.mark.rule("T3")
def test_news_that_trading_resumes_waits_for_the_first_bar_and_other_news_does_not() -> None:
    """T3: suspended on Tuesday and Wednesday, of which the first has no bar and the second no volume."""
    bars = {A: [flat(10), None, flat(10, 0.0), flat(11), flat(12)]}
    resumes = Event("r", instant(DAYS[1], time(0, 30)), (View("A.HK", 1.0),), resumes=True)
    terms = {"position": Position(weight=0.1, hold=5), "cash": 100_000}
    result = run_twin(world(bars, resumes, **terms))
    assert brief(result) == [(DAYS[3], "buy", 1000, 11, "entry", "r")]
    assert result.refusals == []
    other = run_twin(world(bars, replace(resumes, resumes=False), **terms))
    assert other.fills == [] and other.outcomes == {("r", "A.HK"): "not_trading"}
    never = run_twin(world({A: [flat(10), None, None]}, resumes, **terms))
    assert never.outcomes == {("r", "A.HK"): "after_period"}


@pytest.mark.rule("X6")
def test_slippage_stays_inside_the_bar() -> None:
    """X6: 100 bps of 11 is 0.11, cut to the high of 11.05; the sale of 13 slips to 12.87."""
    scenario = world(
        {A: [flat(10), Bar(11, 11.05, 11, 11), Bar(13, 13, 12, 13)]},
        news("e", 1, View("A.HK", 1.0)),
        position=Position(weight=0.1, hold=1),
        execution=Execution(slippage_bps=100),
        cash=100_000,
    )
    result = run_twin(scenario)
    assert [fill.price for fill in result.fills] == pytest.approx([11.05, 12.87], rel=1e-15)
    assert [fill.slippage_cost for fill in result.fills] == pytest.approx([50, 130])


@pytest.mark.rule("X2")
@pytest.mark.parametrize(
    ("on_repeat", "sales", "outcome"),
    [
        ("extend", [(4, "e1")], "extended"),
        ("ignore", [(2, "e1")], "ignored"),
        ("add", [(2, "e1"), (4, "e2")], "filled"),
    ],
)
def test_a_repeat_in_the_row_of_the_hold_exit(on_repeat: str, sales: list, outcome: str) -> None:
    """X2: bought on row 0, due on row 2; the repeat on row 2 restarts the hold, does nothing, or adds a lot."""
    scenario = world(
        {A: [flat(10)] * 6},
        news("e1", 0, View("A.HK", 1.0)),
        news("e2", 2, View("A.HK", 0.5)),
        position=Position(weight=0.1, hold=2, on_repeat=on_repeat),
        cash=100_000,
    )
    result = run_twin(scenario)
    sold = [(DAYS.index(fill.date), fill.event_id) for fill in result.fills if fill.side == "sell"]
    assert sold == sales
    assert result.outcomes["e2", "A.HK"] == outcome
    # The signal of 0.5 buys half: 0.1 x 0.5 x 100000 / 10.
    assert [lot.quantity for lot in result.lots] == ([1000, 500] if on_repeat == "add" else [1000])


@pytest.mark.rule("X2")
def test_an_extended_hold_counts_from_the_next_bar() -> None:
    """X2: bought on row 0, repeated on row 1 without a bar; the hold of 1 counts from row 2, so row 3 sells."""
    scenario = world(
        {A: [flat(10), None, flat(10), flat(10), flat(10)]},
        news("e1", 0, View("A.HK", 1.0)),
        news("e2", 1, View("A.HK", 1.0)),
        position=Position(hold=1),
    )
    result = run_twin(scenario)
    assert [(DAYS.index(fill.date), fill.reason) for fill in result.fills] == [(0, "entry"), (3, "hold")]
    assert result.outcomes["e2", "A.HK"] == "extended"


@pytest.mark.rule("X3", "X2")
def test_an_opposite_event_sells_all_and_enters_nothing() -> None:
    """X3 and X2's second events. The opposite event on Wednesday has no bar and waits, without a refusal."""
    scenario = world(
        {A: [flat(10), flat(10), None, flat(9)], U: [flat(10)] * 4},
        news("e1", 0, View("A.HK", 1.0), View("U", 1.0)),
        news("e2", 2, View("A.HK", -1.0), View("U", -1.0)),
        news("e3", 2, View("A.HK", -1.0), View("U", 1.0)),  # later by its id
        news("e4", 3, View("U", -1.0)),
        fx={"USD": ((date(2025, 1, 1), 8.0),)},
        position=Position(weight=0.1, hold=None),
        cash=100_000,
    )
    result = run_twin(scenario)
    # A: 0.1 x 100000 / 10 = 1000. U: 10000 / (10 x 8) = 125.
    assert [(fill.ticker, *row) for fill, row in zip(result.fills, brief(result), strict=True)] == [
        ("A.HK", DAYS[0], "buy", 1000, 10, "entry", "e1"),
        ("U", DAYS[0], "buy", 125, 10, "entry", "e1"),
        ("U", DAYS[2], "sell", 125, 10, "opposite", "e1"),
        ("A.HK", DAYS[3], "sell", 1000, 9, "opposite", "e1"),
        # e4 meets no position in U: New York may be sold short. E is 100000 on row 2: 125 shares.
        ("U", DAYS[3], "sell", 125, 10, "entry", "e4"),
    ]
    assert refused(result) == []
    assert result.outcomes == {
        ("e1", "A.HK"): "filled",
        ("e1", "U"): "filled",
        ("e2", "A.HK"): "opposite",
        ("e2", "U"): "opposite",
        ("e3", "A.HK"): "opposite",
        ("e3", "U"): "ignored",
        ("e4", "U"): "filled",
    }


@pytest.mark.rule("X14")
def test_a_stop_jumped_by_the_open_fills_at_the_open() -> None:
    """X14: stop 9, target 12. A gaps to 8.5 and fills there; B falls through 9 inside the bar and fills at 9."""
    b = stock("B.HK", "XHKG")
    c = stock("C.HK", "XHKG")
    scenario = world(
        {
            A: [flat(10), Bar(8.5, 9, 8, 9), flat(9)],
            b: [flat(10), Bar(9.5, 13, 8.5, 9), flat(9)],  # stop before target
            c: [flat(10), Bar(10, 11, 10, 11), Bar(11, 12.5, 10.9, 12)],
        },
        news("e", 0, View("A.HK", 1.0), View("B.HK", 1.0), View("C.HK", 1.0)),
        position=Position(weight=0.1, hold=None, stop_loss=0.1, take_profit=0.2),
        cash=100_000,
    )
    result = run_twin(scenario)
    sold = [(f.ticker, f.at, f.price, f.reason) for f in result.fills if f.side == "sell"]
    assert sold == [
        ("A.HK", instant(DAYS[1], time(1, 30)), 8.5, "stop_loss"),
        ("B.HK", instant(DAYS[1], time(8)), 9.0, "stop_loss"),
        ("C.HK", instant(DAYS[2], time(8)), 12.0, "take_profit"),
    ]
    # E: 100000 - 1000 x 1.5 - 1000 x 1 + 1000 x 1 on row 1; C's last thousand on row 2.
    assert result.equity == pytest.approx([100_000, 98_500, 99_500])


@pytest.mark.rule("X14")
def test_a_trailing_stop_follows_closes_and_not_highs() -> None:
    """X14: closes 10, 12 (high 15), so the peak is 12 and the stop of a quarter 9; a short mirrors it."""
    s = stock("S.HK", "XHKG", shortable=True)
    scenario = world(
        {
            A: [flat(10), Bar(10, 15, 10, 12), Bar(11, 11, 8, 8.5)],
            s: [flat(10), Bar(10, 10, 5, 8), Bar(9, 11, 9, 11)],  # low close 8: 8 x 1.25 = 10
        },
        news("e", 0, View("A.HK", 1.0), View("S.HK", -1.0)),
        position=Position(weight=0.1, hold=None, trailing_stop=0.25, stop_loss=0.5),
        cash=100_000,
    )
    result = run_twin(scenario)
    exits = [(f.ticker, f.side, f.price, f.reason) for f in result.fills if f.reason != "entry"]
    assert exits == [("A.HK", "sell", 9.0, "trailing_stop"), ("S.HK", "buy", 10.0, "trailing_stop")]


@pytest.mark.rule("X9", "T7")
def test_mainland_shares_bought_today_cannot_be_sold_today() -> None:
    """X9, T7: bought at the open, an opposite event at the close is refused, the next opening sells."""
    scenario = world(
        {C: [flat(10), flat(10), flat(10.5)]},
        news("e1", 1, View("C.SH", 1.0)),
        news("e2", 1, View("C.SH", -1.0), at=time(5)),
        currency="CNY",
        position=Position(weight=0.1, hold=None),
        execution=Execution(same_close=True),
        cash=100_000,
    )
    result = run_twin(scenario)
    assert refused(result) == [(DAYS[1], "sell", "t_plus_one", 1000, 0, "e1")]
    assert result.refusals[0].at == instant(DAYS[1], time(7))
    assert brief(result)[1:] == [(DAYS[2], "sell", 1000, 10.5, "opposite", "e1")]
    assert result.outcomes["e2", "C.SH"] == "opposite"


@pytest.mark.rule("X8", "R2")
def test_a_locked_limit_refuses_and_says_what_it_would_have_earned() -> None:
    """X8, R2: 10.05 x 1.1 = 11.055, half up 11.06. The hold of 2 would have run from 11.06 to 12.00."""
    scenario = world(
        {C: [flat(10.05), flat(11.06), flat(11.5), flat(12.0)]},
        news("e", 1, View("C.SH", 1.0)),
        currency="CNY",
        position=Position(weight=0.1, hold=2),
        cash=100_000,
    )
    result = run_twin(scenario)
    # Size: 10000 / 10.05 = 995.02: 900 in lots of 100.
    assert refused(result) == [(DAYS[1], "buy", "limit_up", 900, 0, "e")]
    assert result.refusals[0].would_have_returned == 12.0 / 11.06 - 1
    assert result.fills == []
    assert result.outcomes["e", "C.SH"] == "limit_up"
    below = world({C: [flat(10.05), flat(11.05)]}, *scenario.events, currency="CNY")
    assert len(run_twin(below).fills) == 1


@pytest.mark.rule("X8", "X12", "X14")
def test_a_stop_at_the_lower_limit_waits_for_an_open_bar() -> None:
    """X8, X12, X14: ST shares move 5 %. 10 -> 9.5 locked -> 9.03 (9.025 half up) locked -> 9.10 sells."""
    scenario = world(
        {C: [flat(10), flat(9.5), flat(9.03), None, flat(9.1)]},
        news("e", 0, View("C.SH", 1.0)),
        statuses=(StatusSpan(ticker="C.SH", status="st"),),
        currency="CNY",
        position=Position(weight=0.1, hold=None, stop_loss=0.04),
        cash=100_000,
    )
    result = run_twin(scenario)
    assert refused(result) == [
        (DAYS[1], "sell", "limit_down", 1000, 0, "e"),
        (DAYS[2], "sell", "limit_down", 1000, 0, "e"),
    ]
    assert brief(result)[1:] == [(DAYS[4], "sell", 1000, 9.1, "stop_loss", "e")]


@pytest.mark.rule("X11", "X12")
def test_an_exit_larger_than_the_bar_takes_several() -> None:
    """X11, X12: a tenth of 4500 is 450, in lots 400; entry cut from 1000 to 400, exit over two bars."""
    thin = 4_500.0
    scenario = world(
        {A: [flat(10, thin), flat(11, 2_500.0), flat(12, thin), flat(13, thin)]},
        news("e", 0, View("A.HK", 1.0)),
        position=Position(weight=0.1, hold=1),
        execution=Execution(participation=0.1),
        cash=100_000,
    )
    result = run_twin(scenario)
    assert refused(result) == [
        (DAYS[0], "buy", "participation", 1000, 400, "e"),
        (DAYS[1], "sell", "participation", 400, 200, "e"),  # a tenth of 2500 is 250
    ]
    assert [row.would_have_returned for row in result.refusals] == [None, None]
    assert [(fill.quantity, fill.price) for fill in result.fills] == [(400, 10), (200, 11), (200, 12)]
    (lot,) = result.lots
    assert (lot.exit_price, lot.pnl, lot.quantity, lot.reason) == (11.5, 600, 400, "hold")
    assert lot.exit_at == instant(DAYS[2], time(1, 30))


@pytest.mark.rule("X10", "X16")
@pytest.mark.parametrize("reject", [False, True])
def test_an_entry_that_free_cash_does_not_cover(reject: bool) -> None:
    """X10, X16: a short of 600 x 10 leaves 16000 in cash but 16000 - 2 x 6000 = 4000 free."""
    s = stock("S.HK", "XHKG", shortable=True)
    scenario = world(
        {s: [flat(10)] * 3, A: [flat(10), flat(10), flat(10)]},
        news("e1", 0, View("S.HK", -1.0)),
        news("e2", 1, View("A.HK", 1.0)),
        position=Position(weight=0.6, hold=None),
        execution=Execution(costs="flat", minimum=5, reject_short_cash=reject, borrow_bps=360),
        cash=10_000,
    )
    result = run_twin(scenario)
    # Row 0: short 600, costs 5: cash 15995. Borrowing of row 1: 6000 x 0.036 / 360 = 0.6 a day.
    # Row 1: E_0 = 15995 - 6000 = 9995; 0.6 x 9995 / 10 = 599.7: 500 wanted. Free is 15995 - 12000 = 3995: 399 shares
    # are 3990 + 5 = 3995, in lots of 100 that is 300.
    assert refused(result) == [(DAYS[1], "buy", "cash", 500, 0 if reject else 300, "e2")]
    if reject:
        assert result.outcomes["e2", "A.HK"] == "cash"
        assert result.cash == pytest.approx([15_995, 15_994.4, 15_993.8])
    else:
        assert result.cash == pytest.approx([15_995, 12_989.4, 12_988.8])
        assert result.equity == pytest.approx([9_995, 9_989.4, 9_988.8])
    assert result.borrow_cost == pytest.approx(1.2)
    assert result.lots[0].costs == pytest.approx(6.2)
    assert result.lots[0].pnl == pytest.approx(-6.2)
    # Hong Kong sells short only what the instrument allows.
    plain = world({A: [flat(10)]}, news("e", 0, View("A.HK", -1.0)))
    assert run_twin(plain).outcomes == {("e", "A.HK"): "no_short"}


@pytest.mark.rule("X19")
def test_a_dividend_and_a_split_on_one_morning() -> None:
    """X19: 900 shares get 0.2 each, 180, then 3 for 2: 1350; the entry price of 10 becomes 6.67, its stop 6."""
    scenario = world(
        {A: [flat(10), Bar(6.5, 6.6, 6.4, 6.5, dividend=0.2, split=1.5), Bar(6.1, 6.1, 5.9, 6.0)]},
        news("e", 0, View("A.HK", 1.0)),
        position=Position(weight=0.095, hold=None, stop_loss=0.1),
        cash=100_000,
    )
    result = run_twin(scenario)
    (lot,) = result.lots
    # Cash 91000 + 180; marks 1350 x 6.5 = 8775. The stop of 10 / 1.5 x 0.9 = 6 fills: 8100.
    assert result.equity == pytest.approx([100_000, 99_955, 99_280])
    assert (lot.quantity, lot.entry_notional, lot.reason) == (1350, 9_000, "stop_loss")
    assert (lot.entry_price, lot.exit_price, lot.pnl) == pytest.approx((10 / 1.5, 6.0, -720))
    assert result.dividends == 180


@pytest.mark.rule("X19")
def test_a_reverse_split_pays_out_the_fraction() -> None:
    """X19: 125 shares at 1 for 10 are 12 and a half; the half is paid at 10 x 10. At 1 for 1000 nothing is left."""
    rows = [flat(10), Bar(101, 101, 101, 101, split=0.1), Bar(101, 101, 101, 101)]
    terms = {"currency": "USD", "position": Position(weight=0.125, hold=None), "cash": 10_000}
    scenario = world({U: rows}, news("e", 0, View("U", 1.0)), **terms)
    result = run_twin(scenario)
    assert result.lots[0].quantity == 12
    assert result.cash == pytest.approx([8_750, 8_800, 8_800])
    rows[1] = Bar(10_000, 10_000, 10_000, 10_000, split=0.001)
    gone = run_twin(world({U: rows}, *scenario.events, **terms))
    assert gone.cash == pytest.approx([8_750, 10_000, 10_000])
    assert (gone.lots[0].reason, gone.lots[0].open_quantity) == ("split", 0)
    assert gone.lots[0].pnl == pytest.approx(0)


@pytest.mark.rule("C1")
def test_fills_use_yesterdays_rate_and_marks_todays() -> None:
    """C1: bought at 7.8, marked at 7.9 on the day, sold at the rate of the day before."""
    scenario = world(
        {U: [flat(100), flat(100), flat(110)]},
        news("e", 1, View("U", 1.0)),
        fx={"USD": ((DAYS[0], 7.8), (DAYS[1], 7.9), (DAYS[2], 8.0))},
        position=Position(weight=0.1, hold=1),
        cash=1_000_000,
    )
    result = run_twin(scenario)
    # 100000 / (100 x 7.8) = 128.2: 128 x 780 = 99840. Mark 128 x 790 = 101120. Sold 128 x 110 x 7.9 = 111232.
    assert [(fill.quantity, fill.price_account) for fill in result.fills] == [(128, 780), (128, 869)]
    assert result.equity == [1_000_000, 1_000_000 - 99_840 + 101_120, 1_000_000 - 99_840 + 111_232]


@pytest.mark.rule("T7")
def test_news_within_a_session_fills_at_its_close() -> None:
    """T7: 06:59 and 07:00 UTC are in time for Hong Kong's close at 08:00, 07:01 is not; lunch (04:30) counts."""
    scenario = world(
        {A: [Bar(10, 12, 10, 12), Bar(11, 13, 11, 13), flat(14)]},
        Event("lunch", instant(DAYS[0], time(4, 30)), (View("A.HK", 1.0),)),
        Event("repeat", instant(DAYS[0], time(7)), (View("A.HK", 1.0),)),
        Event("late", instant(DAYS[0], time(7, 1)), (View("A.HK", -1.0),)),
        position=Position(weight=0.1, hold=1),
        execution=Execution(same_close=True),
        cash=100_000,
    )
    result = run_twin(scenario)
    # Sized on the close before the row, 10. `late` meets the hold exit due at the next open, which becomes opposite.
    assert brief(result) == [
        (DAYS[0], "buy", 1000, 12, "entry", "lunch"),
        (DAYS[1], "sell", 1000, 11, "opposite", "lunch"),
    ]
    assert result.fills[0].at == instant(DAYS[0], time(8))
    assert result.outcomes == {
        ("lunch", "A.HK"): "filled",
        ("repeat", "A.HK"): "extended",
        ("late", "A.HK"): "opposite",
    }


@pytest.mark.rule("T2", "T5")
def test_cut_offs_and_late_openings() -> None:
    """T2, T5: known exactly at the cut-off is in time; on a late day the cut-off is the late opening."""
    days = [date(2023, 10, 6), date(2023, 10, 9), date(2023, 10, 10)]  # a typhoon on Monday morning, open at 14:00
    slots = {"XHKG": {day: slot_of("XHKG", day) for day in days}}
    known = {
        "old": datetime(2023, 10, 5, 1, 15, tzinfo=UTC),
        "a": datetime(2023, 10, 5, 1, 16, tzinfo=UTC),
        "b": instant(days[0], time(1, 15)),
        "c": instant(days[0], time(1, 16)),
        "d": instant(days[1], time(6)),
        "e": instant(days[1], time(6, 1)),
        "new": instant(days[2], time(1, 16)),
    }
    scenario = Scenario(
        instruments=(A,),
        slots=slots,
        bars={("A.HK", day): flat(10) for day in days},
        events=tuple(Event(name, at, (View("A.HK", 1.0),)) for name, at in known.items()),
        previous_cutoff={"XHKG": datetime(2023, 10, 5, 1, 15, tzinfo=UTC)},
        close_before={"A.HK": 10.0},
        position=Position(weight=0.01, on_repeat="add", hold=None),
        cash=100_000,
    )
    result = run_twin(scenario)
    assert [(fill.event_id, fill.at.day, fill.at.hour) for fill in result.fills] == [
        ("a", 6, 1),
        ("b", 6, 1),
        ("c", 9, 6),
        ("d", 9, 6),
        ("e", 10, 1),
    ]
    assert result.outcomes["old", "A.HK"] == "before_period"
    assert result.outcomes["new", "A.HK"] == "after_period"


@pytest.mark.rule("X18")
def test_an_index_is_traded_as_its_proxy() -> None:
    """X18: the link to the index and the one to its fund are one position; an index without a proxy trades nothing."""
    index = stock("^X", "XHKG", board="index", proxy="F.HK", lot_size=None)
    bare = stock("^Y", "XHKG", board="index", lot_size=None)
    fund = stock("F.HK", "XHKG", board="etf", lot_size=200)
    scenario = world(
        {fund: [flat(5), flat(5.5)], index: [flat(1000)] * 2, bare: [flat(1000, 0.0)] * 2},
        news("e", 0, View("^X", 1.0), View("F.HK", 0.5), View("^Y", 1.0)),
        position=Position(weight=0.1, hold=None, event_weight=0.2),
        cash=100_000,
    )
    result = run_twin(scenario)
    # Weights 0.1, 0.05 and 0.1 are 0.25 together, scaled to 0.2: the index has 0.08, 8000 / 5 = 1600 shares.
    assert [(fill.ticker, fill.quantity) for fill in result.fills] == [("F.HK", 1600)]
    assert result.outcomes == {("e", "^X"): "filled", ("e", "F.HK"): "extended", ("e", "^Y"): "not_tradable"}
    assert [(row.ticker, row.wanted, row.would_have_returned) for row in result.refusals] == [("^Y", None, 0.0)]


@pytest.mark.rule("S3", "T4")
def test_a_delay_counts_own_tradable_bars() -> None:
    """S3, T4: first tradable on Tuesday; Wednesday has no volume, so a delay of 1 is Thursday, of 2 Friday."""
    scenario = world(
        {A: [flat(10), flat(10), flat(10, 0.0), flat(10, None)], C: [flat(10)] * 4},
        news("e", 1, View("A.HK", 1.0, delay=1), View("C.SH", 1.0, delay=3)),
        fx={"CNY": ((date(2025, 1, 1), 1.1),)},
        execution=Execution(participation=0.1),  # an unknown volume has no cap
        position=Position(hold=None),
    )
    result = run_twin(scenario)
    assert [(fill.ticker, fill.date) for fill in result.fills] == [("A.HK", DAYS[3])]
    assert result.outcomes == {("e", "A.HK"): "filled", ("e", "C.SH"): "after_period"}


@pytest.mark.rule("X7", "X12", "X15")
def test_refusals_in_the_order_of_the_tests() -> None:
    """X7, X12, X15, one ticker for each reason; entries of one row leave room for two."""
    no_lot = stock("N.HK", "XHKG", lot_size=None)
    closed = stock("Z.HK", "XHKG", tradable=False)
    halted = stock("H.HK", "XHKG")
    fresh = stock("F.HK", "XHKG")
    dear = stock("D.HK", "XHKG", lot_size=10_000)
    scenario = world(
        {
            no_lot: [flat(10)],
            closed: [flat(10)],
            halted: [Bar(10, 10, 10, 10, 0.0)],
            fresh: [flat(10)],
            dear: [flat(10)],
            A: [flat(10)],
            C: [flat(10)],
        },
        news("e", 0, *[View(x, 1.0) for x in ("N.HK", "Z.HK", "H.HK", "F.HK", "D.HK", "A.HK")]),
        news("f", 0, View("C.SH", 0.5)),
        close_before=dict.fromkeys(("N.HK", "Z.HK", "H.HK", "D.HK", "A.HK", "C.SH"), 10.0),
        fx={"CNY": ((date(2025, 1, 1), 1.0),)},
        position=Position(weight=0.05, max_positions=1),
        cash=100_000,
    )
    result = run_twin(scenario)
    # 5000 / 10 = 500 wanted; halves for C.SH.
    assert [(row.ticker, row.reason, row.wanted, row.would_have_returned) for row in result.refusals] == [
        ("N.HK", "unknown_lot", None, 0.0),
        ("Z.HK", "not_tradable", 500, 0.0),
        ("H.HK", "not_trading", 500, None),
        ("F.HK", "no_reference_price", None, 0.0),
        ("D.HK", "below_one_lot", 0, 0.0),
        ("C.SH", "max_positions", 200, 0.0),  # Hong Kong and Shanghai open together: one queue
    ]
    assert [fill.ticker for fill in result.fills] == ["A.HK"]


@pytest.mark.rule("T9")
def test_hourly_bars_across_lunch_and_night() -> None:
    """T9 on the mainland: bars at 9:30, 10:30, 13:00, 14:00; news at lunch trades at 13:00; T+1, limits and holds in
    sessions go by session, a duration by the clock."""
    keys = [slot.open_at for day in DAYS[:3] for slot in bars_of("XSHG", day)]
    assert [(at.day, at.hour, at.minute) for at in keys[:5]] == [
        (3, 1, 30),
        (3, 2, 30),
        (3, 5, 0),
        (3, 6, 0),
        (4, 1, 30),
    ]
    slots = {"XSHG": {slot.open_at: slot for day in DAYS[:3] for slot in bars_of("XSHG", day)}}
    # Monday's last close is 10.5, so Tuesday's upper limit is 11.55 all day, whatever traded in between.
    prices = [10, 10, 10, 10.5, 11, 11.5, 11.6, 11.5, 11.2, 11.2, 11.2, 11.2]
    bars = {("C.SH", key): flat(price) for key, price in zip(keys, prices, strict=True)}

    def run(hold, *events: Event, **more) -> TwinResult:
        position = Position(weight=0.1, hold=hold, **more)
        return run_twin(
            Scenario(instruments=(C,), slots=slots, bars=bars, events=events, close_before={"C.SH": 10.0},
                     position=position, currency="CNY", cash=100_000, intraday=True)
        )  # fmt: skip

    lunch = news("lunch", 0, View("C.SH", 1.0), at=time(4, 0))
    for hold, unit, sold in [
        (timedelta(minutes=30), "bars", [("t_plus_one", keys[3])]),
        (2, "bars", []),
        (1, "sessions", []),
    ]:
        result = run(hold, lunch, hold_unit=unit)
        assert [(fill.at, fill.reason) for fill in result.fills] == [(keys[2], "entry"), (keys[4], "hold")]
        assert [(row.reason, row.at) for row in result.refusals] == sold
    # Tuesday 11:00 is for the bar at 13:00, 11.6; 10:00 is for that at 10:30, 11.5, a twentieth below the limit.
    late = run(None, news("a", 1, View("C.SH", 1.0), at=time(3, 0)))
    assert [(row.reason, row.at) for row in late.refusals] == [("limit_up", keys[6])]
    early = run(None, news("a", 1, View("C.SH", 1.0), at=time(2, 0)))
    assert [fill.at for fill in early.fills] == [keys[5]]
    # Sized on the bar before: 10000 / 11 = 909 on the last close 11.
    assert early.fills[0].quantity == 900


@pytest.mark.rule("X21")
def test_a_grid_trades_the_difference_to_its_target() -> None:
    """X21: row 0 says 1, row 1 a half, row 2 nothing; each trades in the next row, at the close before."""
    prices = [flat(10), flat(10), flat(20), flat(20), flat(20)]
    signals = [1.0, 0.5, 0.501, 0.0, 0.0]
    scenario = world(
        {A: prices},
        grid={day: {"A.HK": value} for day, value in zip(DAYS, signals, strict=False)},
        position=Position(weight=0.5, hold=None),
        cash=100_000,
    )
    # Row 1: 0.5 x 100000 / 10 = 5000. Row 2: 0.25 x 100000 / 10 = 2500, sold at 20: E = 100000 + 50000 = 150000.
    # Row 3: 0.2505 x 150000 / 20 = 1878, in lots 1800: 700 shares sold. Row 4: all.
    result = run_target_twin(scenario)
    assert brief(result) == [
        (DAYS[1], "buy", 5000, 10, "rebalance", ""),
        (DAYS[2], "sell", 2500, 20, "rebalance", ""),
        (DAYS[3], "sell", 700, 20, "rebalance", ""),
        (DAYS[4], "sell", 1800, 20, "rebalance", ""),
    ]
    assert result.equity == [100_000, 100_000, 150_000, 150_000, 150_000]
    # Tuesday is not the first of its week, and a monthly grid goes by the month: both trade on row 1 alone of these.
    for rebalance in ("weekly", "monthly"):
        slow = run_target_twin(replace(scenario, position=Position(weight=0.5, rebalance=rebalance)))
        assert [fill.date for fill in slow.fills] == [DAYS[1]]
    # The difference of row 3 is 700 x 20 = 14000 of 150000.
    lazy = run_target_twin(replace(scenario, position=Position(weight=0.5, min_trade=0.1)))
    assert [fill.quantity for fill in lazy.fills] == [5000, 2500, 2500]


@pytest.mark.rule("X12", "X14")
def test_a_repeat_calls_back_a_waiting_hold_exit() -> None:
    """X12, X14: due on row 1 and locked at 9.0; repeated on row 2, so the hold of 1 ends on row 3."""
    result = run_twin(CORNERS["a repeat calls back a waiting hold exit"])
    assert refused(result) == [(DAYS[1], "sell", "limit_down", 1000, 0, "e1")]
    assert brief(result)[1:] == [(DAYS[3], "sell", 1000, 9.2, "hold", "e1")]


@pytest.mark.rule("X10")
def test_a_short_ties_up_the_cash_it_brought() -> None:
    """X10: a short of 1600 x 10 makes 36000 of 20000; 36000 - 2 x 16000 = 4000 are free for a wish of 1600 shares."""
    result = run_twin(CORNERS["a short ties up the cash it brought"])
    assert [(fill.side, fill.quantity) for fill in result.fills] == [("sell", 1600), ("buy", 400)]
    assert refused(result) == [(DAYS[1], "buy", "cash", 1600, 400, "e2")]


@pytest.mark.rule("X8")
def test_a_dividend_lowers_the_limit() -> None:
    """X8: (10 - 0.5) x 1.1 = 10.45."""
    result = run_twin(CORNERS["a dividend lowers the limit"])
    assert result.outcomes == {("e", "C.SH"): "limit_up"}


@pytest.mark.rule("X5", "T7")
def test_the_place_and_cash_of_a_stop_serve_the_next_row() -> None:
    """X5, T7: the stop at 9 frees the only place on row 1; the close of row 1 finds it taken, row 2 finds it free."""
    result = run_twin(CORNERS["the place of a stop serves the next row"])
    assert result.outcomes == {("e1", "A.HK"): "filled", ("e2", "B.HK"): "max_positions", ("e3", "B.HK"): "filled"}


BACK = "the margin of a short that its stop buys back"


@pytest.mark.rule("X5", "X10")
@pytest.mark.parametrize(
    ("name", "bought_back", "at_a_close"),
    [(BACK, 600, True), (f"{BACK} in part", 200, True), (f"{BACK} before New York opens", 600, False)],
)
def test_the_margin_of_a_short_that_a_stop_buys_back_serves_the_next_row(
    name: str, bought_back: int, at_a_close: bool
) -> None:
    """X5, X10: a short of 600 x 10 leaves 16,000 in cash and 16,000 - 2 x 6,000 = 4,000 free, on row 1 all day long.

    Its stop at 11 buys back 600 shares, or a tenth of 2,000. The purchase of 0.6 x 10,000 / 10 = 600 shares of that
    close, or of New York's opening after it, is cut to 400.
    The whole short: cash of row 1 is 16,000 - 600 x 11 - 4,000 = 5,400, all of it free on row 2, and equity 9,400:
    564 shares wanted, in Hong Kong 500, and in New York cut to 540.
    A part: cash of row 1 is 16,000 - 200 x 11 - 4,000 = 9,800, and equity 9,800 - 400 x 11 + 4,000 = 9,400. On row 2
    the rest is bought at 11, at the open: cash 5,400 is free at the close.
    """
    result = run_twin(CORNERS[name])
    check_books(CORNERS[name], result)
    other = "A.HK" if at_a_close else "U"
    bought = [(fill.date, fill.quantity) for fill in result.fills if fill.ticker == other]
    assert bought == [(DAYS[1], 400), (DAYS[2], 500 if at_a_close else 540)]
    cuts = [row for row in refused(result) if row[2] == "cash"]
    assert cuts[0] == (DAYS[1], "buy", "cash", 600, 400, "e2")
    assert cuts[1:] == ([] if at_a_close else [(DAYS[2], "buy", "cash", 564, 540, "e3")])
    assert result.cash[:2] == [16_000, 12_000 - bought_back * 11]
    assert [fill.quantity for fill in result.fills if fill.reason == "stop_loss"] == (
        [600] if bought_back == 600 else [200, 400]
    )
