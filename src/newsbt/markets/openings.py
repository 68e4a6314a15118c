"""The openings that are still to come at an instant, market by market: what can be traded next (T2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from newsbt.markets.calendars import sessions
from newsbt.markets.dated_rules import Rulebook

__all__ = ["Opening", "as_instant", "last_closed", "openings_from"]

_BEHIND, _AHEAD = timedelta(days=10), timedelta(days=40)  # longer than any holiday


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A session, or a bar of one, that has not ended: its first and last instant and the latest that is in time.

    All instants are datetime64[ns] in UTC; `date` is the session's.
    """

    mic: str
    date: date
    open_at: np.datetime64
    cutoff_at: np.datetime64
    close_at: np.datetime64


def as_instant(at: datetime) -> np.datetime64:
    """An aware datetime as datetime64[ns] in UTC."""
    return np.datetime64(at.astimezone(UTC).replace(tzinfo=None), "ns")


def openings_from(mic: str, at: datetime, rulebook: Rulebook, interval_ns: int = 0) -> tuple[Opening, ...]:
    """What a market has that ends after an instant, up to the first that the instant is in time for.

    The last one is the next opening; those before it are under way. Empty where the calendar knows of none.

    Parameters
    ----------
    at : datetime
        Aware.
    interval_ns : int
        Length of a bar; 0 for whole sessions.

    Raises
    ------
    DataError
        The market is unknown.
    """
    instant = as_instant(at)
    on = at.astimezone(UTC).date()
    found: list[Opening] = []
    for one in _slots(mic, on - _BEHIND, on + _AHEAD, rulebook, interval_ns):
        if one.close_at <= instant:
            continue
        found.append(one)
        if one.cutoff_at >= instant:
            return tuple(found)
    return ()


def last_closed(mic: str, at: datetime, rulebook: Rulebook) -> date | None:
    """The last session of a market that had ended at an instant; None where the calendar knows of none."""
    on = at.astimezone(UTC).date()
    listed = sessions(mic, on - _AHEAD, on + timedelta(days=1), rulebook)
    ended = listed.dates[listed.close_at <= as_instant(at)]
    return ended[-1].item() if len(ended) else None


def _slots(mic: str, start: date, end: date, rulebook: Rulebook, interval_ns: int) -> Iterator[Opening]:
    listed = sessions(mic, start, end, rulebook)
    step = np.timedelta64(interval_ns, "ns")
    for k, on in enumerate(listed.dates.tolist()):
        opened, closed = listed.open_at[k], listed.close_at[k]
        if not interval_ns:
            yield Opening(mic=mic, date=on, open_at=opened, cutoff_at=listed.cutoff_at[k], close_at=closed)
            continue
        noon, afternoon = listed.lunch_start_at[k], listed.lunch_end_at[k]
        halves = [(opened, closed)] if np.isnat(noon) else [(opened, noon), (afternoon, closed)]
        for first, last in halves:
            for begins in np.arange(first, last, step):
                yield Opening(mic=mic, date=on, open_at=begins, cutoff_at=begins, close_at=min(begins + step, last))
