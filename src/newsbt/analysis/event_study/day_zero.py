"""Day 0 of an announcement: the session whose close is the first close strictly after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from newsbt._typing import Days, Instants
from newsbt.errors import DataError, Problem
from newsbt.markets.calendars import sessions
from newsbt.markets.rulebook import Rulebook, load_rulebook

__all__ = ["DATE_POLICIES", "event_day", "event_days"]

DATE_POLICIES = ("next_day", "same_day")
# The longest closure of any exchange here is under two weeks; a month always holds a session.
REACH = timedelta(days=31)


def event_day(
    instant: datetime | date | str, mic: str, *, date_only: str = "next_day", rulebook: Rulebook | None = None
) -> date:
    """The session on which prices of an exchange first close after an announcement.

    Parameters
    ----------
    instant : datetime, date or str
        An instant with an offset, or a date alone (ISO format if a string).
    mic : str
        The exchange, ISO 10383.
    date_only : {"next_day", "same_day"}
        Where a date alone belongs: to the first session after that day, or to the first on or after it.
    rulebook : Rulebook, optional
        Corrections of the exchange's calendar; by default the packaged ones.

    Returns
    -------
    date
        Before a session's close (half days have their real one) that session, at or after it the next.

    Raises
    ------
    DataError
        An instant without offset, an unknown exchange, or no known session within a month.

    Examples
    --------
    >>> str(event_day("2025-03-06T16:45+08:00", "XHKG"))
    '2025-03-07'
    """
    found = event_days([instant], [mic], date_only=date_only, rulebook=rulebook)[0]
    if np.isnat(found):
        message = f"{mic}: no session is known in the month after {instant}; the exchange's calendar ends before it"
        raise DataError.of([Problem(code="not_a_session", message=message)])
    return date.fromisoformat(str(found))


def event_days(
    instants: Sequence[datetime | date | str],
    mics: Sequence[str],
    *,
    date_only: str = "next_day",
    rulebook: Rulebook | None = None,
) -> Days:
    """(E,) datetime64[D]: :func:`event_day` of many announcements at once; NaT beyond a calendar's horizon."""
    if date_only not in DATE_POLICIES:
        raise ValueError(f"date_only: expected one of {DATE_POLICIES}, got {date_only!r}")
    book = load_rulebook() if rulebook is None else rulebook
    days, stamps = _split(instants)
    result = np.full(len(instants), np.datetime64("NaT", "D"), dtype="datetime64[D]")
    names = np.asarray(mics, dtype=object)
    for mic in dict.fromkeys(mics):
        own = np.flatnonzero(names == mic)
        first = np.fmin.reduce(np.fmin(days[own], stamps[own].astype("datetime64[D]")))
        last = np.fmax.reduce(np.fmax(days[own], stamps[own].astype("datetime64[D]")))
        table = sessions(mic, first.item() - timedelta(days=2), last.item() + REACH, book)
        known = np.append(table.dates, np.datetime64("NaT", "D"))
        timed = own[~np.isnat(stamps[own])]
        result[timed] = known[np.searchsorted(table.close_at, stamps[timed], side="right")]
        dated = own[np.isnat(stamps[own])]
        wanted = days[dated] + np.timedelta64(1 if date_only == "next_day" else 0, "D")
        result[dated] = known[np.searchsorted(table.dates, wanted)]
    return result


def _split(instants: Sequence[datetime | date | str]) -> tuple[Days, Instants]:
    """Dates of those that are dates alone, and UTC instants of the others; NaT in the other array."""
    days = np.full(len(instants), np.datetime64("NaT", "D"), dtype="datetime64[D]")
    stamps = np.full(len(instants), np.datetime64("NaT", "ns"), dtype="datetime64[ns]")
    problems = []
    for index, given in enumerate(instants):
        if isinstance(given, date) and not isinstance(given, datetime):
            days[index] = np.datetime64(given)
            continue
        try:
            if isinstance(given, str) and len(given.strip()) == 10:
                days[index] = np.datetime64(date.fromisoformat(given.strip()))
                continue
            stamp = pd.Timestamp(given)
        except (TypeError, ValueError):
            stamp = pd.Timestamp("NaT")
        if pd.isna(stamp):
            problems.append(
                Problem(code="bad_time", message=f"event {index}: {given!r} is no ISO 8601 instant or date")
            )
        elif stamp.tzinfo is None:
            message = f"event {index}: {given!r} has no offset; add one, such as Z or +08:00"
            problems.append(Problem(code="naive_time", message=message))
        else:
            stamps[index] = stamp.tz_convert("UTC").tz_localize(None).to_datetime64()
    if problems:
        raise DataError.of(problems)
    return days, stamps
