"""Random small worlds that try to break an engine. Every choice shrinks to the dull one: flat prices, no halts, no
slippage, one ticker, few rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import assume
from hypothesis import strategies as st

from newsbt.domain.entity import Instrument, StatusSpan

from . import facts
from .scenario import Bar, Event, Execution, Key, Position, Scenario, Slot, View
from .sessions import STRETCHES, bars_of, days_between, slot_of

CURRENCY = {"XHKG": "HKD", "XSHG": "CNY", "XSHE": "CNY", "BJSE": "CNY", "XNYS": "USD", "XNAS": "USD"}
RATES = {("HKD", "CNY"): 1.08, ("HKD", "USD"): 7.78, ("CNY", "HKD"): 0.92, ("CNY", "USD"): 7.2,
         ("USD", "HKD"): 0.1285, ("USD", "CNY"): 0.139}  # fmt: skip

# Exchange, board, and the lot sizes and short permissions that such an instrument may state.
KINDS = (
    ("XHKG", "main", (100, 500), (None, True)),
    ("XSHG", "main", (None,), (None, True)),
    ("XNYS", "main", (None,), (None,)),
    ("XHKG", "main", (100, 1, 200, None), (True, True, False)),
    ("XSHG", "star", (None,), (None,)),
    ("XSHE", "chinext", (None,), (None,)),
    ("XSHE", "main_st", (None,), (None,)),
    ("XNAS", "adr", (None, 10), (None,)),
    ("BJSE", "bjse", (None,), (None,)),
    ("XSHG", "etf", (None,), (None,)),
)

# UTC: around the cut-offs of Hong Kong (01:15) and the mainland (01:20), inside and at an hour before their closes,
# New York's cut-offs of both seasons, and nights.
TIMES = ("00:30", "01:15", "01:16", "01:20", "01:25", "01:30", "02:31", "04:30", "05:00", "06:00", "06:01", "07:00",
         "07:01", "12:00", "13:25", "13:40", "14:25", "15:00", "17:00", "19:00", "20:00", "21:30")  # fmt: skip

VOLUMES = (1_000_000.0, None, 40_000.0, 3_000.0, 1_100.0, 90.0, 0.0)


def mostly(common: st.SearchStrategy, rare: st.SearchStrategy, one_in: int = 6) -> st.SearchStrategy:
    """The common choice but for one time in a few; shrinks to the common one."""
    return st.integers(0, one_in - 1).flatmap(lambda n: rare if n == one_in - 1 else common)


def rounded(price: float) -> float:
    return max(round(price, 2), 0.02)


def locked(item: Instrument, on: date, statuses: tuple[StatusSpan, ...], before: float, up: bool) -> float:
    """The limit price a mainland board would have, a tenth elsewhere."""
    fraction = facts.limit_fraction(facts.board_on(item, on, statuses), on) or Decimal("0.10")
    lower, upper = facts.price_limits(fraction, facts.decimal(before), Decimal("0.01"))
    return max(float(upper if up else lower), 0.02)


@st.composite
def ex_dates(draw: st.DrawFn, before: float) -> tuple[float, float]:
    """A dividend, well below the last close, and a split."""
    dividend = draw(st.sampled_from((0.0, 0.05, 0.5)))
    split = draw(st.sampled_from((1.0, 2.0, 0.5, 1.5, 1.3, 0.1, 0.001, 10.0)))
    return dividend if dividend < before / 3 else 0.0, split


@st.composite
def bar_after(
    draw: st.DrawFn, item: Instrument, on: date, statuses: tuple[StatusSpan, ...], before: float, may_be_ex: bool
) -> Bar:
    """A bar that follows a close: a plain one, a locked one, a lame one, an ex-date."""
    kind = draw(
        st.sampled_from(
            (*["plain"] * 9, "up", "down", "down", "half_locked", "half_locked", "ex", "thin", "thin", "thin", "lame")
        )
    )
    dividend, split, given = 0.0, 1.0, None
    if kind in ("up", "down"):
        price = locked(item, on, statuses, before, kind == "up")
        return Bar(price, price, price, price, draw(st.sampled_from(VOLUMES)))
    if kind == "ex" and may_be_ex:
        dividend, split = draw(ex_dates(before))
        before = rounded((before - dividend) / split)
        given = draw(st.sampled_from((None, before)))
        if draw(st.booleans()):  # locked at the limit that the ex-date moved
            price = locked(item, on, statuses, before, draw(st.booleans()))
            return Bar(price, price, price, price, 1_000_000.0, dividend, split, given)
    reach = 9 if item.exchange in facts.MAINLAND else 20
    opens = rounded(before * (100 + draw(st.integers(-reach, reach))) / 100)
    up, down = draw(st.integers(0, 6)), draw(st.integers(0, 6))
    high, low = max(rounded(opens * (100 + up) / 100), opens), min(rounded(opens * (100 - down) / 100), opens)
    close = min(max(rounded(low + (high - low) * draw(st.integers(0, 4)) / 4), low), high)
    if kind == "half_locked":  # opens at a limit and leaves it, or closes at it
        edge = locked(item, on, statuses, before, draw(st.booleans()))
        opens, close = (edge, close) if draw(st.booleans()) else (opens, edge)
        high, low = max(high, edge, opens, close), min(low, edge, opens, close)
    volume: float | None = 1_000_000.0
    if kind == "thin":
        volume = draw(st.sampled_from(VOLUMES))
    if kind == "lame":
        missing = draw(st.sampled_from(("open", "high", "close", "all but close")))
        return Bar(
            open=None if missing in ("open", "all but close") else opens,
            high=None if missing in ("high", "all but close") else high,
            low=None if missing == "all but close" else low,
            close=None if missing == "close" else close,
        )
    return Bar(opens, high, low, close, volume, dividend, split, given)


def slots_of(mic: str, on: date, intraday: bool) -> list[Slot]:
    session = slot_of(mic, on)
    if intraday:
        return bars_of(mic, on)
    return [] if session is None else [session]


def keyed_slots(mic: str, days: list[date], intraday: bool) -> dict[Key, Slot]:
    return {slot.open_at if intraday else day: slot for day in days for slot in slots_of(mic, day, intraday)}


@dataclass(frozen=True, slots=True)
class Size:
    """How large a world may become."""

    tickers: int = 4
    rows: int = 12
    events: int = 8


@st.composite
def positions(draw: st.DrawFn, durations: bool) -> Position:
    fraction = st.sampled_from((None, None, 0.05, 0.1, 0.02))
    spans = (timedelta(minutes=30), timedelta(hours=2), timedelta(hours=30)) if durations else ()
    return Position(
        weight=draw(st.sampled_from((0.1, 1.0, 0.4, 0.05))),
        hold=draw(st.sampled_from((1, 2, 3, 5, None, *spans))),
        hold_unit=draw(st.sampled_from(("bars", "sessions"))),
        stop_loss=draw(fraction),
        take_profit=draw(fraction),
        trailing_stop=draw(fraction),
        max_positions=draw(st.sampled_from((None, None, 1, 2))),
        event_weight=draw(st.sampled_from((None, None, 0.1, 0.5))),
        on_repeat=draw(st.sampled_from(("extend", "ignore", "add"))),
    )


@st.composite
def executions(draw: st.DrawFn, costs: tuple[str, ...], same_close: bool | None) -> Execution:
    model = draw(st.sampled_from(costs))
    return Execution(
        same_close=draw(st.booleans()) if same_close is None else same_close,
        market_rules=draw(mostly(st.just(True), st.just(False), 5)),
        costs=model,
        commission_bps=draw(st.sampled_from((10.0, 25.0, 0.0))) if model == "flat" else 0.0,
        minimum=draw(st.sampled_from((0.0, 5.0))) if model == "flat" else 0.0,
        slippage_bps=draw(st.sampled_from((0.0, 5.0, 100.0))),
        participation=draw(st.sampled_from((None, 0.1, 0.25))),
        reject_short_cash=draw(mostly(st.just(False), st.just(True), 4)),
        borrow_bps=draw(st.sampled_from((0.0, 300.0))),
    )


@st.composite
def events_on(draw: st.DrawFn, items: tuple[Instrument, ...], days: list[date], most: int) -> tuple[Event, ...]:
    """Events, mostly on the days of the rows and often echoing an earlier one, so that they meet positions and each
    other; a few before the first row and after the last."""
    tickers = [item.ticker for item in items]
    outside = [days[0] - timedelta(days=2), days[0] - timedelta(days=1), days[-1] + timedelta(days=1)]
    signals = st.sampled_from((1.0, 1.0, 0.5, -1.0, -1.0, -0.5, 0.3, 0.0))
    found: list[Event] = []
    for n in range(draw(st.integers(1, most))):
        on = draw(mostly(st.sampled_from(days[:-1]), st.sampled_from(outside), 10))
        named = draw(st.lists(st.sampled_from(tickers), min_size=1, max_size=3, unique=True))
        drawn = [draw(signals) for _ in named]
        if found and draw(st.booleans()):
            echoed = draw(st.sampled_from(found))
            on = echoed.known_at.date() + timedelta(days=draw(st.sampled_from((0, 0, 1, 2, 3))))
            named = [view.ticker for view in echoed.views]
            sign = draw(st.sampled_from((1, -1)))
            drawn = [sign * view.signal for view in echoed.views]
        at = datetime.combine(on, time.fromisoformat(draw(st.sampled_from(TIMES))), tzinfo=UTC)
        delays = mostly(st.just(0), st.sampled_from((1, 2, 4)), 8)
        views = tuple(View(ticker, signal, draw(delays)) for ticker, signal in zip(named, drawn, strict=True))
        # Ids do not ascend with n, so that order by id is not order of drawing.
        found.append(Event(f"e{(n * 7 + 3) % 10}{n}", at, views))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Story:
    """One instrument's part of a world, drawn in one piece so that it can be dropped in one piece."""

    item: Instrument
    statuses: tuple[StatusSpan, ...]
    close_before: float | None
    bars: dict[Key, Bar]


@st.composite
def stories(draw: st.DrawFn, days: list[date], markets: tuple[str, ...] | None, intraday: bool) -> Story:
    kinds = [kind for kind in KINDS if markets is None or kind[0] in markets]
    exchange, board, lots, shorts = draw(st.sampled_from(kinds))
    item = Instrument(
        ticker="?",
        name="Company",
        exchange=exchange,
        board=board,
        currency=CURRENCY[exchange],
        lot_size=draw(st.sampled_from(lots)),
        shortable=draw(st.sampled_from(shorts)),
        tradable=draw(mostly(st.just(True), st.just(False), 20)),
    )
    price = rounded(draw(st.sampled_from((10.0, 3.21, 97.5, 0.35, 480.0))))
    own = keyed_slots(exchange, days, intraday)
    statuses: tuple[StatusSpan, ...] = ()
    close_before: float | None = price
    if exchange in facts.MAINLAND:
        if board == "main" and draw(mostly(st.just(False), st.just(True), 4)):
            since = draw(st.sampled_from((None, days[len(days) // 2])))
            statuses = (StatusSpan(ticker="?", status="st", from_on=since),)
        if own and draw(mostly(st.just(False), st.just(True), 8)):
            listed_on = draw(st.sampled_from(sorted({slot.date for slot in own.values()})))
            item, close_before = replace(item, listed_on=listed_on), None
            own = {key: slot for key, slot in own.items() if slot.date >= listed_on}
    if draw(mostly(st.just(False), st.just(True), 8)):
        close_before = None
    bars: dict[Key, Bar] = {}
    asleep, session = 0, None
    for key, slot in own.items():
        if asleep == 0:
            asleep = draw(mostly(st.just(0), st.integers(1, 3), 25))
        if asleep > 0:  # suspended: no row at all, or one that says no more than that the ticker goes ex
            asleep -= 1
            if slot.date != session and draw(mostly(st.just(False), st.just(True), 3)):
                dividend, split = draw(ex_dates(price))
                bars[key] = Bar(None, None, None, None, draw(st.sampled_from((None, 0.0))), dividend, split)
                price, session = rounded((price - dividend) / split), slot.date
            continue
        bar = draw(bar_after(item, slot.date, statuses, price, slot.date != session))
        session = slot.date
        bars[key] = bar
        price = bar.close if bar.close is not None else price
    return Story(item, statuses, close_before, bars)


@st.composite
def universes(draw: st.DrawFn, told: list[Story]) -> tuple[Instrument, ...]:
    """The stories' instruments by name, and now and then an index, with or without a fund."""
    items = [replace(story.item, ticker=letter) for story, letter in zip(told, "ABCDEFGH", strict=False)]
    if draw(mostly(st.just(False), st.just(True), 4)):
        fund = draw(st.sampled_from(items))
        index = Instrument(
            ticker="^I",
            name="Index",
            exchange=fund.exchange,
            board="index",
            currency=fund.currency,
            proxy=draw(st.sampled_from((fund.ticker, ""))),
        )
        items.insert(draw(st.integers(0, len(items))), index)
    return tuple(items)


@st.composite
def rates(draw: st.DrawFn, account: str, currencies: set[str], days: list[date]) -> dict[str, tuple]:
    """A rate from before the first row, and often another each day."""
    fx = {}
    for currency in sorted(currencies - {account}):
        rate = RATES[account, currency]
        dated = [(days[0] - timedelta(days=5), rate)]
        if draw(st.booleans()):
            moves = [draw(st.integers(-3, 3)) for _ in days]
            dated += [(day, round(rate * (100 + move) / 100, 5)) for day, move in zip(days, moves, strict=True) if move]
        fx[currency] = tuple(dated)
    return fx


@st.composite
def grids(draw: st.DrawFn, tickers: list[str], keys: list[Key]) -> dict[Key, dict[str, float]]:
    """Signals that mostly stay what they were; indices have none."""
    found: dict[Key, dict[str, float]] = {}
    now = dict.fromkeys(tickers, 0.0)
    for key in keys:
        for ticker in tickers:
            now[ticker] = draw(mostly(st.just(now[ticker]), st.sampled_from((1.0, 0.5, 0.0, -0.5, 0.51)), 4))
        found[key] = dict(now)
    return found


@st.composite
def scenarios(
    draw: st.DrawFn,
    *,
    size: Size = Size(),
    costs: tuple[str, ...] = ("zero", "flat"),
    same_close: bool | None = None,
    markets: tuple[str, ...] | None = None,
    intraday: bool = False,
    grid: bool = False,
) -> Scenario:
    """A world of daily bars, or of hourly ones (T9), whose size in rows then counts days.

    `costs` may hold `market_schedule`, for tests that hand the twin its function; `same_close` None draws it; `markets`
    restricts the exchanges; `grid` draws a grid of signals in place of events, for X21.
    """
    start, end = draw(st.sampled_from(STRETCHES))
    weekdays = [day for day in days_between(start, end) if day.weekday() < 5]
    first = draw(st.integers(3, len(weekdays) - 4))
    days = weekdays[first : first + draw(st.integers(3, size.rows))]
    told = draw(st.lists(stories(days, markets, intraday), min_size=1, max_size=size.tickers))
    items = draw(universes(told))
    slots = {mic: keyed_slots(mic, days, intraday) for mic in sorted({item.exchange for item in items})}
    assume(any(slots.values()))
    earlier = days_between(start - timedelta(days=3), days[0] - timedelta(days=1))
    before = {mic: [slot.cutoff_at for day in earlier for slot in slots_of(mic, day, intraday)] for mic in slots}
    tickers = [item.ticker for item in items if not item.is_index]
    account = draw(st.sampled_from(("HKD", "CNY", "USD")))
    execution = draw(executions(costs, same_close))
    position = draw(positions(durations=intraday and not execution.same_close))
    if grid:
        position = replace(
            position,
            stop_loss=None,
            take_profit=None,
            trailing_stop=None,
            rebalance=draw(st.sampled_from(("daily", "on_change", "weekly", "monthly"))),
            min_trade=draw(st.sampled_from((0.001, 0.0, 0.05))),
        )
    keys = sorted({key for market in slots.values() for key in market})
    return Scenario(
        instruments=items,
        slots=slots,
        bars={(name, key): bar for name, story in zip(tickers, told, strict=True) for key, bar in story.bars.items()},
        events=() if grid else draw(events_on(items, days, size.events)),
        grid=draw(grids(tickers, keys)) if grid else None,
        previous_cutoff={mic: known[-1] if known else None for mic, known in before.items()},
        close_before={
            name: story.close_before
            for name, story in zip(tickers, told, strict=True)
            if story.close_before is not None
        },
        fx=draw(rates(account, {item.currency for item in items}, days)),
        statuses=tuple(
            replace(span, ticker=name) for name, story in zip(tickers, told, strict=True) for span in story.statuses
        ),
        position=position,
        execution=execution,
        currency=account,
        cash=draw(st.sampled_from((1_000_000.0, 100_000.0, 30_000.0, 4_000.0))),
        intraday=intraday,
    )
