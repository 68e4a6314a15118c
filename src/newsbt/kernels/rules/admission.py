"""Whether an entry is let in at all: the tests of X7 that come before prices, volume and cash."""

from __future__ import annotations

import math

from newsbt.kernels._compile import part
from newsbt.kernels.codes import (
    BELOW_ONE_LOT,
    FILLED,
    MAX_POSITIONS,
    NO_RATE,
    NO_REFERENCE_PRICE,
    NO_SHORT,
    NO_WEIGHT,
    NONE,
    NOT_TRADABLE,
    NOT_TRADING,
    SHORT,
    UNKNOWN_LOT,
    UNWEIGHED,
)  # fmt: skip

__all__ = ["first_failed", "has_slot"]


@part
def first_failed(
    may_trade: bool, has_bar: bool, reference: float, rate: float, step: int, size: int, side: int, can_short: bool,
    slot: bool,
) -> int:  # fmt: skip
    """The first test that an entry of `size` shares fails, `FILLED` where it fails none.

    `reference` price and fill `rate` are NaN, `step` of lots is 0 and `size` is `NONE` where they are not known, and
    `UNWEIGHED` where no weight is; `slot` is what `has_slot` says.
    """
    if not may_trade:
        return NOT_TRADABLE
    if not has_bar:
        return NOT_TRADING
    if not math.isfinite(reference):
        return NO_REFERENCE_PRICE
    if math.isnan(rate):
        return NO_RATE
    if size == NONE or step <= 0:
        return UNKNOWN_LOT
    if size == UNWEIGHED:
        return NO_WEIGHT
    if side == SHORT and not can_short:
        return NO_SHORT
    if not slot:
        return MAX_POSITIONS
    if size <= 0:
        return BELOW_ONE_LOT
    return FILLED


@part
def has_slot(most: int, taken: int, has_one: bool) -> bool:
    """Whether `max_positions` admits a ticker, where so many slots are taken; -1 is no limit."""
    return most < 0 or has_one or taken < most
