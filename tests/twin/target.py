"""X21, S3: a grid of signals traded to target quantities.

Where the rule is silent the twin does this. Row t follows the grid's row t-1, so row 0 trades nothing. `daily`,
`weekly` and `monthly` are the first row of each session, week or month of the ticker's own market, and the first
row of all that can trade; `on_change` is a session whose grid value differs from the one the market's session
before followed. A decrease is one order for lots in order of entry, with a fill a lot; an increase is a new lot;
where the sign turns, all is sold and the target is entered after the exits of the queue. The difference is measured
at the reference price. A target or an increase below a lot is no order. A refused or cut sale is tried again at the
ticker's next bar, towards the target of that row; a refused entry waits for the next day that `rebalance` names.
Entries go by descending signal, then in universe order. Where no size can be made, or the instrument is not
tradable, that is refused once for a signal. A sale in a session without a bar waits without a row; an entry is
refused `not_trading`. Its fills are `rebalance`; holds do not act, stops do (X14), and one that was refused or cut is
tried again at the opening of every bar of its ticker's (X12), by an order of its own, in the queue of the sales. What
such a lot holds is held no more: the target is measured against the rest, but nothing is bought of its ticker before it
is gone; what was to be bought is wanted again at the ticker's next bar, towards the target of that row. The shares of a
purchase belong to the events that count in the rows since the ticker's last one, by their sizes: whole shares, the odd
ones to the largest remainders. One that is refused or cut is of the first of them; a signal that cannot be sized is of
none.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from math import floor

from . import facts
from .books import Lot
from .intents import Intent
from .result import TwinResult
from .scenario import Scenario
from .twin import Twin
from .weights import weight_of


class TargetTwin(Twin):
    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.again: set[str] = set()  # tickers with a sale, or what waits for one, that did not go
        self.unsizable: dict[str, float] = {}  # signals for which it is on record that nothing can be wanted
        self.execution = replace(scenario.execution, same_close=False)  # a grid has no fills at closes
        self.since: dict[str, int] = {}  # the row of a ticker's last purchase

    def value(self, ticker: str, t: int) -> float:
        """What row t follows."""
        return self.scenario.grid[self.keys[t - 1]].get(ticker, 0.0) if t > 0 else 0.0

    def behind(self, ticker: str, t: int) -> dict[str, Fraction]:
        """The events behind what is bought in row t, with their sizes, in the order in which they counted."""
        sizes: dict[str, Fraction] = {}
        for key in self.keys[self.since.get(ticker, 0) : t]:
            for cause in self.scenario.causes:
                if (cause.ticker, cause.key) == (ticker, key):
                    sizes[cause.event_id] = sizes.get(cause.event_id, Fraction(0)) + facts.exact(cause.size)
        return sizes

    def shares_of(self, intent: Intent, t: int, quantity: int) -> list[tuple[str, int]]:
        sizes = self.behind(intent.ticker, t)
        self.since[intent.ticker] = t
        if not sizes:
            return [("", quantity)]
        ideal = {name: quantity * size / sum(sizes.values()) for name, size in sizes.items()}
        found = {name: floor(part) for name, part in ideal.items()}
        by_remainder = sorted(ideal, key=lambda name: found[name] - ideal[name])
        for name in by_remainder[: quantity - sum(found.values())]:
            found[name] += 1
        return [(name, part) for name, part in found.items() if part]

    def is_due(self, ticker: str, t: int) -> bool:
        market = self.scenario.slots[self.item(ticker).exchange]
        earlier = [row for row in range(t) if self.keys[row] in market]
        before = earlier[-1] if earlier else None
        every = self.position.rebalance
        if ticker in self.again and self.is_tradable(ticker, t):
            return True
        if every == "on_change":
            return self.value(ticker, t) != (self.value(ticker, before) if before is not None else 0.0)
        if before is None or before == 0:  # the first that can trade
            return True
        now, then = self.scenario.row_date(t), self.scenario.row_date(before)
        if every == "daily":
            return now != then
        if every == "weekly":
            return now.isocalendar()[:2] != then.isocalendar()[:2]
        return (now.year, now.month) != (then.year, then.month)

    def target(self, ticker: str, t: int) -> int | None:
        """Signed shares; None where no size can be made."""
        on = self.scenario.row_date(t)
        reference = self.reference(ticker, t)
        lot = facts.lot_of(self.item(ticker), on, self.execution.market_rules)
        signal = self.value(ticker, t)
        if signal == 0:
            return 0
        weight = weight_of(self.scenario, ticker, t)
        if reference is None or lot is None or weight is None or not self.has_rate(ticker, t):
            return None
        minimum, step = lot
        price = reference * self.rate(ticker, t, mark=False)
        shares = weight * abs(signal) * self.equity[t - 1] / price
        quantity = floor(shares / step + 1e-9) * step
        return 0 if quantity < minimum else quantity if signal > 0 else -quantity

    def refuse_view(self, t: int, at: datetime, ticker: str, target: int | None) -> None:
        signal = self.value(ticker, t)
        if self.unsizable.get(ticker) == signal:
            return
        self.unsizable[ticker] = signal
        item = self.item(ticker)
        if item.is_index or not item.tradable:
            why = "not_tradable"
        elif not self.is_tradable(ticker, t):
            why = "not_trading"
        else:
            lot = facts.lot_of(item, self.scenario.row_date(t), self.execution.market_rules)
            sizeless = "no_weight" if lot is not None else "unknown_lot"
            rateless = sizeless if self.has_rate(ticker, t) else "no_rate"
            why = "no_reference_price" if self.reference(ticker, t) is None else rateless
        sign = 1 if signal > 0 else -1
        would = self.would_have_returned(Intent("", ticker, ticker, sign, 0.0, t, False), t, at_close=False)
        self.refuse(t, at, ticker, sign, why, None if target is None else abs(target), 0, "", would)

    def work_queue(self, t: int, at: datetime, tickers: list[str], intents: list[Intent], *, at_close: bool) -> None:
        if t == 0 or at_close:
            return
        sales: dict[str, int] = {}
        increases: list[tuple[float, str, int, int]] = []
        for ticker in tickers:
            signal = self.value(ticker, t)
            if signal == 0:
                self.unsizable.pop(ticker, None)
            held = sum(lot.sign * lot.open for lot in self.open_lots(ticker) if not lot.leaving)
            if not self.is_due(ticker, t):
                continue
            if signal == 0 and held == 0:
                self.again.discard(ticker)
                continue
            target = self.target(ticker, t)
            item = self.item(ticker)
            if target is None or item.is_index or not item.tradable:
                self.refuse_view(t, at, ticker, target)
                continue
            self.again.discard(ticker)
            worth = abs(target - held) * self.reference(ticker, t) * self.rate(ticker, t, mark=False)
            if target == held or worth <= self.position.min_trade * self.equity[t - 1]:
                continue
            keeps = min(abs(target), abs(held)) if target * held > 0 else 0
            if keeps < abs(held):
                sales[ticker] = abs(held) - keeps
            minimum, step = facts.lot_of(item, self.scenario.row_date(t), self.execution.market_rules)
            more = (abs(target) - keeps) // step * step
            if more >= minimum:
                increases.append((-abs(signal), ticker, 1 if target > 0 else -1, more))
        left = dict(sales)
        orders: dict[str, list[tuple[Lot, int]]] = {}  # in order of the first lot each one sells
        for lot in self.open_lots():
            if lot.leaving:  # a stop that waits
                if lot.ticker in tickers and self.is_tradable(lot.ticker, t):
                    orders[f"{lot.ticker} {lot.number}"] = [(lot, lot.open)]
                continue
            part = min(left.get(lot.ticker, 0), lot.open)
            if part > 0:
                left[lot.ticker] -= part
                orders.setdefault(lot.ticker, []).append((lot, part))
        for name, parts in orders.items():
            if name not in sales:
                self.try_exits(t, at, parts, self.bar(parts[0][0].ticker, t).open)
                continue
            for lot, _ in parts:
                lot.leaving = "rebalance"
            wanted = sum(part for _, part in parts)
            if not self.is_tradable(name, t) or self.try_exits(t, at, parts, self.bar(name, t).open) < wanted:
                self.again.add(name)
            for lot, _ in parts:
                lot.leaving = ""
        for _, ticker, sign, more in sorted(increases, key=lambda one: one[0]):
            intent = Intent(next(iter(self.behind(ticker, t)), ""), ticker, ticker, sign, 0.0, t, False)
            if any(lot.sign != sign or lot.leaving for lot in self.open_lots(ticker)):
                self.again.add(ticker)  # a sale that did not go leaves the other sign standing, or a stop that waits
            else:
                self.try_entry(t, at, intent, at_close=False, reason="rebalance", part=more)


def run_target_twin(scenario: Scenario) -> TwinResult:
    """Simulate a scenario's grid by the book."""
    twin = TargetTwin(scenario)
    for t in range(len(twin.keys)):
        twin.work_row(t, [])
    twin.outcomes = {}
    return twin.result()
