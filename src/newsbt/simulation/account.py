"""The account of one strategy: cash, lots, marks, and the records of what happened."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from newsbt.domain.ledger import FILL, LOT, REFUSAL, Ledger, Outcome, Reason
from newsbt.domain.market_panel import ex_price
from newsbt.simulation.account_terms import AccountTerms
from newsbt.simulation.lot_sales import Lot, Sum

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
        self.in_stops = False  # what stops bring and the places they free serve the next row (X5)
        self._put_by: list[float] = []
        self._places_put_by: set[int] = set()
        self._borrowed = 0.0
        self._dividends = 0.0
        rows = panel.shape[0]
        self._equity = np.empty(rows)
        self._cash = np.empty(rows)
        self._gross = np.empty(rows)
        self._stale = np.zeros(rows, dtype=np.int64)
        self._progress = None if terms.position.hold is None else terms.position.hold.progress(panel)
        self._opens = panel.clock.open_at.astype("M8[ns]").view("i8")
        self._days = terms.days
        self._has_actions = (panel.dividend != 0.0) | (panel.split != 1.0)

    # What the market's row says

    def fill_rate(self, t: int, n: int) -> float:
        """Account currency for one unit of the ticker's, for fills of row t (C1)."""
        return float(self.terms.fx.fill_rate[t, self.terms.fx.currency_of[n]])

    def free_cash(self) -> float:
        """Cash less twice what open shorts were sold for (X10)."""
        tied = 0.0
        for lot in self.lots:
            if lot.sign < 0:
                tied += lot.quantity * lot.account_price
        return self.cash - 2.0 * tied

    @property
    def fills(self) -> Sequence[tuple[int | float, ...]]:
        """What has been filled so far, in the order of execution; see `FILL`."""
        return self._fills

    @property
    def last_refusal(self) -> int:
        """Why the refusal or cut recorded last was; an `Outcome`."""
        return int(self._refusals[-1][4])

    def has_place(self, n: int, most: int) -> bool:
        """Whether `max_positions` admits a ticker: one that stops have left in this row still holds its place."""
        taken = self.held.keys() | self._places_put_by
        return n in taken or len(taken) < most

    def hold_from(self, t: int, n: int) -> int | None:
        """What a hold that starts in row t must reach to be over: bar k + hold, counted in own tradable bars."""
        hold, progress = self.terms.position.hold, self._progress
        if hold is None or progress is None:
            return None
        started = int(progress[t, n])
        tradable = self.terms.panel.tradable
        if not tradable[t, n]:  # the hold counts from the next bar
            if hold.unit == "duration":
                ahead = np.flatnonzero(tradable[t:, n])
                if not len(ahead):
                    return None
                started = int(progress[t + int(ahead[0]), n])
            else:
                started += 1
        return started + hold.count

    def hold_is_over(self, t: int, lot: Lot) -> bool:
        return (
            lot.due is not None
            and self._progress is not None
            and bool(self.terms.panel.tradable[t, lot.ticker])
            and int(self._progress[t, lot.ticker]) >= lot.due
        )

    # What changes cash and lots

    def open_lot(
        self, t: int, n: int, sign: int, quantity: int, event: int, reason: Reason,
        price: float, unslipped: float, costs: float, at: int,
    ) -> Lot:  # fmt: skip
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
        return lot

    def reduce_lot(
        self, t: int, lot: Lot, quantity: int, reason: Reason, price: float, unslipped: float, costs: float, at: int
    ) -> None:
        """Leave a lot, or a part of it, and take the gain of what left: that of the whole less that of what stays."""
        self._fill(t, lot, -lot.sign, quantity, reason, price, unslipped, costs, at)
        rate = self.fill_rate(t, lot.ticker)
        before, after = (lot.gained(size, price, rate) for size in (lot.quantity, lot.quantity - quantity))
        self._profit.add(before)
        self._profit.add(-after)
        lot.gain += before - after
        lot.quantity -= quantity
        lot.exit_quantity += quantity
        lot.exit_value += quantity * price
        lot.exit_row, lot.exit_at, lot.reason = t, at, reason
        if lot.quantity == 0:
            self._drop(lot)

    def refuse(
        self, t: int, n: int, side: int, why: Outcome, wanted: float, filled: int, event: int, at: int,
        *, is_entry: bool, at_close: bool,
    ) -> None:  # fmt: skip
        self._refusals.append((t, at, n, side, why, wanted, filled, math.nan, event, is_entry, at_close))

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
                amount = lot.sign * lot.quantity * (dividend * rate)
                self.cash += amount
                self._dividends += amount
                # The dividend is taken off what the shares cost; what is left to gain is the change of the rate.
                self._gain(lot, lot.sign * lot.quantity * (dividend * rate - dividend * lot.entry_rate))
            lot.basis = float(ex_price(lot.basis, dividend, split))
            if split != 1.0:
                self._split(t, lot, split, rate)

    def end_row(self, t: int) -> None:
        """Take in what stops brought, charge borrowing, mark every lot at the row's close, move trailing stops on."""
        for amount in self._put_by:
            self.cash += amount
        self._put_by.clear()
        self._places_put_by.clear()
        terms, panel = self.terms, self.terms.panel
        mark, close, rates, currency_of = panel.mark, panel.close, terms.fx.mark_rate, terms.fx.currency_of
        per_day = terms.borrow_bps / 10_000 / 360
        gains, gross = Sum(), 0.0
        stale: set[int] = set()
        for lot in self.lots:
            n = lot.ticker
            rate = float(rates[t, currency_of[n]])
            if per_day and lot.sign < 0:
                charge = lot.quantity * lot.entry_price * rate * per_day * int(self._days[t])
                self.cash -= charge
                lot.costs += charge
                self._profit.add(-charge)
                self._borrowed += charge
            price = float(mark[t, n])
            gains.add(lot.gained(lot.quantity, price, rate))
            gross += lot.quantity * (price * rate)
            if panel.tradable[t, n]:
                lot.peak = max(lot.peak, price) if lot.sign > 0 else min(lot.peak, price)
            elif not np.isfinite(close[t, n]):
                stale.add(n)
        taken, initial = Sum(self._profit.total), Sum(terms.cash)
        taken.add(gains.total)
        initial.add(taken.total)
        self.equity = initial.total + (gains.lost + (self._profit.lost + taken.lost) + initial.lost)
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
        account_price = price * rate
        notional = quantity * account_price
        slippage = side * (price - unslipped) * quantity * rate + 0.0  # no -0.0
        if self.in_stops and side != lot.sign:
            self._put_by += [-side * notional, -costs]
        else:
            self.cash -= side * notional
            self.cash -= costs
        self._profit.add(-costs)
        lot.costs += costs
        lot.slippage += slippage
        self._fills.append(
            (t, at, lot.ticker, side, quantity, price, account_price, costs, slippage, lot.event, reason, lot.number)
        )

    def _split(self, t: int, lot: Lot, split: float, rate: float) -> None:
        panel = self.terms.panel
        shares = lot.quantity * split
        whole = math.floor(shares + 1e-9)
        fraction = shares - whole
        mark = panel.mark[:, lot.ticker]
        is_closed = np.isfinite(panel.close[t, lot.ticker])
        at_price = float(ex_price(float(mark[t - 1]), 0.0, split) if is_closed else mark[t])
        if fraction > 1e-9:
            self.cash += lot.sign * fraction * (at_price * rate)
            self._gain(lot, lot.sign * fraction * (at_price * rate - lot.basis * lot.entry_rate))
        lot.quantity = whole
        lot.entered = math.floor(lot.entered * split + 1e-9)
        lot.entry_price /= split
        lot.account_price /= split
        lot.peak /= split
        lot.exit_quantity *= split
        if whole == 0:
            if lot.exit_quantity == 0.0:
                lot.exit_quantity, lot.exit_value = 1.0, at_price
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
                self._places_put_by.add(lot.ticker)

    def _lot_record(self, lot: Lot) -> tuple[int | float, ...]:
        pnl = lot.gain - lot.costs
        is_open = lot.quantity > 0
        if is_open:
            last = self.terms.panel.shape[0] - 1
            rate = float(self.terms.fx.mark_rate[last, self.terms.fx.currency_of[lot.ticker]])
            pnl += lot.gained(lot.quantity, float(self.terms.panel.mark[last, lot.ticker]), rate)
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
            pnl,
            lot.costs,
            lot.slippage,
            Reason.OPEN if is_open else lot.reason,
        )
