"""The engine's loop for single events: what is wanted in each row (X1 to X3, X13), and working it (X5)."""

from __future__ import annotations

import math

from newsbt.kernels._compile import engine, part
from newsbt.kernels._prefetch import bring_near
from newsbt.kernels.bar_orders import (
    NO_BOUND,
    instant_of,
    leave_alone,
    leave_together,
    note_filled,
    refuse_cuts,
    touch,
    try_entry,
    wanted_size,
    why_not,
    work_stops,
)
from newsbt.kernels.codes import (
    ADD,
    AT_CLOSE,
    AT_LIMIT,
    AT_OPEN,
    ENTRY,
    EXTEND,
    EXTENDED,
    FILLED,
    HOLD,
    IGNORE,
    IGNORED,
    LIMIT_NOT_REACHED,
    NONE,
    OPPOSITE_EVENT,
    OPPOSITE_EXIT,
    PENDING,
)  # fmt: skip
from newsbt.kernels.engine_state import Asked, Costs, LedgerState, Market, Position, RuleArrays
from newsbt.kernels.ledger_state import corporate_actions, end_row, open_lot, refuse
from newsbt.kernels.rules.holding import BARS, due_row
from newsbt.kernels.rules.prices import is_met_at_open, is_traded_through, session_ends

__all__ = ["replay"]

ENTRIES_AHEAD = 16  # whose cells are brought near while others are worked
ROWS_AHEAD = 8  # of a hold; of a longer one the rest is waited for


@engine
def replay(
    start: int, stop: int,
    market: Market, rules: RuleArrays, costs: Costs, position: Position, asked: Asked, books: LedgerState,
) -> int:  # fmt: skip
    """Work the rows from `start` up to `stop`. Returns `stop`, or the row before which the books need more room for
    records."""
    state = books.state[0]
    has_stops = not (
        math.isnan(position.stop_loss) and math.isnan(position.take_profit) and math.isnan(position.trailing_stop)
    )
    has_limits = False
    for point in asked.point:
        has_limits = has_limits or point == AT_LIMIT
    resting = 0  # the first entry that may rest since an earlier row
    near = state["next"]
    for t in range(start, stop):
        first = state["next"]
        last = first
        has_closes = False
        while last < len(asked.row) and asked.row[last] == t:
            if asked.event[last] == asked.without:
                asked.outcome[last] = IGNORED
            else:
                has_closes = has_closes or asked.point[last] != AT_OPEN
            last += 1
        while has_limits and resting < first and asked.outcome[resting] != PENDING:
            resting += 1
        if not has_limits:
            resting = first
        has_closes = has_closes or resting < first
        # A lot is tried at most at the opening, by its stop and at the close; an entry leaves at most two refusals.
        trying = last - resting
        attempts = 3 * (state["open"] + trying)
        if state["counts_only"] == 0 and (
            state["fills"] + attempts + trying > len(books.fills)
            or state["refusals"] + attempts + 2 * trying > len(books.refusals)
        ):  # fmt: skip
            return t
        state["next"] = last
        near = _touch_entries(near, last, market, rules, costs, position, asked)
        state["stamp"] += 1
        for k in range(first, last):
            if asked.point[k] != AT_CLOSE:
                _decide(t, k, AT_OPEN, market, rules, costs, position, asked, books)
        if market.has_actions[t]:
            corporate_actions(t, market, costs, books)
        if has_closes:
            _by_the_clock(t, resting, last, has_stops, market, rules, costs, position, asked, books)
        else:
            _openings(
                t, first, last, state["open"], True, 0, True, 0, False,
                market, rules, costs, position, asked, books,
            )  # fmt: skip
            if has_stops:
                work_stops(t, 0, True, market, rules, costs, position, books)
        end_row(t, market, costs, position, books)
    return stop


@part
def _touch_entries(
    near: int, last: int, market: Market, rules: RuleArrays, costs: Costs, position: Position, asked: Asked
) -> int:
    """`_touch_entry` of those from `near` on that are not far behind the `last` of a row; the first that is left."""
    while near < min(last + ENTRIES_AHEAD, len(asked.row)):
        _touch_entry(near, market, rules, costs, position, asked)
        near += 1
    return near


@part
def _touch_entry(k: int, market: Market, rules: RuleArrays, costs: Costs, position: Position, asked: Asked) -> None:
    """Bring near what an entry will read, see `touch`, and the rows in which its hold ends."""
    t, n = asked.row[k], asked.ticker[k]
    touch(t, n, market, rules, costs, position)
    bring_near(market.reference, t, n)
    bring_near(market.close, t, n)
    rows = position.hold_count if position.hold_unit == BARS else 1
    for row in range(t + 1, t + 1 + min(rows, ROWS_AHEAD)):
        bring_near(market.tradable, row, n)


@part
def _decide(
    t: int, k: int, point: int,
    market: Market, rules: RuleArrays, costs: Costs, position: Position, asked: Asked, books: LedgerState,
) -> None:  # fmt: skip
    """What becomes of an entry by what is held: ignored, a repeat, an exit of what is held, or still `PENDING`."""
    if asked.event[k] == asked.without:
        return
    n, sign, stamp = asked.ticker[k], asked.sign[k], books.state[0]["stamp"]
    ticker = books.tickers[n]
    is_first = ticker["decided"] != stamp
    if not is_first and ticker["sign"] != sign:
        asked.outcome[k] = IGNORED
        return
    if not is_first and ticker["opposed"] == 1:
        asked.outcome[k] = OPPOSITE_EVENT
        return
    if is_first:
        ticker["decided"] = stamp
        ticker["sign"] = sign
        ticker["opposed"] = 0
    number = ticker["first"]
    if number != NONE and books.lots[number]["sign"] != sign:
        ticker["opposed"] = 1
        asked.outcome[k] = OPPOSITE_EVENT
        while number != NONE:
            lot = books.lots[number]
            if lot["waiting"] == NONE:
                lot["waiting"] = OPPOSITE_EXIT
            if point == AT_CLOSE and market.tradable[t, n]:
                lot["leaves"] = stamp
            number = lot["next"]
        return
    if number != NONE and position.on_repeat == IGNORE:
        asked.outcome[k] = IGNORED
        return
    if number != NONE and position.on_repeat == EXTEND:
        asked.outcome[k] = IGNORED  # unless a lot is there whose exit can be put off
        due = due_row(
            t, n, market.market_of[n], position.hold_unit, position.hold_count, market.tradable,
            market.session_number, market.open_at,
        )  # fmt: skip
        while number != NONE:
            lot = books.lots[number]
            if lot["waiting"] == NONE or lot["waiting"] == HOLD:
                lot["waiting"] = NONE
                lot["due_row"] = due
                asked.outcome[k] = EXTENDED
            number = lot["next"]
        return
    asked.wanted[k] = wanted_size(t, n, asked.weight[k], market, rules, costs, books)


@part
def _openings(
    t: int, first: int, last: int, held: int, from_start: bool, after: int, to_end: bool, until: int, is_mixed: bool,
    market: Market, rules: RuleArrays, costs: Costs, position: Position, asked: Asked, books: LedgerState,
) -> None:  # fmt: skip
    """Work the openings of row t after one instant and until another: markets that open together form one queue,
    exits first. `held` is how many lots were open before the row. A row that is not mixed has entries at its openings
    only, and code of its own that does not look at their points."""
    markets = market.open_at.shape[1]
    while True:
        opening, found = 0, False
        for m in range(markets):
            at = market.open_at[t, m]
            if (from_start or at > after) and (to_end or at <= until) and (not found or at < opening):
                opening, found = at, True
        if not found:
            return
        for index in range(held):
            number = books.open_lots[index]
            lot = books.lots[number]
            waiting = lot["waiting"]
            n = lot["ticker"]
            if waiting == NONE and lot["due_row"] > t:
                _touch_due(t, n, lot["due_row"], market, rules, costs, position)
                continue
            if lot["quantity"] == 0 or not market.tradable[t, n] or market.open_at[t, market.market_of[n]] != opening:
                continue
            _exit(t, number, market.open[t, n], AT_OPEN, market, rules, costs, position, books)
        for k in range(first, last):
            if (
                asked.outcome[k] == PENDING
                and not (is_mixed and asked.point[k] == AT_CLOSE)
                and market.open_at[t, market.market_of[asked.ticker[k]]] == opening
            ):
                is_limit = is_mixed and asked.point[k] == AT_LIMIT
                if not is_limit or _may_enter_at_open(t, k, market, rules, costs, position, asked, books):
                    _enter(t, k, AT_OPEN, is_limit, market, rules, costs, position, asked, books)
        from_start, after = False, opening


@part
def _touch_due(
    t: int, n: int, due_row: int, market: Market, rules: RuleArrays, costs: Costs, position: Position
) -> None:
    """Bring near what an exit in the next row will read."""
    if due_row == t + 1:
        touch(t + 1, n, market, rules, costs, position)


@part
def _exit(
    t: int, number: int, unslipped: float, point: int,
    market: Market, rules: RuleArrays, costs: Costs, position: Position, books: LedgerState,
) -> None:  # fmt: skip
    """Try to leave a lot: by an order of its own, or, where an opposite event wants the whole position gone (X3), by
    one order with the ticker's other lots that leave for it."""
    lot, stamp = books.lots[number], books.state[0]["stamp"]
    if lot["waiting"] != OPPOSITE_EXIT:
        reason = HOLD if lot["waiting"] == NONE else lot["waiting"]
        leave_alone(t, number, stamp, reason, unslipped, point, False, market, rules, costs, books, position)
        return
    if lot["tried"] == stamp:
        return
    count = 0
    while number != NONE:
        other = books.lots[number]
        if other["waiting"] == OPPOSITE_EXIT:
            other["planned"] = other["quantity"]
            books.leaving[count] = number
            count += 1
        number = other["next"]
    leave_together(
        t, count, stamp, OPPOSITE_EXIT, unslipped, point, True, False, market, rules, costs, books, position
    )  # fmt: skip


@part
def _enter(
    t: int, k: int, point: int, is_limit: bool,
    market: Market, rules: RuleArrays, costs: Costs, position: Position, asked: Asked, books: LedgerState,
) -> None:  # fmt: skip
    """Try an entry. The second event of a ticker in a row repeats the first if that filled (X2)."""
    n, side, event = asked.ticker[k], asked.sign[k], asked.event[k]
    stamp = books.state[0]["stamp"]
    if books.tickers[n]["entered"] == stamp and position.on_repeat != ADD:
        asked.outcome[k] = EXTENDED if position.on_repeat == EXTEND else IGNORED
        return
    if is_limit and _is_held(n, side, position, books):
        asked.outcome[k] = IGNORED
        return
    at = instant_of(t, n, point, market)
    bound = asked.bound[k] if is_limit else NO_BOUND
    unslipped = market.open[t, n]
    if point == AT_CLOSE:
        unslipped = market.close[t, n]
    elif point == AT_LIMIT:
        unslipped = bound
    wanted = asked.wanted[k]
    tried = try_entry(t, n, side, wanted, event, point, at, unslipped, bound, market, rules, costs, position, books)
    asked.outcome[k] = tried.why
    if tried.why != FILLED:
        return
    open_lot(
        t, n, side, tried.quantity, event, ENTRY, tried.price, unslipped, tried.costs, at, market, position, tried.fx,
        books,
    )  # fmt: skip
    note_filled(t, n, tried.quantity, books)
    refuse_cuts(t, n, side, wanted, event, point, at, tried, books)
    books.tickers[n]["entered"] = stamp


@part
def _is_held(n: int, side: int, position: Position, books: LedgerState) -> bool:
    """Whether what is held of a ticker makes an order that rests for it pointless (X22)."""
    number = books.tickers[n]["first"]
    held: bool = number != NONE and (position.on_repeat != ADD or books.lots[number]["sign"] != side)
    return held


@part
def _may_enter_at_open(
    t: int, k: int,
    market: Market, rules: RuleArrays, costs: Costs, position: Position, asked: Asked, books: LedgerState,
) -> bool:  # fmt: skip
    """Whether a limit order is tried at an opening: refused where it is new and X7 says so, else where the bar opens at
    its limit or better (X22)."""
    n, side = asked.ticker[k], asked.sign[k]
    if asked.row[k] == t and books.tickers[n]["entered"] != books.state[0]["stamp"]:
        why = why_not(t, n, side, asked.wanted[k], market, rules, costs, position, books)
        if why != FILLED:
            at = instant_of(t, n, AT_OPEN, market)
            refuse(t, at, n, side, why, asked.wanted[k], 0, asked.event[k], True, AT_OPEN, books)
            asked.outcome[k] = why
            return False
    return market.tradable[t, n] and is_met_at_open(side, asked.bound[k], market.open[t, n])


@part
def _rest(
    t: int, k: int,
    market: Market, rules: RuleArrays, costs: Costs, position: Position, asked: Asked, books: LedgerState,
) -> None:  # fmt: skip
    """A limit order inside a bar: tried where the bar trades through its limit, over where the session ends (X22)."""
    n, side = asked.ticker[k], asked.sign[k]
    if market.tradable[t, n] and is_traded_through(side, asked.bound[k], market.low[t, n], market.high[t, n]):
        _enter(t, k, AT_LIMIT, True, market, rules, costs, position, asked, books)
    elif session_ends(t, market.market_of[n], market.session_of):
        at = instant_of(t, n, AT_LIMIT, market)
        refuse(t, at, n, side, LIMIT_NOT_REACHED, asked.wanted[k], 0, asked.event[k], True, AT_LIMIT, books)
        asked.outcome[k] = LIMIT_NOT_REACHED


@engine
def _by_the_clock(
    t: int, first: int, last: int, has_stops: bool,
    market: Market, rules: RuleArrays, costs: Costs, position: Position, asked: Asked, books: LedgerState,
) -> None:  # fmt: skip
    """A row with fills at closes or at limits: a market that closes before another opens is worked before it, its stops
    first, so that nothing at that close depends on what opens later (T7)."""
    held = books.state[0]["open"]
    markets = market.open_at.shape[1]
    from_start, after = True, 0
    while True:
        closing, found = 0, False
        for m in range(markets):
            at = market.close_at[t, m]
            if market.session_of[t, m] >= 0 and (from_start or at > after) and (not found or at < closing):
                closing, found = at, True
        if not found:
            return
        _openings(
            t, first, last, held, from_start, after, False, closing, True,
            market, rules, costs, position, asked, books,
        )  # fmt: skip
        if has_stops:
            work_stops(t, closing, False, market, rules, costs, position, books)
        _closes(t, first, last, closing, market, rules, costs, position, asked, books)
        from_start, after = False, closing


@part
def _closes(
    t: int, first: int, last: int, closing: int,
    market: Market, rules: RuleArrays, costs: Costs, position: Position, asked: Asked, books: LedgerState,
) -> None:  # fmt: skip
    """Work limit orders inside the bars of the markets that close at an instant; then decide and work what is wanted at
    their close, exits before entries."""
    state = books.state[0]
    state["stamp"] += 1
    for k in range(first, last):
        if (
            asked.point[k] == AT_LIMIT
            and asked.outcome[k] == PENDING
            and _closes_at(t, asked.ticker[k], closing, market)
        ):
            _rest(t, k, market, rules, costs, position, asked, books)
    for k in range(first, last):
        if asked.point[k] == AT_CLOSE and _closes_at(t, asked.ticker[k], closing, market):
            _decide(t, k, AT_CLOSE, market, rules, costs, position, asked, books)
    for index in range(state["open"]):
        number = books.open_lots[index]
        lot = books.lots[number]
        if lot["leaves"] == state["stamp"] and lot["quantity"] > 0:
            _exit(t, number, market.close[t, lot["ticker"]], AT_CLOSE, market, rules, costs, position, books)
    for k in range(first, last):
        if (
            asked.point[k] == AT_CLOSE
            and asked.outcome[k] == PENDING
            and _closes_at(t, asked.ticker[k], closing, market)
        ):
            _enter(t, k, AT_CLOSE, False, market, rules, costs, position, asked, books)


@part
def _closes_at(t: int, n: int, closing: int, market: Market) -> bool:
    m = market.market_of[n]
    closes: bool = market.session_of[t, m] >= 0 and market.close_at[t, m] == closing
    return closes
