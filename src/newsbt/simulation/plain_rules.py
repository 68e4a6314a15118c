"""The rules of `kernels.rules` for the backtrader engine: the plain Python behind what the compiled engine runs."""

from __future__ import annotations

from newsbt.kernels._compile import plain
from newsbt.kernels.rules import admission, corporate_actions, dealing, gains, holding, prices, sizes

__all__ = [
    "after_split",
    "at_limit",
    "best_price",
    "borrow_charge",
    "cost_share",
    "dealt",
    "dividend_paid",
    "due_row",
    "entry_fill",
    "equity_of",
    "ex_price",
    "exact_sum",
    "fill_money",
    "first_failed",
    "fraction_price",
    "free_cash",
    "gain_of_leaving",
    "gained",
    "has_slot",
    "is_held_back",
    "is_worth_trading",
    "lot_left",
    "lot_pnl",
    "participation_left",
    "price_of_size",
    "size_in_lots",
    "split_lot",
    "split_order",
    "step_to",
    "stop_hit",
    "whole_lots",
]  # fmt: skip

first_failed = plain(admission.first_failed)
has_slot = plain(admission.has_slot)

dividend_paid = plain(corporate_actions.dividend_paid)
fraction_price = plain(corporate_actions.fraction_price)
split_lot = plain(corporate_actions.split_lot)

cost_share = plain(dealing.cost_share)
dealt = plain(dealing.dealt)
entry_fill = plain(dealing.entry_fill)
is_held_back = plain(dealing.is_held_back)
lot_left = plain(dealing.lot_left)

borrow_charge = plain(gains.borrow_charge)
equity_of = plain(gains.equity_of)
exact_sum = plain(gains.exact_sum)
fill_money = plain(gains.fill_money)
free_cash = plain(gains.free_cash)
gain_of_leaving = plain(gains.gain_of_leaving)
gained = plain(gains.gained)
lot_pnl = plain(gains.lot_pnl)

due_row = plain(holding.due_row)

at_limit = plain(prices.at_limit)
best_price = plain(prices.best_price)
ex_price = plain(prices.ex_price)
stop_hit = plain(prices.stop_hit)

after_split = plain(sizes.after_split)
is_worth_trading = plain(sizes.is_worth_trading)
participation_left = plain(sizes.participation_left)
price_of_size = plain(sizes.price_of_size)
size_in_lots = plain(sizes.size_in_lots)
split_order = plain(sizes.split_order)
step_to = plain(sizes.step_to)
whole_lots = plain(sizes.whole_lots)
