"""What a sweep keeps of a run, straight from the books: metrics, training scores of folds, sums by block."""

from __future__ import annotations

import math
from typing import NamedTuple

from newsbt._typing import Floats, Ints
from newsbt.kernels._compile import engine, part
from newsbt.kernels.engine_state import LedgerState

__all__ = ["SHARPE", "SessionSeries", "Tally", "tally"]

# The indices of numbers, as the table of metrics has them (`outcome`); a test holds the two together.
TOTAL_RETURN, CAGR, VOLATILITY, SHARPE, SORTINO, MAX_DRAWDOWN, CALMAR, PSR = range(8)
HIT_RATE, PROFIT_FACTOR, EXPECTANCY, TURNOVER, EXPOSURE, MEAN_GROSS, FINAL_EQUITY = range(8, 15)
TOTAL_COSTS, SLIPPAGE_COST, GROSS_RETURN, TRADES, REFUSALS, FILLS, EVENT_DATES = range(15, 22)

MOST_LAGS = 12  # as analysis.sharpe_variance
NEVER = 2**63 - 1  # when an open lot is left: analysis.event_clusters
FEWEST_SESSIONS = 10  # as domain.returns
FLAT = 4 * 2.220446049250313e-16  # as analysis.measure.is_constant


class SessionSeries(NamedTuple):
    """The n sessions of T rows: `last_row` (n,) ends each, `of_row` (T,) is each row's own.

    `of_market` (N,) is each ticker's market, `opening` (n, M) the first instant of each session in each and `ends` (n,)
    the last in any, in nanoseconds: `analysis.event_clusters`. `test_first` (F,) are the sessions with which the test
    blocks of F folds begin; training ends before what reaches one, and `embargo` sessions earlier.
    """

    last_row: Ints
    of_row: Ints
    of_market: Ints
    opening: Ints
    ends: Ints
    test_first: Ints
    embargo: int


class Tally(NamedTuple):
    """Written: `values` (22,) of the numbers named above, `training` (F, 8) of the first eight and `trained` (F,)
    sessions by fold, `returns` (n,), and `blocks` (4, S) about `offset` (1,), which is NaN where there are none.
    `scores` (n,) and `autoregression` (3, MOST_LAGS + 1) are scratch space. `since` and `until` (E,) have to
    come as NEVER and its negative, and become when each event was entered and left; in `order` (E,) those that were
    traded are put in order of entry."""

    values: Floats
    training: Floats
    trained: Ints
    returns: Floats
    scores: Floats
    autoregression: Floats
    blocks: Floats
    offset: Floats
    since: Ints
    until: Ints
    order: Ints


@engine
def tally(books: LedgerState, sessions: SessionSeries, initial: float, per_year: float, out: Tally) -> None:
    """Sum up the books of a run that has ended.

    Definitions are those of docs/methods.md, summed in order: they agree with `analysis.evaluation` but for rounding.
    """
    lost_in = _sessions(books, sessions, initial, per_year, out)
    _lots(books, sessions, out)
    n = len(sessions.last_row)
    folds = len(sessions.test_first)
    for f in range(folds + 1):
        count = n
        if f < folds:
            count = max(0, out.trained[f] - sessions.embargo)
            out.trained[f] = count
        _of_returns(
            books,
            sessions,
            out,
            initial,
            per_year,
            count,
            lost_in,
            out.training[f] if f < folds else out.values,
        )
    moved = 0
    for i in range(n):
        moved += out.returns[i] != 0.0
    if moved < FEWEST_SESSIONS:
        out.values[SHARPE] = out.values[PSR] = math.nan
    _blocks(out, n, lost_in)


@part
def _sessions(books: LedgerState, sessions: SessionSeries, initial: float, per_year: float, out: Tally) -> int:
    """Returns by session, exposure, and what fills cost; answers the session in which all was lost, n where none is."""
    state, to = books.state[0], out.values
    n = len(sessions.last_row)
    before, lost_in = initial, n
    mean_equity = mean_gross = 0.0
    exposed = 0
    for i in range(n):
        row = sessions.last_row[i]
        equity = books.equity[row]
        out.returns[i] = equity / before - 1.0 if lost_in == n else math.nan
        if equity <= 0.0 and lost_in == n:
            lost_in = i  # from here on nothing can be made of returns
        before = equity
        mean_equity += equity
        if books.gross[row] != 0.0:
            exposed += 1
            mean_gross += books.gross[row] / equity
    mean_equity /= n
    if lost_in < n:
        mean_gross = math.nan
    notional, slippage = state["notional"], state["slipped"]
    costs = state["paid"] + state["borrowed"]
    final = books.equity[len(books.equity) - 1]
    to[TURNOVER] = notional / mean_equity * per_year / n if mean_equity > 0.0 else math.nan
    to[EXPOSURE] = exposed / n
    to[MEAN_GROSS] = mean_gross / n
    to[FINAL_EQUITY] = final
    to[TOTAL_COSTS] = costs
    to[SLIPPAGE_COST] = slippage
    to[GROSS_RETURN] = (final + (costs + slippage)) / initial - 1.0
    to[REFUSALS] = state["refusals"]
    to[FILLS] = state["fills"]
    return lost_in


@part
def _lots(books: LedgerState, sessions: SessionSeries, out: Tally) -> None:
    """Trades, independent dates, and where each fold's training ends: before the first lot that reaches its test."""
    to, n, folds = out.values, len(sessions.last_row), len(sessions.test_first)
    for f in range(folds):
        out.trained[f] = sessions.test_first[f]
    won = lost = earned = 0.0
    wins = losses = trades = events = 0
    for k in range(books.state[0]["lots"]):
        lot = books.lots[k]
        entered = sessions.of_row[lot["entry_row"]]
        is_open = lot["quantity"] > 0
        left = n if is_open else sessions.of_row[lot["exit_row"]]
        for f in range(folds):
            first = sessions.test_first[f]
            if entered < first and left >= first and entered < out.trained[f]:
                out.trained[f] = entered
        if lot["event"] >= 0:
            until = NEVER
            if not is_open:
                until = lot["exit_at"]
                if until > sessions.opening[left, sessions.of_market[lot["ticker"]]]:
                    until = sessions.ends[left]
            if out.since[lot["event"]] == NEVER:
                out.order[events] = lot["event"]
                events += 1
            out.since[lot["event"]] = min(out.since[lot["event"]], lot["entry_at"])
            out.until[lot["event"]] = max(out.until[lot["event"]], until)
        if not is_open:
            pnl = lot["gain"] - lot["costs"]
            trades += 1
            earned += pnl
            if pnl > 0.0:
                wins += 1
                won += pnl
            elif pnl < 0.0:
                losses += 1
                lost -= pnl
    to[HIT_RATE] = wins / (wins + losses) if wins + losses > 0 else math.nan
    to[PROFIT_FACTOR] = won / lost if lost > 0.0 else (math.inf if won > 0.0 else math.nan)
    to[EXPECTANCY] = earned / trades if trades > 0 else math.nan
    to[TRADES] = trades
    to[EVENT_DATES] = _independent(out, events)


@part
def _independent(out: Tally, events: int) -> int:
    """How many clusters the traded events make: `analysis.event_clusters.connected`, for events nearly in order."""
    clusters = 0
    reached = -NEVER
    for index in range(1, events):
        event, at = out.order[index], index
        while at > 0 and out.since[out.order[at - 1]] > out.since[event]:
            out.order[at] = out.order[at - 1]
            at -= 1
        out.order[at] = event
    for index in range(events):
        event = out.order[index]
        if clusters == 0 or out.since[event] >= reached:
            clusters += 1
        reached = max(reached, out.until[event])
    return clusters


@part
def _of_returns(
    books: LedgerState, sessions: SessionSeries, out: Tally, initial: float, per_year: float, count: int, lost_in: int,
    to: Floats,
) -> None:  # fmt: skip
    """What the first `count` sessions' returns and equity give, written to the record `to`."""
    returns, scores, autoregression = out.returns, out.scores, out.autoregression
    level = peak = initial
    depth = total = downside = 0.0
    least, most = math.inf, -math.inf
    for i in range(count):
        level = books.equity[sessions.last_row[i]]
        peak = max(peak, level)
        depth = min(depth, level / peak - 1.0)
        r = returns[i]
        total += r
        least = min(least, r)
        most = max(most, r)
        if r < 0.0:
            downside += r * r
    known = count if count <= lost_in else 0
    growth = cagr = volatility = sharpe = sortino = calmar = psr = math.nan
    if count > 0:
        growth = level / initial - 1.0
    else:
        depth = math.nan
    if known > 0:
        exponent = math.log(level / initial) * per_year / count
        cagr = math.expm1(exponent) if exponent < 700.0 else math.nan
        if depth < 0.0:
            calmar = cagr / -depth
    if known > 1:
        mean = total / known
        if downside > 0.0:
            sortino = mean / math.sqrt(downside / known) * math.sqrt(per_year)
        if most - least <= FLAT * max(1.0, abs(least), abs(most)):
            volatility = 0.0
        else:
            second = third = fourth = 0.0
            for i in range(count):
                gap = returns[i] - mean
                square = gap * gap
                second += square
                third += square * gap
                fourth += square * square
            std = math.sqrt(second / (known - 1))
            second /= known
            volatility = std * math.sqrt(per_year)
            ratio = mean / std
            sharpe = ratio * math.sqrt(per_year)
            skew = third / known / second**1.5
            kurtosis = fourth / known / (second * second)
            factor = 1.0 - skew * ratio + (kurtosis - 1.0) / 4.0 * ratio * ratio
            if factor > 0.0:
                for i in range(count):
                    z = (returns[i] - mean) / math.sqrt(second)
                    scores[i] = z - ratio / 2.0 * (z * z - 1.0)
                factor *= _long_run_ratio(scores, count, autoregression)
                psr = 0.5 * math.erfc(-ratio * math.sqrt(known - 1) / math.sqrt(factor) / math.sqrt(2.0))
    to[TOTAL_RETURN] = growth
    to[CAGR] = cagr
    to[VOLATILITY] = volatility
    to[SHARPE] = sharpe
    to[SORTINO] = sortino
    to[MAX_DRAWDOWN] = depth
    to[CALMAR] = calmar
    to[PSR] = psr


@part
def _long_run_ratio(values: Floats, n: int, scratch: Floats) -> float:
    """`analysis.sharpe_variance.long_run_ratio` of the first n values, which it centres; they are not constant."""
    covariance, weights, mirrored = scratch[0], scratch[1], scratch[2]
    if n < 10:
        return 1.0
    mean = 0.0
    for i in range(n):
        mean += values[i]
    mean /= n
    second = fourth = 0.0
    for i in range(n):
        values[i] -= mean
        square = values[i] * values[i]
        second += square
        fourth += square * square
    if fourth <= 0.0:
        return 1.0
    telling = min(float(n), 3.0 * second * second / fourth)
    most = min(int(4.0 * (telling / 100.0) ** (2.0 / 9.0)), int(telling / 10.0), MOST_LAGS)
    for k in range(most + 1):
        covariance[k] = 0.0
        for i in range(k, n):
            covariance[k] += values[i] * values[i - k]
        covariance[k] /= n
    left, ratio = covariance[0], 1.0
    if left <= 0.0:
        return 1.0
    least = telling * math.log(left)
    for order in range(1, most + 1):
        partial = covariance[order]
        for k in range(1, order):
            partial -= weights[k] * covariance[order - k]
        partial /= left
        for k in range(1, order):
            mirrored[k] = weights[order - k]
        for k in range(1, order):
            weights[k] -= partial * mirrored[k]
        weights[order] = partial
        left *= 1.0 - partial * partial
        if left <= 0.0:
            break
        criterion = telling * math.log(left) + order * math.log(telling)
        if criterion < least:
            least = criterion
            total = 0.0
            for k in range(1, order + 1):
                total += weights[k]
            ratio = left / covariance[0] / (1.0 - total) ** 2
    return ratio


@part
def _blocks(out: Tally, n: int, lost_in: int) -> None:
    """Sums, squares, smallest and largest returns by block, about their mean; the oldest sessions over stay out."""
    returns = out.returns
    number = out.blocks.shape[1]
    size = n // number
    out.offset[0] = math.nan
    if size >= 5 and lost_in == n:
        start = n - size * number
        offset = 0.0
        for i in range(start, n):
            offset += returns[i]
        offset /= size * number
        out.offset[0] = offset
        for s in range(number):
            summed = squares = 0.0
            least, most = math.inf, -math.inf
            for i in range(start + s * size, start + (s + 1) * size):
                gap = returns[i] - offset
                summed += gap
                squares += gap * gap
                least = min(least, returns[i])
                most = max(most, returns[i])
            out.blocks[0, s] = summed
            out.blocks[1, s] = squares
            out.blocks[2, s] = least
            out.blocks[3, s] = most
