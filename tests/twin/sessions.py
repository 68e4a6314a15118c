"""Hours and holidays of the markets in a few stretches of real days, typed in by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .scenario import Slot

HOURS = {  # zone, cut-off (T2), open, close
    "XHKG": ("Asia/Hong_Kong", time(9, 15), time(9, 30), time(16)),
    "XSHG": ("Asia/Shanghai", time(9, 20), time(9, 30), time(15)),
    "XSHE": ("Asia/Shanghai", time(9, 20), time(9, 30), time(15)),
    "BJSE": ("Asia/Shanghai", time(9, 20), time(9, 30), time(15)),
    "XNYS": ("America/New_York", time(9, 25), time(9, 30), time(16)),
    "XNAS": ("America/New_York", time(9, 25), time(9, 30), time(16)),
}

STRETCHES = (  # first and last weekday
    (date(2025, 3, 3), date(2025, 5, 16)),
    (date(2024, 12, 16), date(2025, 1, 24)),
    (date(2023, 9, 25), date(2023, 10, 27)),
    (date(2026, 6, 22), date(2026, 7, 17)),
)

CLOSED = {
    "XHKG": "2025-04-04 2025-04-18 2025-04-21 2025-05-01 2025-05-05 2024-12-25 2024-12-26 2025-01-01 "
    "2023-10-02 2023-10-23 2026-07-01",
    "XSHG": "2025-04-04 2025-05-01 2025-05-02 2025-05-05 2025-01-01 "
    "2023-09-29 2023-10-02 2023-10-03 2023-10-04 2023-10-05 2023-10-06",
    "XNYS": "2025-04-18 2024-12-25 2025-01-01 2025-01-09 2025-01-20 2026-07-03",
}
CLOSES_AT = {  # half days, local
    ("XHKG", date(2024, 12, 24)): time(12),
    ("XHKG", date(2024, 12, 31)): time(12),
    ("XNYS", date(2024, 12, 24)): time(13),
}
OPENS_AT = {("XHKG", date(2023, 10, 9)): time(14)}  # a typhoon morning

LIKE = {"XSHE": "XSHG", "BJSE": "XSHG", "XNAS": "XNYS"}


def instant(on: date, at: time) -> datetime:
    """UTC."""
    return datetime.combine(on, at, tzinfo=UTC)


def local(mic: str, on: date, at: time) -> datetime:
    """A local time as UTC."""
    return datetime.combine(on, at, tzinfo=ZoneInfo(HOURS[mic][0])).astimezone(UTC)


def slot_of(mic: str, on: date) -> Slot | None:
    """A market's session on a day of the stretches, None where it has none."""
    like = LIKE.get(mic, mic)
    if on.weekday() >= 5 or on.isoformat() in CLOSED[like].split():
        return None
    _, cutoff, opens, closes = HOURS[mic]
    closes = CLOSES_AT.get((like, on), closes)
    if (like, on) in OPENS_AT:  # T2: any late-open day goes by the late open
        opens = cutoff = OPENS_AT[like, on]
    return Slot(
        date=on,
        open_at=local(mic, on, opens),
        close_at=local(mic, on, closes),
        cutoff_at=local(mic, on, cutoff),
    )


LUNCH = {"XHKG": (time(12), time(13)), "XSHG": (time(11, 30), time(13)), "XNYS": None}


def bars_of(mic: str, on: date, minutes: int = 60) -> list[Slot]:
    """T9: a session cut into bars, anew after lunch; a bar opens, and is cut off, at its start."""
    session = slot_of(mic, on)
    if session is None:
        return []
    spans = [(session.open_at, session.close_at)]
    lunch = LUNCH[LIKE.get(mic, mic)]
    if lunch is not None:
        start, end = (local(mic, on, at) for at in lunch)
        spans = [(session.open_at, min(start, session.close_at)), (max(end, session.open_at), session.close_at)]
    found = []
    for start, end in spans:
        at = start
        while at < end:
            found.append(Slot(on, at, min(at + timedelta(minutes=minutes), end), at))
            at += timedelta(minutes=minutes)
    return found


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
