"""What a dividend and a split do to a lot (X19)."""

from __future__ import annotations

from typing import NamedTuple

from newsbt.kernels._compile import part
from newsbt.kernels.rules.gains import gained
from newsbt.kernels.rules.prices import ex_price
from newsbt.kernels.rules.sizes import after_split

__all__ = ["Paid", "SplitLot", "dividend_paid", "fraction_price", "split_lot"]

SLIVER = 1e-9  # of a share: less is rounding


class Paid(NamedTuple):
    """Cash that a lot brings without a fill, and what of it is a gain, account currency."""

    cash: float
    gain: float


@part
def dividend_paid(held: int, dividend: float, fx: float, entry_rate: float) -> Paid:
    """A dividend on a lot, of a short fewer shares than none. It is taken off what the shares cost: what is gained by
    it is the change of the rate."""
    return Paid(
        cash=held * (dividend * fx),
        gain=held * (dividend * fx - dividend * entry_rate),
    )


@part
def fraction_price(before: float, mark: float, split: float, has_close: bool) -> float:
    """What a fraction of a share is paid at: the last close divided by the split, which the row's `mark` is already
    where the row has no close."""
    return ex_price(before, 0.0, split) if has_close else mark


class SplitLot(NamedTuple):
    """A lot after a split: the shares that are open and that were entered, and what the fraction of one brings."""

    quantity: int
    entered: int
    cash: float
    gain: float


@part
def split_lot(
    sign: int, quantity: int, entered: int, split: float, price: float, fx: float, basis: float, entry_rate: float
) -> SplitLot:
    """Split a lot whose `basis` is that of a new share; `price` is a new share's too."""
    whole = after_split(quantity, split)
    fraction = quantity * split - whole
    cash = gain = 0.0
    if fraction > SLIVER:
        cash = sign * fraction * (price * fx)
        gain = gained(sign * fraction, price, fx, basis, entry_rate)
    return SplitLot(quantity=whole, entered=after_split(entered, split), cash=cash, gain=gain)
