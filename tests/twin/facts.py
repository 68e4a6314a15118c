"""What the rulebook says about lots, limits, T+1 and shorts, as small tables and decimal arithmetic."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from .scenario import Instrument, StatusSpan

MAINLAND = ("XSHG", "XSHE", "BJSE")
NEW_YORK = ("XNYS", "XNAS", "ARCX")

# Hong Kong board lots: ticker, from, to, lot.
BOARD_LOTS = (
    ("0700.HK", None, None, 100),
    ("9988.HK", None, None, 100),
    ("9888.HK", None, None, 50),
    ("0020.HK", None, None, 1000),
    ("1211.HK", None, date(2025, 9, 18), 500),
    ("1211.HK", date(2025, 9, 19), None, 100),
)

# Board, from, to, fraction.
LIMITS = (
    ("main", None, None, "0.10"),
    ("main_st", None, date(2026, 7, 5), "0.05"),
    ("main_st", date(2026, 7, 6), None, "0.10"),
    ("star", None, None, "0.20"),
    ("chinext", None, date(2020, 8, 23), "0.10"),
    ("chinext", date(2020, 8, 24), None, "0.20"),
    ("bjse", None, None, "0.30"),
    ("etf", None, None, "0.10"),
)

# Board, listed from, sessions without a limit.
FREE_SESSIONS = (
    ("main", date(2023, 4, 10), 5),
    ("star", date(2019, 7, 22), 5),
    ("chinext", date(2020, 8, 24), 5),
    ("bjse", date(2021, 11, 15), 1),
)

# Upper price, tick.
HONG_KONG_TICKS = (
    ("0.25", "0.001"), ("0.5", "0.005"), ("10", "0.01"), ("20", "0.02"), ("100", "0.05"), ("200", "0.1"),
    ("500", "0.2"), ("1000", "0.5"), ("2000", "1"), ("5000", "2"), (None, "5"),
)  # fmt: skip
HONG_KONG_TICKS_2025 = (*HONG_KONG_TICKS[:3], ("20", "0.01"), ("50", "0.02"), *HONG_KONG_TICKS[4:])
HONG_KONG_FUND_TICKS = (
    ("1", "0.001"), ("5", "0.002"), ("10", "0.005"), ("20", "0.01"), ("100", "0.02"), ("200", "0.05"),
    ("500", "0.1"), ("1000", "0.2"), ("2000", "0.5"), (None, "1"),
)  # fmt: skip


def holds(on: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= on) and (last is None or on <= last)


def lot_of(instrument: Instrument, on: date, market_rules: bool) -> tuple[int, int] | None:
    """X15, X17: the smallest order and the step above it, None where nobody knows."""
    if not market_rules:
        return 1, 1
    if instrument.lot_size is not None:
        return instrument.lot_size, instrument.lot_size
    for ticker, first, last, lot in BOARD_LOTS:
        if ticker == instrument.ticker and holds(on, first, last):
            return lot, lot
    if instrument.exchange in MAINLAND:
        if instrument.board == "star":
            return 200, 1
        if instrument.board == "bjse":
            return 100, 1
        return 100, 100
    if instrument.exchange in NEW_YORK:
        return 1, 1
    return None


def may_short(instrument: Instrument, market_rules: bool) -> bool:
    """X16, X17."""
    if not market_rules or instrument.exchange in NEW_YORK:
        return True
    return instrument.exchange == "XHKG" and instrument.shortable is True


def is_t_plus_one(instrument: Instrument, market_rules: bool) -> bool:
    """X9, X17."""
    return market_rules and instrument.exchange in MAINLAND


def tick_of(instrument: Instrument, on: date, price: Decimal) -> Decimal:
    """The price step at a price; one on a boundary belongs to the lower band."""
    if instrument.exchange in MAINLAND:
        return Decimal("0.001") if instrument.board == "etf" else Decimal("0.01")
    if instrument.exchange in NEW_YORK:
        bands: tuple = (("0.9999", "0.0001"), (None, "0.01"))
    elif instrument.board == "etf":
        bands = HONG_KONG_FUND_TICKS
    else:
        bands = HONG_KONG_TICKS if on < date(2025, 8, 4) else HONG_KONG_TICKS_2025
    return next(Decimal(tick) for top, tick in bands if top is None or price <= Decimal(top))


def to_tick(price: Decimal, tick: Decimal) -> Decimal:
    """Half up to a whole number of ticks."""
    return (price / tick).quantize(Decimal(1), rounding=ROUND_HALF_UP) * tick


def decimal(number: float) -> Decimal:
    """The number as people write it: 0.1 is 0.1."""
    return Decimal(repr(float(number)))


def exact(number: float | Decimal) -> Fraction:
    """A price, a rate or an amount as it is written: books without rounding, in which what has not moved is 0."""
    return Fraction(number if isinstance(number, Decimal) else decimal(number))


def board_on(instrument: Instrument, on: date, statuses: tuple[StatusSpan, ...]) -> str:
    """The board whose limits hold; the limits of STAR, ChiNext and BJSE include ST shares."""
    for span in statuses:
        if span.ticker == instrument.ticker and span.status == "st" and holds(on, span.from_on, span.to_on):
            return "main_st" if instrument.board == "main" else instrument.board
    return instrument.board


def limit_fraction(board: str, on: date) -> Decimal | None:
    """X8."""
    for name, first, last, fraction in LIMITS:
        if name == board and holds(on, first, last):
            return Decimal(fraction)
    return None


def is_limit_free(board: str, listed: date | None, on: date, sessions: list[date]) -> bool:
    """X8: the first sessions of a listing, counted on the market's own sessions."""
    if listed is None or listed > on or listed < sessions[0]:
        return False
    for name, since, count in FREE_SESSIONS:
        if name == board and listed >= since:
            return len([day for day in sessions if listed <= day <= on]) <= count
    return False


def price_limits(fraction: Decimal, reference: Decimal, tick: Decimal) -> tuple[Decimal, Decimal]:
    """X8: (lower, upper), each at least one tick away from the reference."""
    lower = min(to_tick(reference * (1 - fraction), tick), reference - tick)
    upper = max(to_tick(reference * (1 + fraction), tick), reference + tick)
    return lower, upper
