"""Days that were written as instants: announcements that stand at midnight more often than chance has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from newsbt.domain.announcement import Announcement
from newsbt.domain.announcement_columns import columns_of

__all__ = ["midnight_doubt"]

FEWEST = 3
CHANCE = 1e-4
BY_FAR = 2


def midnight_doubt(items: Sequence[Announcement], zones: Sequence[str] = ()) -> str:
    """A sentence about announcements that stand at 00:00, where that looks like a day; empty where it does not.

    Parameters
    ----------
    items : sequence of Announcement
        Those with a precision of minute or hour count, unless they were received after they were published.
    zones : sequence of str
        IANA names of the markets' zones.

    Notes
    -----
    Midnights look like days where there are at least three; where they are at least twice as many as stand at any
    other full hour; and where so many come by chance less than once in 10,000 archives, were all times on the full
    hour and each hour as likely (binomial, p = 1/24). These are midnights as written. Those of UTC behind another
    offset, and those of a market's zone behind UTC, must be half of all besides: they may be somebody's morning.
    """
    columns = columns_of(items)
    counts = columns.time_precision.numbers(lambda precision: precision != "day").astype(bool) & ~columns.is_late
    published = columns.published_at
    often = np.bincount(published.codes[counts], minlength=len(published.values))
    timed = [(published.values[code], int(often[code])) for code in np.flatnonzero(often).tolist()]
    events = int(counts.sum())
    in_utc = [(at, count) for at, count in timed if not at.utcoffset() and _may_be_an_hour(at)]
    found = [(_midnights(timed, events), _written(timed))]
    found.append((_midnights([(at.astimezone(UTC), count) for at, count in timed], events, 0.5), "00:00 UTC"))
    for name in zones:
        zone = ZoneInfo(name)
        local = [(at.astimezone(zone), count) for at, count in in_utc]
        found.append((_midnights(local, events, 0.5), f"00:00 in {name}, written in UTC"))
    most, where = max(found, key=lambda one: one[0])
    if not most:
        return ""
    which = "" if events == len(items) else " stated to the minute or hour"
    return (
        f"{most:,} of {events:,} events{which} stand at {where}: is that a day (time_precision: day)? "
        "As it is, each counts as known before that day has begun to trade"
    )


def _may_be_an_hour(at: datetime) -> bool:
    """Whether a time in UTC may be a full hour somewhere: zones are whole quarters of an hour apart since 1972."""
    return at.minute % 15 == 0 or at.year < 1973


def _midnights(local: Sequence[tuple[datetime, int]], events: int, least: float = 0.0) -> int:
    """How many of some local times, each with how often it is there, are midnights, of so many events; 0 where they are
    too few to mean anything."""
    hours: Counter[int] = Counter()
    for at, times in local:
        if at.minute == 0:
            hours[at.hour] += times
    count = hours.pop(0, 0)
    if count < max(FEWEST, least * events, BY_FAR * max(hours.values(), default=0)):
        return 0
    from newsbt.domain.distributions import bdtrc

    return count if bdtrc(count - 1, events, 1 / 24) < CHANCE else 0


def _written(timed: Sequence[tuple[datetime, int]]) -> str:
    offsets = {at.strftime("%z") for at, _ in timed if (at.hour, at.minute) == (0, 0)}
    if offsets == {"+0000"}:
        return "00:00 UTC"
    return f"00:00 {offsets.pop()}" if len(offsets) == 1 else "00:00 at their own offsets"
