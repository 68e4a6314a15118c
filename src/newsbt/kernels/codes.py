"""Reasons and outcomes as the kernels write them: the numbers of `domain.ledger.Reason` and `domain.ledger.Outcome`,
and where in a bar an order works.

Kernels stand beside the domain and import nothing of it; a test holds the two lists together.
"""

from __future__ import annotations

__all__ = [
    "ADD", "AT_CLOSE", "AT_LIMIT", "AT_OPEN", "BELOW_ONE_LOT", "CASH", "ENTRY", "EXTEND", "EXTENDED", "FILLED", "HOLD",
    "IGNORE", "IGNORED", "LIMIT_DOWN", "LIMIT_NOT_REACHED", "LIMIT_UP", "LONG", "MAX_POSITIONS", "NONE", "NOT_TRADABLE",
    "NOT_TRADING", "NO_RATE", "NO_REFERENCE_PRICE", "NO_SHORT", "NO_WEIGHT", "OPEN", "OPPOSITE_EVENT", "OPPOSITE_EXIT",
    "PARTICIPATION", "PENDING", "REBALANCE", "SHORT", "SPLIT", "STOP_LOSS", "TAKE_PROFIT", "TRAILING_STOP",
    "T_PLUS_ONE", "UNKNOWN_LOT", "UNWEIGHED",
]  # fmt: skip

LONG, SHORT = 1, -1  # signs of lots, and sides of orders
NONE = -1  # no such thing: an exit that is not waiting, a size that cannot be made, a stop that is not hit
UNWEIGHED = -2  # a size that cannot be made because no weight is known (X23)

# Reasons of fills and of lots that ended
ENTRY, HOLD, STOP_LOSS, TAKE_PROFIT, TRAILING_STOP, OPPOSITE_EXIT, REBALANCE = 0, 1, 2, 3, 4, 5, 6
SPLIT, OPEN = 8, 9

# Outcomes
FILLED, NOT_TRADABLE, NOT_TRADING, NO_REFERENCE_PRICE, UNKNOWN_LOT, NO_SHORT, MAX_POSITIONS = 0, 1, 2, 3, 4, 5, 6
BELOW_ONE_LOT, T_PLUS_ONE, LIMIT_UP, LIMIT_DOWN, PARTICIPATION, CASH = 7, 8, 9, 10, 11, 12
LIMIT_NOT_REACHED, NO_RATE, NO_WEIGHT = 14, 15, 16
EXTENDED, IGNORED, OPPOSITE_EVENT, PENDING = 20, 21, 22, 30

# `domain.entries.FillPoint`
AT_OPEN, AT_CLOSE, AT_LIMIT = 0, 1, 2

# `on_repeat`
EXTEND, IGNORE, ADD = 0, 1, 2
