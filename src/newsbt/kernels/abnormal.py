"""Abnormal returns: a factor model fitted before each event and applied around it, and their ranks."""

from __future__ import annotations

import numpy as np

from newsbt._typing import Bools, Floats, Ints
from newsbt.kernels._compile import kernel

__all__ = ["estimation_ranks", "fit_events", "generalised_rank_days", "rank_days"]


@kernel
def fit_events(
    returns: Floats, factors: Floats, factors_of: Ints, dropped: Bools, sessions: Ints, ticker: Ints, day_zero: Ints,
    first_estimation: int, first_event: int, fixed: bool, given: Floats, residual: Floats, expected: Floats,
    whitened: Floats, coefficients: Floats, sigma: Floats, used: Ints, flaw: Ints,
) -> None:  # fmt: skip
    """Fit r = a + b'x + e on the estimation days of each of E events and take it to the event days.

    `returns` (N, T), NaN where unusable; `factors` (H, T, K) with `factors_of` (N,) its row for each ticker; `dropped`
    (N, T) days left out of estimation; `sessions` (N,) the days each ticker has; `ticker`, `day_zero` (E,). Relative
    days run from `first_estimation` for the width of `residual` (E, L), and from `first_event` for that of `expected`
    (E, W). `fixed` takes a = 0 and b = 1 instead of fitting;
    `given` (E, K) slopes, where they are not NaN, are taken and only the intercept fitted.

    Out: `residual`, NaN on unusable days; `expected`, the model's return, NaN where it or the return is missing;
    `whitened` (E, W, K), C^-1 (x - mean x) with C C' the factors' sums of squares, so that its square is the factor
    part of the forecast variance; `coefficients` (E, K + 1), a first; `sigma` (E,), with L - 1 - K degrees of freedom
    (L - 1 where fixed); `used` (E,) the L; `flaw` (E,) 1 where too few days fit, 2 where the factors do not vary
    enough, 3 where the residuals are rounding (sigma 0, residuals 0, and so are event days that miss the model by no
    more), else 0.
    """
    width, span, count = residual.shape[1], expected.shape[1], factors.shape[2]
    mean = np.empty(count)
    lower = np.empty((count, count))
    slope = np.empty(count)
    cross = np.empty(count)
    for e in range(ticker.shape[0]):
        n, day = ticker[e], day_zero[e]
        h, last = factors_of[n], sessions[n]
        residual[e] = np.nan
        expected[e] = np.nan
        whitened[e] = np.nan
        coefficients[e] = np.nan
        sigma[e] = np.nan
        flaw[e] = 0
        # Means over the usable days.
        total, mean_return = 0, 0.0
        mean[:] = 0.0
        for j in range(width):
            t = day + first_estimation + j
            if t < 0 or t >= last or dropped[n, t] or np.isnan(returns[n, t]):
                continue
            usable = True
            for k in range(count):
                if np.isnan(factors[h, t, k]):
                    usable = False
            if not usable:
                continue
            residual[e, j] = 0.0  # marks the day as usable
            total += 1
            mean_return += returns[n, t]
            for k in range(count):
                mean[k] += factors[h, t, k]
        used[e] = total
        freedom = total - 1 if fixed else total - 1 - count
        if freedom < 1:
            flaw[e] = 1
            continue
        mean_return /= total
        for k in range(count):
            mean[k] /= total
        # Sums of squares about the means, and their Cholesky factor.
        lower[:, :] = 0.0
        cross[:] = 0.0
        largest = 0.0
        for j in range(width):
            if np.isnan(residual[e, j]):
                continue
            t = day + first_estimation + j
            largest = max(largest, abs(returns[n, t]))
            for k in range(count):
                centred = factors[h, t, k] - mean[k]
                cross[k] += centred * (returns[n, t] - mean_return)
                for i in range(k + 1):
                    lower[k, i] += centred * (factors[h, t, i] - mean[i])
        if fixed:
            coefficients[e, 0] = 0.0
            for k in range(count):
                slope[k] = 1.0
        else:
            singular = False
            for k in range(count):
                own = lower[k, k]
                for i in range(k + 1):
                    value = lower[k, i]
                    for q in range(i):
                        value -= lower[k, q] * lower[i, q]
                    if i < k:
                        lower[k, i] = value / lower[i, i]
                    else:
                        # A factor that is constant, or a mix of the others but for rounding.
                        if value <= 1e-12 * own or own <= 1e-24 * total:
                            singular = True
                            break
                        lower[k, k] = np.sqrt(value)
                if singular:
                    break
            if singular:
                flaw[e] = 2
                continue
            for k in range(count):
                value = cross[k]
                for i in range(k):
                    value -= lower[k, i] * slope[i]
                slope[k] = value / lower[k, k]
            for k in range(count - 1, -1, -1):
                value = slope[k]
                for i in range(k + 1, count):
                    value -= lower[i, k] * slope[i]
                slope[k] = value / lower[k, k]
            coefficients[e, 0] = mean_return
            for k in range(count):
                if not np.isnan(given[e, k]):
                    slope[k] = given[e, k]
                coefficients[e, 0] -= slope[k] * mean[k]
        for k in range(count):
            coefficients[e, k + 1] = slope[k]
        # Residuals and their standard deviation.
        average = 0.0
        for j in range(width):
            if np.isnan(residual[e, j]):
                continue
            t = day + first_estimation + j
            value = returns[n, t] - coefficients[e, 0]
            for k in range(count):
                value -= slope[k] * factors[h, t, k]
            residual[e, j] = value
            average += value
        average = average / total if fixed else 0.0
        squares = 0.0
        for j in range(width):
            if not np.isnan(residual[e, j]):
                squares += (residual[e, j] - average) ** 2
        deviation = np.sqrt(squares / freedom)
        if deviation <= 1e-10 * largest:
            flaw[e] = 3
            deviation = 0.0
            for j in range(width):
                if not np.isnan(residual[e, j]):
                    residual[e, j] = 0.0  # ranks and signs of rounding mean nothing
        sigma[e] = deviation
        # The event days.
        for j in range(span):
            t = day + first_event + j
            if t < 0 or t >= last or np.isnan(returns[n, t]):
                continue
            value = coefficients[e, 0]
            for k in range(count):
                value += slope[k] * factors[h, t, k]
            if np.isnan(value):
                continue
            if flaw[e] == 3 and abs(returns[n, t] - value) <= 1e-10 * largest:
                value = returns[n, t]
            expected[e, j] = value
            for k in range(count):
                if fixed:
                    whitened[e, j, k] = 0.0
                    continue
                value = factors[h, t, k] - mean[k]
                for i in range(k):
                    value -= lower[k, i] * whitened[e, j, i]
                whitened[e, j, k] = value / lower[k, k]


@kernel
def mid_ranks(values: Floats, order: Ints, count: int, out: Floats) -> None:
    """Ranks from 1 of the first `count` of `values` in their sorting `order`, equal values sharing the middle."""
    first = 0
    while first < count:
        last = first
        while last + 1 < count and values[order[last + 1]] == values[order[first]]:
            last += 1
        for index in range(first, last + 1):
            out[order[index]] = (first + last) / 2 + 1
        first = last + 1


@kernel
def estimation_ranks(residual: Floats, ranks: Floats) -> None:
    """Mid-ranks of each event's `residual` (E, L) among its own; NaN stays NaN."""
    width = residual.shape[1]
    values = np.empty(width)
    days = np.empty(width, np.int64)
    found_ranks = np.empty(width)
    for e in range(residual.shape[0]):
        found = 0
        for j in range(width):
            ranks[e, j] = np.nan
            if not np.isnan(residual[e, j]):
                values[found] = residual[e, j]
                days[found] = j
                found += 1
        mid_ranks(values, np.argsort(values[:found]), found, found_ranks)
        for index in range(found):
            ranks[e, days[index]] = found_ranks[index]


@kernel
def rank_days(residual: Floats, ranks: Floats, abnormal: Floats, total: Floats, count: Ints) -> None:
    """Sum over events of rank / (M + 1) - 1/2, M the days an event has, by relative day.

    `residual` (E, L) with its own `ranks`, and `abnormal` (E, W), NaN on missing days, are ranked together within
    each event. `total` and `count` (L + W,) get the sums and the numbers of events behind them.
    """
    width, span = residual.shape[1], abnormal.shape[1]
    total[:] = 0.0
    count[:] = 0
    ahead = np.empty(span)
    for e in range(residual.shape[0]):
        found = 0
        for k in range(span):
            # Half of the equal values stand before one, in the middle of their ranks; oneself adds the other half.
            ahead[k] = 0.5
            if not np.isnan(abnormal[e, k]):
                found += 1
                for i in range(span):
                    if abnormal[e, i] < abnormal[e, k]:
                        ahead[k] += 1.0
                    elif abnormal[e, i] == abnormal[e, k]:
                        ahead[k] += 0.5
        for j in range(width):
            if not np.isnan(residual[e, j]):
                found += 1
        for j in range(width):
            own = residual[e, j]
            if np.isnan(own):
                continue
            rank = ranks[e, j]
            for k in range(span):
                other = abnormal[e, k]
                if other < own:
                    rank += 1.0
                elif other == own:
                    rank += 0.5
                    ahead[k] += 0.5
                elif other > own:
                    ahead[k] += 1.0
            total[j] += rank / (found + 1) - 0.5
            count[j] += 1
        for k in range(span):
            if not np.isnan(abnormal[e, k]):
                total[width + k] += ahead[k] / (found + 1) - 0.5
                count[width + k] += 1


@kernel
def generalised_rank_days(residual: Floats, ranks: Floats, value: Floats, total: Floats, count: Ints) -> None:
    """Ranks with one cumulated value an event added to its estimation days, summed over events by day.

    `ranks` (E, L) are those of `residual` among its own; `value` (E,) in the residuals' unit, NaN for events to leave
    out. `total` and `count` (L + 1,) get sums of rank / (M + 1) - 1/2 and numbers of events, the added value last.
    """
    width = residual.shape[1]
    total[:] = 0.0
    count[:] = 0
    for e in range(residual.shape[0]):
        added = value[e]
        if np.isnan(added):
            continue
        below, equal, found = 0, 0, 0
        for j in range(width):
            own = residual[e, j]
            if not np.isnan(own):
                found += 1
                if own < added:
                    below += 1
                elif own == added:
                    equal += 1
        scale = found + 2.0  # M + 1, M = the estimation days and the value
        for j in range(width):
            own = residual[e, j]
            if not np.isnan(own):
                rank = ranks[e, j]
                if own > added:
                    rank += 1.0
                elif own == added:
                    rank += 0.5
                total[j] += rank / scale - 0.5
                count[j] += 1
        total[width] += (below + equal / 2 + 1) / scale - 0.5
        count[width] += 1
