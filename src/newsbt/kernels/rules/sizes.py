"""How many shares: sizes in whole lots (X4, X15), what a volume allows (X11), parts of an order, and targets (X21)."""

from __future__ import annotations

import math
from typing import NamedTuple

from newsbt._typing import Floats, Ints
from newsbt.kernels._compile import part
from newsbt.kernels.codes import NONE, UNWEIGHED

__all__ = [
    "NO_CAP", "TargetStep", "after_split", "is_worth_trading", "participation_left", "price_of_size", "size_in_lots",
    "split_order", "step_to", "whole_lots",
]  # fmt: skip

NO_CAP = 2**62


@part
def whole_lots(shares: float, step: int, minimum: int) -> int:
    """The whole lots that shares hold, with a guard of 1e-9 lots; 0 below the smallest order. No NaN is expected."""
    quantity = math.floor(shares / step + 1e-9) * step
    return quantity if quantity >= minimum else 0


@part
def price_of_size(reference: float, split: float, rate: float) -> float:
    """What a share counts for in a size (X4), account currency; NaN where no reference price is known."""
    return reference / split * rate


@part
def size_in_lots(weight: float, equity: float, price: float, step: int, minimum: int) -> int:
    """Whole lots for a fraction of E_{t-1} at a `price_of_size` (X4), 0 where nothing is left of it; `NONE` where no
    price or no lot is known, `UNWEIGHED` where no weight is, which is NaN then."""
    if not math.isfinite(price) or step <= 0:
        return NONE
    if math.isnan(weight):
        return UNWEIGHED
    return whole_lots(weight * equity / price, step, minimum)


@part
def participation_left(participation: float, volume: float, step: int, filled: int) -> int:
    """Shares of a bar that may still be filled; `NO_CAP` where participation or volume is NaN, that is unknown."""
    if math.isnan(participation) or math.isnan(volume):
        return NO_CAP
    step = max(1, step)
    cap = math.floor(participation * volume / step + 1e-9) * step
    return max(0, cap - filled)


@part
def after_split(quantity: int, split: float) -> int:
    """The whole shares that a split leaves of so many (X19), with a guard of 1e-9 shares."""
    return math.floor(quantity * split + 1e-9)


@part
def split_order(quantity: int, count: int, shares: Floats, whole: Ints, lost: Floats) -> None:
    """Whole shares in proportion, into `whole[:count]`: rounded down, what is left going to the largest remainders, the
    first on ties. `shares` are positive; `lost` is scratch."""
    total = 0.0
    for k in range(count):
        total += shares[k]
    left = quantity
    for k in range(count):
        exact = quantity * shares[k] / total
        whole[k] = math.floor(exact)
        lost[k] = whole[k] - exact
        left -= whole[k]
    for _ in range(left):
        worst = 0
        for k in range(count):
            if lost[k] < lost[worst]:
                worst = k
        whole[worst] += 1
        lost[worst] = math.inf


class TargetStep(NamedTuple):
    """Shares of what is held that are to leave, and shares to enter, signed, before lots."""

    leaves: int
    enters: int


@part
def step_to(target: int, held: int) -> TargetStep:
    """What leads from the shares held to a target, both signed (X21)."""
    kept = min(max(target, min(held, 0)), max(held, 0))  # what is nearest to the target without another order
    return TargetStep(leaves=abs(held - kept), enters=target - kept)


@part
def is_worth_trading(
    target: int, held: int, reference: float, split: float, rate: float, min_trade: float, equity: float
) -> bool:
    """Whether a target is further from what is held than `min_trade` of equity (X21)."""
    worth = abs(target - held) * (reference / split) * rate
    return not (target == held or worth <= min_trade * equity)
