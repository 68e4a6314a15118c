"""What the engine's kernels read and write: the market, the terms, the books, each a tuple of arrays and numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from newsbt._typing import Bools, Floats, Ints, Records

__all__ = [
    "LOT_STATE",
    "MONEY",
    "TICKER_STATE",
    "Asked",
    "Costs",
    "Followed",
    "LedgerState",
    "Market",
    "Position",
    "RuleArrays",
]


class Market(NamedTuple):
    """Bars (T, N), NaN where there is none, and the clock (T, M), instants in nanoseconds. All read-only.

    `reference` is the last close before each row and `mark` what positions are marked at, see `domain.market`;
    `has_actions` (T,) tells rows with a dividend or a split; where there is none, `dividend` and `split` are (0, 0).
    `session_number` (T, N) counts each ticker's sessions with a tradable bar, or is (0, 0) where no hold asks.
    """

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    tradable: Bools
    reference: Floats
    mark: Floats
    dividend: Floats
    split: Floats
    has_actions: Bools
    market_of: Ints
    open_at: Ints
    close_at: Ints
    session_of: Ints
    session_number: Ints


class RuleArrays(NamedTuple):
    """`markets.rules.TradingRules`, and `may_trade` (N,). Where they are not `applied`, lots are of one share and there
    are no limits, and the tables are not looked at."""

    applied: bool
    may_trade: Bools
    lot_step: Ints
    lot_minimum: Ints
    limit_up: Floats
    limit_down: Floats
    tick: Floats
    t_plus_one: Bools
    can_short: Bools


class Costs(NamedTuple):
    """Fees, exchange rates and slippage; `half_spread` and `impact` are (T, N), or (0, 0) where there is none.

    `days` (T,) are the calendar days since the row before.
    """

    components: Records
    span: Ints
    class_of: npt.NDArray[np.int32]
    currency_of: Ints
    fill_rate: Floats
    mark_rate: Floats
    days: Ints
    slippage_rate: float
    half_spread: Floats
    impact: Floats


class Position(NamedTuple):
    """One strategy's terms: fractions and rates NaN, counts -1 where not set."""

    hold_unit: int  # index into HOLD_UNITS of `kernels.rules.holding`
    hold_count: int
    stop_loss: float
    take_profit: float
    trailing_stop: float
    max_positions: int
    on_repeat: int
    participation: float
    reject_short_cash: bool
    borrow_per_day: float
    weight: float
    min_trade: float


class Asked(NamedTuple):
    """Entries (K,) as `domain.entries.Entries` orders them, those of the event `without` left out; `wanted` and
    `outcome` are written."""

    event: Ints
    ticker: Ints
    sign: Ints
    weight: Floats
    row: Ints
    point: Ints
    bound: Floats
    wanted: Ints
    outcome: Ints
    without: int


class Followed(NamedTuple):
    """A grid (T, N) of signals, the `weights` (T, N) that they are traded at, or (0, 0) where that is one number, the
    rows `due` (T, N) for a rebalance, and what moved it: `cause_row`, `cause_ticker`, `cause_event`, `cause_size` (C,),
    by row.

    The rest is written. Events that count since a ticker's last entry form a chain of parts from `first_part` (N,) over
    `part_next` (C,), with `part_event` and `part_size`. `unfinished` (N,) are reductions that did not fill whole,
    `unsizable` (N,) signals for which it is on record that no size can be made. The entries of a row are `entry_ticker`
    and `entry_quantity` (N,), signed. `shares`, `whole`, `lost` (C,) serve the splitting of an order, `keys` and
    `moved_...` (N,) the sorting of entries.
    """

    grid: Floats
    weights: Floats
    due: Bools
    cause_row: Ints
    cause_ticker: Ints
    cause_event: Ints
    cause_size: Floats
    first_part: Ints
    part_next: Ints
    part_event: Ints
    part_size: Floats
    unfinished: Bools
    unsizable: Floats
    entry_ticker: Ints
    entry_quantity: Ints
    shares: Floats
    whole: Ints
    lost: Floats
    keys: Floats
    moved_ticker: Ints
    moved_quantity: Ints


class LedgerState(NamedTuple):
    """Lots, records and series as they fill up; `state` (1,) of `MONEY` says how far."""

    state: Records
    lots: Records  # LOT_STATE, in order of entry
    open_lots: Ints  # numbers of open lots, in order of entry; emptied ones stay until the row ends
    leaving: Ints  # numbers of the lots that one order leaves, while it is worked
    tickers: Records  # (N,) TICKER_STATE
    stop_cash: Floats  # what stops have brought, until the row ends
    stop_slots: Ints  # tickers whose slots stops have freed, kept from others until the row ends
    fills: Records
    refusals: Records
    equity: Floats
    cash: Floats
    gross: Floats
    stale: Ints


MONEY = np.dtype(
    [
        (name, np.float64)
        for name in (
            "cash", "initial", "profit", "rounded_off", "equity", "borrowed", "dividends", "stop_tied", "notional",
            "paid", "slipped",
        )
    ] + [
        (name, np.int64)
        for name in (
            "fills", "refusals", "lots", "open", "shorts", "slots", "stop_cash", "stop_slots", "stamp", "next",
            "parts", "pending", "counts_only",
        )
    ]
)  # fmt: skip
"""Counts of records, lots and open lots, of open `shorts`, of the `slots` that `max_positions` counts; `stamp` numbers
decisions, `next` is the next entry or cause to look at, `parts` the parts of causes so far and `pending` those that no
entry has used. `profit` is what has been taken and paid so far, and `rounded_off` what its sum has lost by rounding:
equity is `initial`, both, and what open lots have gained. `stop_tied` is what the shorts that stops have left in this
row were sold for. `notional`, `paid` and `slipped` are what fills so far moved, cost and lost by slippage; with
`counts_only` 1, fills and refusals are counted and not written down."""

LOT_STATE = np.dtype(
    [
        (name, np.int64)
        for name in (
            "ticker", "event", "sign", "quantity", "entered", "entry_row", "entry_at", "entry_session", "due_row",
            "waiting", "exit_row", "exit_at", "reason", "next", "leaves", "planned", "tried",
        )
    ] + [
        (name, np.float64)
        for name in (
            "entry_price", "account_price", "entry_notional", "basis", "entry_rate", "peak", "mark", "gain", "costs",
            "slippage", "exit_quantity", "exit_value",
        )
    ]
)  # fmt: skip
"""`due_row` is where the hold is over, T where never; `waiting` the reason of an exit that is decided and has not
filled; `next` the ticker's next lot; `leaves` the stamp of the decision by which it leaves at a close, or the row in
which it is to be reduced for a target; `planned` the shares of it that an order leaves, `tried` the stamp of the
decision, or for a target the row, in which an order was last tried on it. `basis` is what a share cost in local
currency, less dividends and divided by splits since as its mark is, and `entry_rate` the exchange rate of then; `gain`
is what has been taken of the lot before costs."""

TICKER_STATE = np.dtype(
    [
        (name, np.int64)
        for name in (
            "first", "last", "filled", "filled_row", "decided", "sign", "opposed", "entered", "stop_slot", "stale",
        )
    ]
)  # fmt: skip
"""`first` and `last` of a ticker's open lots; shares `filled` in the bar of `filled_row`; of the decision numbered
`decided`, the first event's `sign` and whether it `opposed`; the decision in which it was `entered`; whether its
slot is one of `stop_slots`; the row in which it was counted `stale`."""
