"""How many shares: whole lots (X4), what a volume allows (X11) and cash pays for (X10), and parts of an order."""

from __future__ import annotations

import math

from newsbt._typing import Floats, Ints, Records
from newsbt.kernels._compile import part
from newsbt.kernels.fees import fee
from newsbt.kernels.prices import slipped

__all__ = [
    "NO_CAP", "affordable", "cost_share", "needed", "next_probe", "participation_left", "split_order", "whole_lots",
]  # fmt: skip

NO_CAP = 2**62


@part
def whole_lots(shares: float, step: int, minimum: int) -> int:
    """The whole lots that shares hold, with a guard of 1e-9 lots; 0 below the smallest order. No NaN is expected."""
    quantity = math.floor(shares / step + 1e-9) * step
    return quantity if quantity >= minimum else 0


@part
def participation_left(participation: float, volume: float, step: int, filled: int) -> int:
    """Shares of a bar that may still be filled; `NO_CAP` where participation or volume is NaN, that is unknown."""
    if math.isnan(participation) or math.isnan(volume):
        return NO_CAP
    step = max(1, step)
    cap = math.floor(participation * volume / step + 1e-9) * step
    return max(0, cap - filled)


@part
def needed(
    components: Records, start: int, stop: int, side: int, quantity: int, unslipped: float, fx: float,
    low: float, high: float, volume: float, rate: float, half_spread: float, impact: float,
) -> float:  # fmt: skip
    """Account currency that an entry takes, costs included; a short needs what a long does."""
    price = slipped(unslipped, side, quantity, low, high, volume, rate, half_spread, impact)
    notional = quantity * (price * fx)
    return notional + fee(components, start, stop, side > 0, float(quantity), price, fx)


@part
def next_probe(tries: int, fitted: bool, least: int, most: int) -> int:
    """Where to look next for the largest number that fits, between `least`, which does, and `most`, which does not:
    beside the first two guesses, which are mostly right, then halfway."""
    if tries > 2:
        return (least + most) // 2
    return least + 1 if fitted else most - 1


@part
def affordable(
    free: float, asked: float, step: int, minimum: int,
    components: Records, start: int, stop: int, side: int, quantity: int, unslipped: float, fx: float,
    low: float, high: float, volume: float, rate: float, half_spread: float, impact: float,
) -> int:  # fmt: skip
    """The most whole lots, below `quantity`, that free cash pays for with costs; 0 when not even one fits.

    `asked` is what the whole `quantity` needs, more than `free`.
    """
    least, most = 0, quantity // step + 1
    probe, tries = math.floor(max(0.0, free / asked) * (most - 1)), 0
    while most - least > 1:
        probe = min(max(probe, least + 1), most - 1)
        fitted = (
            needed(
                components, start, stop, side, probe * step, unslipped, fx, low, high, volume, rate, half_spread, impact
            )
            <= free
        )
        if fitted:
            least = probe
        else:
            most = probe
        tries += 1
        probe = next_probe(tries, fitted, least, most)
    found = least * step
    return found if found >= minimum else 0


@part
def cost_share(paid: float, shared: float, done: int, quantity: int) -> float:
    """The next lot's share of what an order of `quantity` paid: what the first `done` shares owe, the lot's included,
    less what is `shared` out already. So the last lot takes what is left, and the shares sum to what was paid."""
    return paid * (done / quantity) - shared


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
    for _ in range(min(left, count)):
        worst = 0
        for k in range(1, count):
            if lost[k] < lost[worst]:
                worst = k
        whole[worst] += 1
        lost[worst] = math.inf
