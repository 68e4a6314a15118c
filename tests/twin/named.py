"""Worlds with a name, of `corpus` too: what the engines, or the twin, once had wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from random import Random

from .handmade import CORNERS, DAYS, A, C, U, flat, news, stock, world
from .scenario import Bar, Cause, Event, Execution, Instrument, Position, Scenario, View
from .sessions import bars_of, instant, slot_of
from .worlds import Setting, Size, world_of

B = stock("B.HK", "XHKG", lot_size=200, shortable=True)
S = stock("S.HK", "XHKG", shortable=True)
INDEX = Instrument(ticker="^I", exchange="XHKG", board="index", currency="HKD", proxy="A.HK")
BUY, SELL = View("U", 1.0), View("U", -1.0)
ALL, HALF = Position(weight=1.0, hold=3), Position(weight=0.5, hold=3)
SCHEDULE = Execution(costs="market_schedule", slippage_bps=5.0)
AT_CLOSES = Execution(same_close=True)
SIZED = Setting(
    sized=True, late_rates=True, markets=("XHKG", "XSHG", "XNYS"), each_market=True, size=Size(4, 14, 12)
)  # fmt: skip

STOPPED = Setting(grid=True, intraday=True, stops=True, size=Size(3, 4))


def weekly(scenario: Scenario) -> Scenario:
    return replace(scenario, position=replace(scenario.position, rebalance="weekly"))


def silent(dividend: float = 0.0, split: float = 1.0) -> Bar:
    return Bar(None, None, None, None, None, dividend, split)


def in_new_york(prices: list[Bar | None], view: View, position: Position, cash: float) -> Scenario:
    return world({U: prices}, news("e", 1, view, at=time(1)), position=position, currency="USD", cash=cash)


def bought_in_steps(events: int) -> Scenario:
    """A grid that buys 900 shares in three steps and sells them at once; so many events behind each step."""
    levels = (0.1, 0.2, 0.3, 0.0, 0.0)
    grid = {day: {"A.HK": level} for day, level in zip(DAYS, levels, strict=False)}
    causes = tuple(
        Cause(day, "A.HK", f"e{n}{k}", (1.0, 0.233, 0.317)[k % 3])
        for n, day in enumerate(DAYS[:3])
        for k in range(events)
    )
    return world(
        {A: [flat(10)] * 5}, grid=grid, causes=causes, position=Position(weight=0.1, min_trade=0.0),
        execution=Execution(costs="market_schedule"), cash=300_000,
    )  # fmt: skip


def away_and_back() -> Scenario:
    """What cannot be sized is told again where its own market saw another signal: Hong Kong closes on 4 April."""
    days = [date(2025, 4, day) for day in (2, 3, 4, 7, 8)]
    away = stock("H.HK", "XHKG", tradable=False)
    slots = {item.exchange: {d: slot for d in days if (slot := slot_of(item.exchange, d))} for item in (away, U)}
    bars = {(item.ticker, day): flat(10) for item in (away, U) for day in slots[item.exchange]}
    signals = (1.0, 1.0, 0.0, 1.0, 1.0)
    return Scenario(
        instruments=(away, U), slots=slots, bars=bars, close_before={"H.HK": 10.0, "U": 10.0}, currency="USD",
        fx={"HKD": ((date(2025, 1, 1), 0.1285),)},
        grid={day: {"H.HK": signal, "U": signal} for day, signal in zip(days, signals, strict=True)},
    )  # fmt: skip


def at_one_instant() -> Scenario:
    """New York opens when Hong Kong closes, and there is cash for one purchase: the opening comes first."""
    made = world(
        {A: [flat(10)] * 2, U: [flat(10)] * 2}, news("e1", 1, View("A.HK", 1.0), at=time(3)),
        news("e2", 1, BUY, at=time(4)), position=Position(weight=1.0, hold=None), execution=AT_CLOSES,
        fx={"USD": ((date(2025, 1, 1), 8.0),)}, cash=80_000,
    )  # fmt: skip
    closes = {day: slot.close_at for day, slot in made.slots["XHKG"].items()}
    moved = {day: replace(slot, open_at=closes[day], cutoff_at=closes[day]) for day, slot in made.slots["XNYS"].items()}
    return replace(made, slots={**made.slots, "XNYS": moved})


def hours(position: Position, prices: list[Bar], *events: Event) -> Scenario:
    """Hourly bars in New York, of which each closes when the next opens."""
    slots = {slot.open_at: slot for day in DAYS[:2] for slot in bars_of("XNYS", day)}
    return Scenario(
        instruments=(U,), slots={"XNYS": slots},
        bars={("U", key): bar for key, bar in zip(slots, prices, strict=False)},
        events=events, close_before={"U": 10.0}, position=position, currency="USD", cash=10_000, intraday=True,
    )  # fmt: skip


DROPPED = Bar(10, 10, 8, 8.5)

NAMED: dict[str, Scenario] = {
    **CORNERS,
    "a short bought back whose margin New York asks for": world_of(Random(45), SIZED),
    "a reduction that waits until a stop has sold all": weekly(world_of(Random(1722), STOPPED)),
    "trading resumes later than the news of it": world(
        {A: [flat(10), None, flat(10, 0.0), flat(11), flat(12)]},
        Event("r", instant(DAYS[1], time(3)), (View("A.HK", 1.0),), resumes=True),
        position=ALL, execution=AT_CLOSES,
    ),
    "a split on a day without a close": in_new_york(
        [flat(20), flat(20), silent(split=2), flat(10), flat(10), flat(10)], BUY, HALF, 100_000
    ),
    "a dividend on a day without a close": world(
        {A: [flat(20), flat(20), silent(4.0), flat(16), flat(16), flat(16)]}, news("e", 1, View("A.HK", 1.0)),
        position=Position(weight=0.1, hold=3),
    ),
    "a dividend of exactly one on what is held": world(
        {A: [flat(20), flat(20), Bar(19, 19, 19, 19, dividend=1.0), flat(19), flat(19)]},
        news("e", 1, View("A.HK", 1.0)), position=Position(weight=0.1, hold=3),
    ),
    "a split that is in the prices already": in_new_york(
        [flat(120.2), Bar(120.5, 121, 119, 120.9), Bar(120.3, 123, 117, 121.7, split=4.0), flat(120.9), flat(125.2)],
        BUY, HALF, 100_000,
    ),
    "an account below zero": in_new_york([flat(p) for p in (10, 10, 15, 35, 12, 12, 12)], SELL, ALL, 100_000),
    "an account at zero": in_new_york([flat(p) for p in (10, 10, 20, 20, 20, 20, 20)], SELL, ALL, 100_000),
    "an account below zero that buys": world(
        {U: [flat(p) for p in (10, 10, 35, 35, 35, 35)], A: [flat(10)] * 6},
        news("e1", 1, SELL, at=time(1)), news("e2", 3, View("A.HK", 1.0)), news("e3", 4, SELL, at=time(1)),
        position=ALL, fx={"USD": ((date(2025, 1, 1), 7.8),)}, cash=100_000,
    ),
    "a short that never moves": in_new_york([flat(1.2)] * 7, SELL, ALL, 11.0),
    **{f"a sale of what {n} events bought": bought_in_steps(n) for n in (0, 1, 2, 4, 7)},
    "a grid that buys fewer shares than events are behind it": world(
        {U: [flat(10)] * 5},
        grid={day: {"U": level} for day, level in zip(DAYS, (0.1, 0.1, 0.0, 0.0, 0.0), strict=False)},
        causes=tuple(Cause(DAYS[0], "U", f"e{k}", 1.0) for k in range(5)),
        position=Position(weight=1.0, min_trade=0.0), currency="USD", cash=205.0,
    ),
    "a repeat on a lot whose stop waits": world(
        {C: [flat(10), flat(9), flat(8.1), flat(8.2), flat(8.2)]},
        news("e1", 0, View("C.SH", 1.0)), news("e2", 2, View("C.SH", 1.0)), news("e3", 3, View("C.SH", 1.0)),
        position=Position(weight=0.2, hold=4, stop_loss=0.05), currency="CNY",
    ),
    "an opposite event on lots of which one leaves already": world(
        {C: [flat(10), flat(9), flat(8.1), flat(8.2), flat(8.2)]},
        news("e1", 0, View("C.SH", 1.0)), news("e2", 2, View("C.SH", 1.0)), news("e3", 3, View("C.SH", -1.0)),
        position=Position(weight=0.2, hold=4, stop_loss=0.05, on_repeat="add"), currency="CNY",
        execution=Execution(costs="flat", commission_bps=10.0, minimum=50_000.0),
    ),
    "a delayed signal": world(
        {A: [flat(10), None, flat(11), flat(12), flat(13)]}, news("e", 0, View("A.HK", 1.0, delay=1)), position=HALF,
    ),
    "a delayed signal at a close": world(
        {A: [flat(10), flat(11), flat(12), flat(13)]}, news("e", 0, View("A.HK", 1.0, delay=1), at=time(3)),
        position=HALF, execution=AT_CLOSES,
    ),
    "a sale without slippage": world(
        {A: [flat(10), flat(11), flat(12), flat(13), flat(13)]}, news("e", 0, View("A.HK", 1.0)), position=HALF,
    ),
    "stops in a row with fills at closes": world(
        {A: [flat(10), DROPPED, flat(8)], C: [flat(10), Bar(10, 10, 9.2, 9.3), flat(9.3)], B: [flat(10)] * 3},
        news("e1", 0, View("A.HK", 1.0)), news("e2", 0, View("C.SH", 1.0), at=time(0, 40)),
        news("e3", 1, View("B.HK", 1.0), at=time(3)),
        position=Position(weight=0.3, hold=None, stop_loss=0.05), execution=AT_CLOSES,
        fx={"CNY": ((date(2025, 1, 1), 1.1),)},
    ),
    "a reference below half a tick": world(
        {C: [flat(0.004), flat(0.01), flat(0.02), flat(0.02)]}, news("e1", 0, View("C.SH", 1.0)),
        news("e2", 1, View("C.SH", 1.0)), position=HALF, currency="CNY",
    ),
    "what shorts tie up, share by share": world(
        {S: [flat(10), Bar(10, 10, 10, 10, 2_000.0), Bar(5, 5, 5, 5, 1e6, split=2.0), flat(5)], A: [flat(10)] * 4},
        news("e1", 0, View("S.HK", -1.0)), news("e2", 1, View("S.HK", 1.0)), news("e3", 2, View("A.HK", 1.0)),
        news("e4", 3, View("A.HK", 1.0)), position=Position(weight=0.45, hold=None, on_repeat="add"),
        execution=Execution(participation=0.1), cash=20_000,
    ),
    "a close that is the next opening": hours(
        Position(weight=0.5, hold=2, stop_loss=0.05, on_repeat="add"),
        [flat(10), Bar(10, 10, 9, 9.6), Bar(9.6, 9.7, 9.6, 9.7), flat(9.7), flat(9.7)],
        Event("e1", instant(DAYS[0], time(14)), (BUY,)), Event("e2", instant(DAYS[0], time(16)), (BUY,)),
    ),
    "a close in Hong Kong knows no opening in New York": world(
        {A: [flat(10), flat(10), flat(10)], U: [flat(10), flat(10), flat(10)]},
        news("e1", 0, BUY, at=time(1)), news("e2", 1, View("A.HK", 1.0), at=time(3)),
        news("e3", 1, View("U", -1.0), at=time(3)),
        position=Position(weight=1.0, hold=None), execution=AT_CLOSES, fx={"USD": ((date(2025, 1, 1), 7.8),)},
        cash=100_000,
    ),
    "a repeat on what a split takes away": world(
        {U: [flat(10), flat(10), Bar(10_000, 10_000, 10_000, 10_000, split=0.001), flat(10_000)]},
        news("e1", 1, BUY, at=time(1)), news("e2", 2, BUY, at=time(1)), position=HALF, currency="USD", cash=1_000,
    ),
    "what is told again": away_and_back(),
    "a grid over a split": world(
        {A: [flat(10), flat(10), Bar(3.3, 3.3, 3.3, 3.3, split=3.0), flat(3.3), flat(3.4)]},
        grid={day: {"A.HK": level} for day, level in zip(DAYS, (0.5, 0.5, 0.5, 0.7, 0.7), strict=False)},
        position=Position(weight=1.0, min_trade=0.0), cash=10_000,
    ),
    "a step of less than a lot, beside what a split has left of one": world(
        {A: [flat(10), flat(10), Bar(6.67, 6.67, 6.67, 6.67, split=1.5), flat(6.67), flat(4), flat(4)]},
        grid={day: {"A.HK": level} for day, level in zip(DAYS, (0.1, 0.1, 0.14, 0.14, 0.14, 0.14), strict=False)},
        position=Position(weight=1.0, min_trade=0.0, rebalance="on_change"), cash=10_000,
    ),
    "a monthly grid trades at its first session": world(
        {A: [flat(10)] * 5, C: [None, flat(10), flat(10), flat(10), flat(10)]},
        grid={day: {"A.HK": 0.5, "C.SH": 0.4} for day in DAYS[:5]},
        position=Position(weight=1.0, rebalance="monthly"), fx={"CNY": ((date(2025, 1, 1), 1.1),)},
        close_before={"A.HK": 10.0, "C.SH": 10.0},
    ),
    "a grid's lot whose stop is refused": world(
        {C: [flat(10), flat(10), flat(9), flat(9.1), flat(8.3), flat(8.3)]},
        grid={day: {"C.SH": level} for day, level in zip(DAYS, (0.5, 0.5, 0.5, 0.5, 0.1, 0.1), strict=False)},
        position=Position(weight=1.0, rebalance="on_change", stop_loss=0.05), currency="CNY",
    ),
    "a grid's purchase waits for a stop that waits": world(
        {C: [flat(10), flat(10), flat(9), flat(8.1), flat(8.2), flat(7.7)]},
        grid={day: {"C.SH": level} for day, level in zip(DAYS, (0.5, 0.5, 0.2, 0.2, 0.2, 0.2), strict=False)},
        position=Position(weight=1.0, rebalance="on_change", stop_loss=0.05), currency="CNY",
    ),
    "a stronger signal buys first": world(
        {A: [flat(10)] * 3, B: [flat(10)] * 3}, grid={day: {"A.HK": 0.6, "B.HK": 0.9} for day in DAYS[:3]},
        position=Position(weight=1.0, min_trade=0.0), cash=100_000,
    ),
    "a high that just meets a target": world(
        {A: [flat(10), flat(10), Bar(11, 12.5, 11, 11), flat(11)]}, news("e", 0, View("A.HK", 1.0)),
        position=Position(weight=0.2, hold=None, take_profit=0.25),
    ),
    "a high that just meets the stop of a short": world(
        {S: [flat(10), flat(10), Bar(11, 12.5, 11, 11), flat(11)]}, news("e", 0, View("S.HK", -1.0)),
        position=Position(weight=0.2, hold=None, stop_loss=0.25),
    ),
    "a high that just meets the trailing stop of a short": world(
        {S: [flat(10), flat(10), Bar(9, 9, 8, 8), Bar(9, 10, 9, 9), flat(9)]}, news("e", 0, View("S.HK", -1.0)),
        position=Position(weight=0.2, hold=None, trailing_stop=0.25),
    ),
    "an open at a stop and a low above it, by as little as prices may miss each other": world(
        {A: [flat(10), flat(10), Bar(7.5 - 2e-9, 8, 7.5 + 2e-9, 8), flat(8)]}, news("e", 0, View("A.HK", 1.0)),
        position=Position(weight=0.2, hold=None, stop_loss=0.25),
    ),
    "an open at a trailing stop that lies above the target": world(
        {A: [flat(10), Bar(10, 16, 10, 16), flat(12), flat(12)]}, news("e", 1, View("A.HK", 1.0)),
        position=Position(weight=0.2, hold=None, trailing_stop=0.25, take_profit=0.05),
    ),
    "an order of the smallest size": world(
        {stock("T.SH", "XSHG", board="star"): [flat(10)] * 3, C: [flat(10)] * 3, B: [flat(10)] * 3, A: [flat(10)] * 3},
        news("e1", 1, View("T.SH", 1.0)), news("e2", 1, View("C.SH", 0.5)), news("e3", 1, View("A.HK", 0.55)),
        position=Position(weight=0.2, hold=1), execution=SCHEDULE, fx={"CNY": ((date(2025, 1, 1), 1.0),)}, cash=10_000,
    ),
    "one share less than the smallest size": world(
        {stock("T.SH", "XSHG", board="star"): [flat(10)] * 3}, news("e1", 1, View("T.SH", 1.0)),
        position=Position(weight=0.1999, hold=1), currency="CNY", cash=10_000,
    ),
    "an opening at the instant of a close": at_one_instant(),
    "half a spread in a run of one row": world(
        {A: [Bar(10, 10.1, 9.9, 10)]}, news("e", 0, View("A.HK", 1.0)),
        position=HALF, execution=Execution(half_spread_ticks=2.0),
    ),
    "a price on the last tick of a band": world(
        {A: [flat(10), flat(10.0), flat(10.01), flat(20.0), flat(20.05)]}, news("e1", 1, View("A.HK", 1.0)),
        news("e2", 3, View("A.HK", 1.0)),
        position=Position(weight=0.2, hold=1), execution=Execution(half_spread_ticks=2.0),
    ),
    "an index and its fund": world(
        {A: [flat(10)] * 4, INDEX: [None]},
        news("e1", 0, View("^I", 1.0)), news("e2", 1, View("A.HK", 1.0)), news("e3", 2, View("^I", -1.0)),
        position=HALF,
    ),
    "delisted while it is held": world(
        {stock("D.HK", "XHKG", delisted_on=DAYS[2]): [flat(10), flat(10), flat(7)], A: [flat(10)] * 5},
        news("e1", 0, View("D.HK", 1.0)), news("e2", 3, View("A.HK", 1.0)), position=Position(weight=0.3, hold=3),
    ),
    "a hold for six hours over a night": hours(
        Position(weight=0.5, hold=timedelta(hours=6)), [flat(10)] * 14, Event("e", instant(DAYS[0], time(15)), (BUY,))
    ),
}  # fmt: skip
