"""Which events are independent of each other: the one definition, for counts, warnings, intervals and placebos.

Two events belong together where they have a session in common, in whatever markets, or where one is entered before the
other is left; and so do those that a chain of such events connects.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from newsbt._typing import Array, Ints, Records
from newsbt.domain.market_panel import Clock

__all__ = ["NEVER", "SessionHours", "connected", "independent_dates", "lot_clusters", "session_hours"]

NEVER = np.iinfo(np.int64).max  # when an open lot is left


@dataclass(frozen=True, kw_only=True)
class SessionHours:
    """When the n sessions of T rows begin and end, in nanoseconds of UTC.

    `of_row` (T,) is each row's session, `opening` (n, M) its first instant in each market, NaT as an integer where the
    market is closed, `ends` (n,) its last one in any market.
    """

    of_row: Ints
    opening: Ints
    ends: Ints


def session_hours(clock: Clock) -> SessionHours:
    """The hours of a run's sessions: its rows by date."""
    _, first, of_row = np.unique(clock.dates, return_index=True, return_inverse=True)
    opening = np.fmin.reduceat(clock.open_at.astype("M8[ns]"), first, axis=0)
    closing = np.fmax.reduceat(clock.close_at.astype("M8[ns]"), first, axis=0)
    return SessionHours(
        of_row=of_row, opening=opening.astype(np.int64), ends=np.fmax.reduce(closing, axis=1).astype(np.int64)
    )


def lot_clusters(lots: Records, market_of: Ints, clock: Clock) -> Ints:
    """(K,): the cluster of each lot's event, numbered by time, -1 for lots of no event.

    Parameters
    ----------
    lots : ndarray of shape (K,)
        Of :data:`newsbt.domain.ledger.LOT`. A lot is held from its entry to the end, in all markets, of the session in
        which it is sold; one that is sold at its market's opening was not held in that session.
    market_of : ndarray of shape (N,)
        The market of each ticker, as the clock numbers them.
    """
    found = np.full(len(lots), -1, dtype=np.int64)
    owned = np.flatnonzero(lots["event"] >= 0)
    if not len(owned):
        return found
    mine, hours = lots[owned], session_hours(clock)
    left = mine["exit_row"] >= 0
    session = hours.of_row[np.where(left, mine["exit_row"], 0)]
    exit_at = mine["exit_at"].astype("M8[ns]").astype(np.int64)
    at_opening = exit_at <= hours.opening[session, market_of[mine["ticker"]]]
    until = np.where(left, np.where(at_opening, exit_at, hours.ends[session]), NEVER)
    found[owned] = connected(mine["event"], mine["entry_at"].astype("M8[ns]").astype(np.int64), until)
    return found


def independent_dates(lots: Records, market_of: Ints, clock: Clock) -> int:
    """How many clusters the events of some lots make: never more than there are events."""
    return int(lot_clusters(lots, market_of, clock).max(initial=-1)) + 1


def connected(event: Array, since: Ints, until: Ints) -> Ints:
    """(K,): the cluster of each of K spans, numbered by time.

    Parameters
    ----------
    event : ndarray of shape (K,)
        Whose span it is; an event reaches from its first beginning to its last end.
    since, until : ndarray of shape (K,), int64
        Beginning and end of each span, the end not in it: spans that only touch are not connected.
    """
    if not len(event):
        return np.empty(0, dtype=np.int64)
    _, member = np.unique(event, return_inverse=True)
    first, last = np.full(member.max() + 1, NEVER), np.full(member.max() + 1, -NEVER)
    np.minimum.at(first, member, since)
    np.maximum.at(last, member, until)
    order = np.argsort(first, kind="stable")
    reached = np.maximum.accumulate(last[order])
    cluster = np.zeros(len(order), dtype=np.int64)
    cluster[order[1:]] = np.cumsum(first[order][1:] >= reached[:-1])
    return cluster[member]
