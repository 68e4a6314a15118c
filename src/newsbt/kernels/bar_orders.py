"""The dealing desk: entries and exits against the market's rules, one test after the other (X6 to X12, X14)."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from newsbt.kernels._compile import part
from newsbt.kernels._prefetch import bring_near
from newsbt.kernels.codes import AT_LIMIT, AT_OPEN, CASH, FILLED, LONG, NONE, PARTICIPATION
from newsbt.kernels.engine_state import Costs, LedgerState, Market, Position, RuleArrays
from newsbt.kernels.ledger_state import cash_left, reduce_lot, refuse, slot_for
from newsbt.kernels.rules.admission import first_failed
from newsbt.kernels.rules.dealing import Quote, cost_share, dealt, entry_fill, is_held_back, lot_left
from newsbt.kernels.rules.prices import at_limit, stop_hit
from newsbt.kernels.rules.sizes import participation_left, price_of_size, size_in_lots

__all__ = [
    "NO_BOUND", "instant_of", "leave_alone", "leave_together", "lots_of", "note_filled", "refuse_cuts", "split_of",
    "touch", "try_entry", "wanted_size", "why_not", "work_stops",
]  # fmt: skip

NO_BOUND = math.nan  # of an order that takes any price


class Lots(NamedTuple):
    """Step and minimum of an order, in shares."""

    step: int
    minimum: int


@part
def lots_of(t: int, n: int, rules: RuleArrays) -> Lots:
    """Those of a cell: of one share where no rules are applied."""
    step = minimum = 1
    if rules.applied:
        step, minimum = rules.lot_step[t, n], rules.lot_minimum[t, n]
    return Lots(step=step, minimum=minimum)


@part
def instant_of(t: int, n: int, point: int, market: Market) -> int:
    """What a fill is stamped with: the open, or the close of what fills there or inside the bar (R1)."""
    m = market.market_of[n]
    at: int = market.open_at[t, m] if point == AT_OPEN else market.close_at[t, m]
    return at


@part
def locked(t: int, n: int, side: int, unslipped: float, rules: RuleArrays) -> int:
    """`LIMIT_UP` or `LIMIT_DOWN` where a price limit keeps the other side away, else `FILLED` (X8)."""
    if not rules.applied:
        return FILLED
    limit = rules.limit_up[t, n] if side == LONG else rules.limit_down[t, n]
    if math.isnan(limit):
        return FILLED
    return at_limit(side, unslipped, limit, limit, rules.tick[t, n])


@part
def volume_of(t: int, n: int, market: Market, costs: Costs, position: Position) -> float:
    """The bar's volume where participation or impact asks for it, else NaN: memory is looked at only where needed."""
    if math.isnan(position.participation) and costs.impact.shape[0] == 0:
        return math.nan
    volume: float = market.volume[t, n]
    return volume


@part
def quote_of(t: int, n: int, volume: float, market: Market, costs: Costs) -> Quote:
    """What prices and costs of a fill in a cell depend on."""
    kind = costs.class_of[t, n] if costs.span.shape[0] > 1 else 0
    return Quote(
        low=market.low[t, n],
        high=market.high[t, n],
        volume=volume,
        slippage_rate=costs.slippage_rate,
        half_spread=costs.half_spread[t, n] if costs.half_spread.shape[0] > 0 else 0.0,
        impact=costs.impact[t, n] if costs.impact.shape[0] > 0 else 0.0,
        components=costs.components,
        first_fee=costs.span[kind, 0],
        past_fees=costs.span[kind, 1],
        fx=costs.fill_rate[t, costs.currency_of[n]],
    )


@part
def split_of(t: int, n: int, market: Market) -> float:
    """New shares for one old in a cell: of a row without any, nothing is looked at."""
    found: float = market.split[t, n] if market.has_actions[t] else 1.0
    return found


@part
def wanted_size(
    t: int, n: int, weight: float, market: Market, rules: RuleArrays, costs: Costs, books: LedgerState
) -> int:
    """Whole lots for a fraction of E_{t-1} (X4); `NONE` where no reference price, rate or lot is known,
    `UNWEIGHED` where no weight is."""
    split = split_of(t, n, market)
    price = price_of_size(market.reference[t, n], split, costs.fill_rate[t, costs.currency_of[n]])
    lots = lots_of(t, n, rules)
    return size_in_lots(weight, books.state[0]["equity"], price, lots.step, lots.minimum)


@part
def why_not(
    t: int, n: int, side: int, wanted: int,
    market: Market, rules: RuleArrays, costs: Costs, position: Position, books: LedgerState,
) -> int:  # fmt: skip
    """The first test of X7 before prices and money that an entry fails, `FILLED` where it fails none."""
    return first_failed(
        rules.may_trade[n], market.tradable[t, n], market.reference[t, n], costs.fill_rate[t, costs.currency_of[n]],
        lots_of(t, n, rules).step, wanted, side, rules.can_short[n], slot_for(n, position.max_positions, books),
    )  # fmt: skip


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


class Tried(NamedTuple):
    """What became of an entry: as `rules.dealing.EntryFill`, and the rate at which it is reckoned."""

    why: int
    quantity: int
    price: float
    costs: float
    cut_by_volume: bool
    cut_by_cash: bool
    fx: float


@part
def try_entry(
    t: int, n: int, side: int, wanted: int, event: int, point: int, at: int, unslipped: float, bound: float,
    market: Market, rules: RuleArrays, costs: Costs, position: Position, books: LedgerState,
) -> Tried:  # fmt: skip
    """Test and size an entry. A refusal is written down; cuts are returned, for `refuse_cuts` after the fill."""
    why = why_not(t, n, side, wanted, market, rules, costs, position, books)
    quantity, price, paid, fx = wanted, unslipped, 0.0, 1.0
    cut_by_volume = cut_by_cash = False
    if why == FILLED:
        why = locked(t, n, side, unslipped, rules)
    if why == FILLED:
        volume = volume_of(t, n, market, costs, position)
        lots = lots_of(t, n, rules)
        left = participation_left(position.participation, volume, lots.step, filled_so_far(t, n, books))
        quote = quote_of(t, n, volume, market, costs)
        filled = entry_fill(
            side, wanted, unslipped, bound, left, cash_left(books), position.reject_short_cash,
            lots.step, lots.minimum, quote,
        )  # fmt: skip
        why, quantity, price, paid, fx = filled.why, filled.quantity, filled.price, filled.costs, quote.fx
        cut_by_volume, cut_by_cash = filled.cut_by_volume, filled.cut_by_cash
    if why != FILLED:
        refuse(t, at, n, side, why, wanted, 0, event, True, point, books)
    return Tried(
        why=why,
        quantity=quantity,
        price=price,
        costs=paid,
        cut_by_volume=cut_by_volume,
        cut_by_cash=cut_by_cash,
        fx=fx,
    )


@part
def refuse_cuts(
    t: int, n: int, side: int, wanted: int, event: int, point: int, at: int, tried: Tried, books: LedgerState
) -> None:
    """Write down each test that cut an entry which filled (X12)."""
    if tried.cut_by_volume:
        refuse(t, at, n, side, PARTICIPATION, wanted, tried.quantity, event, True, point, books)
    if tried.cut_by_cash:
        refuse(t, at, n, side, CASH, wanted, tried.quantity, event, True, point, books)


@part
def leave_alone(
    t: int, number: int, stamp: int, reason: int, unslipped: float, point: int, in_stops: bool,
    market: Market, rules: RuleArrays, costs: Costs, books: LedgerState, position: Position,
) -> None:  # fmt: skip
    """Try to leave a lot by an order of its own."""
    books.leaving[0] = number
    books.lots[number]["planned"] = books.lots[number]["quantity"]
    leave_together(
        t, 1, stamp, reason, unslipped, point, True, in_stops, market, rules, costs, books, position
    )  # fmt: skip


@part
def leave_together(
    t: int, count: int, stamp: int, reason: int, unslipped: float, point: int, waits: bool, in_stops: bool,
    market: Market, rules: RuleArrays, costs: Costs, books: LedgerState, position: Position,
) -> bool:  # fmt: skip
    """Try to leave what is `planned` of the first `count` of the `leaving` lots, all of one ticker, by one order, which
    pays once; the lots share its costs. True where all of it filled.

    What does not fill of a lot is written down and, where it `waits`, tried again at the ticker's next bar (X12).
    """
    first = books.lots[books.leaving[0]]
    n, side = first["ticker"], -first["sign"]
    m = market.market_of[n]
    at = instant_of(t, n, point, market)
    volume = volume_of(t, n, market, costs, position)
    barred = locked(t, n, side, unslipped, rules)
    step = lots_of(t, n, rules).step
    left = participation_left(position.participation, volume, step, filled_so_far(t, n, books))
    total = 0
    for k in range(count):
        lot = books.lots[books.leaving[k]]
        total += lot_left(_is_held_back(t, m, lot, market, rules), barred, lot["planned"], left - total).filled
    price, paid, shared = unslipped, 0.0, 0.0
    quote = quote_of(t, n, volume, market, costs)
    if total > 0:
        deal = dealt(side, total, unslipped, NO_BOUND, quote)
        price, paid = deal.price, deal.costs
    done = 0
    all_filled = True
    for k in range(count):
        number = books.leaving[k]
        lot = books.lots[number]
        wanted = lot["planned"]
        lot["tried"] = stamp
        leaves = lot_left(_is_held_back(t, m, lot, market, rules), barred, wanted, left - done)
        if leaves.filled > 0:
            done += leaves.filled
            costs_of_lot = cost_share(paid, shared, done, total)
            shared += costs_of_lot
            reduce_lot(t, number, leaves.filled, reason, price, unslipped, costs_of_lot, at, in_stops, quote.fx, books)
        if leaves.why != FILLED:
            all_filled = False
            refuse(t, at, n, side, leaves.why, wanted, leaves.filled, lot["event"], False, point, books)
            if waits:
                lot["waiting"] = reason
    if done > 0:
        note_filled(t, n, done, books)
    return all_filled


@part
def _is_held_back(t: int, m: int, lot: np.void, market: Market, rules: RuleArrays) -> bool:
    """Whether a lot cannot be sold yet, in the session that bought it (X9)."""
    return is_held_back(lot["sign"], rules.t_plus_one[lot["ticker"]], market.session_of[t, m], lot["entry_session"])


@part
def work_stops(
    t: int, closing: int, everywhere: bool,
    market: Market, rules: RuleArrays, costs: Costs, position: Position, books: LedgerState,
) -> None:  # fmt: skip
    """Stops and targets of row t (X14), of all markets or of those that close at an instant."""
    # Most lots are far from any stop, which two prices of the bar tell; a hair's breadth more, of which an open may lie
    # beside its low and high (`prices.row_checks.ROUNDING`), is left to `stop_hit`.
    above, below = 1.0 + 1e-8, 1.0 - 1e-8
    long_stop, short_stop = (1.0 - position.stop_loss) * above, (1.0 + position.stop_loss) * below
    long_trail, short_trail = (1.0 - position.trailing_stop) * above, (1.0 + position.trailing_stop) * below
    long_goal, short_goal = (1.0 + position.take_profit) * below, (1.0 - position.take_profit) * above
    for k in range(books.state[0]["open"]):
        number = books.open_lots[k]
        lot = books.lots[number]
        if lot["entry_row"] >= t:
            continue
        n = lot["ticker"]
        low, high, entry, peak = market.low[t, n], market.high[t, n], lot["entry_price"], lot["peak"]
        if lot["sign"] == LONG:
            if not (low <= entry * long_stop or low <= peak * long_trail or high >= entry * long_goal):
                continue
        elif not (high >= entry * short_stop or high >= peak * short_trail or low <= entry * short_goal):
            continue
        if lot["quantity"] == 0 or lot["waiting"] != NONE or not market.tradable[t, n]:
            continue
        m = market.market_of[n]
        if not everywhere and (market.session_of[t, m] < 0 or market.close_at[t, m] != closing):
            continue
        hit = stop_hit(
            lot["sign"], lot["entry_price"], lot["peak"], position.stop_loss, position.trailing_stop,
            position.take_profit, market.open[t, n], market.high[t, n], market.low[t, n],
        )  # fmt: skip
        if hit.reason != NONE:
            leave_alone(
                t, number, NONE, hit.reason, hit.price, AT_OPEN if hit.at_open else AT_LIMIT, True,
                market, rules, costs, books, position,
            )  # fmt: skip


@part
def touch(t: int, n: int, market: Market, rules: RuleArrays, costs: Costs, position: Position) -> None:
    """Bring near what an order in a cell will read, some time ahead of it."""
    bring_near(market.open, t, n)
    bring_near(market.high, t, n)
    bring_near(market.low, t, n)
    bring_near(market.tradable, t, n)
    if not math.isnan(position.participation) or costs.impact.shape[0] > 0:
        bring_near(market.volume, t, n)
    if costs.span.shape[0] > 1:
        bring_near(costs.class_of, t, n)
    if rules.applied:
        bring_near(rules.limit_up, t, n)
        bring_near(rules.limit_down, t, n)
        bring_near(rules.tick, t, n)
        bring_near(rules.lot_step, t, n)
        bring_near(rules.lot_minimum, t, n)
