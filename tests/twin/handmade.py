"""Worlds made by hand: full days from a Monday on, and the corners that random worlds seldom reach."""

from __future__ import annotations

from datetime import date, time, timedelta

from .scenario import Bar, Event, Execution, Instrument, Position, Scenario, View
from .sessions import instant, slot_of

MONDAY = date(2025, 3, 3)
DAYS = [MONDAY + timedelta(days=n) for n in (0, 1, 2, 3, 4, 7, 8, 9)]


def stock(ticker: str, exchange: str, **more) -> Instrument:
    currency = {"XHKG": "HKD", "XNYS": "USD"}.get(exchange, "CNY")
    more = {"board": "main", "currency": currency, "lot_size": 100 if exchange == "XHKG" else None, **more}
    return Instrument(ticker=ticker, exchange=exchange, **more)


A = stock("A.HK", "XHKG")
C = stock("C.SH", "XSHG")
U = stock("U", "XNYS")


def flat(price: float, volume: float | None = 1_000_000.0) -> Bar:
    return Bar(price, price, price, price, volume)


def world(bars: dict[Instrument, list[Bar | None]], *events: Event, **more) -> Scenario:
    """Full days from Monday on, one a bar; None is a day without a bar."""
    count = max(len(row) for row in bars.values())
    slots = {item.exchange: {day: slot_of(item.exchange, day) for day in DAYS[:count]} for item in bars}
    cells = {(item.ticker, day): bar for item, row in bars.items() for day, bar in zip(DAYS, row, strict=False) if bar}
    more.setdefault("close_before", {item.ticker: row[0].open for item, row in bars.items() if row[0]})
    return Scenario(instruments=tuple(bars), slots=slots, bars=cells, events=events, **more)


def news(event_id: str, day: int, *views: View, at: time = time(0, 30)) -> Event:
    """Known at 00:30 UTC, before all cut-offs, of the n-th day."""
    return Event(event_id, instant(DAYS[day], at), views)


def bought_back(taken: float, other: Instrument, at: time) -> Scenario:
    """A short whose stop a bar of so many shares works, and news of another ticker on that day and on the next."""
    return world(
        {stock("S.HK", "XHKG", shortable=True): [flat(10), Bar(10, 12, 10, 11, taken), flat(11), flat(11)],
         other: [flat(10)] * 4},
        news("e1", 0, View("S.HK", -1.0)),
        news("e2", 1, View(other.ticker, 1.0), at=at),
        news("e3", 2, View(other.ticker, 1.0), at=at),
        position=Position(weight=0.6, hold=None, stop_loss=0.1, on_repeat="add"),
        execution=Execution(same_close=True, participation=0.1),
        fx={"USD": ((date(2025, 1, 1), 1.0),)},
        cash=10_000,
    )  # fmt: skip


CORNERS = {
    "a repeat calls back a waiting hold exit": world(
        {C: [flat(10), flat(9), flat(9.1), flat(9.2)]},
        news("e1", 0, View("C.SH", 1.0)),
        news("e2", 2, View("C.SH", 1.0)),
        currency="CNY",
        position=Position(weight=0.1, hold=1),
        cash=100_000,
    ),
    "a short ties up the cash it brought": world(
        {stock("S.HK", "XHKG", shortable=True): [flat(10)] * 2, A: [flat(10)] * 2},
        news("e1", 0, View("S.HK", -1.0)),
        news("e2", 1, View("A.HK", 1.0)),
        position=Position(weight=0.8, hold=None),
        cash=20_000,
    ),
    "a dividend lowers the limit": world(
        {C: [flat(10), Bar(10.45, 10.45, 10.45, 10.45, dividend=0.5)]},
        news("e", 1, View("C.SH", 1.0)),
        currency="CNY",
    ),
    "the place of a stop serves the next row": world(
        {A: [flat(10), Bar(10, 10, 8, 8.5), flat(9)], stock("B.HK", "XHKG"): [flat(10)] * 3},
        news("e1", 0, View("A.HK", 1.0)),
        news("e2", 1, View("B.HK", 1.0), at=time(3)),
        news("e3", 2, View("B.HK", 1.0)),
        position=Position(hold=None, stop_loss=0.1, max_positions=1),
        execution=Execution(same_close=True),
    ),
    "the margin of a short that its stop buys back": bought_back(1_000_000.0, A, time(3)),
    "the margin of a short that its stop buys back in part": bought_back(2_000.0, A, time(3)),
    "the margin of a short that its stop buys back before New York opens": bought_back(1_000_000.0, U, time(13)),
}
