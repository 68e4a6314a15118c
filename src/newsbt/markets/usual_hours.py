"""Hours that a user's rule file states and the calendar contradicts: a session is what the calendar says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from newsbt._typing import Instants, Ints
from newsbt.markets.calendars import sessions
from newsbt.markets.dated_rules import DatedEntry, Rulebook
from newsbt.markets.rule_schema import clock_time
from newsbt.markets.rulebook import load_rulebook

__all__ = ["hours_unlike_calendar"]

FEWEST = 5  # sessions of which most are as usual
NO_TIME = -1
Minutes = tuple[int, ...]  # of the day: open, close, and of a break its start and end


def hours_unlike_calendar(mic: str, start: date, end: date, rulebook: Rulebook) -> Iterator[str]:
    """A sentence for each entry of an exchange's `hours` that most sessions from one day to another do not have.

    Entries of the packaged rules are left out: their reader could not correct them.
    """
    market, packaged = rulebook.exchange(mic), load_rulebook().exchanges.get(mic)
    known = () if packaged is None else packaged.rules.get("hours", {}).get("any", ())
    if all(entry in known for entry in market.rules.get("hours", {}).get("any", ())):
        return
    found = sessions(mic, start, end, rulebook)
    entries, entry_of = market.timeline("hours", found.dates)
    columns = (found.open_at, found.close_at, found.lunch_start_at, found.lunch_end_at)
    for k, entry in enumerate(entries):
        rows = np.flatnonzero(entry_of == k)
        if entry in known or len(rows) < FEWEST:
            continue
        times = np.column_stack([_minutes(column[rows], market.time_zone) for column in columns])
        kinds, counts = np.unique(times, axis=0, return_counts=True)
        usual, stated = tuple(kinds[counts.argmax()].tolist()), _stated(entry)
        if usual != stated:
            yield (
                f"{entry.origin}: {mic}: `hours` say {_text(stated)}, and the calendar {market.calendar} has "
                f"{_text(usual)} in {counts.max():,} of {len(rows):,} sessions, which is what a run goes by; correct "
                "`hours`, or days by `corrections`"
            )


def _minutes(instants: Instants, zone: str) -> Ints:
    local = pd.DatetimeIndex(instants).tz_localize("UTC").tz_convert(zone)
    found: Ints = np.where(local.isna(), NO_TIME, local.hour * 60 + local.minute).astype(np.int64)
    return found


def _stated(entry: DatedEntry) -> Minutes:
    times = [clock_time(entry[key]) for key in ("open", "close")] + [clock_time(at) for at in entry.get("lunch", ())]
    minutes = [at.hour * 60 + at.minute for at in times]
    return (*minutes, *[NO_TIME] * (4 - len(minutes)))


def _text(times: Minutes) -> str:
    opened, closed, begins, ends = (f"{at // 60:02}:{at % 60:02}" for at in times)
    pause = "at a stretch" if times[2] == NO_TIME else f"with a break from {begins} to {ends}"
    return f"{opened} to {closed} {pause}"
