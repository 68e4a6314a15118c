"""What a simulation leaves behind: every fill, refusal, lot and mark, in index form.

Both engines build the same `Ledger`; `runs` turns it into labelled tables. Tickers are columns of the universe,
events are indices into the run's list of events (-1: belongs to none), rows are rows of the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from newsbt._typing import Floats, Ints, Records
from newsbt.domain.showing import brief

__all__ = ["FILL", "LOT", "REFUSAL", "Ledger", "Outcome", "Reason"]


class Reason(IntEnum):
    """Why a fill happened, or how a lot ended (R1, R3)."""

    ENTRY = 0
    HOLD = 1
    STOP_LOSS = 2
    TAKE_PROFIT = 3
    TRAILING_STOP = 4
    OPPOSITE = 5
    REBALANCE = 6
    ORDER = 7
    SPLIT = 8
    OPEN = 9

    @property
    def word(self) -> str:
        return self.name.lower()


class Outcome(IntEnum):
    """What became of an order or of a signalled pair of event and ticker.

    1 to 16 are refusals, 1 to 12 in the order in which X7 tests; R4 adds the rest.
    """

    FILLED = 0
    NOT_TRADABLE = 1
    NOT_TRADING = 2
    NO_REFERENCE_PRICE = 3
    UNKNOWN_LOT = 4
    NO_SHORT = 5
    MAX_POSITIONS = 6
    BELOW_ONE_LOT = 7
    T_PLUS_ONE = 8
    LIMIT_UP = 9
    LIMIT_DOWN = 10
    PARTICIPATION = 11
    CASH = 12
    NOT_YET_KNOWN = 13
    LIMIT_NOT_REACHED = 14
    NO_RATE = 15  # tested after NO_REFERENCE_PRICE
    NO_WEIGHT = 16  # tested after UNKNOWN_LOT
    EXTENDED = 20
    IGNORED = 21
    OPPOSITE = 22
    BEFORE_PERIOD = 23
    AFTER_PERIOD = 24
    PENDING = 30

    @property
    def word(self) -> str:
        return self.name.lower()


FILL = np.dtype(
    [
        ("row", "i8"),
        ("at", "M8[ns]"),
        ("ticker", "i8"),
        ("side", "i8"),  # 1 buy, -1 sell
        ("quantity", "i8"),  # positive
        ("price", "f8"),  # slipped, local currency
        ("price_account", "f8"),
        ("costs", "f8"),  # account currency, without slippage
        ("slippage_cost", "f8"),  # account currency
        ("event", "i8"),
        ("reason", "i8"),  # Reason
        ("lot", "i8"),
    ]
)

REFUSAL = np.dtype(
    [
        ("row", "i8"),
        ("at", "M8[ns]"),
        ("ticker", "i8"),
        ("side", "i8"),
        ("reason", "i8"),  # Outcome
        ("wanted", "f8"),  # NaN where no size could be made
        ("filled", "i8"),
        ("would_have_returned", "f8"),
        ("event", "i8"),
        ("is_entry", "?"),
        ("point", "i8"),  # `domain.entries.FillPoint`
    ]
)

LOT = np.dtype(
    [
        ("ticker", "i8"),
        ("event", "i8"),
        ("entry_row", "i8"),
        ("entry_at", "M8[ns]"),
        ("exit_row", "i8"),  # -1 while open
        ("exit_at", "M8[ns]"),  # NaT while open
        ("quantity", "i8"),  # as entered, times splits; negative for shorts
        ("open_quantity", "i8"),  # what is left, signed
        ("entry_price", "f8"),
        ("exit_price", "f8"),  # quantity-weighted, NaN while open
        ("entry_notional", "f8"),  # of the fill, account currency
        ("pnl", "f8"),  # net, account currency, open part at the last mark
        ("costs", "f8"),
        ("slippage_cost", "f8"),
        ("reason", "i8"),  # Reason, OPEN while open
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The books of one strategy over T rows; money in account currency.

    Attributes
    ----------
    fills, refusals, lots : structured arrays
        Of the dtypes above; fills and refusals are ordered by `at`, then as executed, lots in order of entry.
    equity, cash, gross : ndarray of shape (T,)
        At each row's close; `gross` is the sum of absolute position values.
    stale : ndarray of shape (T,)
        Positions marked at an older close.
    outcome : ndarray of shape (K,)
        What became of each entry, in the order of the entries.
    initial_cash, borrow_cost, dividends : float
        What it began with, and sums over all rows.
    """

    fills: Records
    refusals: Records
    lots: Records
    equity: Floats
    cash: Floats
    gross: Floats
    stale: Ints
    outcome: Ints
    initial_cash: float
    borrow_cost: float = 0.0
    dividends: float = 0.0

    __repr__ = brief

    @property
    def total_return(self) -> float:
        """What the account gained over all rows, net, as a fraction of `initial_cash`."""
        return float(self.equity[-1] / self.initial_cash - 1.0)

    @property
    def total_costs(self) -> float:
        """Commissions, taxes, fees and borrowing, account currency; slippage is in the prices (C3)."""
        return float(self.fills["costs"].sum()) + self.borrow_cost

    @property
    def slippage_cost(self) -> float:
        return float(self.fills["slippage_cost"].sum()) + 0.0  # of no slippage the sum may be -0.0
