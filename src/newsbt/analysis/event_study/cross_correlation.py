"""How strongly the events of a study move together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from newsbt._typing import Bools, Floats, Ints

__all__ = ["Spans", "mean_correlation"]

COMMON_DAYS = 20


@dataclass(frozen=True, kw_only=True)
class Spans:
    """Where N events lie in the calendar of all markets.

    `rows` (A, T) are the calendar rows of each distinct set of sessions, `axis_of` (N,) an event's set, `sessions`
    (N,) how many it has, `start` (N,) the session of the first estimation day, possibly before the data. `first`,
    `last`, `day_zero` (N,) are calendar rows of the event window.
    """

    rows: Ints
    axis_of: Ints
    sessions: Ints
    start: Ints
    first: Ints
    last: Ints
    day_zero: Ints

    def take(self, keep: Bools) -> Spans:
        """The same for some of the events."""
        return Spans(
            rows=self.rows, axis_of=self.axis_of[keep], sessions=self.sessions[keep], start=self.start[keep],
            first=self.first[keep], last=self.last[keep], day_zero=self.day_zero[keep],
        )  # fmt: skip


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
    order = np.argsort(spans.first, kind="stable")
    axis_of, sessions, start = spans.axis_of[order], spans.sessions[order], spans.start[order]
    begin = spans.rows[axis_of, np.clip(start, 0, sessions - 1)]
    end = spans.rows[axis_of, np.clip(start + width - 1, 0, sessions - 1)]
    reach = int((end - begin).max()) + 1
    values, gaps = np.empty((n, reach)), np.empty((n, reach), dtype=np.int64)
    low, high, gap_count = (np.empty(n, dtype=np.int64) for _ in range(3))
    place_on_calendar(residual[order], spans.rows, axis_of, sessions, start, values, gaps, low, high, gap_count)
    total = np.empty(1)
    sum_correlations(values, gaps, low, high, gap_count, spans.first[order], spans.last[order], COMMON_DAYS, total)
    return float(total[0] / (n * (n - 1) / 2))
