"""What an order fills at, costs and needs: slippage (X6), fees (C3), cash (X10), and what entries and exits come to."""

from __future__ import annotations

import math
from typing import NamedTuple

from newsbt._typing import Records
from newsbt.kernels._compile import part
from newsbt.kernels.codes import CASH, FILLED, LONG, PARTICIPATION, T_PLUS_ONE
from newsbt.kernels.rules.fees import fee
from newsbt.kernels.rules.sizes import whole_lots

__all__ = [
    "Dealt", "EntryFill", "LotLeft", "Quote", "affordable", "cost_share", "dealt", "entry_fill", "is_held_back",
    "lot_left", "needed", "next_probe", "slipped",
]  # fmt: skip


class Quote(NamedTuple):
    """What prices and costs of a fill in a bar depend on.

    `low`, `high`, `half_spread` in local currency, `volume` in shares, NaN where it is not known or nobody asks;
    `slippage_rate` and `impact` are fractions; the fees are `components[first_fee:past_fees]`, and `fx` is account
    currency for one of local.
    """

    low: float
    high: float
    volume: float
    slippage_rate: float
    half_spread: float
    impact: float
    components: Records
    first_fee: int
    past_fees: int
    fx: float


class Dealt(NamedTuple):
    """Price, local currency, and costs, account currency, of an order, whatever number of lots it opens or leaves."""

    price: float
    costs: float


@part
def slipped(unslipped: float, side: int, quantity: int, bound: float, quote: Quote) -> float:
    """The fill price: moved against the trader, kept inside the bar, and not past the order's own `bound`, if any."""
    shift = unslipped * quote.slippage_rate
    shift += quote.half_spread
    if quote.volume > 0.0:
        shift += unslipped * quote.impact * math.sqrt(quantity / quote.volume)
    price = min(max(unslipped + side * shift, quote.low), quote.high)
    if not math.isnan(bound):
        price = min(price, bound) if side == LONG else max(price, bound)
    return price


@part
def dealt(side: int, quantity: int, unslipped: float, bound: float, quote: Quote) -> Dealt:
    """What an order that fills `quantity` deals at."""
    price = slipped(unslipped, side, quantity, bound, quote)
    costs = fee(quote.components, quote.first_fee, quote.past_fees, side == LONG, float(quantity), price, quote.fx)
    return Dealt(price=price, costs=costs)


@part
def needed(side: int, quantity: int, unslipped: float, bound: float, quote: Quote) -> float:
    """Account currency that an entry takes, costs included; a short needs what a long does."""
    deal = dealt(side, quantity, unslipped, bound, quote)
    return quantity * (deal.price * quote.fx) + deal.costs


@part
def next_probe(tries: int, fitted: bool, least: int, most: int) -> int:
    """Where to look next for the largest number that fits, between `least`, which does, and `most`, which does not:
    beside the first two guesses, which are mostly right, then halfway."""
    if tries > 2:
        return (least + most) // 2
    return least if fitted else most  # the next one to it, for both are known


@part
def affordable(
    free: float, asked: float, step: int, minimum: int, side: int, quantity: int, unslipped: float, bound: float,
    quote: Quote,
) -> int:  # fmt: skip
    """The most whole lots, below `quantity`, that free cash pays for with costs; 0 when not even one fits.

    `asked` is what the whole `quantity` needs, more than `free`.
    """
    least, most = 0, quantity // step
    probe, tries = math.floor(free / asked * most), 0
    while most - least > 1:
        probe = min(max(probe, least + 1), most - 1)
        fitted = needed(side, probe * step, unslipped, bound, quote) <= free
        if fitted:
            least = probe
        else:
            most = probe
        tries += 1
        probe = next_probe(tries, fitted, least, most)
    found = least * step
    return found if found >= minimum else 0


class EntryFill(NamedTuple):
    """What an entry comes to: why it does not fill, `FILLED` where it does, and whether volume and cash cut it."""

    why: int
    quantity: int
    price: float
    costs: float
    cut_by_volume: bool
    cut_by_cash: bool


@part
def entry_fill(
    side: int, wanted: int, unslipped: float, bound: float, left: int, free: float, reject: bool,
    step: int, minimum: int, quote: Quote,
) -> EntryFill:  # fmt: skip
    """Fill an entry as far as the bar's volume (X11) and free cash (X10) allow; `reject` all of it where cash is short.

    `left` are the shares that the bar still takes, `step` and `minimum` those of an order.
    """
    why, quantity = FILLED, wanted
    deal = Dealt(price=unslipped, costs=0.0)
    cut_by_volume = left < quantity
    cut_by_cash = False
    if cut_by_volume:
        quantity = whole_lots(float(left), step, minimum)
        if quantity == 0:
            why = PARTICIPATION
    if why == FILLED:
        deal = dealt(side, quantity, unslipped, bound, quote)
        asked = quantity * (deal.price * quote.fx) + deal.costs
        cut_by_cash = asked > free
        if cut_by_cash:
            found = 0
            if not reject:
                found = affordable(free, asked, step, minimum, side, quantity, unslipped, bound, quote)
            quantity = found
            if quantity == 0:
                why = CASH
            else:
                deal = dealt(side, quantity, unslipped, bound, quote)
    return EntryFill(
        why=why,
        quantity=quantity,
        price=deal.price,
        costs=deal.costs,
        cut_by_volume=cut_by_volume,
        cut_by_cash=cut_by_cash,
    )


class LotLeft(NamedTuple):
    """How many shares of a lot leave, and why not all that were to: `FILLED` where they do."""

    why: int
    filled: int


@part
def is_held_back(sign: int, t_plus_one: bool, session: int, entry_session: int) -> bool:
    """Whether a lot cannot be sold yet, in the session that bought it (X9)."""
    return sign == LONG and t_plus_one and session == entry_session


@part
def lot_left(held_back: bool, locked: int, wanted: int, left: int) -> LotLeft:
    """What of a lot leaves by an order of which the bar still takes `left` shares (X8, X9, X11); `locked` is the price
    limit that the order is at, `FILLED` for none."""
    why, filled = FILLED, wanted
    if held_back:
        why, filled = T_PLUS_ONE, 0
    elif locked != FILLED:
        why, filled = locked, 0
    elif left < wanted:
        why, filled = PARTICIPATION, left
    return LotLeft(why=why, filled=filled)


@part
def cost_share(paid: float, shared: float, done: int, quantity: int) -> float:
    """The next lot's share of what an order of `quantity` paid: what the first `done` shares owe, the lot's included,
    less what is `shared` out already. So the last lot takes what is left, and the shares sum to what was paid."""
    return paid * (done / quantity) - shared
