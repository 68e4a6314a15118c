"""How strongly the events of a study move together."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from newsbt._typing import Bools, Floats, Ints
from newsbt.analysis.event_clusters import connected

__all__ = ["Spans", "mean_correlation"]

COMMON_DAYS = 20


@dataclass(frozen=True, kw_only=True)
class Spans:
    """Where N pairs of an event and a ticker lie in the calendar of all markets.

    `rows` (A, T) are the calendar rows of each distinct set of sessions, `axis_of` (N,) a pair's set, `sessions`
    (N,) how many it has, `day` (N,) the session of day 0 and `start` (N,) that of the first estimation day, possibly
    before the data. `event` (N,) numbers the announcements, `window` is the first and last day of the event window.
    """

    rows: Ints
    axis_of: Ints
    sessions: Ints
    day: Ints
    start: Ints
    event: Ints
    window: tuple[int, int]

    def take(self, keep: Bools) -> Spans:
        """The same for some of the pairs."""
        return replace(
            self, axis_of=self.axis_of[keep], sessions=self.sessions[keep], day=self.day[keep], start=self.start[keep],
            event=self.event[keep],
        )  # fmt: skip

    def on(self, relative: int) -> Ints:
        """(N,): the calendar row of a day relative to day 0; the calendar goes on beyond the data, a row a session."""
        wanted = self.day + relative
        held = np.clip(wanted, 0, self.sessions - 1)
        return np.asarray(self.rows[self.axis_of, held] + wanted - held)

    def clusters(self, start: int, end: int) -> Ints:
        """(N,): the cluster of each pair's event over a window: those connected by common days of it."""
        return connected(self.event, self.on(start), self.on(end) + 1)


def mean_correlation(residual: Floats, spans: Spans) -> float:
    """Mean over all pairs of events of the correlation of their estimation residuals on common dates.

    A pair with fewer than 20 common dates, without variance on them, or with event windows that do not overlap in
    calendar time counts as 0; with a partial overlap it counts by the share of the longer window in common (after
    Kolari, Pape and Pynnonen 2018). NaN for fewer than two events.

    Parameters
    ----------
    residual : ndarray of shape (N, L)
        Estimation residuals, NaN on missing days.
    spans : Spans
        Where those days lie in the calendar.
    """
    from newsbt.kernels.residual_correlation import place_on_calendar, sum_correlations

    n, width = residual.shape
    if n < 2:
        return math.nan
    first, last = (spans.on(day) for day in spans.window)
    order = np.argsort(first, kind="stable")
    axis_of, sessions, start = spans.axis_of[order], spans.sessions[order], spans.start[order]
    begin = spans.rows[axis_of, np.clip(start, 0, sessions - 1)]
    end = spans.rows[axis_of, np.clip(start + width - 1, 0, sessions - 1)]
    reach = int((end - begin).max()) + 1
    values, gaps = np.empty((n, reach)), np.empty((n, reach), dtype=np.int64)
    low, high, gap_count = (np.empty(n, dtype=np.int64) for _ in range(3))
    place_on_calendar(residual[order], spans.rows, axis_of, sessions, start, values, gaps, low, high, gap_count)
    total = np.empty(1)
    sum_correlations(values, gaps, low, high, gap_count, first[order], last[order], COMMON_DAYS, total)
    return float(total[0] / (n * (n - 1) / 2))
