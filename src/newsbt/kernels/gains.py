"""What positions gain, and sums of it that do not move where nothing has moved."""

from __future__ import annotations

from typing import Any

from newsbt.kernels._compile import part
from newsbt.kernels.engine_state import LedgerState

__all__ = ["book", "exact_sum", "gained"]


@part
def gained(lot: Any, quantity: int, price: float, rate: float) -> float:
    """What so many shares of a lot have gained over what they cost, account currency.

    Exactly 0 where price and rate are those they were bought at, and the same for the same price and rate whenever it
    is asked: so an equity that is made of gains does not move where nothing has moved.
    """
    gain: float = lot["sign"] * quantity * (price * rate - lot["basis"] * lot["entry_rate"])
    return gain


@part
def exact_sum(total: float, amount: float) -> tuple[float, float]:
    """The sum of two numbers and what rounding takes from it (Knuth's two-sum)."""
    found = total + amount
    shadow = found - total
    return found, (total - (found - shadow)) + (amount - shadow)


@part
def book(amount: float, books: LedgerState) -> None:
    """Add to the profit taken; what rounding drops is kept beside it, so that the order of amounts does not matter."""
    state = books.state[0]
    state["profit"], lost = exact_sum(state["profit"], amount)
    state["rounded_off"] += lost
