"""Simulated exchange rates in the neighbourhood of publicly known levels."""

from __future__ import annotations

from datetime import date, timedelta

from sampling.draws import Draws
from sampling.sessions import LAST

__all__ = ["RATES", "make_rates", "rate_days"]

RATES = {"USDHKD": (7.81, 0.0012, 0.985, (7.752, 7.848)), "CNYHKD": (1.085, 0.0016, 0.99, (1.052, 1.118))}
"""Pair to its middle, the size of a day's step, how slowly it comes back, and the walls of its corridor."""

_FIRST_WEEKDAY = date(2023, 6, 23)


def rate_days() -> list[date]:
    """Every weekday from the Friday before the sample's first week to its last day."""
    span = (LAST - _FIRST_WEEKDAY).days
    days = (_FIRST_WEEKDAY + timedelta(days=k) for k in range(span + 1))
    return [day for day in days if day.weekday() < 5]


def make_rates(pair: str) -> dict[date, float]:
    """Rate (units of the second currency for one of the first) of each weekday, rounded to five decimals."""
    middle, step, memory, (low, high) = RATES[pair]
    draws, level, found = Draws(f"rate {pair}"), middle, {}
    for day in rate_days():
        level = middle + memory * (level - middle) + step * draws.normal()
        level = min(max(level, low), high)
        found[day] = round(level, 5)
    return found
