"""The account of one strategy: cash, lots, marks, and the records of what happened."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from newsbt.domain.entries import FillPoint
from newsbt.domain.ledger import FILL, LOT, REFUSAL, Ledger, Outcome, Reason
from newsbt.kernels.codes import SHORT
from newsbt.simulation.account_terms import AccountTerms
from newsbt.simulation.lot_sales import Lot, Sum
from newsbt.simulation.missed_returns import hold_of
from newsbt.simulation.plain_rules import (
    best_price,
    borrow_charge,
    dividend_paid,
    due_row,
    equity_of,
    ex_price,
    exact_sum,
    fill_money,
    fraction_price,
    free_cash,
    gain_of_leaving,
    gained,
    has_slot,
    lot_pnl,
    split_lot,
)

__all__ = ["Account"]


class Account:
    """Cash and lots, marked row by row; every change of them goes through here.

    `equity` is E_{t-1} while row t is worked: the value at the closes of the row before. It is the initial cash, the
    profit taken and what open lots have gained, which is cash and marks, and does not move where nothing has moved.
    """

    def __init__(self, terms: AccountTerms) -> None:
        self.terms = terms
        panel = terms.panel
        self.cash = terms.cash
        self.equity = terms.cash
        self._profit = Sum()
        self.lots: list[Lot] = []  # open ones, in order of entry
        self.held: dict[int, list[Lot]] = {}  # open ones by ticker
        self._all: list[Lot] = []
        self._fills: list[tuple[int | float, ...]] = []
        self._refusals: list[tuple[int | float, ...]] = []
        self.in_stops = False  # what stops bring and the slots they free serve the next row (X5)
        self._stop_cash: list[float] = []
        self._stop_tied = 0.0  # what shorts that stops have left in this row were sold for
        self._stop_slots: set[int] = set()
        self._borrowed = 0.0
        self._dividends = 0.0
        rows = panel.shape[0]
        self._equity = np.empty(rows)
        self._cash = np.empty(rows)
        self._gross = np.empty(rows)
        self._stale = np.zeros(rows, dtype=np.int64)
        self._hold_unit, self._hold_count = hold_of(terms)
        by_session = terms.position.hold is not None and terms.position.hold.unit == "sessions"
        self._session_number = panel.session_number if by_session else np.empty((0, 0), dtype=np.int64)
        self._opens = panel.clock.open_at.astype("M8[ns]").view("i8")
        self._days = terms.days
        self._has_actions = (panel.dividend != 0.0) | (panel.split != 1.0)

    # What the market's row says

    def fill_rate(self, t: int, n: int) -> float:
        """Account currency for one unit of the ticker's, for fills of row t (C1)."""
        return self.terms.fx.fill_rate.item(t, self.terms.fx.currency_of.item(n))

    def free_cash(self) -> float:
        """Cash less twice what open shorts, and shorts that stops have left in this row, were sold for (X5, X10)."""
        tied = self._stop_tied
        for lot in self.lots:
            if lot.sign == SHORT:
                tied += lot.quantity * lot.account_price
        return free_cash(self.cash, tied)

    @property
    def fills(self) -> Sequence[tuple[int | float, ...]]:
        """What has been filled so far, in the order of execution; see `FILL`."""
        return self._fills

    @property
    def last_refusal(self) -> int:
        """Why the refusal or cut recorded last was; an `Outcome`."""
        return int(self._refusals[-1][4])

    def has_slot(self, n: int) -> bool:
        """Whether `max_positions` admits a ticker: one that stops have left in this row still holds its slot."""
        most = self.terms.position.max_positions
        if most is None:
            return True
        taken = self.held.keys() | self._stop_slots
        return has_slot(most, len(taken), n in taken)

    def hold_from(self, t: int, n: int) -> int:
        """The row at whose open a hold that starts in row t is over, beyond the last row where there is none (X13)."""
        panel = self.terms.panel
        return due_row(
            t, n, panel.market_of[n], self._hold_unit, self._hold_count, panel.tradable, self._session_number,
            self._opens,
        )  # fmt: skip

    # What changes cash and lots

    def open_lot(
        self, t: int, n: int, sign: int, quantity: int, event: int, reason: Reason,
        price: float, unslipped: float, costs: float, at: int,
    ) -> None:  # fmt: skip
        """Enter: `price` and `unslipped` in local currency, `costs` in the account's."""
        panel = self.terms.panel
        rate = self.fill_rate(t, n)
        lot = Lot()
        lot.number, lot.ticker, lot.event, lot.sign = len(self._all), n, event, sign
        lot.quantity = lot.entered = quantity
        lot.entry_row, lot.entry_at = t, at
        lot.entry_session = int(panel.clock.session_of[t, panel.market_of[n]])
        lot.entry_price = lot.peak = price
        lot.account_price = price * rate
        lot.entry_notional = quantity * lot.account_price
        lot.basis, lot.entry_rate = price, rate
        lot.due = self.hold_from(t, n)
        lot.waiting = None
        lot.gain = lot.costs = lot.slippage = 0.0
        lot.exit_quantity = lot.exit_value = 0.0
        lot.exit_row, lot.exit_at, lot.reason = -1, 0, Reason.OPEN
        self._all.append(lot)
        self.lots.append(lot)
        self.held.setdefault(n, []).append(lot)
        self._fill(t, lot, sign, quantity, reason, price, unslipped, costs, at)

    def reduce_lot(
        self, t: int, lot: Lot, quantity: int, reason: Reason, price: float, unslipped: float, costs: float, at: int
    ) -> None:
        """Leave a lot, or a part of it, and take the gain of what left: that of the whole less that of what stays."""
        self._fill(t, lot, -lot.sign, quantity, reason, price, unslipped, costs, at)
        rate = self.fill_rate(t, lot.ticker)
        gain = gain_of_leaving(lot.sign * lot.quantity, lot.sign * quantity, price, rate, lot.basis, lot.entry_rate)
        self._profit.add(gain.before)
        self._profit.add(-gain.after)
        lot.gain += gain.before - gain.after
        lot.quantity -= quantity
        lot.exit_quantity += quantity
        lot.exit_value += quantity * price
        lot.exit_row, lot.exit_at, lot.reason = t, at, reason
        if lot.quantity == 0:
            self._drop(lot)

    def refuse(
        self, t: int, n: int, side: int, why: Outcome, wanted: float, filled: int, event: int, at: int,
        *, is_entry: bool, point: FillPoint,
    ) -> None:  # fmt: skip
        self._refusals.append((t, at, n, side, why, wanted, filled, math.nan, event, is_entry, point))

    def apply_corporate_actions(self, t: int) -> None:
        """Dividends and splits of row t, before its first opening (X19)."""
        if not self._has_actions[t].any():
            return
        panel = self.terms.panel
        for lot in list(self.lots):
            n = lot.ticker
            if not self._has_actions[t, n]:
                continue
            dividend, split = float(panel.dividend[t, n]), float(panel.split[t, n])
            rate = self.fill_rate(t, n)
            if dividend != 0.0:
                paid = dividend_paid(lot.sign * lot.quantity, dividend, rate, lot.entry_rate)
                self.cash += paid.cash
                self._dividends += paid.cash
                self._gain(lot, paid.gain)
            lot.basis = float(ex_price(lot.basis, dividend, split))
            if split != 1.0:
                self._split(t, lot, split, rate)

    def end_row(self, t: int) -> None:
        """Take in what stops brought, charge borrowing, mark every lot at the row's close, move trailing stops on."""
        for amount in self._stop_cash:
            self.cash += amount
        self._stop_cash.clear()
        self._stop_tied = 0.0
        self._stop_slots.clear()
        terms, panel = self.terms, self.terms.panel
        mark, close, rates, currency_of = panel.mark, panel.close, terms.fx.mark_rate, terms.fx.currency_of
        per_day = terms.borrow_bps / 10_000 / 360
        trails = terms.position.trailing_stop is not None
        gains = lost = gross = 0.0
        stale: set[int] = set()
        for lot in self.lots:
            n = lot.ticker
            rate = rates.item(t, currency_of.item(n))
            if per_day and lot.sign == SHORT:
                charge = borrow_charge(lot.quantity, lot.entry_price, rate, per_day, int(self._days[t]))
                self.cash -= charge
                lot.costs += charge
                self._profit.add(-charge)
                self._borrowed += charge
            price = mark.item(t, n)
            summed = exact_sum(gains, gained(lot.sign * lot.quantity, price, rate, lot.basis, lot.entry_rate))
            gains = summed.total
            lost += summed.lost
            gross += lot.quantity * (price * rate)
            if panel.tradable.item(t, n):
                if trails:
                    lot.peak = best_price(lot.sign, lot.peak, price)
            elif not math.isfinite(close.item(t, n)):
                stale.add(n)
        self.equity = equity_of(terms.cash, self._profit.total, self._profit.lost, gains, lost)
        self._equity[t], self._cash[t], self._gross[t] = self.equity, self.cash, gross
        self._stale[t] = len(stale)

    def ledger(self, outcome: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Ledger:
        """The books, closed: open lots at the last mark."""
        fills = np.array(self._fills, dtype=FILL)
        refusals = np.array(self._refusals, dtype=REFUSAL)
        return Ledger(
            fills=fills[np.argsort(fills["at"], kind="stable")],
            refusals=refusals[np.argsort(refusals["at"], kind="stable")],
            lots=np.array([self._lot_record(lot) for lot in self._all], dtype=LOT),
            equity=self._equity,
            cash=self._cash,
            gross=self._gross,
            stale=self._stale,
            outcome=outcome,
            initial_cash=self.terms.cash,
            borrow_cost=self._borrowed,
            dividends=self._dividends,
        )

    def _fill(
        self, t: int, lot: Lot, side: int, quantity: int, reason: Reason,
        price: float, unslipped: float, costs: float, at: int,
    ) -> None:  # fmt: skip
        rate = self.fill_rate(t, lot.ticker)
        money = fill_money(side, quantity, price, unslipped, rate)
        if self.in_stops and side != lot.sign:
            self._stop_cash += [-side * money.notional, -costs]
            if lot.sign == SHORT:
                self._stop_tied += quantity * lot.account_price
        else:
            self.cash -= side * money.notional
            self.cash -= costs
        self._profit.add(-costs)
        lot.costs += costs
        lot.slippage += money.slippage
        self._fills.append(
            (
                t, at, lot.ticker, side, quantity, price, money.price, costs, money.slippage, lot.event, reason,
                lot.number,
            )
        )  # fmt: skip

    def _split(self, t: int, lot: Lot, split: float, rate: float) -> None:
        panel = self.terms.panel
        mark = panel.mark[:, lot.ticker]
        is_closed = bool(np.isfinite(panel.close[t, lot.ticker]))
        price = float(fraction_price(float(mark[t - 1]), float(mark[t]), split, is_closed))
        after = split_lot(lot.sign, lot.quantity, lot.entered, split, price, rate, lot.basis, lot.entry_rate)
        self.cash += after.cash
        self._gain(lot, after.gain)
        lot.quantity, lot.entered = after.quantity, after.entered
        lot.entry_price /= split
        lot.account_price /= split
        lot.peak /= split
        lot.exit_quantity *= split
        if lot.quantity == 0:
            if lot.exit_quantity == 0.0:
                lot.exit_quantity, lot.exit_value = 1.0, price
            lot.exit_row, lot.reason = t, Reason.SPLIT
            lot.exit_at = int(self._opens[t, panel.market_of[lot.ticker]])
            self._drop(lot)

    def _gain(self, lot: Lot, amount: float) -> None:
        self._profit.add(amount)
        lot.gain += amount

    def _drop(self, lot: Lot) -> None:
        self.lots.remove(lot)
        mine = self.held[lot.ticker]
        mine.remove(lot)
        if not mine:
            del self.held[lot.ticker]
            if self.in_stops:
                self._stop_slots.add(lot.ticker)

    def _lot_record(self, lot: Lot) -> tuple[int | float, ...]:
        open_gain = 0.0
        is_open = lot.quantity > 0
        if is_open:
            last = self.terms.panel.shape[0] - 1
            rate = float(self.terms.fx.mark_rate[last, self.terms.fx.currency_of[lot.ticker]])
            open_gain = lot.gained(lot.quantity, float(self.terms.panel.mark[last, lot.ticker]), rate)
        return (
            lot.ticker,
            lot.event,
            lot.entry_row,
            lot.entry_at,
            -1 if is_open else lot.exit_row,
            np.iinfo(np.int64).min if is_open else lot.exit_at,
            lot.sign * lot.entered,
            lot.sign * lot.quantity,
            lot.entry_price,
            math.nan if is_open else lot.exit_value / lot.exit_quantity,
            lot.entry_notional,
            lot_pnl(lot.gain, lot.costs, open_gain),
            lot.costs,
            lot.slippage,
            Reason.OPEN if is_open else lot.reason,
        )
