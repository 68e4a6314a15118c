"""Worlds for a strategy that is asked row by row, as tables of prices and news that a whole run can read."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from .crowded import bars_by_percents
from .handmade import DAYS, A, C, U, stock
from .scenario import Bar, Execution, Instrument, Key, News, Position, Scenario
from .sessions import bars_of, instant, slot_of
from .walks import ex_date, locked, one_in, some

D = stock("D.SH", "XSHG", board="star")
B = stock("B.HK", "XHKG", lot_size=200, shortable=True, sector_index="^I")
INDEX = Instrument(ticker="^I", exchange="XHKG", board="index", currency="HKD", proxy="A.HK")
FRIDAY = date(2025, 2, 28)
HOURS = (0, 1, 3, 4, 7, 12, 14, 17, 21)
RATES = {"CNY": 1.1, "USD": 7.8}


def stepped(chance: random.Random, *, intraday: bool) -> Scenario:
    """Eight days, or three of hourly bars, in up to three markets."""
    days = DAYS[:3] if intraday else DAYS
    items = (*(_delisted(chance, item, days) for item in some(chance, (B, C, U, D), 4)), A, INDEX)
    slots = {}
    for mic in sorted({item.exchange for item in items}):
        own = [slot for day in days for slot in (bars_of(mic, day) if intraday else [slot_of(mic, day)])]
        slots[mic] = {slot.open_at if intraday else slot.date: slot for slot in own}
    bars: dict[tuple[str, Key], Bar] = {}
    for item in items[:-1]:
        keys = list(slots[item.exchange])
        before = 10.0
        for key, bar in zip(keys, bars_by_percents(chance, len(keys)), strict=True):
            on = slots[item.exchange][key].date
            if bar is None or (item.delisted_on is not None and on > item.delisted_on):
                continue
            if key != days[0] and not intraday and one_in(chance, 12):
                dividend, split = ex_date(chance, 10.0)
                bar = replace(bar, dividend=dividend, split=split)
            elif item.exchange == "XSHG" and one_in(chance, 8):
                price = locked(item, on, (), before, one_in(chance, 2))
                bar = Bar(price, price, price, price, bar.volume)
            bars[item.ticker, key] = bar
            before = bar.close
    first, last = min(key for _, key in bars), max(key for _, key in bars)  # T6, T9
    slots = {mic: {key: own[key] for key in own if first <= key <= last} for mic, own in slots.items()}
    return Scenario(
        instruments=items,
        slots=slots,
        bars=bars,
        close_before={item.ticker: 10.0 for item in items[:-1]},
        previous_cutoff={mic: _previous(mic, intraday) for mic in slots},
        news=_news(chance, days, [item.ticker for item in items]),
        step=chance.choice(("fall", "news", "news")),
        fx={item.currency: ((date(2025, 1, 1), RATES[item.currency]),) for item in items if item.currency != "HKD"},
        position=Position(
            weight=chance.choice((0.1, 0.3)),
            rebalance=chance.choice(("daily", "daily", "on_change", "weekly")),
            min_trade=chance.choice((0.0, 0.001)),
            max_positions=chance.choice((None, None, 2)),
        ),
        execution=_execution(chance),
        cash=chance.choice((100_000.0, 1_000_000.0)),
        intraday=intraday,
    )


def _delisted(chance: random.Random, item: Instrument, days: list[date]) -> Instrument:
    return replace(item, delisted_on=days[-2]) if one_in(chance, 6) else item


def _previous(mic: str, intraday: bool) -> datetime:
    return bars_of(mic, FRIDAY)[-1].cutoff_at if intraday else slot_of(mic, FRIDAY).cutoff_at


def _news(chance: random.Random, days: list[date], tickers: list[str]) -> tuple[News, ...]:
    found = []
    for n in range(chance.randint(1, 8)):
        on = chance.choice([days[0] - timedelta(days=3), *days])
        at = instant(on, time(chance.choice(HOURS), chance.choice((0, 15, 30))))
        named = tuple(some(chance, tickers, 2))
        found.append(News(f"e{n}", at, named, chance.choice((1.0, -1.0, 0.4)), chance.choice((None, 0.7, 0.3))))
    return tuple(found)


def _execution(chance: random.Random) -> Execution:
    ticks = chance.choice((0.0, 0.0, 3.0))
    return Execution(
        costs=chance.choice(("zero", "flat", "market_schedule")),
        commission_bps=10.0,
        minimum=chance.choice((0.0, 50.0)),
        slippage_bps=0.0 if ticks else chance.choice((0.0, 20.0)),
        half_spread_ticks=ticks,
        participation=chance.choice((None, 0.1)),
        borrow_bps=chance.choice((0.0, 300.0)),
        market_rules=not one_in(chance, 5),
    )
