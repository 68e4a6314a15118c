"""What a sweep keeps of a run, straight from the books: metrics, training scores of folds, sums by block."""

from __future__ import annotations

import math
from typing import NamedTuple

from newsbt._typing import Bools, Floats, Ints
from newsbt.kernels._compile import engine
from newsbt.kernels.engine_state import LedgerState

__all__ = ["COUNTED", "SERIES", "SessionSeries", "Tally", "tally"]

SERIES = ("total_return", "cagr", "volatility", "sharpe", "sortino", "max_drawdown", "calmar", "psr")
COUNTED = (
    "hit_rate", "profit_factor", "expectancy", "turnover", "exposure", "mean_gross", "final_equity", "total_costs",
    "slippage_cost", "gross_return", "trades", "refusals", "fills", "event_dates",
)  # fmt: skip
FLAT = 4 * 2.220446049250313e-16  # as analysis.measure.is_constant


class SessionSeries(NamedTuple):
    """The n sessions of T rows: `last_row` (n,) ends each, `of_row` (T,) is each row's own.

    `test_first` (F,) are the sessions with which the test blocks of F folds begin; training ends before what reaches
    one, and `embargo` sessions earlier.
    """

    last_row: Ints
    of_row: Ints
    test_first: Ints
    embargo: int


class Tally(NamedTuple):
    """Written: `values` of SERIES and COUNTED, `training` (F, 8) of SERIES and `trained` (F,) sessions by fold,
    `returns` (n,), and `blocks` (4, S) about `offset` (1,), which is NaN where there are none. `is_dated` (E,) has to
    come as False, and becomes True of events that were traded."""

    values: Floats
    training: Floats
    trained: Ints
    returns: Floats
    blocks: Floats
    offset: Floats
    is_dated: Bools


@engine
def tally(books: LedgerState, sessions: SessionSeries, initial: float, per_year: float, out: Tally) -> None:
    """Sum up the books of a run that has ended.

    Definitions are those of docs/methods.md, summed in order: they agree with `analysis.evaluation` but for rounding.
    """
    state = books.state[0]
    returns, values = out.returns, out.values
    n = len(sessions.last_row)
    before, lost_in = initial, n
    mean_equity = mean_gross = 0.0
    exposed = 0
    for i in range(n):
        row = sessions.last_row[i]
        equity = books.equity[row]
        returns[i] = equity / before - 1.0 if lost_in == n else math.nan
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

    folds = len(sessions.test_first)
    for f in range(folds):
        out.trained[f] = sessions.test_first[f]
    won = lost = earned = 0.0
    wins = losses = trades = event_dates = 0
    last_date = -1
    for k in range(state["lots"]):
        lot = books.lots[k]
        entered = sessions.of_row[lot["entry_row"]]
        is_open = lot["quantity"] > 0
        left = n if is_open else sessions.of_row[lot["exit_row"]]
        for f in range(folds):
            first = sessions.test_first[f]
            if entered < first and left >= first and entered < out.trained[f]:
                out.trained[f] = entered
        if lot["event"] >= 0 and not out.is_dated[lot["event"]]:
            out.is_dated[lot["event"]] = True  # an event has one date, that of its first lot; lots are in order
            if entered != last_date:
                event_dates += 1
                last_date = entered
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
    notional = costs = slippage = 0.0
    for k in range(state["fills"]):
        fill = books.fills[k]
        notional += fill["quantity"] * fill["price_account"]
        costs += fill["costs"]
        slippage += fill["slippage_cost"]
    costs += state["borrowed"]
    final = books.equity[len(books.equity) - 1]
    values[8] = wins / (wins + losses) if wins + losses > 0 else math.nan
    values[9] = won / lost if lost > 0.0 else (math.inf if won > 0.0 else math.nan)
    values[10] = earned / trades if trades > 0 else math.nan
    values[11] = notional / mean_equity * per_year / n if mean_equity > 0.0 else math.nan
    values[12] = exposed / n
    values[13] = mean_gross / n
    values[14] = final
    values[15] = costs
    values[16] = slippage
    values[17] = (final + (costs + slippage)) / initial - 1.0
    values[18] = trades
    values[19] = state["refusals"]
    values[20] = state["fills"]
    values[21] = event_dates

    for f in range(folds + 1):
        count = n
        if f < folds:
            count = max(0, out.trained[f] - sessions.embargo)
            out.trained[f] = count
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
                    psr = 0.5 * math.erfc(-ratio * math.sqrt(known - 1) / math.sqrt(factor) / math.sqrt(2.0))
        to = out.training[f] if f < folds else values
        to[0] = growth
        to[1] = cagr
        to[2] = volatility
        to[3] = sharpe
        to[4] = sortino
        to[5] = depth
        to[6] = calmar
        to[7] = psr

    number = out.blocks.shape[1]
    size = n // number
    out.offset[0] = math.nan
    if size < 5 or lost_in < n:
        return
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
