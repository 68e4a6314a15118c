"""One account: its cash, lots and records, and what a fill does to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from math import floor, sqrt
from statistics import stdev

from . import facts
from .facts import exact
from .fees import fees_of
from .result import FillRecord, LotRecord, RefusalRecord, TwinResult
from .scenario import Scenario
from .world import World


@dataclass
class Lot:
    number: int
    ticker: str
    event_id: str
    sign: int
    entry_row: int
    entry_at: datetime
    session: date
    entry_price: float
    notional: float  # of the entry fill, account currency
    sold_for: float  # the same for one share, after splits
    quantity: int  # as entered, times splits, unsigned
    open: int
    hold_row: int | None  # the own bar the hold counts from, None where none is left
    peak: float  # X14: highest (lowest) of entry price and closes since
    flow: Fraction = Fraction(0)  # cash the lot has brought in so far
    costs: float = 0.0
    slippage: float = 0.0
    leaving: str = ""  # why it is being sold, "" while it is not
    sold: float = 0.0  # shares, after splits
    sold_value: float = 0.0  # sum of shares x price
    exit_at: datetime | None = None
    exit_on: date | None = None
    reason: str = "open"


def shared(costs: float, quantities: list[int]) -> list[float]:
    """C3: lot k bears costs x (shares of lots 1 to k) / shares, less what lots 1 to k - 1 bear."""
    borne, found = 0.0, []
    for k in range(len(quantities)):
        up_to = costs * sum(quantities[: k + 1]) / sum(quantities)
        found.append(up_to - borne)
        borne = up_to
    return found


def in_order(records: list, order: list) -> list:
    return [records[n] for n in sorted(range(len(records)), key=lambda n: order[n])]


class Books(World):
    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.fee = fees_of(scenario)
        self.cash = scenario.cash
        self.exact_cash = exact(scenario.cash)  # the same without rounding, for equity; X10 asks the rounded one
        self.deferred: list[float] = []  # X5: cash of this row's stops, for the next row
        self.deferred_notional = 0.0  # X5: what the shorts that they bought back were sold for
        self.deferred_slots: set[str] = set()
        self.lots: list[Lot] = []
        self.fills: list[FillRecord] = []
        self.refusals: list[RefusalRecord] = []
        self.fill_order: list[tuple[datetime, int, int, int]] = []
        self.refusal_order: list[tuple[datetime, int, int, int]] = []
        self.phase = "open"
        self.fills_at_closes = False
        self.filled: dict[str, int] = {}  # X11: shares filled in this row
        self.equity: list[float] = []
        self.cashes: list[float] = []
        self.gross: list[float] = []
        self.stale: list[int] = []
        self.borrow_cost = 0.0
        self.dividends = 0.0
        self.outcomes: dict[tuple[str, str], str] = {}
        self.held_before: dict[str, int] = {}
        self.repeatable: set[str] = set()  # X2: tickers of which a repeat would have put off an exit

    def open_lots(self, ticker: str | None = None) -> list[Lot]:
        """In order of entry."""
        return [lot for lot in self.lots if lot.open > 0 and ticker in (None, lot.ticker)]

    def held(self, ticker: str) -> int:
        """1 long, -1 short, 0 nothing."""
        lots = self.open_lots(ticker)
        return lots[0].sign if lots else 0

    def available(self, ticker: str, t: int) -> float:
        """X11: shares the bar still takes."""
        volume, share = self.bar(ticker, t).volume, self.execution.participation
        if volume is None or share is None:
            return float("inf")
        _, step = facts.lot_of(self.item(ticker), self.scenario.row_date(t), self.execution.market_rules)
        return floor(share * volume / step + 1e-9) * step - self.filled.get(ticker, 0)

    def slipped(self, ticker: str, t: int, side: int, quantity: int, price: float, bound: float | None = None) -> float:
        """X6, X22: moved against the trader and kept inside the bar, and not past an order's own limit."""
        bar, execution = self.bar(ticker, t), self.execution
        if execution.half_spread_ticks:
            shift = float(self.tick(ticker, t)) * execution.half_spread_ticks / 2
        else:
            shift = price * (execution.slippage_bps / 10_000)
            if execution.impact and bar.volume:
                shift += price * execution.impact * self.deviation(ticker, t) * sqrt(quantity / bar.volume)
        moved = min(max(price + side * shift, bar.low), bar.high)
        if bound is None:
            return moved
        return min(moved, bound) if side > 0 else max(moved, bound)

    def deviation(self, ticker: str, t: int) -> float:
        """Standard deviation of the ticker's last returns before row t, 0 where there are fewer than five."""
        returns = []
        for row in range(t):
            bar, before = self.bar(ticker, row), self.close_at_or_before(ticker, row - 1)
            if bar is not None and bar.close is not None and before is not None:
                returns.append(bar.close * bar.split / before - 1)
        returns = returns[-self.execution.impact_window :]
        return stdev(returns) if len(returns) >= 5 else 0.0

    def deal(
        self, t: int, ticker: str, side: int, quantity: int, price: float, bound: float | None = None
    ) -> tuple[float, float]:
        """X6, C3: slipped price and costs of an order that fills so many shares, whoever's they are."""
        slipped = self.slipped(ticker, t, side, quantity, price, bound)
        fx = self.rate(ticker, t, mark=False)
        return slipped, self.fee(ticker, self.scenario.row_date(t), side > 0, quantity, slipped, fx)

    def fill(self, t, at, ticker, side, quantity, price, slipped, costs, event_id, reason, lot_number, *,
             is_stop=False):  # fmt: skip
        """One lot's part of an order. Returns (cash that it brings, slippage cost)."""
        fx = self.rate(ticker, t, mark=False)
        price_account = slipped * fx
        notional = quantity * price_account
        slippage_cost = quantity * ((slipped - price if side > 0 else price - slipped) * fx)
        flow = -side * quantity * exact(slipped) * exact(fx) - exact(costs)
        self.exact_cash += flow
        if is_stop:
            self.deferred += [-side * notional, -costs]
        else:
            self.cash -= side * notional
            self.cash -= costs
        self.filled[ticker] = self.filled.get(ticker, 0) + quantity
        self.fill_order.append(self.order_of(t, at, len(self.fills), lot_number))
        self.fills.append(
            FillRecord(
                at=at,
                date=self.scenario.row_date(t),
                ticker=ticker,
                side="buy" if side > 0 else "sell",
                quantity=quantity,
                price=slipped,
                price_account=price_account,
                costs=costs,
                slippage_cost=slippage_cost,
                event_id=event_id,
                reason=reason,
                lot=lot_number,
            )
        )
        return flow, slippage_cost

    def order_of(self, t: int, at: datetime, number: int, lot_number: int) -> tuple[datetime, int, int, int]:
        """R1: by `at`, then as executed; stops by entry of their lots, save in rows with fills at closes."""
        by_lot = self.phase == "stops" and not self.fills_at_closes
        return at, t, ("open", "stops", "limits", "close").index(self.phase), lot_number if by_lot else number

    def refuse(self, t, at, ticker, side, reason, wanted, filled, event_id, would=None, lot_number=-1):
        self.refusal_order.append(self.order_of(t, at, len(self.refusals), lot_number))
        self.refusals.append(
            RefusalRecord(
                at=at,
                date=self.scenario.row_date(t),
                ticker=ticker,
                side="buy" if side > 0 else "sell",
                reason=reason,
                wanted=wanted,
                filled=filled,
                would_have_returned=would,
                event_id=event_id,
                is_entry=lot_number < 0,
            )
        )

    def short_notional(self) -> float:
        """X10: what open shorts were sold for, and those whose payment is deferred."""
        open_shorts = (lot.open * lot.sold_for for lot in self.open_lots() if lot.sign < 0)
        return sum(open_shorts, start=self.deferred_notional)

    def release(self) -> None:
        """X5: the cash, the margin and the places of this row's stops."""
        for amount in self.deferred:
            self.cash += amount
        self.deferred = []
        self.deferred_notional = 0.0
        self.deferred_slots = set()

    def mark(self, t: int) -> None:
        """C4."""
        equity, gross, stale = self.exact_cash, Fraction(0), set()
        for lot in self.open_lots():
            worth = self.worth(lot, t)
            equity += worth
            gross += abs(worth)
            bar = self.bar(lot.ticker, t)
            if bar is None or bar.close is None:
                stale.add(lot.ticker)
        self.equity.append(float(equity))
        self.cashes.append(self.cash)
        self.gross.append(float(gross))
        self.stale.append(len(stale))

    def worth(self, lot: Lot, t: int) -> Fraction:
        """C4: what is open of a lot, signed."""
        price = exact(self.carried(lot.ticker, t)) * exact(self.rate(lot.ticker, t, mark=True))
        return lot.sign * lot.open * price

    def receive(self, lot: Lot, amount: Fraction) -> None:
        """Cash that belongs to a lot and comes by no fill."""
        self.cash += float(amount)
        self.exact_cash += amount
        lot.flow += amount

    def charge_borrowing(self, t: int) -> None:
        """X16."""
        if t == 0:
            return
        days = (self.scenario.row_date(t) - self.scenario.row_date(t - 1)).days
        for lot in self.open_lots():
            if lot.sign < 0:
                notional = lot.open * lot.entry_price * self.rate(lot.ticker, t, mark=True)
                amount = notional * (self.execution.borrow_bps / 10_000) / 360 * days
                self.receive(lot, -exact(amount))
                lot.costs += amount
                self.borrow_cost += amount

    def result(self) -> TwinResult:
        last = len(self.keys) - 1
        lots = []
        for lot in self.lots:
            pnl = lot.flow
            if lot.open:
                pnl += self.worth(lot, last)
            lots.append(
                LotRecord(
                    ticker=lot.ticker,
                    event_id=lot.event_id,
                    entry_at=lot.entry_at,
                    exit_at=lot.exit_at,
                    entry_on=lot.session,
                    exit_on=lot.exit_on,
                    quantity=lot.sign * lot.quantity,
                    open_quantity=lot.sign * lot.open,
                    entry_price=lot.entry_price,
                    exit_price=None if lot.open else lot.sold_value / lot.sold,
                    entry_notional=lot.notional,
                    pnl=float(pnl),
                    costs=lot.costs,
                    slippage_cost=lot.slippage,
                    reason=lot.reason,
                )
            )
        return TwinResult(
            fills=in_order(self.fills, self.fill_order),
            refusals=in_order(self.refusals, self.refusal_order),
            lots=lots,
            outcomes=self.outcomes,
            equity=self.equity,
            cash=self.cashes,
            borrow_cost=self.borrow_cost,
            dividends=self.dividends,
            gross=self.gross,
            stale=self.stale,
        )
