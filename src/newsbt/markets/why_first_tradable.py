"""Why something known at an instant is first tradable when it is, in words: lunch, night, weekend, holiday, auction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from newsbt.domain.instants import utc
from newsbt.markets.calendars import Sessions, sessions
from newsbt.markets.dated_rules import Exchange, Rulebook
from newsbt.markets.openings import as_instant, openings_from

__all__ = ["Waiting", "waiting"]

_AROUND = timedelta(days=40)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The first opening of a market that an instant is in time for.

    `reason` is one word for programs: ``in_time`` (before the auction's cut-off), ``auction_cutoff``, ``trading``,
    ``lunch``, ``after_close``, ``half_day``, ``weekend``, ``holiday``, ``closed`` (a typhoon or another closure that
    the rulebook names) or ``late_opening``; `words` says it for people. Instants are datetime64[ns], UTC.
    """

    mic: str
    date: date
    open_at: np.datetime64
    cutoff_at: np.datetime64
    reason: str
    words: str


def waiting(mic: str, known_at: datetime, rulebook: Rulebook, interval_ns: int = 0) -> Waiting | None:
    """Where T2 puts an instant in one market; None beyond the horizon of its calendar.

    Parameters
    ----------
    interval_ns : int
        Length of a bar; 0 where bars are whole sessions.

    Raises
    ------
    DataError
        The market is unknown.
    """
    found = openings_from(mic, known_at, rulebook, interval_ns)
    if not found:
        return None
    market = rulebook.exchange(mic)
    local = known_at.astimezone(ZoneInfo(market.time_zone))
    on = local.date()
    listed = sessions(mic, on - _AROUND, on + _AROUND, rulebook)
    reason, words = _state(listed, local, known_at, market)
    target = found[-1]
    if interval_ns and reason == "trading":
        words = f"known {local:%H:%M} local, while it traded: the next bar"
    skipped = _skipped(listed, on, target.date, market)
    tail = f"; closed in between: {skipped}" if skipped else ""
    opened = _local(target.open_at, market)
    return Waiting(
        mic=mic,
        date=target.date,
        open_at=target.open_at,
        cutoff_at=target.cutoff_at,
        reason=reason,
        words=f"{words}{tail}; opens {_WEEKDAYS[opened.weekday()][:3]} {opened:%Y-%m-%d %H:%M}",
    )


def _state(listed: Sessions, local: datetime, known_at: datetime, market: Exchange) -> tuple[str, str]:
    """What the market was doing at the instant, in its own time."""
    at, on = as_instant(known_at), local.date()
    clock = f"known {local:%H:%M} local"
    rows = np.flatnonzero(listed.dates == np.datetime64(on))
    if not len(rows):
        return _no_session(on, clock, market)
    k = int(rows[0])
    opened, closed = _local(listed.open_at[k], market), _local(listed.close_at[k], market)
    cutoff = _local(listed.cutoff_at[k], market)
    hours = market.in_force("hours", on)
    if at <= listed.cutoff_at[k]:
        if hours is not None and f"{opened:%H:%M}" > str(hours["open"]):
            why = "late opening" if on in market.corrections else "its late opening"
            return "late_opening", f"{clock}, before {why} at {opened:%H:%M}"
        return "in_time", f"{clock}, before the auction's cut-off {cutoff:%H:%M}"
    if at < listed.open_at[k]:
        return "auction_cutoff", f"{clock}, after the auction's cut-off {cutoff:%H:%M}: too late for that opening"
    if at >= listed.close_at[k]:
        if hours is not None and f"{closed:%H:%M}" < str(hours["close"]):
            return "half_day", f"{clock}, after the close of a half day at {closed:%H:%M}"
        return "after_close", f"{clock}, after the close at {closed:%H:%M}"
    if listed.lunch_start_at[k] <= at < listed.lunch_end_at[k]:
        return "lunch", f"{clock}, in the lunch break: the day's opening is past"
    return "trading", f"{clock}, while it traded: the day's opening is past"


def _no_session(on: date, clock: str, market: Exchange) -> tuple[str, str]:
    if on.weekday() >= 5:
        return "weekend", f"{clock} on a {_WEEKDAYS[on.weekday()]}"
    correction = market.corrections.get(on)
    if correction is not None and correction.closed:
        return "closed", f"{clock}, market closed that day ({_cause(correction.source)})"
    return "holiday", f"{clock} on a holiday of the exchange"


def _cause(source: str) -> str:
    return "typhoon" if "typhoon" in source else "closed by the exchange"


def _skipped(listed: Sessions, on: date, target: date, market: Exchange) -> str:
    """The closed days after an instant's day and before the session that takes it, grouped by cause."""
    trading = set(listed.dates.tolist())
    causes: dict[str, int] = {}
    day = on + timedelta(days=1)
    while day < target:
        if day not in trading:
            correction = market.corrections.get(day)
            if day.weekday() >= 5:
                cause = "weekend"
            elif correction is not None and correction.closed:
                cause = _cause(correction.source)
            else:
                cause = "holiday"
            causes[cause] = causes.get(cause, 0) + 1
        day += timedelta(days=1)
    return ", ".join(cause if cause == "weekend" or n == 1 else f"{cause} ({n} days)" for cause, n in causes.items())


def _local(at: np.datetime64, market: Exchange) -> datetime:
    return utc(at).astimezone(ZoneInfo(market.time_zone))
