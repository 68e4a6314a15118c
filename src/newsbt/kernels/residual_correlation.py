"""Correlations between the residuals of events whose windows overlap."""

from __future__ import annotations

import numpy as np

from newsbt._typing import Floats, Ints
from newsbt.kernels._compile import kernel

__all__ = ["place_on_calendar", "sum_correlations"]


@kernel
def place_on_calendar(
    residual: Floats, rows: Ints, axis_of: Ints, sessions: Ints, start: Ints, values: Floats, gaps: Ints, low: Ints,
    high: Ints, gap_count: Ints,
) -> None:  # fmt: skip
    """Lay each event's residuals on calendar rows, counted from its first usable one.

    `residual` (N, L), NaN on missing days; `rows` (A, T) the calendar row of each session of A sets, `axis_of`,
    `sessions`, `start` (N,) an event's set, how many sessions that has, and the session of its first estimation day.
    Out: `values` (N, S), 0 where there is none; `low`, `high` (N,) the calendar rows of the first and after the last
    usable day; `gaps` (N, S) the rows without a value between them, `gap_count` (N,) how many.
    """
    width = residual.shape[1]
    values[:, :] = 0.0
    for e in range(residual.shape[0]):
        low[e], high[e], gap_count[e] = 0, 0, 0
        for j in range(width):
            t = start[e] + j
            if t < 0 or t >= sessions[e] or np.isnan(residual[e, j]):
                continue
            row = rows[axis_of[e], t]
            if high[e] == 0:
                low[e] = row
            else:
                for missing in range(high[e], row):
                    gaps[e, gap_count[e]] = missing
                    gap_count[e] += 1
            values[e, row - low[e]] = residual[e, j]
            high[e] = row + 1


@kernel
def sum_correlations(
    values: Floats, gaps: Ints, low: Ints, high: Ints, gap_count: Ints, first: Ints, last: Ints, least: int, out: Floats
) -> None:
    """Sum over pairs of events of correlation times the share of event windows in common.

    `values`, `gaps`, `low`, `high`, `gap_count` as :func:`place_on_calendar` leaves them; `first`, `last` (N,) the
    calendar rows of the event windows, `first` ascending. Pairs with fewer than `least` common days, or without
    variance on them, count as 0. `out` (1,) gets the sum.
    """
    count = values.shape[0]
    total, squares = np.zeros(count), np.zeros(count)
    for e in range(count):
        for k in range(high[e] - low[e]):
            total[e] += values[e, k]
            squares[e] += values[e, k] ** 2
    result = 0.0
    for i in range(count):
        length = last[i] - first[i] + 1
        for j in range(i + 1, count):
            if first[j] > last[i]:
                break
            start, stop = max(low[i], low[j]), min(high[i], high[j])
            if stop - start < least:
                continue
            # Each event's own sums over the common days: all its days, less those outside, less the other's gaps.
            shared = stop - start
            sum_i, square_i, sum_j, square_j = total[i], squares[i], total[j], squares[j]
            for t in range(low[i], start):
                sum_i -= values[i, t - low[i]]
                square_i -= values[i, t - low[i]] ** 2
            for t in range(stop, high[i]):
                sum_i -= values[i, t - low[i]]
                square_i -= values[i, t - low[i]] ** 2
            for t in range(low[j], start):
                sum_j -= values[j, t - low[j]]
                square_j -= values[j, t - low[j]] ** 2
            for t in range(stop, high[j]):
                sum_j -= values[j, t - low[j]]
                square_j -= values[j, t - low[j]] ** 2
            for g in range(gap_count[j]):
                t = gaps[j, g]
                if start <= t < stop:
                    shared -= 1
                    sum_i -= values[i, t - low[i]]
                    square_i -= values[i, t - low[i]] ** 2
            for g in range(gap_count[i]):
                t = gaps[i, g]
                if start <= t < stop:
                    shared -= 1
                    sum_j -= values[j, t - low[j]]
                    square_j -= values[j, t - low[j]] ** 2
                    # Counted twice where both have the gap.
                    for h in range(gap_count[j]):
                        if gaps[j, h] == t:
                            shared += 1
            if shared < least:
                continue
            # Four sums side by side: additions of one chain would wait for each other.
            a, b = start - low[i], start - low[j]
            one, two, three, four = 0.0, 0.0, 0.0, 0.0
            whole = (stop - start) // 4 * 4
            for k in range(0, whole, 4):
                one += values[i, a + k] * values[j, b + k]
                two += values[i, a + k + 1] * values[j, b + k + 1]
                three += values[i, a + k + 2] * values[j, b + k + 2]
                four += values[i, a + k + 3] * values[j, b + k + 3]
            product = one + two + three + four
            for k in range(whole, stop - start):
                product += values[i, a + k] * values[j, b + k]
            spread_i = square_i - sum_i * sum_i / shared
            spread_j = square_j - sum_j * sum_j / shared
            # Sums of squares that vanish but for rounding are no variance.
            if spread_i <= 1e-12 * squares[i] or spread_j <= 1e-12 * squares[j]:
                continue
            correlation = (product - sum_i * sum_j / shared) / np.sqrt(spread_i * spread_j)
            correlation = min(1.0, max(-1.0, correlation))
            common = min(last[i], last[j]) - first[j] + 1
            longer = max(length, last[j] - first[j] + 1)
            result += correlation * common / longer
    out[0] = result
