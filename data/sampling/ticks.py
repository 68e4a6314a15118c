"""Ticks and daily price limits, as far as the sample needs them.

Written here a second time on purpose: the sample must not depend on the program that it is the test of.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

__all__ = ["limits", "on_tick", "tick_of"]

_HK_SHARES = (
    (0.25, 0.001), (0.5, 0.005), (10, 0.01), (20, 0.02), (100, 0.05), (200, 0.1), (500, 0.2), (1000, 0.5), (2000, 1.0),
)  # fmt: skip
_HK_SHARES_2025 = (
    (0.25, 0.001), (0.5, 0.005), (20, 0.01), (50, 0.02), (100, 0.05), (200, 0.1), (500, 0.2), (1000, 0.5), (2000, 1.0),
)  # fmt: skip
_HK_FUNDS = ((1, 0.001), (5, 0.002), (10, 0.005), (20, 0.01), (100, 0.02), (200, 0.05), (500, 0.1), (1000, 0.2))
_PHASE_1 = date(2025, 8, 4)

_LIMIT_PERCENT = {"main": 10, "chinext": 20, "star": 20}


def tick_of(price: float, exchange: str, board: str, day: date) -> float:
    """The smallest step of a price: HKD bands by date and kind in Hong Kong, 0.01 elsewhere and for indices."""
    if exchange != "XHKG" or board == "index":
        return 0.01
    shares = _HK_SHARES if day < _PHASE_1 else _HK_SHARES_2025
    bands = _HK_FUNDS if board == "etf" else shares
    return next(tick for top, tick in bands if price <= top + 1e-9)


def on_tick(price: float, exchange: str, board: str, day: date) -> float:
    """The nearest price that can be quoted, never below one tick."""
    tick = tick_of(price, exchange, board, day)
    return round(max(int(price / tick + 0.5), 1) * tick, 3)


def limits(before: float, board: str) -> tuple[float, float]:
    """Lower and upper limit (CNY) of a mainland share for a previous close, rounded half up to 0.01."""
    cent = Decimal("0.01")
    base = Decimal(f"{before:.2f}")
    part = Decimal(_LIMIT_PERCENT[board]) / 100
    low, high = ((base * (1 + sign * part)).quantize(cent, ROUND_HALF_UP) for sign in (-1, 1))
    return float(min(low, base - cent)), float(max(high, base + cent))
