"""A lot of shares, and sums that lose nothing to rounding."""

from __future__ import annotations

from newsbt.domain.ledger import Reason
from newsbt.simulation.plain_rules import exact_sum, gained

__all__ = ["Lot", "Sum"]


class Lot:
    """Shares bought or sold short by one entry, until the last of them is gone."""

    __slots__ = (
        "account_price", "basis", "costs", "due", "entered", "entry_at", "entry_notional", "entry_price", "entry_rate",
        "entry_row", "entry_session", "event", "exit_at", "exit_quantity", "exit_row", "exit_value", "gain", "number",
        "peak", "quantity", "reason", "sign", "slippage", "ticker", "waiting",
    )  # fmt: skip

    number: int
    ticker: int
    event: int
    sign: int
    quantity: int  # open, positive
    entered: int
    entry_row: int
    entry_at: int
    entry_session: int
    entry_price: float  # local currency, after splits
    account_price: float  # of the entry, account currency, after splits
    entry_notional: float
    basis: float  # what a share cost, local currency, less dividends and after splits, as its mark is
    entry_rate: float
    due: int  # the row at whose open the hold is over
    waiting: Reason | None  # an exit that has been decided and has not filled
    peak: float  # best of entry price and closes since, for the trailing stop
    gain: float  # taken so far, before costs
    costs: float
    slippage: float
    exit_quantity: float
    exit_value: float
    exit_row: int
    exit_at: int
    reason: Reason

    def gained(self, quantity: int, price: float, rate: float) -> float:
        """What so many of its shares have gained over what they cost, account currency.

        Exactly 0 where price and rate are those they were bought at.
        """
        return gained(self.sign * quantity, price, rate, self.basis, self.entry_rate)


class Sum:
    """A sum that keeps what rounding drops: the order of its amounts does not matter."""

    __slots__ = ("lost", "total")

    def __init__(self, total: float = 0.0, lost: float = 0.0) -> None:
        self.total, self.lost = total, lost

    def add(self, amount: float) -> None:
        found = exact_sum(self.total, amount)
        self.total = found.total
        self.lost += found.lost
