"""The sessions of the three markets, and how much of a full day's trade each of them sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import exchange_calendars

__all__ = ["FIRST", "LAST", "MARKET_OF", "Sessions", "load_sessions"]

FIRST, LAST = date(2023, 7, 3), date(2025, 12, 31)

MARKET_OF = {"XHKG": "XHKG", "XSHG": "XSHG", "XSHE": "XSHG", "XNYS": "XNYS", "XNAS": "XNYS", "ARCX": "XNYS"}
"""The calendar that each exchange follows."""

# Typhoon days that the calendar package does not know as closed (HKEX notices), and the late start of 9 October 2023.
_CLOSED = {"XHKG": {date(2023, 7, 17), date(2023, 9, 1), date(2023, 9, 8), date(2024, 9, 6)}}
_LATE = {("XHKG", date(2023, 10, 9)): 0.40}
_EARLY = {"XHKG": 0.45, "XSHG": 1.0, "XNYS": 0.55}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """The sessions of one market in ascending order; `activity` is 1 on a full day and less on a short one."""

    market: str
    days: tuple[date, ...]
    activity: tuple[float, ...]


def load_sessions(market: str) -> Sessions:
    """Sessions of a calendar (XHKG, XSHG or XNYS) from the first to the last day of the sample."""
    calendar = exchange_calendars.get_calendar(market, start="2023-06-01", end=LAST.isoformat())
    early = {stamp.date() for stamp in calendar.early_closes}
    found = [stamp.date() for stamp in calendar.sessions_in_range(FIRST.isoformat(), LAST.isoformat())]
    days = tuple(day for day in found if day not in _CLOSED.get(market, ()))
    activity = tuple(_LATE.get((market, day), _EARLY[market] if day in early else 1.0) for day in days)
    return Sessions(market=market, days=days, activity=activity)
