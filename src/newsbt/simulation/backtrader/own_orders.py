"""The broker of a user's own backtrader strategy: its orders meet the same market rules (S7)."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import backtrader as bt
import numpy as np

from newsbt._typing import Ints
from newsbt.domain.entries import FillPoint
from newsbt.domain.ledger import FILL, Outcome, Reason
from newsbt.kernels.codes import NONE
from newsbt.simulation.account import Account
from newsbt.simulation.lot_sales import Lot
from newsbt.simulation.order_execution import OrderExecution

__all__ = ["AccountCommission", "OrderBroker", "Sent"]

FILL_QUANTITY, FILL_LOT = (FILL.names.index(name) for name in ("quantity", "lot"))  # type: ignore[union-attr]
EVE = -1  # the bar before row 0, on which announcements of row 0 are delivered


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An order or a cancel at the moment of sending: after which row (-1: before row 0), and what it says.

    `market` and `event` are indices of the announcement that was being told, -1 outside of one.
    """

    row: int
    market: int
    event: int
    ticker: int
    text: str


class AccountCommission(bt.CommInfoBase):  # type: ignore[misc]
    """Sizes, values and profits of one feed in account currency, whatever its own currency is."""

    params = (("rate", None), ("stocklike", True), ("commtype", bt.CommInfoBase.COMM_PERC))

    profits: deque[float] | None = None  # of exits that backtrader has not been told of yet, in their order

    def getsize(self, price: float, cash: float) -> float:
        """NaN where no rate is known: an order of such a size is refused."""
        rate = self.p.rate()
        return math.nan if math.isnan(rate) else int(cash // (price * rate))

    def getvaluesize(self, size: float, price: float) -> float:
        return float(size * price * self.p.rate())

    def profitandloss(self, size: float, price: float, newprice: float) -> float:
        """What a trade's notification says: what the account made of the exit, at the rates of both its days."""
        if self.profits:
            return self.profits.popleft()
        return float(size * (newprice - price) * self.p.rate())


class OrderBroker(bt.brokers.BackBroker):  # type: ignore[misc]
    """Takes every kind of backtrader order, and fills it by the house's rules.

    Market orders are worked at their market's opening in X5's order; resting orders where X5 works stops; Close orders
    at the close. An increase is an entry and a decrease an exit of lots in order of entry. What is refused is
    `Rejected`, what is cut is filled in part and then `Canceled`, with the reason in ``order.info.reason``.
    """

    params = (("checksubmit", False),)

    def __init__(self, account: Account, desk: OrderExecution, traded: Ints) -> None:
        super().__init__()
        self._account = account
        self._desk = desk
        self._traded = traded
        self.row = EVE - 1
        self.delivering: tuple[int, int] | None = None  # (market, event) while an announcement is told
        self.sent: list[Sent] = []
        self._feed_of: dict[int, bt.DataBase] = {}
        self._accepted = 0

    def bind(self, feeds: dict[int, bt.DataBase]) -> None:
        """Tell the broker which feed stands for which column of the universe."""
        self._feed_of = feeds
        for n, feed in feeds.items():
            terms = AccountCommission(rate=self._rate_of(n))
            terms.profits = deque()
            self.addcommissioninfo(terms, name=feed._name)

    def column_of(self, data: bt.DataBase) -> int:
        """The column of the instrument that an order on a feed trades: an index's proxy, else its own (X18)."""
        return int(self._traded[data.column])

    # What a strategy asks

    def get_cash(self) -> float:
        return self._account.cash

    getcash = get_cash

    def get_value(self, datas: Sequence[bt.DataBase] | None = None, mkt: bool = False, lever: bool = False) -> float:  # noqa: ARG002
        """The account's value, or that of the positions in some feeds, in account currency."""
        if datas is None:
            return self._account.equity
        worth = 0.0
        for data in datas:
            n = self.column_of(data)
            price = self._mark(n) * self._rate_of(n)()
            for lot in self._account.held.get(n, ()):
                worth += lot.sign * lot.quantity * price
        return worth

    getvalue = get_value

    def get_fundvalue(self) -> float:
        return float(self.p.fundstartval * self._account.equity / self._account.terms.cash)

    fundvalue = property(get_fundvalue)

    def getposition(self, data: bt.DataBase) -> bt.Position:
        return self.positions[self._feed_of.get(self.column_of(data), data)]

    def rate(self, data: bt.DataBase) -> float:
        """Account currency for one unit of a feed's own."""
        return self._rate_of(self.column_of(data))()

    # What a strategy sends

    def submit(self, order: bt.Order, check: bool = True) -> bt.Order:
        """Send an order, or a whole bracket with its last."""
        parent = self._take_children(order)
        if parent is None:
            return order
        family = self._pchildren[parent]
        family.append(order)
        if order.transmit:
            for member in list(family):  # one that is refused at once empties the family
                self.transmit(member, check)
        return order

    def transmit(self, order: bt.Order, check: bool = True) -> bt.Order:  # noqa: ARG002
        """Accept an order, unless it is for a market whose news it cannot know yet."""
        n = self.column_of(order.data)
        order.addcomminfo(self.getcommissioninfo(order.data))
        order.info.event = -1 if self.delivering is None else self.delivering[1]
        self._note(n, _order_text(order))
        order.submit(self)
        self.notify(order)
        if self._is_early(n):
            self._refuse_early(order, n)
            return order
        if math.isnan(order.created.size):
            self._refuse_unsized(order, n)
            return order
        self._accepted += 1
        order.info.number = self._accepted
        order.pannotated = None
        order.accept(self)
        self.pending.append(order)
        self.notify(order)
        return order

    def cancel(self, order: bt.Order, bracket: bool = False) -> bool:
        """Withdraw an order, unless it is for a market whose news it cannot know yet: that is refused, and recorded."""
        if not bracket:
            n = self.column_of(order.data)
            self._note(n, "cancel of " + _order_text(order))
            if self._is_early(n):
                if order.alive():
                    self._record_early(order, n)
                return False
        return bool(super().cancel(order, bracket))

    def _note(self, n: int, text: str) -> None:
        market, event = self.delivering or (-1, -1)
        self.sent.append(Sent(row=self.row, market=market, event=event, ticker=n, text=text))

    def _is_early(self, n: int) -> bool:
        return self.delivering is not None and self._account.terms.panel.market_of[n] != self.delivering[0]

    def _refuse_early(self, order: bt.Order, n: int) -> None:
        self._record_early(order, n)
        self._reject(order, Outcome.NOT_YET_KNOWN)

    def _refuse_unsized(self, order: bt.Order, n: int) -> None:
        t, side = self.row + 1, 1 if order.isbuy() else -1
        if t < len(self._account.terms.panel.clock):
            self._desk.refuse_entry(t, n, side, Outcome.NO_RATE, NONE, int(order.info.event), FillPoint.OPEN)
        self._reject(order, Outcome.NO_RATE)

    def _record_early(self, order: bt.Order, n: int) -> None:
        assert self.delivering is not None
        t = self.row + 1
        at = int(self._desk.open_at[t, self.delivering[0]])
        side = 1 if order.isbuy() else -1
        self._account.refuse(
            t, n, side, Outcome.NOT_YET_KNOWN, math.floor(abs(order.size)), 0, self.delivering[1], at,
            is_entry=False, point=FillPoint.OPEN,
        )  # fmt: skip

    # A row

    def next(self) -> None:
        """Work one row: corporate actions, market orders at openings, resting orders, closes, marks."""
        self.row += 1
        if self.row <= EVE:
            return
        t, account, desk = self.row, self._account, self._desk
        while self._toactivate:
            self._toactivate.popleft().activate()
        desk.begin_row(t)
        account.apply_corporate_actions(t)
        self._restate_split_positions(t)
        for order in list(self.pending):
            if order.alive() and order.expire():
                self._end(order)
        self._work_openings(t)
        account.in_stops = True
        self._each(lambda order: order.exectype not in (bt.Order.Market, bt.Order.Close), self._try_resting)
        account.in_stops = False
        self._each(
            lambda order: order.exectype == bt.Order.Close,
            lambda order: self._work(order, float(order.data.close[0]), FillPoint.CLOSE),
        )
        account.end_row(t)

    def _work_openings(self, t: int) -> None:
        queue = []
        for order in self.pending:
            n = self.column_of(order.data)
            opens = self._account.terms.panel.clock.session_of[t, self._account.terms.panel.market_of[n]] >= 0
            if order.exectype == bt.Order.Market and order.active() and opens:
                lots = self._account.held.get(n)
                is_entry = not lots or lots[0].sign == (1 if order.isbuy() else -1)
                queue.append((self._desk.instant(t, n, FillPoint.OPEN), is_entry, order.info.number, order))
        for _, is_entry, _, order in sorted(queue, key=lambda item: item[:3]):
            n = self.column_of(order.data)
            if order.alive() and (is_entry or self._account.terms.panel.tradable[t, n]):
                self._work(order, float(self._account.terms.panel.open[t, n]), FillPoint.OPEN)

    def _each(self, chosen: Callable[[bt.Order], bool], work: Callable[[bt.Order], None]) -> None:
        """Work the accepted orders of a kind whose instrument has a bar, in order of acceptance."""
        tradable = self._account.terms.panel.tradable
        for order in list(self.pending):
            if order.alive() and order.active() and chosen(order) and tradable[self.row, self.column_of(order.data)]:
                work(order)

    def _try_resting(self, order: bt.Order) -> None:
        """backtrader's own rules of when a limit or a stop is met; they end in `_execute`."""
        self._try_exec(order)

    def _execute(
        self, order: bt.Order, ago: int | None = None, price: float | None = None, *_: float, **__: float
    ) -> None:
        if ago is None or price is None:
            return
        bound = math.nan
        if order.exectype == bt.Order.Limit:
            bound = float(order.created.price)
        elif order.exectype in (bt.Order.StopLimit, bt.Order.StopTrailLimit):
            bound = float(order.created.pricelimit)
        at_open = price == float(order.data.open[0])
        self._work(order, float(price), FillPoint.OPEN if at_open else FillPoint.LIMIT, bound)

    def _work(self, order: bt.Order, unslipped: float, point: FillPoint, bound: float = math.nan) -> None:
        """Try what is left of an order: first out of what is held on the other side, then into more."""
        t, n, side = self.row, self.column_of(order.data), 1 if order.isbuy() else -1
        left = math.floor(abs(order.executed.remsize) + 1e-9)
        parts = self._leaving(t, n, side, left)
        if parts:
            entered_at = {lot.number: lot.account_price for lot, _ in parts}
            before = len(self._account.fills)
            done = self._desk.leave(t, parts, Reason.ORDER, unslipped=unslipped, point=point, waits=False, bound=bound)
            for fill in self._account.fills[before:]:
                self._report(order, n, fill, closes_at=entered_at[int(fill[FILL_LOT])])
                left -= int(fill[FILL_QUANTITY])
            if done is not Outcome.FILLED:
                order.info.reason = done.word
                if len(self._account.fills) > before:
                    self.notify(order)
                return  # alive: tries again at the next bar
        # What is left over after leaving, and is no whole lot, is no entry: it came of sizes before rounding.
        left_over = bool(order.executed.size) and self._desk.whole_lots(t, n, left) <= 0
        if left > 0 and not left_over and not any(lot.sign != side for lot in self._account.held.get(n, ())):
            self._enter(order, t, n, side, left, unslipped, point, bound)
            return
        order.executed.remsize = 0
        order.completed()
        self._end(order)

    def _enter(
        self, order: bt.Order, t: int, n: int, side: int, left: int, unslipped: float, point: FillPoint, bound: float
    ) -> None:
        size = self._desk.whole_lots(t, n, left)
        done = self._desk.enter(
            t, n, side, size, int(order.info.event),
            point=point, reason=Reason.ORDER, unslipped=unslipped, bound=bound,
        )  # fmt: skip
        if done is not Outcome.FILLED:
            if order.executed.size:
                order.info.reason = done.word
                order.cancel()
                self._end(order)
            else:
                self._reject(order, done)
            return
        filled = self._account.lots[-1].quantity
        self._report(order, n, self._account.fills[-1], closes_at=None)
        if filled < size:
            order.info.reason = Outcome(self._account.last_refusal).word
            self.notify(order)
            order.cancel()
        else:
            order.executed.remsize = 0
            order.completed()
        self._end(order)

    def _leaving(self, t: int, n: int, side: int, quantity: int) -> list[tuple[Lot, int]]:
        """What a decrease takes of each lot on the other side, in order of entry: whole lots of it; everything when
        that is what is asked."""
        step = max(1, int(self._account.terms.rules.lot_step[t, n]))
        found: list[tuple[Lot, int]] = []
        for lot in self._account.held.get(n, ()):
            part = lot.quantity if quantity >= lot.quantity else quantity // step * step
            if lot.sign == side or part == 0:
                break
            found.append((lot, part))
            quantity -= part
        return found

    def _report(self, order: bt.Order, n: int, fill: Sequence[int | float], closes_at: float | None) -> None:
        """Tell backtrader of a fill, values and profit in account currency, so that its analyzers are right."""
        _, _, _, side, quantity, price, account_price, costs, *_ = fill
        size = int(side * quantity)
        position = self.positions[self._feed_of.get(n, order.data)]
        psize, pprice, opened, closed = position.update(size, price)
        pnl = 0.0
        if closes_at is not None:
            pnl = -size * (account_price - closes_at)
            self.getcommissioninfo(order.data).profits.append(pnl)
        order.execute(
            order.data.datetime[0], size, price,
            closed, abs(closed) * (closes_at or 0.0), costs if closed else 0.0,
            opened, abs(opened) * account_price, costs if opened else 0.0,
            0.0, pnl, psize, pprice,
        )  # fmt: skip
        order.addcomminfo(self.getcommissioninfo(order.data))

    def _reject(self, order: bt.Order, why: Outcome) -> None:
        order.info.reason = why.word
        order.reject(self)
        self._end(order)

    def _end(self, order: bt.Order) -> None:
        """An order is over: tell it, and see to its bracket and its group."""
        completed = order.status == bt.Order.Completed
        if order in self.pending:
            self.pending.remove(order)
        self.notify(order)
        self._ococheck(order)
        self._bracketize(order, cancel=not completed)

    def _restate_split_positions(self, t: int) -> None:
        split = self._account.terms.panel.split[t]
        for n in np.flatnonzero(split != 1.0).tolist():
            feed = self._feed_of.get(n)
            if feed is not None and self.positions[feed].size:
                lots = self._account.held.get(n, [])
                size = sum(lot.sign * lot.quantity for lot in lots)
                self.positions[feed].fix(size, self.positions[feed].price / float(split[n]))

    def _mark(self, n: int) -> float:
        panel = self._account.terms.panel
        return float(panel.mark[self.row, n] if self.row > EVE else panel.close_before[n])

    def _rate_of(self, n: int) -> Callable[[], float]:
        fx = self._account.terms.fx
        currency = int(fx.currency_of[n])

        def rate() -> float:
            return float(fx.mark_rate[max(self.row, 0), currency] if self.row > EVE else fx.fill_rate[0, currency])

        return rate


def _order_text(order: bt.Order) -> str:
    """An order in words: side, kind, size, and whatever prices and end it has."""
    parts = [order.ordtypename(), order.getordername(), f"{abs(order.size):g}"]
    for name in ("price", "pricelimit", "trailamount", "trailpercent"):
        value = getattr(order.created, name, None)
        if value and not math.isnan(value):
            parts.append(f"{name} {value:.12g}")
    if order.valid:
        parts.append(f"valid {order.valid}")
    return " ".join(parts)
