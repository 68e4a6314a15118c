"""When a hold is over (X13), and what a refused entry would have returned by then (R2)."""

from __future__ import annotations

from newsbt._typing import Bools, Floats, Ints
from newsbt.kernels._compile import kernel, part

__all__ = ["BARS", "DURATION", "FOREVER", "HOLD_UNITS", "SESSIONS", "due_row", "missed_returns"]

FOREVER, BARS, SESSIONS, DURATION = 0, 1, 2, 3
HOLD_UNITS = ("forever", "bars", "sessions", "duration")


@part
def due_row(t: int, n: int, m: int, unit: int, count: int, tradable: Bools, session_number: Ints, open_at: Ints) -> int:
    """The row of the tradable bar at whose open a hold that starts in row t ends; T where there is none.

    Bar k is row t's own, or the next one where row t has none, and the hold ends at bar k + `count`. `session_number`
    (T, N) is read for sessions, `open_at` (T, M) for durations, nanoseconds.
    """
    rows: int = tradable.shape[0]
    if unit == FOREVER:
        return rows
    if unit == BARS:
        left = count if tradable[t, n] else count + 1
        for row in range(t + 1, rows):
            if tradable[row, n]:
                left -= 1
                if left == 0:
                    return row
        return rows
    if unit == SESSIONS:
        target = session_number[t, n] + count
        if not tradable[t, n]:
            target += 1
        for row in range(t + 1, rows):
            if tradable[row, n] and session_number[row, n] >= target:
                return row
        return rows
    first = t
    while first < rows and not tradable[first, n]:
        first += 1
    if first == rows:
        return rows
    until = open_at[first, m] + count
    for row in range(first + 1, rows):
        if tradable[row, n] and open_at[row, m] >= until:
            return row
    return rows


@kernel
def missed_returns(
    rows: Ints, tickers: Ints, sides: Ints, first_price: Floats, unit: int, count: int, open_: Floats,
    mark: Floats, split: Floats, tradable: Bools, session_number: Ints, market_of: Ints, open_at: Ints, out: Floats,
) -> None:  # fmt: skip
    """Into `out` (K,): the signed return from each entry's `first_price` (K,) to the open at which its hold would have
    ended, or to the last mark, splits between reckoned in: `split` is (0, 0) where there is none. `rows`, `tickers`
    (K,) are tradable cells."""
    last = tradable.shape[0] - 1
    for k in range(len(rows)):
        t, n = rows[k], tickers[k]
        due = due_row(t, n, market_of[n], unit, count, tradable, session_number, open_at)
        end = min(due, last)
        price = open_[due, n] if due <= last else mark[last, n]
        shares = 1.0
        for row in range(t + 1, end + 1 if len(split) else 0):
            shares *= split[row, n]
        out[k] = sides[k] * (price * shares / first_price[k] - 1.0) + 0.0  # no -0.0
