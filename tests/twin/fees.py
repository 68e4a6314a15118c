"""C2, C3: what an order costs, in decimals; tables of the fees of each market, typed in by hand
for the stretches of `sessions`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from fractions import Fraction

from .facts import MAINLAND, NEW_YORK, exact, holds
from .scenario import Instrument, Scenario

Fee = Callable[[str, date, bool, int, float, float], float]
"""fee(ticker, date, is_buy, quantity, slipped price, fill rate) in account currency."""

CENT, UNIT = Decimal("0.01"), Decimal(1)

# Rate of the notional, from, to; rounded up to a dollar.
HONG_KONG_STAMP = (("0.0013", date(2021, 8, 1), date(2023, 11, 16)), ("0.001", date(2023, 11, 17), None))
# To the nearest cent: trading fee, SFC levy, AFRC levy.
HONG_KONG_LEVIES = ("0.0000565", "0.000027", "0.0000015")
# Settlement: rate, least, most.
HONG_KONG_SETTLEMENT = (
    ("0.00002", 2, 100, None, date(2025, 6, 29)),
    ("0.000042", None, None, date(2025, 6, 30), None),
)  # fmt: skip
MAINLAND_STAMP = (("0.0005", date(2023, 8, 28), None),)  # sales of shares
MAINLAND_TRANSFER = "0.00001"  # of shares
SECTION_31 = (  # sales, up to a cent
    ("0.000008", date(2023, 2, 27), date(2024, 5, 21)),
    ("0.0000278", date(2024, 5, 22), date(2025, 5, 13)),
    ("0", date(2025, 5, 14), date(2026, 4, 3)),
    ("0.0000206", date(2026, 4, 4), None),
)
TRADING_ACTIVITY = (  # sales, a share, the most for an order, up to a cent
    ("0.000145", "7.27", date(2023, 1, 1), date(2023, 12, 31)),
    ("0.000166", "8.30", date(2024, 1, 1), date(2025, 12, 31)),
    ("0.000195", "9.79", date(2026, 1, 1), None),
)


def in_force(table: tuple, on: date) -> tuple:
    return next(row[:-2] for row in table if holds(on, row[-2], row[-1]))


def rounded(amount: Fraction, unit: Decimal, how: str) -> Fraction:
    """To a whole number of units."""
    count = Decimal(amount.numerator) / Decimal(amount.denominator) / unit
    return Fraction(count.quantize(Decimal(1), rounding=how) * unit)


def nearest(amount: Fraction) -> Fraction:
    return rounded(amount, CENT, ROUND_HALF_UP)


def up(amount: Fraction, unit: Decimal = CENT) -> Fraction:
    return rounded(amount, unit, ROUND_CEILING)


def hong_kong(item: Instrument, on: date, notional: Fraction) -> Fraction:
    (stamp,) = in_force(HONG_KONG_STAMP, on)
    total = Fraction(0) if item.board == "etf" else up(notional * exact(Decimal(stamp)), UNIT)
    for levy in HONG_KONG_LEVIES:
        total += nearest(notional * exact(Decimal(levy)))
    rate, least, most = in_force(HONG_KONG_SETTLEMENT, on)
    settlement = notional * exact(Decimal(rate))
    if most is not None:
        settlement = max(min(settlement, Fraction(most)), Fraction(least))
    total += nearest(settlement)
    return total + nearest(max(notional * exact(Decimal("0.0003")), Fraction(3)) + 15)


def mainland(item: Instrument, on: date, notional: Fraction, is_buy: bool) -> Fraction:
    """Handling and regulatory fees are inside the commission."""
    total = nearest(max(notional * exact(Decimal("0.00025")), Fraction(5)))
    if item.board == "etf":
        return total
    total += nearest(notional * exact(Decimal(MAINLAND_TRANSFER)))
    return total if is_buy else total + nearest(notional * exact(Decimal(in_force(MAINLAND_STAMP, on)[0])))


def new_york(on: date, notional: Fraction, quantity: int, is_buy: bool) -> Fraction:
    if is_buy:
        return Fraction(0)
    share, most = in_force(TRADING_ACTIVITY, on)
    activity = min(quantity * exact(Decimal(share)), exact(Decimal(most)))
    return up(notional * exact(Decimal(in_force(SECTION_31, on)[0]))) + up(activity)


def statutory(item: Instrument, on: date, is_buy: bool, quantity: int, price: float) -> Fraction:
    """`market_schedule` in the instrument's currency."""
    notional = quantity * exact(Decimal(f"{price:.12g}"))  # a slipped price is one of few digits, but for rounding
    if item.exchange in MAINLAND:
        return mainland(item, on, notional, is_buy)
    if item.exchange in NEW_YORK:
        return new_york(on, notional, quantity, is_buy)
    return hong_kong(item, on, notional)


def fees_of(scenario: Scenario) -> Fee:
    """C2 by the scenario's model."""
    execution = scenario.execution
    items = {item.ticker: item for item in scenario.instruments}
    if execution.costs == "zero":
        return lambda ticker, on, is_buy, quantity, price, fx: 0.0
    if execution.costs == "flat":
        rate, minimum = execution.commission_bps / 10_000, execution.minimum
        return lambda ticker, on, is_buy, quantity, price, fx: max(quantity * (price * fx) * rate, minimum)
    return lambda ticker, on, is_buy, quantity, price, fx: (
        float(statutory(items[ticker], on, is_buy, quantity, price)) * fx
    )
