"""The engine's loop for grids of target weights (X21): what leads from what is held to the targets, and working it."""

from __future__ import annotations

import math
from typing import NamedTuple

from newsbt.kernels._compile import engine, part
from newsbt.kernels.bar_orders import (
    NO_BOUND,
    leave_alone,
    leave_together,
    lots_of,
    note_filled,
    refuse_cuts,
    split_of,
    try_entry,
    wanted_size,
    why_not,
    work_stops,
)
from newsbt.kernels.codes import AT_OPEN, FILLED, LONG, NONE, REBALANCE, SHORT
from newsbt.kernels.engine_state import Costs, Followed, LedgerState, Market, Position, RuleArrays
from newsbt.kernels.ledger_state import corporate_actions, end_row, open_lot, refuse
from newsbt.kernels.rules.dealing import cost_share
from newsbt.kernels.rules.sizes import after_split, is_worth_trading, split_order, step_to, whole_lots

__all__ = ["follow"]

NEVER = -(2**63)  # NaT in nanoseconds: a market that does not open in a row


@engine
def follow(
    start: int,
    market: Market,
    rules: RuleArrays,
    costs: Costs,
    position: Position,
    followed: Followed,
    books: LedgerState,
) -> int:
    """Work the rows from `start` on. Returns T, or the row before which the books need more room."""
    state = books.state[0]
    rows: int = market.tradable.shape[0]
    count: int = market.tradable.shape[1]
    has_stops = not (
        math.isnan(position.stop_loss) and math.isnan(position.take_profit) and math.isnan(position.trailing_stop)
    )
    for t in range(start, rows):
        # Each open lot is reduced at most once and stopped once; each ticker enters once, a lot for each cause.
        more = count + state["pending"] + _causes_of(t - 1, followed, state["next"])
        records = 3 * (state["open"] + more) + 2 * count
        if state["lots"] + more > len(books.lots) or (
            state["counts_only"] == 0
            and (state["fills"] + records > len(books.fills) or state["refusals"] + records > len(books.refusals))
        ):
            return t
        planned = Planned(reductions=0, waiting=0, entries=0)
        if t > 0:
            _note_causes(t - 1, followed, books)
            planned = _plan(t, market, rules, costs, position, followed, books)
        if market.has_actions[t]:
            corporate_actions(t, market, costs, books)
        _work(t, planned, market, rules, costs, position, followed, books)
        if has_stops:
            work_stops(t, 0, True, market, rules, costs, position, books)
        end_row(t, market, costs, position, books)
    return rows


@part
def _causes_of(t: int, followed: Followed, index: int) -> int:
    """How many causes first count in row t, from an index into their list on."""
    found = 0
    while index < len(followed.cause_row) and followed.cause_row[index] <= t:
        found += 1
        index += 1
    return found


@part
def _note_causes(t: int, followed: Followed, books: LedgerState) -> None:
    """Add the causes of row t to their tickers' parts, one part for each event."""
    state = books.state[0]
    index = state["next"]
    while index < len(followed.cause_row) and followed.cause_row[index] <= t:
        n, event, size = followed.cause_ticker[index], followed.cause_event[index], followed.cause_size[index]
        index += 1
        before, link = NONE, followed.first_part[n]
        while link != NONE and followed.part_event[link] != event:
            before, link = link, followed.part_next[link]
        if link != NONE:
            followed.part_size[link] += size
            continue
        link = state["parts"]
        followed.part_event[link] = event
        followed.part_size[link] = size
        followed.part_next[link] = NONE
        if before == NONE:
            followed.first_part[n] = link
        else:
            followed.part_next[before] = link
        state["parts"] += 1
        state["pending"] += 1
    state["next"] = index


class Planned(NamedTuple):
    """How many lots are to be reduced, how many have a stop that waits, and how many tickers are to be entered."""

    reductions: int
    waiting: int
    entries: int


@part
def _plan(
    t: int, market: Market, rules: RuleArrays, costs: Costs, position: Position, followed: Followed, books: LedgerState
) -> Planned:
    """What is wanted at the openings of row t."""
    state = books.state[0]
    reductions = waiting = entries = 0
    for index in range(state["open"]):
        if books.lots[books.open_lots[index]]["waiting"] != NONE:
            waiting += 1
    for n in range(market.tradable.shape[1]):
        signal = followed.grid[t - 1, n]
        if signal == 0.0 and market.open_at[t, market.market_of[n]] != NEVER:
            followed.unsizable[n] = 0.0
        if not (followed.due[t, n] or (followed.unfinished[n] and market.tradable[t, n])):
            continue
        held = 0
        number = books.tickers[n]["first"]
        while number != NONE:
            lot = books.lots[number]
            if lot["waiting"] == NONE:
                held += lot["sign"] * _after_split(t, number, market, books)
            number = lot["next"]
        if signal == 0.0 and held == 0:
            followed.unfinished[n] = False
            continue
        target = 0
        if signal != 0.0:
            weight = followed.weights[t, n] if followed.weights.shape[0] > 0 else position.weight
            target = wanted_size(t, n, weight * abs(signal), market, rules, costs, books)
        if target < 0 or not rules.may_trade[n]:
            if followed.unsizable[n] != signal:
                # Said once, when the view appears: a daily rebalance would repeat it every day.
                side = LONG if signal > 0 else SHORT
                at = market.open_at[t, market.market_of[n]]
                why = why_not(t, n, side, target, market, rules, costs, position, books)
                refuse(t, at, n, side, why, target, 0, -1, True, AT_OPEN, books)
                followed.unsizable[n] = signal
            continue
        followed.unfinished[n] = False
        if signal < 0.0:
            target = -target
        if not is_worth_trading(
            target, held, market.reference[t, n], split_of(t, n, market), costs.fill_rate[t, costs.currency_of[n]],
            position.min_trade, state["equity"],
        ):  # fmt: skip
            continue
        wanted = step_to(target, held)
        left = wanted.leaves
        number = books.tickers[n]["first"]
        while number != NONE:
            lot = books.lots[number]
            size = min(left, _after_split(t, number, market, books)) if lot["waiting"] == NONE else 0
            if size > 0:
                lot["leaves"] = t
                lot["planned"] = size
                reductions += 1
            left -= size
            number = lot["next"]
        beyond = wanted.enters
        lots = lots_of(t, n, rules)
        if beyond != 0 and lots.step > 0:
            # A split may have left an odd lot.
            size = whole_lots(float(abs(beyond)), lots.step, lots.minimum)
            if size > 0:
                followed.entry_ticker[entries] = n
                followed.entry_quantity[entries] = size if beyond > 0 else -size
                followed.keys[n] = -abs(signal)
                entries += 1
    _sort_entries(entries, followed)
    return Planned(reductions=reductions, waiting=waiting, entries=entries)


@part
def _after_split(t: int, number: int, market: Market, books: LedgerState) -> int:
    """What a lot holds at the openings of row t: splits come first (X19)."""
    lot = books.lots[number]
    return after_split(lot["quantity"], split_of(t, lot["ticker"], market))


@part
def _sort_entries(count: int, followed: Followed) -> None:
    """By ascending key of their ticker; those of equal keys stay in their order. A merge sort, from pairs upwards."""
    tickers, quantities, keys = followed.entry_ticker, followed.entry_quantity, followed.keys
    moved, sizes = followed.moved_ticker, followed.moved_quantity
    width = 1
    while width < count:
        for low in range(0, count, 2 * width):
            middle, high = min(low + width, count), min(low + 2 * width, count)
            left, right = low, middle
            for k in range(low, high):
                if left < middle and (right >= high or keys[tickers[left]] <= keys[tickers[right]]):
                    moved[k] = tickers[left]
                    sizes[k] = quantities[left]
                    left += 1
                else:
                    moved[k] = tickers[right]
                    sizes[k] = quantities[right]
                    right += 1
        for k in range(count):
            tickers[k] = moved[k]
            quantities[k] = sizes[k]
        width *= 2


@part
def _work(
    t: int, planned: Planned,
    market: Market, rules: RuleArrays, costs: Costs, position: Position, followed: Followed, books: LedgerState,
) -> None:  # fmt: skip
    """Try the steps at the openings of row t, market by market: reductions and stops that wait, in order of entry, then
    entries."""
    if planned.reductions + planned.waiting + planned.entries == 0:
        return
    held = books.state[0]["open"]
    from_start, after = True, 0
    while True:
        opening, found = 0, False
        for m in range(market.open_at.shape[1]):
            at = market.open_at[t, m]
            if (from_start or at > after) and (not found or at < opening):
                opening, found = at, True
        if not found:
            return
        for index in range(held):
            number = books.open_lots[index]
            lot = books.lots[number]
            n = lot["ticker"]
            if lot["tried"] == t or market.open_at[t, market.market_of[n]] != opening:
                continue
            if lot["waiting"] != NONE and lot["quantity"] > 0 and market.tradable[t, n]:
                leave_alone(
                    t, number, t, lot["waiting"], market.open[t, n], AT_OPEN, False,
                    market, rules, costs, books, position,
                )  # fmt: skip
            if lot["leaves"] != t:
                continue
            done = market.tradable[t, n]
            if done:
                done = _reduce(t, number, n, market, rules, costs, position, books)
            followed.unfinished[n] = not done
        for step in range(planned.entries):
            n = followed.entry_ticker[step]
            if market.open_at[t, market.market_of[n]] == opening:
                _enter(t, n, followed.entry_quantity[step], market, rules, costs, position, followed, books)
        from_start, after = False, opening


@part
def _reduce(
    t: int, number: int, n: int,
    market: Market, rules: RuleArrays, costs: Costs, position: Position, books: LedgerState,
) -> bool:  # fmt: skip
    """Try to sell what is planned of a ticker's lots, from one on, in one order. True where nothing is left of it."""
    count = 0
    while number != NONE:
        lot = books.lots[number]
        if lot["leaves"] == t:
            books.leaving[count] = number
            count += 1
        number = lot["next"]
    return leave_together(
        t, count, t, REBALANCE, market.open[t, n], AT_OPEN, False, False, market, rules, costs, books, position
    )  # fmt: skip


@part
def _enter(
    t: int, n: int, beyond: int,
    market: Market, rules: RuleArrays, costs: Costs, position: Position, followed: Followed, books: LedgerState,
) -> None:  # fmt: skip
    """Try an entry, a lot for each event that caused it."""
    side = LONG if beyond > 0 else SHORT
    wanted = abs(beyond)
    number = books.tickers[n]["first"]
    while number != NONE:
        if books.lots[number]["sign"] != side or books.lots[number]["waiting"] != NONE:
            followed.unfinished[n] = True  # what it should replace has not been left: at the ticker's next bar
            return
        number = books.lots[number]["next"]
    link = followed.first_part[n]
    event = -1 if link == NONE else followed.part_event[link]
    at, unslipped = market.open_at[t, market.market_of[n]], market.open[t, n]
    tried = try_entry(
        t, n, side, wanted, event, AT_OPEN, at, unslipped, NO_BOUND, market, rules, costs, position, books
    )
    if tried.why != FILLED:
        return
    parts = 0
    while link != NONE:
        followed.shares[parts] = followed.part_size[link]
        link = followed.part_next[link]
        parts += 1
    if parts == 0:
        open_lot(
            t, n, side, tried.quantity, event, REBALANCE, tried.price, unslipped, tried.costs, at, market, position,
            tried.fx, books,
        )  # fmt: skip
    else:
        split_order(tried.quantity, parts, followed.shares, followed.whole, followed.lost)
        link = followed.first_part[n]
        done, shared = 0, 0.0
        for k in range(parts):
            size = followed.whole[k]
            if size > 0:
                done += size
                costs_of_lot = cost_share(tried.costs, shared, done, tried.quantity)
                shared += costs_of_lot
                open_lot(
                    t, n, side, size, followed.part_event[link], REBALANCE, tried.price, unslipped,
                    costs_of_lot, at, market, position, tried.fx, books,
                )  # fmt: skip
            link = followed.part_next[link]
    note_filled(t, n, tried.quantity, books)
    refuse_cuts(t, n, side, wanted, event, AT_OPEN, at, tried, books)
    followed.first_part[n] = NONE
    books.state[0]["pending"] -= parts
