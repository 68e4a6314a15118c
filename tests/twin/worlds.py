"""Random small worlds that try to break an engine, made of one `random.Random`: by a seed, for ever the same, or by
hypothesis, which shrinks every choice to the dull one: flat prices, no halts, no slippage, one ticker, few rows."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from .scenario import ByVolatility, Cause, Event, Execution, Instrument, Key, Position, Scenario, View
from .sessions import STRETCHES, days_between
from .walks import Story, keyed_slots, one_in, slots_on, some, story

RATES = {("HKD", "CNY"): 1.08, ("HKD", "USD"): 7.78, ("CNY", "HKD"): 0.92, ("CNY", "USD"): 7.2,
         ("USD", "HKD"): 0.1285, ("USD", "CNY"): 0.139}  # fmt: skip

# UTC: around the cut-offs of Hong Kong (01:15) and the mainland (01:20), inside and at an hour before their closes,
# New York's cut-offs of both seasons, and nights.
TIMES = ("00:30", "01:15", "01:16", "01:20", "01:25", "01:30", "02:31", "04:30", "05:00", "06:00", "06:01", "07:00",
         "07:01", "12:00", "13:25", "13:40", "14:25", "15:00", "17:00", "19:00", "20:00", "21:30")  # fmt: skip

SIGNALS = (1.0, 1.0, 0.5, -1.0, -1.0, -0.5, 0.3, 0.0)
SHARES = (0.5, 1.0, 0.233, 0.317)  # of causes, between which no odd share is drawn


@dataclass(frozen=True, slots=True)
class Size:
    """How large a world may become."""

    tickers: int = 4
    rows: int = 12
    events: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What kind of world is wanted: of daily bars or of hourly ones (T9), whose size in rows then counts days; with
    events or with a `grid` of signals, for X21. None leaves the choice open, of the markets and of the entry; with
    `each_market` every one of `markets` has a ticker. `reach` is by how many percent prices jump. With
    `stops` a grid keeps the stops that were drawn. With `late_rates` no rate may stand before some of the rows; with
    `sized` weights go by volatility (X23)."""

    size: Size = Size()
    intraday: bool = False
    grid: bool = False
    same_close: bool | None = None
    markets: tuple[str, ...] | None = None
    each_market: bool = False
    reach: int | None = None
    stops: bool = False
    late_rates: bool = False
    sized: bool = False


def position_of(chance: random.Random, durations: bool) -> Position:
    fractions = (None, None, 0.05, 0.1, 0.02)
    spans = (timedelta(minutes=30), timedelta(hours=2), timedelta(hours=30)) if durations else ()
    return Position(
        weight=chance.choice((0.1, 1.0, 0.4, 0.05)),
        hold=chance.choice((1, 2, 3, 5, None, *spans)),
        hold_unit=chance.choice(("bars", "sessions")),
        stop_loss=chance.choice(fractions),
        take_profit=chance.choice(fractions),
        trailing_stop=chance.choice(fractions),
        max_positions=chance.choice((None, None, 1, 2)),
        event_weight=chance.choice((None, None, 0.1, 0.5)),
        on_repeat=chance.choice(("extend", "ignore", "add")),
    )


def followed(chance: random.Random, position: Position, stops: bool) -> Position:
    """What means something to a grid."""
    if not stops:
        position = replace(position, stop_loss=None, take_profit=None, trailing_stop=None)
    return replace(
        position,
        rebalance=chance.choice(("daily", "on_change", "weekly", "monthly")),
        min_trade=chance.choice((0.001, 0.0, 0.05)),
    )


def sized(chance: random.Random, position: Position) -> Position:
    """The same with weights by volatility."""
    by = ByVolatility(
        target=chance.choice((0.1, 0.3, 1.0, 0.02)), window=chance.choice((2, 2, 3, 5)),
        max_weight=chance.choice((1.0, 0.3)),
    )  # fmt: skip
    return replace(position, weight=by)


def execution_of(chance: random.Random, same_close: bool | None) -> Execution:
    model = chance.choice(("zero", "flat", "market_schedule"))
    found = Execution(
        same_close=one_in(chance, 2) if same_close is None else same_close,
        market_rules=not one_in(chance, 5),
        costs=model,
        commission_bps=chance.choice((10.0, 25.0, 0.0)) if model == "flat" else 0.0,
        minimum=chance.choice((0.0, 5.0)) if model == "flat" else 0.0,
        participation=chance.choice((None, 0.1, 0.25)),
        reject_short_cash=one_in(chance, 4),
        borrow_bps=chance.choice((0.0, 300.0)),
    )
    slippage = chance.choice(("bps", "bps", "half_spread", "impact"))
    if slippage == "half_spread":
        return replace(found, half_spread_ticks=chance.choice((1.0, 3.0, 40.0)))
    found = replace(found, slippage_bps=chance.choice((0.0, 5.0, 100.0)))
    if slippage == "impact":
        return replace(found, impact=chance.choice((1.0, 0.3)), impact_window=chance.choice((5, 8, 20)))
    return found


def events_on(chance: random.Random, items: tuple[Instrument, ...], days: list[date], most: int) -> tuple[Event, ...]:
    """Events, mostly on the days of the rows and often echoing an earlier one, so that they meet positions and each
    other; a few before the first row and after the last."""
    tickers = [item.ticker for item in items]
    outside = [days[0] - timedelta(days=2), days[0] - timedelta(days=1), days[-1] + timedelta(days=1)]
    found: list[Event] = []
    for n in range(chance.randint(1, most)):
        on = chance.choice(outside if one_in(chance, 10) else days[:-1])
        named = some(chance, tickers, 3)
        signals = [chance.choice(SIGNALS) for _ in named]
        if found and one_in(chance, 2):
            echoed = chance.choice(found)
            on = echoed.known_at.date() + timedelta(days=chance.choice((0, 0, 1, 2, 3)))
            named = [view.ticker for view in echoed.views]
            sign = chance.choice((1, -1))
            signals = [sign * view.signal for view in echoed.views]
        at = datetime.combine(on, time.fromisoformat(chance.choice(TIMES)), tzinfo=UTC)
        views = tuple(
            View(ticker, signal, chance.choice((1, 2, 4)) if one_in(chance, 8) else 0)
            for ticker, signal in zip(named, signals, strict=True)
        )
        # Ids do not ascend with n, so that order by id is not order of drawing.
        found.append(Event(f"e{(n * 7 + 3) % 10}{n}", at, views, resumes=n == 9))
    return tuple(found)


def with_index(chance: random.Random, items: list[Instrument]) -> tuple[Instrument, ...]:
    """Now and then an index, with or without a fund."""
    if one_in(chance, 4):
        fund = chance.choice(items)
        index = Instrument(
            ticker="^I",
            exchange=fund.exchange,
            board="index",
            currency=fund.currency,
            proxy=chance.choice((fund.ticker, fund.ticker, "")),
        )
        items.insert(chance.randint(0, len(items)), index)
    return tuple(items)


def rates(
    chance: random.Random, account: str, currencies: set[str], days: list[date], *, late: bool
) -> dict[str, tuple]:
    """A rate from before the first row, and often another each day; `late` begins in some row."""
    fx = {}
    for currency in sorted(currencies - {account}):
        rate = RATES[account, currency]
        dated = [(days[0] - timedelta(days=5), rate)]
        if one_in(chance, 2):
            moves = [chance.randint(-3, 3) for _ in days]
            dated += [(day, round(rate * (100 + move) / 100, 5)) for day, move in zip(days, moves, strict=True) if move]
        if late:
            first = chance.choice(days)
            dated = [one for one in dated if one[0] >= first] or [(first, rate)]
        fx[currency] = tuple(dated)
    return fx


def grid_on(chance: random.Random, tickers: list[str], keys: list[Key]) -> dict[Key, dict[str, float]]:
    """Signals that mostly stay what they were; indices have none."""
    found: dict[Key, dict[str, float]] = {}
    now = dict.fromkeys(tickers, 0.0)
    for key in keys:
        for ticker in tickers:
            now[ticker] = chance.choice((1.0, 0.5, 0.0, -0.5, 0.51)) if one_in(chance, 4) else now[ticker]
        found[key] = dict(now)
    return found


def causes_on(chance: random.Random, tickers: list[str], keys: list[Key]) -> tuple[Cause, ...]:
    """Events that brought a grid's changes, drawn apart from it."""
    if one_in(chance, 2):
        return ()
    return tuple(
        Cause(chance.choice(keys), chance.choice(tickers), f"e{chance.randint(0, 3)}", chance.choice(SHARES))
        for _ in range(chance.randint(1, 12))
    )


def world_of(chance: random.Random, setting: Setting) -> Scenario:
    size, intraday = setting.size, setting.intraday
    start, end = chance.choice(STRETCHES)
    weekdays = [day for day in days_between(start, end) if day.weekday() < 5]
    first = chance.randint(3, len(weekdays) - 4)
    days = weekdays[first : first + chance.randint(3, size.rows)]
    markets = [setting.markets] * chance.randint(1, size.tickers)
    if setting.each_market and setting.markets:
        markets = [(mic,) for mic in setting.markets] + markets[len(setting.markets) :]
    stories: list[Story] = []
    for letter, among in zip("ABCDEFGH", markets, strict=False):
        stories.append(story(chance, letter, days, among, intraday, setting.reach))
    items = with_index(chance, [one.item for one in stories])
    slots = {mic: keyed_slots(mic, days, intraday) for mic in sorted({item.exchange for item in items})}
    if not any(slots.values()):  # a week of holidays
        return world_of(chance, setting)
    earlier = days_between(start - timedelta(days=3), days[0] - timedelta(days=1))
    before = {mic: [slot.cutoff_at for day in earlier for slot in slots_on(mic, day, intraday)] for mic in slots}
    tickers = [item.ticker for item in items if not item.is_index]
    account = chance.choice(("HKD", "CNY", "USD"))
    execution = execution_of(chance, setting.same_close)
    position = position_of(chance, durations=intraday and not execution.same_close)
    keys = sorted({key for market in slots.values() for key in market})
    if setting.sized:
        position = sized(chance, position)
    return Scenario(
        instruments=items,
        slots=slots,
        bars={(one.item.ticker, key): bar for one in stories for key, bar in one.bars.items()},
        events=() if setting.grid else events_on(chance, items, days, size.events),
        grid=grid_on(chance, tickers, keys) if setting.grid else None,
        causes=causes_on(chance, tickers, keys) if setting.grid else (),
        previous_cutoff={mic: known[-1] if known else None for mic, known in before.items()},
        close_before={one.item.ticker: one.close_before for one in stories if one.close_before is not None},
        fx=rates(chance, account, {item.currency for item in items}, days, late=setting.late_rates),
        statuses=tuple(span for one in stories for span in one.statuses),
        position=followed(chance, position, setting.stops) if setting.grid else position,
        execution=execution,
        currency=account,
        cash=chance.choice((1_000_000.0, 100_000.0, 30_000.0, 4_000.0)),
        intraday=intraday,
    )


def scenarios(**setting) -> st.SearchStrategy[Scenario]:
    """Worlds of a `Setting`, drawn by hypothesis."""
    wanted = Setting(**setting)
    return st.randoms(use_true_random=False).map(lambda chance: world_of(chance, wanted))
