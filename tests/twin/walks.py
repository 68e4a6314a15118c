"""One instrument's part of a random world: what it is and how its prices go."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from . import facts
from .scenario import Bar, Instrument, Key, Slot, StatusSpan
from .sessions import bars_of, slot_of

T = TypeVar("T")

CURRENCY = {"XHKG": "HKD", "XSHG": "CNY", "XSHE": "CNY", "BJSE": "CNY", "XNYS": "USD", "XNAS": "USD"}

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
    ("XHKG", "etf", (100,), (True,)),
)

VOLUMES = (1_000_000.0, None, 40_000.0, 3_000.0, 1_100.0, 90.0, 0.0)
BARS = (*["plain"] * 9, "up", "down", "down", "half_locked", "half_locked", "ex", "thin", "thin", "thin", "lame")


def one_in(chance: random.Random, count: int) -> bool:
    """True one time in so many; hypothesis shrinks it to False."""
    return chance.randrange(count) == count - 1


def some(chance: random.Random, choices: Sequence[T], most: int) -> list[T]:
    """Up to so many different ones, at least one."""
    left = list(choices)
    return [left.pop(chance.randrange(len(left))) for _ in range(min(chance.randint(1, most), len(left)))]


def rounded(price: float) -> float:
    return max(round(price, 2), 0.02)


def locked(item: Instrument, on: date, statuses: tuple[StatusSpan, ...], before: float, up: bool) -> float:
    """The limit price a mainland board would have, a tenth elsewhere."""
    fraction = facts.limit_fraction(facts.board_on(item, on, statuses), on) or Decimal("0.10")
    lower, upper = facts.price_limits(fraction, facts.decimal(before), Decimal("0.01"))
    return max(float(upper if up else lower), 0.02)


def ex_date(chance: random.Random, before: float) -> tuple[float, float]:
    """A dividend, well below the last close, and a split."""
    dividend = chance.choice((0.0, 0.05, 0.5))
    split = chance.choice((1.0, 2.0, 0.5, 1.5, 1.3, 0.1, 0.001, 10.0))
    return dividend if dividend < before / 3 else 0.0, split


def bar_after(
    chance: random.Random, item: Instrument, on: date, statuses: tuple[StatusSpan, ...], before: float, may_be_ex: bool,
    reach: int | None,
) -> Bar:  # fmt: skip
    """A bar that follows a close: a plain one, a locked one, a lame one, an ex-date."""
    kind = chance.choice(BARS)
    dividend, split, given = 0.0, 1.0, None
    if kind in ("up", "down"):
        price = locked(item, on, statuses, before, kind == "up")
        return Bar(price, price, price, price, chance.choice(VOLUMES))
    if kind == "ex" and may_be_ex:
        dividend, split = ex_date(chance, before)
        before = rounded((before - dividend) / split)
        given = chance.choice((None, before))
        if one_in(chance, 2):  # locked at the limit that the ex-date moved
            price = locked(item, on, statuses, before, one_in(chance, 2))
            return Bar(price, price, price, price, 1_000_000.0, dividend, split, given)
    reach = reach or (9 if item.exchange in facts.MAINLAND else 20)
    opens = rounded(before * (100 + chance.randint(-reach, reach)) / 100)
    up, down = chance.randint(0, 6), chance.randint(0, 6)
    high, low = max(rounded(opens * (100 + up) / 100), opens), min(rounded(opens * (100 - down) / 100), opens)
    close = min(max(rounded(low + (high - low) * chance.randint(0, 4) / 4), low), high)
    if kind == "half_locked":  # opens at a limit and leaves it, or closes at it
        edge = locked(item, on, statuses, before, one_in(chance, 2))
        opens, close = (edge, close) if one_in(chance, 2) else (opens, edge)
        high, low = max(high, edge, opens, close), min(low, edge, opens, close)
    volume: float | None = 1_000_000.0
    if kind == "thin":
        volume = chance.choice(VOLUMES)
    if kind == "lame":
        missing = chance.choice(("open", "high", "close", "all but close"))
        return Bar(
            open=None if missing in ("open", "all but close") else opens,
            high=None if missing in ("high", "all but close") else high,
            low=None if missing == "all but close" else low,
            close=None if missing == "close" else close,
        )
    return Bar(opens, high, low, close, volume, dividend, split, given)


def slots_on(mic: str, on: date, intraday: bool) -> list[Slot]:
    session = slot_of(mic, on)
    if intraday:
        return bars_of(mic, on)
    return [] if session is None else [session]


def keyed_slots(mic: str, days: list[date], intraday: bool) -> dict[Key, Slot]:
    return {slot.open_at if intraday else day: slot for day in days for slot in slots_on(mic, day, intraday)}


@dataclass(frozen=True, slots=True)
class Story:
    """An instrument, its statuses, its last close before the first row, and its bars."""

    item: Instrument
    statuses: tuple[StatusSpan, ...]
    close_before: float | None
    bars: dict[Key, Bar]


def story(
    chance: random.Random, ticker: str, days: list[date], markets: tuple[str, ...] | None, intraday: bool,
    reach: int | None = None,
) -> Story:  # fmt: skip
    """`reach` is by how many percent an open may differ from the close before."""
    kinds = [kind for kind in KINDS if markets is None or kind[0] in markets]
    exchange, board, lots, shorts = chance.choice(kinds)
    item = Instrument(
        ticker=ticker,
        exchange=exchange,
        board=board,
        currency=CURRENCY[exchange],
        lot_size=chance.choice(lots),
        shortable=chance.choice(shorts),
        tradable=not one_in(chance, 20),
    )
    price = rounded(chance.choice((10.0, 3.21, 97.5, 0.35, 480.0)))
    own = keyed_slots(exchange, days, intraday)
    statuses: tuple[StatusSpan, ...] = ()
    close_before: float | None = price
    if exchange in facts.MAINLAND:
        if board == "main" and one_in(chance, 4):
            since = chance.choice((None, days[len(days) // 2]))
            statuses = (StatusSpan(ticker=ticker, status="st", from_on=since),)
        if own and one_in(chance, 8):
            listed_on = chance.choice(sorted({slot.date for slot in own.values()}))
            item, close_before = replace(item, listed_on=listed_on), None
            own = {key: slot for key, slot in own.items() if slot.date >= listed_on}
    if own and one_in(chance, 10):
        last = chance.choice(sorted({slot.date for slot in own.values()}))
        item = replace(item, delisted_on=last + timedelta(days=chance.choice((0, 1))))
        own = {key: slot for key, slot in own.items() if slot.date <= last}
    if one_in(chance, 8):
        close_before = None
    bars: dict[Key, Bar] = {}
    asleep, session = 0, None
    for key, slot in own.items():
        if asleep == 0 and one_in(chance, 25):
            asleep = chance.randint(1, 3)
        if asleep > 0:  # suspended: no row at all, or one that says no more than that the ticker goes ex
            asleep -= 1
            if slot.date != session and one_in(chance, 3):
                dividend, split = ex_date(chance, price)
                bars[key] = Bar(None, None, None, None, chance.choice((None, 0.0)), dividend, split)
                price, session = rounded((price - dividend) / split), slot.date
            continue
        bar = bar_after(chance, item, slot.date, statuses, price, slot.date != session, reach)
        session = slot.date
        bars[key] = bar
        price = bar.close if bar.close is not None else price
    return Story(item, statuses, close_before, bars)
