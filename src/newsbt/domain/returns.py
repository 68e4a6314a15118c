"""What an account returned session by session, and from when on that means nothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from newsbt._typing import Floats

__all__ = ["FEWEST_SESSIONS", "session_returns", "why_no_returns", "why_no_sharpe"]

FEWEST_SESSIONS = 10  # with a return other than zero, below which a Sharpe ratio means nothing


def session_returns(equity: Floats, initial: float) -> Floats:
    """Simple returns of E_1 .. E_n (n,), the first over E_0 = `initial`.

    The one of the session that leaves an equity of zero or less is -1 or below; there are none after it, NaN.
    """
    values = np.append(initial, equity)
    gone = np.cumsum(values <= 0.0)[:-1] > 0
    found: Floats = values[1:] / np.where(gone, np.nan, values[:-1]) - 1.0
    return found


def why_no_returns(returns: Floats, dates: npt.ArrayLike | None = None) -> str:
    """Why nothing can be made of :func:`session_returns`: ``equity below zero on 2025-03-06``; empty where all can.

    `dates` (n,) are their sessions, datetime64 or whatever says a day; without them the session is told by its number.
    """
    lost = np.flatnonzero(returns <= -1.0)
    if not len(lost):
        return ""
    first = int(lost[0])
    when = f"in session {first + 1}" if dates is None else f"on {np.datetime64(np.asarray(dates)[first], 'D')}"
    return f"equity {'below' if returns[first] < -1.0 else 'at or below'} zero {when}"


def why_no_sharpe(returns: Floats) -> str:
    """Why a Sharpe ratio of :func:`session_returns`, and what is made of it, would mean nothing: an account that was in
    the market in too few of the sessions; empty where it would mean something, or nothing at all was returned."""
    count = int(np.count_nonzero(np.nan_to_num(returns)))
    if not 0 < count < FEWEST_SESSIONS:
        return ""
    return (
        f"a return other than zero in {count} session{'' if count == 1 else 's'}, of which {FEWEST_SESSIONS} are needed"
    )
