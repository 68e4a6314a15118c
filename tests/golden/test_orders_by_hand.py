"""One order, one fee: what leaves several lots at once, on both engines and the twin, worked out on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import numpy as np
import pytest

from newsbt.domain.ledger import Ledger
from newsbt.domain.slippage_table import Slippage
from newsbt.simulation.grid import Targets
from twin import product
from twin.convert import to_product
from twin.handmade import DAYS, A, C, flat, news, world
from twin.product import ENGINES, check
from twin.result import TwinResult
from twin.scenario import Bar, Execution, Position, Scenario, View
from twin.sessions import bars_of

BOTH = pytest.mark.parametrize("engine", ENGINES)
AT_LEAST_50 = Execution(costs="flat", commission_bps=10, minimum=50)


def fills(result: TwinResult) -> list[tuple]:
    return [
        (DAYS.index(one.date), one.side, one.quantity, one.reason, one.lot, round(one.costs, 6)) for one in result.fills
    ]


def refusals(result: TwinResult) -> list[tuple]:
    return [(DAYS.index(one.date), one.reason, one.wanted, one.filled, one.event_id) for one in result.refusals]


def targets(*values: float, ticker: str = "A.HK") -> dict[date, dict[str, float]]:
    return {day: {ticker: value} for day, value in zip(DAYS, values, strict=False)}


@pytest.mark.rule("X21", "C3")
@BOTH
def test_a_grids_sale_of_three_purchases_is_one_order(engine: str) -> None:
    """X21, C3. Equity pays 50 for each of three purchases: 0.1 x 100000 / 10 = 1000 shares, then to 0.2 x 99950 / 10 =
    1999, that is 900 more, then to 0.3 x 99900 / 10 = 2997, 1000 more. The sale of 2900 for 29,000 owes 29, at least
    50: 50 x 1000 / 2900 = 17.241379 for the first lot, 50 x 900 / 2900 = 15.517241 for the second, the third the rest.
    """
    scenario = world(
        {A: [flat(10)] * 6}, grid=targets(0.1, 0.2, 0.3, 0, 0, 0), position=Position(weight=1.0),
        execution=AT_LEAST_50, cash=100_000,
    )  # fmt: skip
    result = check(scenario, engine)
    assert fills(result) == [
        (1, "buy", 1000, "rebalance", 0, 50), (2, "buy", 900, "rebalance", 1, 50), (3, "buy", 1000, "rebalance", 2, 50),
        (4, "sell", 1000, "rebalance", 0, 17.241379), (4, "sell", 900, "rebalance", 1, 15.517241),
        (4, "sell", 1000, "rebalance", 2, 17.241379),
    ]  # fmt: skip
    assert result.equity == [100_000, 99_950, 99_900, 99_850, 99_800, 99_800]
    assert [lot.pnl for lot in result.lots] == pytest.approx([-50 - 17.241379, -50 - 15.517241, -50 - 17.241379])


@BOTH
def test_a_sale_of_a_part_is_one_order(engine: str) -> None:
    """From 1000 and 900 shares to 0.05 x 99900 / 10 = 499, that is 400: all of the first lot and 500 of the second, by
    one order of 1500 that pays 50: 33.333333 and 16.666667."""
    scenario = world(
        {A: [flat(10)] * 4}, grid=targets(0.1, 0.2, 0.05, 0), position=Position(weight=1.0),
        execution=AT_LEAST_50, cash=100_000,
    )  # fmt: skip
    result = check(scenario, engine)
    assert fills(result)[2:] == [
        (3, "sell", 1000, "rebalance", 0, 33.333333), (3, "sell", 500, "rebalance", 1, 16.666667),
    ]  # fmt: skip


@pytest.mark.rule("X11", "X12")
@BOTH
def test_what_a_bar_takes_of_a_sale_pays_once_a_day(engine: str) -> None:
    """X11, X12: a tenth of 12,000 shares is 1200 a day. Of 1000 and 900 shares, 1000 and 200 go by the first order, at
    50 x 1000 / 1200 = 41.666667 and 8.333333; the other 700 by the next day's, at 50."""
    thin = [flat(10), flat(10), flat(10), flat(10, 12_000), flat(10, 12_000)]
    scenario = world(
        {A: thin}, grid=targets(0.1, 0.2, 0, 0, 0), position=Position(weight=1.0),
        execution=replace(AT_LEAST_50, participation=0.1), cash=100_000,
    )  # fmt: skip
    result = check(scenario, engine)
    assert fills(result)[2:] == [
        (3, "sell", 1000, "rebalance", 0, 41.666667), (3, "sell", 200, "rebalance", 1, 8.333333),
        (4, "sell", 700, "rebalance", 1, 50),
    ]  # fmt: skip
    assert refusals(result) == [(3, "participation", 900, 200, "")]


@pytest.mark.rule("X9", "T9")
@BOTH
def test_a_grids_lot_of_the_same_session_stays_behind(engine: str) -> None:
    """X9, T9, hourly bars in Shanghai: 1000 shares bought on Monday, 900 on Tuesday at 9:30, and at 10:30 nothing is
    wanted. Monday's 1000 go for 50; Tuesday's wait, at every bar of the day, for Wednesday, where 900 pay 50."""
    slots = {slot.open_at: slot for day in DAYS[:3] for slot in bars_of("XSHG", day)}
    keys = sorted(slots)
    wanted = dict.fromkeys(keys, 0.0)
    wanted |= dict.fromkeys(keys[:3], 0.1) | {keys[3]: 0.2}  # the fourth bar of Monday decides for Tuesday's first
    scenario = Scenario(
        instruments=(C,), slots={"XSHG": slots}, bars={("C.SH", key): flat(10) for key in keys},
        close_before={"C.SH": 10.0}, grid={key: {"C.SH": value} for key, value in wanted.items()},
        position=Position(weight=1.0, rebalance="on_change"), execution=AT_LEAST_50, currency="CNY", cash=100_000,
        intraday=True,
    )  # fmt: skip
    result = check(scenario, engine)
    assert fills(result) == [
        (0, "buy", 1000, "rebalance", 0, 50), (1, "buy", 900, "rebalance", 1, 50),
        (1, "sell", 1000, "rebalance", 0, 50), (2, "sell", 900, "rebalance", 1, 50),
    ]  # fmt: skip
    assert refusals(result) == [(1, "t_plus_one", 900, 0, "")] * 3


@pytest.mark.rule("X3", "C3")
@BOTH
def test_an_opposite_event_sells_the_whole_position_by_one_order(engine: str) -> None:
    """X3, C3: two lots of 1000 and 900 shares, by events of their own, that an opposite event sells: 50, shared as
    1000 and 900 of 1900. Their purchases were two orders, of an event each."""
    scenario = world(
        {A: [flat(10)] * 4},
        news("e1", 0, View("A.HK", 1.0)), news("e2", 1, View("A.HK", 1.0)), news("e3", 2, View("A.HK", -1.0)),
        position=Position(weight=0.1, hold=None, on_repeat="add"), execution=AT_LEAST_50, cash=100_000,
    )  # fmt: skip
    result = check(scenario, engine)
    # The second is sized by 99,950: 999 shares, 900 in lots.
    assert fills(result) == [
        (0, "buy", 1000, "entry", 0, 50), (1, "buy", 900, "entry", 1, 50),
        (2, "sell", 1000, "opposite", 0, 26.315789), (2, "sell", 900, "opposite", 1, 23.684211),
    ]  # fmt: skip
    assert result.equity[-1] == 99_850


@pytest.mark.rule("T7", "X9")
@BOTH
def test_an_opposite_event_at_a_close_leaves_behind_what_was_bought_that_day(engine: str) -> None:
    """T7, X9: in Shanghai 1000 shares of Monday and 900 of Tuesday, and bad news on Tuesday at 03:00 UTC, in time for
    the close: Monday's go there for 50, Tuesday's on Wednesday's open, tried again, for 50."""
    scenario = world(
        {C: [flat(10)] * 3},
        news("e1", 0, View("C.SH", 1.0)), news("e2", 1, View("C.SH", 1.0)),
        news("e3", 1, View("C.SH", -1.0), at=time(3)),
        position=Position(weight=0.1, hold=None, on_repeat="add"), execution=replace(AT_LEAST_50, same_close=True),
        currency="CNY", cash=100_000,
    )  # fmt: skip
    result = check(scenario, engine)
    assert fills(result) == [
        (0, "buy", 1000, "entry", 0, 50), (1, "buy", 900, "entry", 1, 50), (1, "sell", 1000, "opposite", 0, 50),
        (2, "sell", 900, "opposite", 1, 50),
    ]  # fmt: skip
    assert refusals(result) == [(1, "t_plus_one", 900, 0, "e2")]


@pytest.mark.rule("X13", "X14", "C3")
@BOTH
def test_holds_and_stops_of_added_lots_are_orders_of_their_own(engine: str) -> None:
    """X13, X14, C3: two events of one morning buy 1000 shares each, by two orders; both stops, 9, are met in
    Wednesday's bar and both go, each by its own order. The same with a hold of two bars."""
    events = news("e1", 0, View("A.HK", 1.0)), news("e2", 0, View("A.HK", 1.0), at=time(0, 40))
    bars = {A: [flat(10), flat(10), Bar(10, 10, 8, 8.5), flat(8)]}
    added = Position(weight=0.1, hold=None, on_repeat="add", stop_loss=0.1)
    stopped = check(world(bars, *events, position=added, execution=AT_LEAST_50, cash=100_000), engine)
    assert fills(stopped) == [
        (0, "buy", 1000, "entry", 0, 50), (0, "buy", 1000, "entry", 1, 50),
        (2, "sell", 1000, "stop_loss", 0, 50), (2, "sell", 1000, "stop_loss", 1, 50),
    ]  # fmt: skip
    held = replace(added, stop_loss=None, hold=2)
    sold = check(world(bars, *events, position=held, execution=AT_LEAST_50, cash=100_000), engine)
    assert fills(sold)[2:] == [(2, "sell", 1000, "hold", 0, 50), (2, "sell", 1000, "hold", 1, 50)]


@pytest.mark.rule("X2", "X14")
@BOTH
def test_a_repeat_does_not_put_off_a_stop_that_waits(engine: str) -> None:
    """X2, X14: bought at 10 with a stop at 9.5; the next bar opens at its lower limit, 9.00, so that the stop's exit is
    refused and waits. An event of the same sign on the day after is ignored, and the lot goes at that day's open."""
    scenario = world(
        {C: [flat(10), flat(9), flat(8.5), flat(8.5)]},
        news("e1", 0, View("C.SH", 1.0)), news("e2", 2, View("C.SH", 1.0)), news("e3", 2, View("C.SH", 1.0)),
        position=Position(weight=0.1, hold=3, stop_loss=0.05), currency="CNY", cash=100_000,
    )  # fmt: skip
    result = check(scenario, engine)
    assert [row[:4] for row in fills(result)] == [(0, "buy", 1000, "entry"), (2, "sell", 1000, "stop_loss")]
    assert refusals(result) == [(1, "limit_down", 1000, 0, "e1")]
    assert result.outcomes == {("e1", "C.SH"): "filled", ("e2", "C.SH"): "ignored", ("e3", "C.SH"): "ignored"}


@pytest.mark.rule("X6")
@BOTH
def test_the_lots_of_one_order_have_one_price(engine: str) -> None:
    """X6: with an impact of 0.1 x sqrt(quantity / volume), a sale of 400 of 10,000 shares slips by 2 %, to 9.80, for
    each of the two events that share it; two sales of 200 would have slipped by 1.41 %."""
    bars = {A: [flat(10), Bar(10, 11, 9, 10, 10_000), Bar(10, 11, 9, 10, 10_000)]}
    scenario = world(bars, grid=targets(0.004, 0, 0), position=Position(weight=1.0, min_trade=0.0))
    inputs = to_product(scenario)
    terms = replace(inputs.terms, slippage=Slippage(impact=np.full(inputs.panel.shape, 0.1)))
    ledger: Ledger = ENGINES[engine](terms, Targets(grid=inputs.grid, causes={0: [(0, 0, 1.0), (0, 1, 1.0)]}))
    assert (ledger.fills["side"] * ledger.fills["quantity"]).tolist() == [200, 200, -200, -200]
    assert ledger.fills["event"].tolist() == [0, 1, 0, 1]
    assert ledger.fills["price"] == pytest.approx([10.2, 10.2, 9.8, 9.8])
    assert ledger.fills["slippage_cost"] == pytest.approx([40.0] * 4)


@pytest.mark.rule("X6")
@BOTH
def test_a_run_of_one_row_slips_by_its_impact(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """X6: 400 of 10,000 shares at 10 and an impact of 0.1 x sqrt(0.04) = 2 %."""
    scenario = world(
        {A: [Bar(10, 11, 9, 10, 10_000)]}, news("e", 0, View("A.HK", 1.0)), position=Position(weight=0.004)
    )
    inputs = to_product(scenario)
    slipping = replace(inputs, terms=replace(inputs.terms, slippage=Slippage(impact=np.full((1, 1), 0.1))))
    monkeypatch.setattr(product, "to_product", lambda _: slipping)
    (fill,) = product.kept_by(scenario, engine).fills
    assert (fill.quantity, fill.price) == (400, pytest.approx(10.2))


@pytest.mark.rule("X9", "T7")
@BOTH
def test_a_short_of_the_same_session_can_be_bought_back_under_t_plus_one(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X9 keeps back what was bought. Under rules that have T+1 and shorts, as a rulebook of one's own may, a short of
    the morning is bought back at the close of the same day, and a purchase of the morning is not sold."""
    scenario = world(
        {A: [flat(10)] * 2, C: [flat(10)] * 2},
        news("e1", 0, View("A.HK", -1.0), View("C.SH", 1.0)), news("e2", 0, View("A.HK", 1.0), View("C.SH", -1.0),
        at=time(3)), position=Position(weight=0.1, hold=None), execution=Execution(same_close=True),
        fx={"CNY": ((date(2025, 1, 1), 1.0),)},
    )  # fmt: skip
    inputs = to_product(scenario)
    everywhere = np.ones(2, dtype=bool)
    rules = replace(inputs.terms.rules, t_plus_one=everywhere, can_short=everywhere)
    changed = replace(inputs, terms=replace(inputs.terms, rules=rules))
    monkeypatch.setattr(product, "to_product", lambda _: changed)
    found = product.kept_by(scenario, engine)
    assert [(one.ticker, one.side, DAYS.index(one.date), one.reason) for one in found.fills] == [
        ("A.HK", "sell", 0, "entry"), ("C.SH", "buy", 0, "entry"), ("A.HK", "buy", 0, "opposite"),
        ("C.SH", "sell", 1, "opposite"),
    ]  # fmt: skip
    assert refusals(found) == [(0, "t_plus_one", 10_000.0, 0, "e1")]


@pytest.mark.rule("C2")
@BOTH
@pytest.mark.parametrize("events", [1, 2, 4, 7])
def test_the_number_of_events_changes_no_cost(events: int, engine: str) -> None:
    """C2: Hong Kong's schedule on 1000 shares, bought for one to seven events and sold: a commission of at least 3, 15
    an order, and a stamp duty rounded up to the dollar are paid twice, whoever shares them."""
    scenario = world(
        {A: [flat(10)] * 4}, grid=targets(0.1, 0, 0, 0), position=Position(weight=1.0),
        execution=Execution(costs="market_schedule"), cash=100_000,
    )  # fmt: skip
    inputs = to_product(scenario)
    alone = ENGINES[engine](inputs.terms, Targets(grid=inputs.grid, causes={}))
    shared = ENGINES[engine](inputs.terms, Targets(grid=inputs.grid, causes={0: [(0, e, 1.0) for e in range(events)]}))
    assert len(alone.fills) == 2 and len(shared.fills) == 2 * events
    for side in (1, -1):
        mine, theirs = (found.fills[found.fills["side"] == side] for found in (shared, alone))
        assert mine["quantity"].sum() == theirs["quantity"].sum() == 1000
        running = 0.0
        for cost in mine["costs"]:
            running += cost
        assert running == theirs["costs"][0]  # to the bit
    assert shared.equity == pytest.approx(alone.equity, rel=1e-14)


@pytest.mark.rule("X12", "X14", "X21")
@BOTH
def test_a_grids_stop_that_is_refused_is_tried_again_at_every_bar(engine: str) -> None:
    """X12, X14, X21: 50,000 CNY of 1,000,000 at 10 are 5000 shares, with a stop at 9.5. Wednesday opens locked at its
    lower limit of 9, so that the stop is refused; Thursday opens at 9.1: sold there, by the stop. The grid, which
    trades where it changes, buys no more."""
    bars = {C: [flat(10), flat(10), flat(9), flat(9.1), flat(8.3), flat(8.3)]}
    grid = targets(0.05, 0.05, 0.05, 0.05, 0.05, 0.05, ticker="C.SH")
    position = Position(weight=1.0, rebalance="on_change", stop_loss=0.05)
    result = check(world(bars, grid=grid, position=position, currency="CNY"), engine)
    assert fills(result) == [(1, "buy", 5000, "rebalance", 0, 0), (3, "sell", 5000, "stop_loss", 0, 0)]
    assert refusals(result) == [(2, "limit_down", 5000, 0, "")]


@pytest.mark.rule("X12", "X21")
@BOTH
def test_a_grid_buys_nothing_of_what_a_stop_has_still_to_leave(engine: str) -> None:
    """X12, X21: the stop of 5000 shares is refused on Wednesday at 9.00, and on Thursday at 8.10, the lower limit
    again. What waits is held no more: by Thursday the target is 0.02 x 995,000 / 9 = 2211 shares, 2200 to buy, which
    wait for the 5000. Friday opens at 8.20: 5000 go by their stop, and at the same open 0.02 x 990,500 / 8.1 = 2445
    are wanted, 2400 in lots. The lot of 2400 has a stop of its own, 7.79, which Monday's 7.70 fills at the open; and
    as the grid changes no more, that is all."""
    bars = {C: [flat(10), flat(10), flat(9), flat(8.1), flat(8.2), flat(7.7)]}
    grid = targets(0.05, 0.05, 0.02, 0.02, 0.02, 0.02, ticker="C.SH")
    position = Position(weight=1.0, rebalance="on_change", stop_loss=0.05)
    result = check(world(bars, grid=grid, position=position, currency="CNY"), engine)
    assert fills(result) == [
        (1, "buy", 5000, "rebalance", 0, 0), (4, "sell", 5000, "stop_loss", 0, 0), (4, "buy", 2400, "rebalance", 1, 0),
        (5, "sell", 2400, "stop_loss", 1, 0),
    ]  # fmt: skip
    assert refusals(result) == [(2, "limit_down", 5000, 0, ""), (3, "limit_down", 5000, 0, "")]


@pytest.mark.rule("X11", "X12", "X21")
@BOTH
def test_a_grids_stop_that_is_cut_goes_on_and_sales_leave_it_alone(engine: str) -> None:
    """X11, X12, X21: lots of 1000 and 900 shares; the first has its stop at 9, the second, bought at 9.5, at 8.55. On
    Thursday 8.9 stops the first, but a tenth of the volume is 300 shares: 700 wait. The signal of that evening, 0.04,
    wants 0.04 x 98,360 / 8.9 = 442, that is 400 of the 900 that are still held: Friday sells 700 by the stop and 500 of
    the second lot for the grid, the order with the earlier lot first."""
    scenario = world(
        {A: [flat(10), flat(10), flat(9.5), flat(8.9, 3_000), flat(8.9), flat(8.9)]},
        grid=targets(0.1, 0.19, 0.19, 0.04, 0.04, 0.04),
        position=Position(weight=1.0, rebalance="on_change", stop_loss=0.1),
        execution=Execution(participation=0.1), cash=100_000,
    )  # fmt: skip
    result = check(scenario, engine)
    assert fills(result) == [
        (1, "buy", 1000, "rebalance", 0, 0), (2, "buy", 900, "rebalance", 1, 0),
        (3, "sell", 300, "stop_loss", 0, 0), (4, "sell", 700, "stop_loss", 0, 0),
        (4, "sell", 500, "rebalance", 1, 0),
    ]  # fmt: skip
    assert refusals(result) == [(3, "participation", 1000, 300, "")]


@pytest.mark.rule("X21")
@BOTH
def test_a_cut_sale_is_tried_at_one_bar_more_and_then_waits_for_the_next_day(engine: str) -> None:
    """X21, hourly bars in Shanghai, `daily`. Monday buys 1000 shares. Tuesday's first bar is to sell 500, of which its
    volume takes 100. By the second bar the target is 2000: 1100 are bought to the 900 that are held. The third bar
    follows 3000, but nothing is left to try and the day's rebalance is over."""
    slots = {slot.open_at: slot for day in DAYS[:2] for slot in bars_of("XSHG", day)}
    keys = sorted(slots)
    wanted = dict.fromkeys(keys, 0.3) | dict.fromkeys(keys[:3], 0.1) | {keys[3]: 0.05, keys[4]: 0.2}
    scenario = Scenario(
        instruments=(C,), slots={"XSHG": slots}, bars={("C.SH", key): flat(10) for key in keys} | {
            ("C.SH", keys[4]): flat(10, 1_000)
        },
        close_before={"C.SH": 10.0}, grid={key: {"C.SH": value} for key, value in wanted.items()},
        position=Position(weight=1.0), execution=Execution(participation=0.1), currency="CNY", cash=100_000,
        intraday=True,
    )  # fmt: skip
    result = check(scenario, engine)
    assert fills(result) == [
        (0, "buy", 1000, "rebalance", 0, 0), (1, "sell", 100, "rebalance", 0, 0), (1, "buy", 1100, "rebalance", 1, 0),
    ]  # fmt: skip
    assert refusals(result) == [(1, "participation", 500, 100, "")]
