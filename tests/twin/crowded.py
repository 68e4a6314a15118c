"""Worlds in which lots pile up: grids that rise in steps and then fall, events that add, opposite ones that sell all.

Random worlds by the rules seldom get there. The numbers come of one seed, for there is little to shrink.
"""

from __future__ import annotations

import random
from datetime import date, time

from hypothesis import strategies as st

from .handmade import DAYS, A, C, news, stock, world
from .scenario import Bar, Execution, Position, Scenario, View
from .sessions import bars_of

B = stock("B.HK", "XHKG", lot_size=200, shortable=True)
LEVELS = (0.0, 0.0, 0.05, 0.1, 0.2, 0.3, -0.1, -0.2)


def crowded(*, grid: bool) -> st.SearchStrategy[Scenario]:
    """Eight days of three tickers, of which each bar moves by a few percent; `grid` or events."""
    return st.integers(0, 2**32 - 1).map(lambda seed: made(random.Random(seed), grid=grid))


def made(chance: random.Random, *, grid: bool) -> Scenario:
    execution = Execution(
        costs=chance.choice(("flat", "market_schedule")),
        commission_bps=10.0,
        minimum=chance.choice((0.0, 50.0)),
        slippage_bps=chance.choice((0.0, 20.0)),
        participation=chance.choice((None, 0.1)),
        same_close=not grid and chance.random() < 0.5,
        market_rules=chance.random() < 0.8,
    )
    rates = {"CNY": ((date(2025, 1, 1), 1.1),)}
    shared = {"fx": rates, "execution": execution, "cash": chance.choice((100_000.0, 1_000_000.0))}
    if grid and chance.random() < 0.4:
        return _hourly(chance, shared)
    items = (A, B, C)
    bars = {item: bars_by_percents(chance, len(DAYS)) for item in items}
    if grid:
        levels = {item.ticker: _levels(chance, len(DAYS)) for item in items}
        wanted = {day: {name: level[n] for name, level in levels.items()} for n, day in enumerate(DAYS)}
        return world(bars, grid=wanted, position=_followed(chance), **shared)
    position = Position(
        weight=0.1, hold=chance.choice((None, 2, 3)), on_repeat="add", stop_loss=chance.choice((None, 0.05))
    )
    events = [
        news(f"e{n}{item.ticker}{k}", n, View(item.ticker, chance.choice((1.0, 1.0, 1.0, -1.0))), at=time(hour, k))
        for n in range(len(DAYS))
        for item in items
        for k in range(chance.choice((0, 1, 1, 2)))
        for hour in (chance.choice((0, 0, 3)),)
    ]
    return world(bars, *events, position=position, **shared)


def _hourly(chance: random.Random, shared: dict) -> Scenario:
    """Hourly bars in Shanghai, where T+1 keeps a day's lots back."""
    slots = {slot.open_at: slot for day in DAYS[:4] for slot in bars_of("XSHG", day)}
    keys = sorted(slots)
    bars = {("C.SH", key): bar for key, bar in zip(keys, bars_by_percents(chance, len(keys)), strict=True) if bar}
    levels = _levels(chance, len(keys))
    return Scenario(
        instruments=(C,), slots={"XSHG": slots}, bars=bars, close_before={"C.SH": 10.0},
        grid={key: {"C.SH": level} for key, level in zip(keys, levels, strict=True)},
        position=Position(weight=1.0, rebalance="on_change", min_trade=0.0), intraday=True, **shared,
    )  # fmt: skip


def _followed(chance: random.Random) -> Position:
    return Position(weight=1.0, rebalance=chance.choice(("daily", "daily", "on_change")), min_trade=0.0)


def _levels(chance: random.Random, count: int) -> list[float]:
    found = [0.1]
    while len(found) < count:
        found.append(found[-1] if chance.random() < 0.2 else chance.choice(LEVELS))
    return found


def bars_by_percents(chance: random.Random, count: int) -> list[Bar | None]:
    found: list[Bar | None] = []
    price = 10.0
    for n in range(count):
        opened = round(price * (1 + chance.randint(-4, 4) / 100), 2)
        price = round(opened * (1 + chance.randint(-4, 4) / 100), 2)
        high, low = round(max(opened, price) + 0.1, 2), round(min(opened, price) - 0.1, 2)
        volume = chance.choice((1e6, 1e6, 30_000.0, 12_000.0, None))
        found.append(None if n and chance.random() < 0.05 else Bar(opened, high, low, price, volume))
    return found
