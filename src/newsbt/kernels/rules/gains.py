"""Money: what a fill moves, what positions gain, and sums that do not move where nothing has moved (C4)."""

from __future__ import annotations

from typing import NamedTuple

from newsbt.kernels._compile import part

__all__ = [
    "Exact",
    "FillMoney",
    "LotGain",
    "borrow_charge",
    "equity_of",
    "exact_sum",
    "fill_money",
    "free_cash",
    "gain_of_leaving",
    "gained",
    "lot_pnl",
]  # fmt: skip


class FillMoney(NamedTuple):
    """A share's price, what all shares are worth at it, and what slippage cost of it, account currency."""

    price: float
    notional: float
    slippage: float


@part
def fill_money(side: int, quantity: int, price: float, unslipped: float, fx: float) -> FillMoney:
    """What a fill of so many shares moves; `price` and `unslipped` in local currency."""
    account_price = price * fx
    return FillMoney(
        price=account_price,
        notional=quantity * account_price,
        slippage=side * (price - unslipped) * quantity * fx + 0.0,  # no -0.0
    )


@part
def free_cash(cash: float, tied: float) -> float:
    """What an entry may take, where open shorts were sold for `tied` (X10)."""
    return cash - 2.0 * tied


@part
def gained(held: float, price: float, rate: float, basis: float, entry_rate: float) -> float:
    """What shares of a lot, fewer than none of a short, have gained over what they cost, account currency.

    Exactly 0 where price and rate are those they were bought at, and the same for the same price and rate whenever it
    is asked: so an equity that is made of gains does not move where nothing has moved.
    """
    return held * (price * rate - basis * entry_rate)


class LotGain(NamedTuple):
    """What a lot had gained before shares of it left, and what those that stay have."""

    before: float
    after: float


@part
def gain_of_leaving(held: int, leaving: int, price: float, rate: float, basis: float, entry_rate: float) -> LotGain:
    """The gain that leaving shares take, signed as those held are: that of the whole less that of what stays."""
    return LotGain(
        before=gained(held, price, rate, basis, entry_rate),
        after=gained(held - leaving, price, rate, basis, entry_rate),
    )


class Exact(NamedTuple):
    """A sum, and what rounding took from it."""

    total: float
    lost: float


@part
def exact_sum(total: float, amount: float) -> Exact:
    """The sum of two numbers and what rounding takes from it (Knuth's two-sum)."""
    found = total + amount
    shadow = found - total
    return Exact(total=found, lost=(total - (found - shadow)) + (amount - shadow))


@part
def equity_of(initial: float, profit: float, profit_lost: float, gains: float, gains_lost: float) -> float:
    """Equity: what the account began with, the profit taken and what open lots have gained, each of the two with what
    its sum has lost by rounding."""
    taken = exact_sum(profit, gains)
    whole = exact_sum(initial, taken.total)
    return whole.total + (gains_lost + (profit_lost + taken.lost) + whole.lost)


@part
def borrow_charge(quantity: int, entry_price: float, rate: float, per_day: float, days: int) -> float:
    """What borrowing the shares of a short costs since the row before (X16)."""
    return quantity * entry_price * rate * per_day * days


@part
def lot_pnl(gain: float, costs: float, open_gain: float) -> float:
    """A lot's profit: what was taken of it less its costs, and what is open of it at the last mark (R3)."""
    return gain - costs + open_gain
