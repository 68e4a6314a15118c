"""Keeping the books: lots entered and left, fills and refusals written down, corporate actions, marks."""

from __future__ import annotations

import math

from newsbt._typing import Records
from newsbt.kernels._compile import engine, part
from newsbt.kernels._prefetch import bring_near
from newsbt.kernels.codes import NONE, OPEN, SHORT, SPLIT
from newsbt.kernels.engine_state import Costs, LedgerState, Market, Position
from newsbt.kernels.rules.admission import has_slot
from newsbt.kernels.rules.corporate_actions import dividend_paid, fraction_price, split_lot
from newsbt.kernels.rules.gains import (
    borrow_charge,
    equity_of,
    exact_sum,
    fill_money,
    free_cash,
    gain_of_leaving,
    gained,
    lot_pnl,
)
from newsbt.kernels.rules.holding import due_row
from newsbt.kernels.rules.prices import best_price, ex_price

__all__ = [
    "cash_left", "close_books", "corporate_actions", "end_row", "forget", "open_lot", "reduce_lot", "refuse",
    "slot_for",
]  # fmt: skip


@part
def cash_left(books: LedgerState) -> float:
    """Cash less twice what open shorts, and shorts that stops have left in this row, were sold for (X5, X10)."""
    state = books.state[0]
    tied = state["stop_tied"]
    if state["shorts"] > 0:
        for index in range(state["open"]):
            lot = books.lots[books.open_lots[index]]
            if lot["sign"] == SHORT:
                tied += lot["quantity"] * lot["account_price"]
    return free_cash(state["cash"], tied)


@part
def slot_for(n: int, most: int, books: LedgerState) -> bool:
    """Whether `max_positions` admits a ticker: one that stops have left in this row still holds its slot."""
    ticker = books.tickers[n]
    return has_slot(most, books.state[0]["slots"], ticker["first"] != NONE or ticker["stop_slot"] == 1)


@part
def _book(amount: float, books: LedgerState) -> None:
    """Add to the profit taken; what rounding drops is kept beside it, so that the order of amounts does not matter."""
    state = books.state[0]
    taken = exact_sum(state["profit"], amount)
    state["profit"] = taken.total
    state["rounded_off"] += taken.lost


@part
def refuse(
    t: int, at: int, n: int, side: int, why: int, wanted: int, filled: int, event: int, is_entry: bool, point: int,
    books: LedgerState,
) -> None:  # fmt: skip
    state = books.state[0]
    state["refusals"] += 1
    if state["counts_only"] == 1:
        return
    row = books.refusals[state["refusals"] - 1]
    row["row"] = t
    row["at"] = at
    row["ticker"] = n
    row["side"] = side
    row["reason"] = why
    row["wanted"] = math.nan if wanted < 0 else float(wanted)
    row["filled"] = filled
    row["would_have_returned"] = math.nan
    row["event"] = event
    row["is_entry"] = is_entry
    row["point"] = point


@part
def open_lot(
    t: int, n: int, sign: int, quantity: int, event: int, reason: int, price: float, unslipped: float, costs: float,
    at: int, market: Market, position: Position, fx: float, books: LedgerState,
) -> None:  # fmt: skip
    """Enter: `price` and `unslipped` in local currency, `costs` in the account's."""
    state, ticker = books.state[0], books.tickers[n]
    number = state["lots"]
    m = market.market_of[n]
    lot = books.lots[number]
    lot["ticker"] = n
    lot["event"] = event
    lot["sign"] = sign
    lot["quantity"] = quantity
    lot["entered"] = quantity
    lot["entry_row"] = t
    lot["entry_at"] = at
    lot["entry_session"] = market.session_of[t, m]
    lot["due_row"] = due_row(
        t, n, m, position.hold_unit, position.hold_count, market.tradable, market.session_number, market.open_at
    )
    lot["waiting"] = NONE
    lot["exit_row"] = -1
    lot["exit_at"] = 0
    lot["reason"] = OPEN
    lot["next"] = NONE
    lot["leaves"] = NONE
    lot["tried"] = NONE
    lot["entry_price"] = price
    lot["account_price"] = price * fx
    lot["entry_notional"] = quantity * (price * fx)
    lot["basis"] = price
    lot["entry_rate"] = fx
    lot["peak"] = price
    lot["mark"] = market.close[t, n]
    lot["gain"] = 0.0
    lot["costs"] = 0.0
    lot["slippage"] = 0.0
    lot["exit_quantity"] = 0.0
    lot["exit_value"] = 0.0
    books.open_lots[state["open"]] = number
    if ticker["first"] == NONE:
        ticker["first"] = number
        if ticker["stop_slot"] == 0:
            state["slots"] += 1
    else:
        books.lots[ticker["last"]]["next"] = number
    ticker["last"] = number
    if sign == SHORT:
        state["shorts"] += 1
    state["open"] += 1
    state["lots"] += 1
    _fill(t, at, number, sign, quantity, reason, price, unslipped, costs, fx, False, books)


@part
def reduce_lot(
    t: int, number: int, quantity: int, reason: int, price: float, unslipped: float, costs: float, at: int,
    in_stops: bool, fx: float, books: LedgerState,
) -> None:  # fmt: skip
    """Leave a lot, or a part of it, and take the gain of what left: that of the whole less that of what stays."""
    lot = books.lots[number]
    _fill(t, at, number, -lot["sign"], quantity, reason, price, unslipped, costs, fx, in_stops, books)
    gain = gain_of_leaving(
        lot["sign"] * lot["quantity"], lot["sign"] * quantity, price, fx, lot["basis"], lot["entry_rate"]
    )
    _book(gain.before, books)
    _book(-gain.after, books)
    lot["gain"] += gain.before - gain.after
    lot["quantity"] -= quantity
    lot["exit_quantity"] += quantity
    lot["exit_value"] += quantity * price
    lot["exit_row"] = t
    lot["exit_at"] = at
    lot["reason"] = reason
    if lot["quantity"] == 0:
        _drop(number, in_stops, books)


@part
def _fill(
    t: int, at: int, number: int, side: int, quantity: int, reason: int, price: float, unslipped: float, costs: float,
    fx: float, in_stops: bool, books: LedgerState,
) -> None:  # fmt: skip
    """Write a fill down and move its cash, which what stops bring or pay does only when the row ends (X5)."""
    state, lot = books.state[0], books.lots[number]
    money = fill_money(side, quantity, price, unslipped, fx)
    if in_stops:
        index = state["stop_cash"]
        books.stop_cash[index] = -side * money.notional
        books.stop_cash[index + 1] = -costs
        state["stop_cash"] += 2
        if lot["sign"] == SHORT:
            state["stop_tied"] += quantity * lot["account_price"]
    else:
        state["cash"] -= side * money.notional
        state["cash"] -= costs
    _book(-costs, books)
    lot["costs"] += costs
    lot["slippage"] += money.slippage
    state["notional"] += money.notional
    state["paid"] += costs
    state["slipped"] += money.slippage
    state["fills"] += 1
    if state["counts_only"] == 1:
        return
    row = books.fills[state["fills"] - 1]
    row["row"] = t
    row["at"] = at
    row["ticker"] = lot["ticker"]
    row["side"] = side
    row["quantity"] = quantity
    row["price"] = price
    row["price_account"] = money.price
    row["costs"] = costs
    row["slippage_cost"] = money.slippage
    row["event"] = lot["event"]
    row["reason"] = reason
    row["lot"] = number


@part
def _drop(number: int, in_stops: bool, books: LedgerState) -> None:
    """Take an emptied lot out of its ticker's chain; among the open lots it stays until the row ends."""
    state, lot = books.state[0], books.lots[number]
    n = lot["ticker"]
    ticker = books.tickers[n]
    if lot["sign"] == SHORT:
        state["shorts"] -= 1
    if ticker["first"] == number:
        ticker["first"] = lot["next"]
    else:
        before = ticker["first"]
        while books.lots[before]["next"] != number:
            before = books.lots[before]["next"]
        books.lots[before]["next"] = lot["next"]
        if ticker["last"] == number:
            ticker["last"] = before
    if ticker["first"] == NONE and ticker["stop_slot"] == 0:
        if in_stops:
            ticker["stop_slot"] = 1
            books.stop_slots[state["stop_slots"]] = n
            state["stop_slots"] += 1
        else:
            state["slots"] -= 1


@engine
def corporate_actions(t: int, market: Market, costs: Costs, books: LedgerState) -> None:
    """Dividends and splits of row t, before its first opening (X19)."""
    state = books.state[0]
    for index in range(state["open"]):
        number = books.open_lots[index]
        lot = books.lots[number]
        n = lot["ticker"]
        dividend, split = market.dividend[t, n], market.split[t, n]
        if lot["quantity"] == 0 or (dividend == 0.0 and split == 1.0):
            continue
        fx = costs.fill_rate[t, costs.currency_of[n]]
        if dividend != 0.0:
            paid = dividend_paid(lot["sign"] * lot["quantity"], dividend, fx, lot["entry_rate"])
            state["cash"] += paid.cash
            state["dividends"] += paid.cash
            _book(paid.gain, books)
            lot["gain"] += paid.gain
        lot["basis"] = ex_price(lot["basis"], dividend, split)
        if split != 1.0:
            price = fraction_price(lot["mark"], market.mark[t, n], split, math.isfinite(market.close[t, n]))
            after = split_lot(
                lot["sign"], lot["quantity"], lot["entered"], split, price, fx, lot["basis"], lot["entry_rate"]
            )
            state["cash"] += after.cash
            _book(after.gain, books)
            lot["gain"] += after.gain
            lot["quantity"] = after.quantity
            lot["entered"] = after.entered
            lot["entry_price"] /= split
            lot["account_price"] /= split
            lot["peak"] /= split
            lot["exit_quantity"] *= split
            if after.quantity == 0:
                if lot["exit_quantity"] == 0.0:
                    lot["exit_quantity"] = 1.0
                    lot["exit_value"] = price
                lot["exit_row"] = t
                lot["exit_at"] = market.open_at[t, market.market_of[n]]
                lot["reason"] = SPLIT
                _drop(number, False, books)


@part
def end_row(t: int, market: Market, costs: Costs, position: Position, books: LedgerState) -> None:
    """Take in what stops brought, charge borrowing, mark every lot at the row's close, move trailing stops on.

    A close of NaN keeps the last mark and counts the ticker as stale. Emptied lots leave the list of open ones.
    """
    state = books.state[0]
    for k in range(state["stop_cash"]):
        state["cash"] += books.stop_cash[k]
    state["stop_cash"] = 0
    state["stop_tied"] = 0.0
    for k in range(state["stop_slots"]):
        ticker = books.tickers[books.stop_slots[k]]
        ticker["stop_slot"] = 0
        if ticker["first"] == NONE:
            state["slots"] -= 1
    state["stop_slots"] = 0
    per_day = position.borrow_per_day
    trails = not math.isnan(position.trailing_stop)
    gains = rounded_off = gross = 0.0
    stale = kept = 0
    for index in range(state["open"]):
        number = books.open_lots[index]
        lot = books.lots[number]
        quantity, sign = lot["quantity"], lot["sign"]
        if quantity == 0:
            continue
        books.open_lots[kept] = number
        kept += 1
        n = lot["ticker"]
        _touch_next(t, n, market, position)
        rate = costs.mark_rate[t, costs.currency_of[n]]
        if per_day != 0.0 and sign == SHORT:
            charge = borrow_charge(quantity, lot["entry_price"], rate, per_day, costs.days[t])
            state["cash"] -= charge
            lot["costs"] += charge
            _book(-charge, books)
            state["borrowed"] += charge
        close = market.close[t, n]
        if math.isfinite(close):
            lot["mark"] = close
        else:
            lot["mark"] = market.mark[t, n]
            if books.tickers[n]["stale"] != t:
                books.tickers[n]["stale"] = t
                stale += 1
        summed = exact_sum(gains, gained(sign * quantity, lot["mark"], rate, lot["basis"], lot["entry_rate"]))
        gains = summed.total
        rounded_off += summed.lost
        gross += quantity * (lot["mark"] * rate)
        if trails and market.tradable[t, n]:
            lot["peak"] = best_price(sign, lot["peak"], close)
    state["open"] = kept
    state["equity"] = equity_of(state["initial"], state["profit"], state["rounded_off"], gains, rounded_off)
    books.equity[t] = state["equity"]
    books.cash[t] = state["cash"]
    books.gross[t] = gross
    books.stale[t] = stale


@part
def _touch_next(t: int, n: int, market: Market, position: Position) -> None:
    """Bring near what a lot's mark and stops will read in the next row."""
    bring_near(market.close, t + 1, n)
    has_stop = not (math.isnan(position.stop_loss) and math.isnan(position.trailing_stop))
    if has_stop or not math.isnan(position.take_profit):
        bring_near(market.low, t + 1, n)
        bring_near(market.high, t + 1, n)


@engine
def forget(books: LedgerState) -> None:
    """After a row: books of what is open alone, as if there had been no fill, refusal or lot that is over.

    Open lots get the first numbers, in the order of their entry, so that what is to come finds them as it would have.
    """
    state = books.state[0]
    count = state["open"]
    for index in range(count):
        number = books.open_lots[index]
        books.tickers[books.lots[number]["ticker"]]["first"] = NONE
        if number != index:
            books.lots[index] = books.lots[number]
        books.open_lots[index] = index
    for index in range(count):
        lot = books.lots[index]
        lot["next"] = NONE
        ticker = books.tickers[lot["ticker"]]
        if ticker["first"] == NONE:
            ticker["first"] = index
        else:
            books.lots[ticker["last"]]["next"] = index
        ticker["last"] = index
    state["fills"] = 0
    state["refusals"] = 0
    state["lots"] = count


@engine
def close_books(last: int, never: int, costs: Costs, books: LedgerState, out: Records) -> None:
    """Into `out`, the ledger's lots in order of entry, open ones at their last mark; `never` is NaT in nanoseconds."""
    for number in range(books.state[0]["lots"]):
        lot, row = books.lots[number], out[number]
        sign, left = lot["sign"], lot["quantity"]
        is_open = left > 0
        open_gain = 0.0
        if is_open:
            rate = costs.mark_rate[last, costs.currency_of[lot["ticker"]]]
            open_gain = gained(sign * left, lot["mark"], rate, lot["basis"], lot["entry_rate"])
        row["ticker"] = lot["ticker"]
        row["event"] = lot["event"]
        row["entry_row"] = lot["entry_row"]
        row["entry_at"] = lot["entry_at"]
        row["exit_row"] = -1 if is_open else lot["exit_row"]
        row["exit_at"] = never if is_open else lot["exit_at"]
        row["quantity"] = sign * lot["entered"]
        row["open_quantity"] = sign * left
        row["entry_price"] = lot["entry_price"]
        row["exit_price"] = math.nan if is_open else lot["exit_value"] / lot["exit_quantity"]
        row["entry_notional"] = lot["entry_notional"]
        row["pnl"] = lot_pnl(lot["gain"], lot["costs"], open_gain)
        row["costs"] = lot["costs"]
        row["slippage_cost"] = lot["slippage"]
        row["reason"] = OPEN if is_open else lot["reason"]
