"""The dealing desk: entries and exits against the market's rules, one test after the other (X6 to X12, X14)."""

from __future__ import annotations

import math

from newsbt.kernels._compile import part
from newsbt.kernels.codes import (
    BELOW_ONE_LOT,
    CASH,
    FILLED,
    MAX_POSITIONS,
    NO_REFERENCE_PRICE,
    NO_SHORT,
    NONE,
    NOT_TRADABLE,
    NOT_TRADING,
    PARTICIPATION,
    T_PLUS_ONE,
    UNKNOWN_LOT,
)  # fmt: skip
from newsbt.kernels.engine_state import Costs, LedgerState, Market, Position, RuleArrays
from newsbt.kernels.fees import fee
from newsbt.kernels.ledger_state import free_cash, has_place, reduce_lot, refuse
from newsbt.kernels.lots import affordable, cost_share, participation_left, whole_lots
from newsbt.kernels.prices import at_limit, slipped, stop_hit

__all__ = [
    "leave_alone", "leave_together", "note_filled", "touch", "try_entry", "wanted_size", "why_not", "work_stops",
]  # fmt: skip


@part
def lot_of(t: int, n: int, rules: RuleArrays) -> tuple[int, int]:
    """Step and minimum of an order, in shares."""
    if not rules.applied:
        return 1, 1
    return rules.lot_step[t, n], rules.lot_minimum[t, n]


@part
def locked(t: int, n: int, side: int, unslipped: float, rules: RuleArrays) -> int:
    """`LIMIT_UP` or `LIMIT_DOWN` where a price limit keeps the other side away, else `FILLED` (X8)."""
    if not rules.applied:
        return FILLED
    limit = rules.limit_up[t, n] if side > 0 else rules.limit_down[t, n]
    if math.isnan(limit):
        return FILLED
    return at_limit(side, unslipped, limit, limit, rules.tick[t, n])


@part
def fees_of(t: int, n: int, costs: Costs) -> tuple[int, int]:
    """Which components a fill pays: from one place to another."""
    kind = costs.class_of[t, n] if costs.span.shape[0] > 1 else 0
    return costs.span[kind, 0], costs.span[kind, 1]


@part
def volume_of(t: int, n: int, market: Market, costs: Costs, position: Position) -> float:
    """The bar's volume where participation or impact asks for it, else NaN: memory is looked at only where needed."""
    if math.isnan(position.participation) and costs.impact.shape[0] == 0:
        return math.nan
    volume: float = market.volume[t, n]
    return volume


@part
def wanted_size(
    t: int, n: int, weight: float, market: Market, rules: RuleArrays, costs: Costs, books: LedgerState
) -> int:
    """Whole lots for a fraction of E_{t-1} (X4); `NONE` where no reference price, rate or lot is known."""
    reference = market.reference[t, n]
    if market.has_actions[t]:
        reference = reference / market.split[t, n]
    price = reference * costs.fill_rate[t, costs.currency_of[n]]
    step, minimum = lot_of(t, n, rules)
    if not math.isfinite(price) or step <= 0:
        return NONE
    return whole_lots(weight * max(books.state[0]["equity"], 0.0) / price, step, minimum)


@part
def why_not(
    t: int, n: int, side: int, wanted: int, market: Market, rules: RuleArrays, position: Position, books: LedgerState
) -> int:
    """The first test of X7 before prices and money that an entry fails, `FILLED` where it fails none."""
    if not rules.may_trade[n]:
        return NOT_TRADABLE
    if not market.tradable[t, n]:
        return NOT_TRADING
    if not math.isfinite(market.reference[t, n]):
        return NO_REFERENCE_PRICE
    if wanted == NONE or lot_of(t, n, rules)[0] <= 0:
        return UNKNOWN_LOT
    if side < 0 and not rules.can_short[n]:
        return NO_SHORT
    if not has_place(n, position.max_positions, books):
        return MAX_POSITIONS
    if wanted <= 0:
        return BELOW_ONE_LOT
    return FILLED


@part
def filled_so_far(t: int, n: int, books: LedgerState) -> int:
    ticker = books.tickers[n]
    return ticker["filled"] if ticker["filled_row"] == t else 0


@part
def note_filled(t: int, n: int, quantity: int, books: LedgerState) -> None:
    """What has been filled of a ticker in a bar counts against its volume (X11)."""
    ticker = books.tickers[n]
    if ticker["filled_row"] != t:
        ticker["filled_row"] = t
        ticker["filled"] = 0
    ticker["filled"] += quantity


@part
def dealt(
    t: int, n: int, side: int, quantity: int, unslipped: float, volume: float, market: Market, costs: Costs
) -> tuple[float, float]:
    """Price and costs of an order that fills `quantity`, whatever number of lots it opens or leaves."""
    half_spread = costs.half_spread[t, n] if costs.half_spread.shape[0] > 0 else 0.0
    impact = costs.impact[t, n] if costs.impact.shape[0] > 0 else 0.0
    price = slipped(
        unslipped, side, quantity, market.low[t, n], market.high[t, n], volume, costs.slippage_rate, half_spread, impact
    )
    start, stop = fees_of(t, n, costs)
    fx = costs.fill_rate[t, costs.currency_of[n]]
    return price, fee(costs.components, start, stop, side > 0, float(quantity), price, fx)


@part
def try_entry(
    t: int, n: int, side: int, wanted: int, event: int, at_close: bool, at: int, unslipped: float,
    market: Market, rules: RuleArrays, costs: Costs, position: Position, books: LedgerState,
) -> tuple[int, int, float, float, int, int]:  # fmt: skip
    """Test and size an entry. A refusal is written down; cuts are returned, for the caller to write after the fill.

    Returns the outcome, the quantity, price and costs of the fill, and the first and second cut, `FILLED` for none.
    """
    why = why_not(t, n, side, wanted, market, rules, position, books)
    first_cut = second_cut = FILLED
    quantity, price, paid = wanted, unslipped, 0.0
    if why == FILLED:
        why = locked(t, n, side, unslipped, rules)
    if why == FILLED:
        volume = volume_of(t, n, market, costs, position)
        step, minimum = lot_of(t, n, rules)
        left = participation_left(position.participation, volume, step, filled_so_far(t, n, books))
        if left < quantity:
            quantity = whole_lots(float(left), step, minimum)
            first_cut = PARTICIPATION
            if quantity == 0:
                why = PARTICIPATION
        if why == FILLED:
            free = free_cash(books)
            fx = costs.fill_rate[t, costs.currency_of[n]]
            price, paid = dealt(t, n, side, quantity, unslipped, volume, market, costs)
            asked = quantity * (price * fx) + paid
            if asked > free:
                if position.reject_short_cash:
                    quantity = 0
                else:
                    start, stop = fees_of(t, n, costs)
                    quantity = affordable(
                        free, asked, step, minimum, costs.components, start, stop, side, quantity, unslipped, fx,
                        market.low[t, n], market.high[t, n], volume, costs.slippage_rate,
                        costs.half_spread[t, n] if costs.half_spread.shape[0] > 0 else 0.0,
                        costs.impact[t, n] if costs.impact.shape[0] > 0 else 0.0,
                    )  # fmt: skip
                second_cut = CASH
                if quantity == 0:
                    why = CASH
                else:
                    price, paid = dealt(t, n, side, quantity, unslipped, volume, market, costs)
    if why != FILLED:
        refuse(t, at, n, side, why, wanted, 0, event, True, at_close, books)
    return why, quantity, price, paid, first_cut, second_cut


@part
def leave_alone(
    t: int, number: int, stamp: int, reason: int, unslipped: float, at_close: bool, in_stops: bool,
    market: Market, rules: RuleArrays, costs: Costs, books: LedgerState, position: Position,
) -> None:  # fmt: skip
    """Try to leave a lot by an order of its own."""
    books.leaving[0] = number
    books.lots[number]["planned"] = books.lots[number]["quantity"]
    leave_together(
        t, 1, stamp, reason, unslipped, at_close, True, in_stops, market, rules, costs, books, position
    )  # fmt: skip


@part
def leave_together(
    t: int, count: int, stamp: int, reason: int, unslipped: float, at_close: bool, waits: bool, in_stops: bool,
    market: Market, rules: RuleArrays, costs: Costs, books: LedgerState, position: Position,
) -> bool:  # fmt: skip
    """Try to leave what is `planned` of the first `count` of the `leaving` lots, all of one ticker, by one order, which
    pays once; the lots share its costs. True where all of it filled.

    What does not fill of a lot is written down and, where it `waits`, tried again at the ticker's next bar (X12).
    """
    first = books.lots[books.leaving[0]]
    n, side = first["ticker"], -first["sign"]
    m = market.market_of[n]
    at = market.close_at[t, m] if at_close else market.open_at[t, m]
    volume = volume_of(t, n, market, costs, position)
    at_limit = locked(t, n, side, unslipped, rules)
    step, _ = lot_of(t, n, rules)
    left = participation_left(position.participation, volume, step, filled_so_far(t, n, books))
    total = 0
    for k in range(count):
        lot = books.lots[books.leaving[k]]
        if at_limit == FILLED and not _held_back(t, n, m, lot["sign"], lot["entry_session"], market, rules):
            total += min(lot["planned"], left - total)
    price, paid, shared = unslipped, 0.0, 0.0
    if total > 0:
        price, paid = dealt(t, n, side, total, unslipped, volume, market, costs)
    fx = costs.fill_rate[t, costs.currency_of[n]]
    done = 0
    all_filled = True
    for k in range(count):
        number = books.leaving[k]
        lot = books.lots[number]
        wanted = lot["planned"]
        lot["tried"] = stamp
        why, filled = FILLED, wanted
        if _held_back(t, n, m, lot["sign"], lot["entry_session"], market, rules):
            why, filled = T_PLUS_ONE, 0
        elif at_limit != FILLED:
            why, filled = at_limit, 0
        elif left - done < wanted:
            why, filled = PARTICIPATION, left - done
        if filled > 0:
            done += filled
            costs_of_lot = cost_share(paid, shared, done, total)
            shared += costs_of_lot
            reduce_lot(t, number, filled, reason, price, unslipped, costs_of_lot, at, in_stops, fx, books)
        if why != FILLED:
            all_filled = False
            refuse(t, at, n, side, why, wanted, filled, lot["event"], False, at_close, books)
            if waits:
                lot["waiting"] = reason
    if done > 0:
        note_filled(t, n, done, books)
    return all_filled


@part
def _held_back(t: int, n: int, m: int, sign: int, entry_session: int, market: Market, rules: RuleArrays) -> bool:
    """Whether a lot cannot be sold yet, in the session that bought it (X9)."""
    held: bool = sign > 0 and rules.t_plus_one[n] and market.session_of[t, m] == entry_session
    return held


@part
def work_stops(
    t: int, closing: int, everywhere: bool,
    market: Market, rules: RuleArrays, costs: Costs, position: Position, books: LedgerState,
) -> None:  # fmt: skip
    """Stops and targets of row t (X14), of all markets or of those that close at an instant."""
    # Most lots are far from any stop, which two prices of the bar tell; a hair's breadth more is left to `stop_hit`.
    above, below = 1.0 + 1e-12, 1.0 - 1e-12
    long_stop, short_stop = (1.0 - position.stop_loss) * above, (1.0 + position.stop_loss) * below
    long_trail, short_trail = (1.0 - position.trailing_stop) * above, (1.0 + position.trailing_stop) * below
    long_goal, short_goal = (1.0 + position.take_profit) * below, (1.0 - position.take_profit) * above
    for place in range(books.state[0]["open"]):
        number = books.open_lots[place]
        lot = books.lots[number]
        n = lot["ticker"]
        low, high, entry, peak = market.low[t, n], market.high[t, n], lot["entry_price"], lot["peak"]
        if lot["sign"] > 0:
            if not (low <= entry * long_stop or low <= peak * long_trail or high >= entry * long_goal):
                continue
        elif not (high >= entry * short_stop or high >= peak * short_trail or low <= entry * short_goal):
            continue
        if lot["quantity"] == 0 or lot["entry_row"] >= t or lot["waiting"] != NONE or not market.tradable[t, n]:
            continue
        m = market.market_of[n]
        if not everywhere and (market.session_of[t, m] < 0 or market.close_at[t, m] != closing):
            continue
        reason, price, at_open = stop_hit(
            lot["sign"], lot["entry_price"], lot["peak"], position.stop_loss, position.trailing_stop,
            position.take_profit, market.open[t, n], market.high[t, n], market.low[t, n],
        )  # fmt: skip
        if reason != NONE:
            leave_alone(
                t, number, NONE, reason, price, not at_open, True, market, rules, costs, books, position
            )  # fmt: skip


@part
def touch(t: int, n: int, market: Market, rules: RuleArrays, costs: Costs, position: Position) -> float:
    """Read what an entry or an exit in a cell will need, one row ahead of it.

    These reads wait for nothing, so that memory serves many at a time; when their row is worked, one after the other,
    they are at hand. The sum says nothing: it is kept so that the reads are not left out.
    """
    seen: float = market.open[t, n] + market.high[t, n] + market.low[t, n] + market.close[t, n] + market.reference[t, n]
    seen += volume_of(t, n, market, costs, position)
    if costs.span.shape[0] > 1:
        seen += costs.class_of[t, n]
    if rules.applied:
        seen += rules.limit_up[t, n] + rules.limit_down[t, n] + rules.tick[t, n]
        seen += rules.lot_step[t, n] + rules.lot_minimum[t, n]
    return seen
