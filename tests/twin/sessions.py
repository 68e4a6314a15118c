"""Plain session hours, winter time in New York, in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from .scenario import Slot

HOURS = {  # cut-off, open, close
    "XHKG": (time(1, 15), time(1, 30), time(8)),
    "XSHG": (time(1, 20), time(1, 30), time(7)),
    "XSHE": (time(1, 20), time(1, 30), time(7)),
    "BJSE": (time(1, 20), time(1, 30), time(7)),
    "XNYS": (time(14, 25), time(14, 30), time(21)),
    "XNAS": (time(14, 25), time(14, 30), time(21)),
}


def instant(on: date, at: time) -> datetime:
    return datetime.combine(on, at, tzinfo=UTC)


def full_day(mic: str, on: date) -> Slot:
    cutoff, opens, closes = (instant(on, at) for at in HOURS[mic])
    return Slot(date=on, open_at=opens, close_at=closes, cutoff_at=cutoff)


def half_day(mic: str, on: date) -> Slot:
    """Noon in Hong Kong, 13:00 in New York."""
    full = full_day(mic, on)
    closes = time(4) if mic == "XHKG" else time(18)
    return Slot(date=on, open_at=full.open_at, close_at=instant(on, closes), cutoff_at=full.cutoff_at)


def late_day(mic: str, on: date) -> Slot:
    """A typhoon morning: Hong Kong opens at 13:00, and T2 goes by that opening."""
    opens = instant(on, time(5))
    return Slot(date=on, open_at=opens, close_at=full_day(mic, on).close_at, cutoff_at=opens)
