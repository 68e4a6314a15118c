"""The execution rules T4, X1-X20, X22-X23, C1-C4 row by row, written to be read beside the rules and not to be fast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from math import floor

from . import facts
from .books import Books, Lot, shared
from .facts import exact
from .intents import Intent, place
from .result import TwinResult
from .scenario import Scenario


@dataclass(frozen=True, slots=True)
class Resting:
    """X22: an order that waits at its limit, of the size that X4 gave it in its first row."""

    intent: Intent
    wanted: int | None
    limit: Decimal | None


class Twin(Books):
    """One account. `t` is the row; a queue is what is worked at one instant."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.resting: list[Resting] = []
        self.rank: dict[int, int] = {}  # X5, of each intent by its id

    # ---- exits

    def try_exits(
        self, t: int, at: datetime, leaving: list[tuple[Lot, int]], price: float, *, is_stop: bool = False
    ) -> int:
        """X7, X9, X11, X12: one order to sell (buy back) so much of each of a ticker's lots; how much of it went.

        What it pays is shared by the shares that went, the last lot taking the rest; a row for each lot that did not
        go whole.
        """
        ticker, side = leaving[0][0].ticker, -leaving[0][0].sign
        at_limit = self.limit_refusal(ticker, t, side, price)
        held_back = facts.is_t_plus_one(self.item(ticker), self.execution.market_rules)
        on = self.scenario.row_date(t)
        going: list[int] = []
        refusals: list[str] = []
        for lot, wanted in leaving:
            if held_back and lot.session == on:
                going.append(0)
                refusals.append("t_plus_one")
            elif at_limit:
                going.append(0)
                refusals.append(at_limit)
            else:
                going.append(int(max(min(wanted, self.available(ticker, t) - sum(going)), 0)))
                refusals.append("participation" if going[-1] < wanted else "")
        total = sum(going)
        if total > 0:
            slipped, costs = self.deal(t, ticker, side, total, price)
            shares = shared(costs, going)
        for n, ((lot, wanted), quantity, why) in enumerate(zip(leaving, going, refusals, strict=True)):
            if quantity > 0:
                share = shares[n]
                flow, slippage = self.fill(
                    t, at, ticker, side, quantity, price, slipped, share, lot.event_id, lot.leaving, lot.number,
                    is_stop=is_stop,
                )  # fmt: skip
                lot.flow += flow
                lot.costs += share
                lot.slippage += slippage
                lot.open -= quantity
                if is_stop and lot.sign < 0:
                    self.deferred_notional += quantity * lot.sold_for
                lot.sold += quantity
                lot.sold_value += quantity * slipped
                if lot.open == 0:
                    lot.exit_at, lot.exit_on, lot.reason = at, self.scenario.row_date(t), lot.leaving
                    if is_stop and not self.open_lots(ticker):
                        self.deferred_slots.add(ticker)
            if why:
                self.refuse(t, at, ticker, side, why, wanted, quantity, lot.event_id, lot_number=lot.number)
        return total

    # ---- entries

    def size(self, intent: Intent, t: int) -> int | None:
        """X4: whole lots, 0 below one, None where no size can be made."""
        on = self.scenario.row_date(t)
        reference = self.reference(intent.ticker, t)
        lot = facts.lot_of(self.item(intent.ticker), on, self.execution.market_rules)
        has_rate = self.has_rate(intent.ticker, t)
        if reference is None or lot is None or intent.weight is None or not has_rate:
            return None
        minimum, step = lot
        before = self.equity[t - 1] if t > 0 else self.scenario.cash
        shares = intent.weight * before / (reference * self.rate(intent.ticker, t, mark=False))
        quantity = floor(shares / step + 1e-9) * step
        return quantity if quantity >= minimum else 0

    def affordable(
        self, intent: Intent, t: int, quantity: int, price: float, minimum: int, step: int, bound: float | None
    ) -> int:
        """X10: the most whole lots whose notional and costs free cash covers."""
        free = self.cash - 2 * self.short_notional()
        fx = self.rate(intent.ticker, t, mark=False)
        on = self.scenario.row_date(t)
        cheapest = min(self.slipped(intent.ticker, t, intent.sign, size, price, bound) for size in (minimum, quantity))
        if quantity * (cheapest * fx) > free:  # a first guess, one lot too many, saves trying them all
            quantity = min(quantity, (floor(max(free, 0.0) / (cheapest * fx) / step) + 1) * step)
        while quantity >= minimum:
            slipped = self.slipped(intent.ticker, t, intent.sign, quantity, price, bound)
            costs = self.fee(intent.ticker, on, intent.sign > 0, quantity, slipped, fx)
            if quantity * (slipped * fx) + costs <= free:
                return quantity
            quantity -= step
        return 0

    def would_have_returned(self, intent: Intent, t: int, *, at_close: bool) -> float | None:
        """R2: opens from bar k to bar k + hold, or the last mark; splits between multiply."""
        if not self.is_tradable(intent.ticker, t):
            return None
        bar = self.bar(intent.ticker, t)
        first = bar.close if at_close else bar.open
        last, end = None, t
        for row in self.own_bars(intent.ticker, t + 1, len(self.keys) - 1):
            if self.hold_is_over(intent.ticker, t, row):
                last, end = self.bar(intent.ticker, row).open, row
                break
        if last is None:
            end = len(self.keys) - 1
            last = float(self.carried(intent.ticker, end))
        for row in range(t + 1, end + 1):
            between = self.bar(intent.ticker, row)
            last *= between.split if between is not None else 1.0
        return intent.sign * (last / first - 1)

    def try_entry(
        self, t: int, at: datetime, intent: Intent, *, at_close: bool, reason: str = "entry", part: int | None = None,
        order: Resting | None = None, price: float | None = None,
    ) -> bool:  # fmt: skip
        """X7 in its order, then the fill; writes the outcome and says whether anything was bought (sold short).

        `part` is the quantity where it is not X4's, `order` a limit order, and `price` one that is neither the open nor
        the close.
        """
        ticker, side, bound = intent.ticker, intent.sign, None
        if order is not None:
            wanted, bound = order.wanted, float(order.limit)
        else:
            wanted = self.size(intent, t) if part is None else part

        def refused(why: str) -> bool:
            return self.refuse_whole(t, at, intent, why, wanted, at_close=at_close)

        why = self.first_refusal(t, intent, wanted)
        if why:
            return refused(why)
        lot = facts.lot_of(self.item(ticker), self.scenario.row_date(t), self.execution.market_rules)
        bar = self.bar(ticker, t)
        if price is None:
            price = bar.close if at_close else bar.open
        at_limit = self.limit_refusal(ticker, t, side, price)
        if at_limit:
            return refused(at_limit)
        minimum, step = lot
        quantity, cuts = wanted, []
        available = self.available(ticker, t)
        if available < quantity:
            quantity = floor(max(available, 0) / step) * step
            if quantity < minimum:
                return refused("participation")
            cuts.append("participation")
        paid = self.affordable(intent, t, quantity, price, minimum, step, bound)
        if paid < quantity:
            if paid == 0 or self.execution.reject_short_cash:
                return refused("cash")
            quantity = paid
            cuts.append("cash")
        for cut in cuts:
            self.refuse(t, at, ticker, side, cut, wanted, quantity, intent.event_id)
        slipped, costs = self.deal(t, ticker, side, quantity, price, bound)
        parts = self.shares_of(intent, t, quantity)
        for (event_id, part_of_it), paid_for in zip(parts, shared(costs, [n for _, n in parts]), strict=True):
            self.enter(t, at, intent, event_id, part_of_it, price, slipped, paid_for, reason)
        self.outcomes[intent.event_id, intent.signalled] = "filled"
        return True

    def shares_of(self, intent: Intent, t: int, quantity: int) -> list[tuple[str, int]]:
        """Whose the shares of an entry are: event and quantity."""
        return [(intent.event_id, quantity)]

    def enter(
        self, t: int, at: datetime, intent: Intent, event_id: str, quantity: int, price: float, slipped: float,
        costs: float, reason: str,
    ) -> None:  # fmt: skip
        """A new lot, and its part of the order's fill."""
        number, ticker, side = len(self.lots), intent.ticker, intent.sign
        flow, slippage = self.fill(t, at, ticker, side, quantity, price, slipped, costs, event_id, reason, number)
        self.lots.append(
            Lot(
                number=number,
                ticker=ticker,
                event_id=event_id,
                sign=side,
                entry_row=t,
                entry_at=at,
                session=self.scenario.row_date(t),
                entry_price=slipped,
                notional=quantity * (slipped * self.rate(ticker, t, mark=False)),
                sold_for=slipped * self.rate(ticker, t, mark=False),
                quantity=quantity,
                open=quantity,
                hold_row=t,
                peak=slipped,
                flow=flow,
                costs=costs,
                slippage=slippage,
            )
        )

    def refuse_whole(
        self, t: int, at: datetime, intent: Intent, why: str, wanted: int | None, *, at_close: bool
    ) -> bool:
        would = self.would_have_returned(intent, t, at_close=at_close)
        self.refuse(t, at, intent.ticker, intent.sign, why, wanted, 0, intent.event_id, would)
        self.outcomes[intent.event_id, intent.signalled] = why
        return False

    def first_refusal(self, t: int, intent: Intent, wanted: int | None) -> str:
        """X7 up to the tests of prices, volume and cash."""
        ticker, side = intent.ticker, intent.sign
        item = self.item(ticker)
        if item.is_index or not item.tradable:
            return "not_tradable"
        if not self.is_tradable(ticker, t):
            return "not_trading"
        if self.reference(ticker, t) is None:
            return "no_reference_price"
        if not self.has_rate(ticker, t):
            return "no_rate"
        if facts.lot_of(item, self.scenario.row_date(t), self.execution.market_rules) is None:
            return "unknown_lot"
        if intent.weight is None:
            return "no_weight"
        if side < 0 and not facts.may_short(item, self.execution.market_rules):
            return "no_short"
        taken = {lot.ticker for lot in self.open_lots()} | self.deferred_slots
        most = self.position.max_positions
        if most is not None and ticker not in taken and len(taken) >= most:
            return "max_positions"
        return "" if wanted else "below_one_lot"

    # ---- limit orders (X22)

    def limit_price(self, intent: Intent) -> Decimal | None:
        """The last close before the order's bar, ex what that bar is ex, less (plus) the distance; in whole ticks, away
        from the market."""
        ticker, t, bar = intent.ticker, intent.t, self.bar(intent.ticker, intent.t)
        price = self.carried(ticker, t - 1)
        if not price or bar is None or not self.is_tradable(ticker, t):
            return None  # refused before anybody asks
        price = (price - facts.decimal(bar.dividend)) / facts.decimal(bar.split)
        count = price * (1 - intent.sign * facts.decimal(self.execution.limit_distance)) / self.tick(ticker, t)
        hair = intent.sign * Decimal("1e-9")
        whole = (count + hair).to_integral_value(ROUND_FLOOR if intent.sign > 0 else ROUND_CEILING)
        return whole * self.tick(ticker, t)

    def open_limits(self, t: int, at: datetime, tickers: list[str]) -> None:
        """At an opening: X7's first tests of new orders, then those whose bar opens at their limit or better."""
        bought: set[str] = set()
        for order in self.resting_of(tickers):
            intent = order.intent
            if intent.t == t and intent.ticker not in bought:
                why = self.first_refusal(t, intent, order.wanted)
                if why:
                    self.refuse_whole(t, at, intent, why, order.wanted, at_close=False)
                    self.resting.remove(order)
                    continue
            bar = self.bar(intent.ticker, t)
            if self.is_tradable(intent.ticker, t) and intent.sign * (facts.decimal(bar.open) - order.limit) <= 0:
                self.try_limit(t, at, order, bought, price=None)

    def work_limits(self, t: int, at: datetime, tickers: list[str]) -> None:
        """Inside the bars: at the limit where a bar trades through it; over with the session."""
        bought: set[str] = set()
        for order in self.resting_of(tickers):
            intent, bar = order.intent, self.bar(order.intent.ticker, t)
            through = False
            if self.is_tradable(intent.ticker, t):
                beyond = bar.low if intent.sign > 0 else bar.high
                through = intent.sign * (facts.decimal(beyond) - order.limit) < 0
            if through:
                self.try_limit(t, at, order, bought, price=float(order.limit))
            elif self.session_is_over(intent.ticker, t):
                self.refuse_whole(t, at, intent, "limit_not_reached", order.wanted, at_close=True)
                self.resting.remove(order)

    def resting_of(self, tickers: list[str]) -> list[Resting]:
        here = [order for order in self.resting if order.intent.ticker in tickers]
        return sorted(here, key=lambda order: (order.intent.t, self.rank[id(order.intent)]))

    def session_is_over(self, ticker: str, t: int) -> bool:
        later = [self.slot(ticker, row) for row in range(t + 1, len(self.keys))]
        return all(slot is None or slot.date != self.scenario.row_date(t) for slot in later)

    def try_limit(self, t: int, at: datetime, order: Resting, bought: set[str], *, price: float | None) -> None:
        """Of what is held by then an order that rests asks nothing more, but where events add."""
        intent, repeat = order.intent, self.position.on_repeat
        self.resting.remove(order)
        if intent.ticker in bought and repeat == "extend":
            self.extend(t, intent)
        elif self.held(intent.ticker) and (repeat != "add" or self.held(intent.ticker) != intent.sign):
            self.outcomes[intent.event_id, intent.signalled] = "ignored"
        elif self.try_entry(t, at, intent, at_close=price is not None, order=order, price=price):
            bought.add(intent.ticker)

    # ---- one queue: an opening, or a close of T7

    def work_queue(self, t: int, at: datetime, tickers: list[str], intents: list[Intent], *, at_close: bool) -> None:
        due = [
            lot
            for lot in self.open_lots()
            if not at_close
            and lot.ticker in tickers
            and self.is_tradable(lot.ticker, t)
            and not lot.leaving
            and self.hold_is_over(lot.ticker, lot.hold_row, t)
        ]
        # X2, X3: what each event means, by the positions before the queue.
        first: dict[str, tuple[str, int]] = {}  # ticker: what its first event was, and its sign
        attempts: list[Intent] = []
        acted: set[str] = set()  # tickers with an opposite event
        for intent in intents:
            # X1: at an opening, positions as at the end of the row before, also those that a split takes away.
            held = self.held(intent.ticker) if at_close else self.held_before.get(intent.ticker, 0)
            if intent.ticker not in first:
                kind = "entry" if held == 0 else "repeat" if held == intent.sign else "opposite"
                first[intent.ticker] = kind, intent.sign
            kind, sign = first[intent.ticker]
            outcome = (intent.event_id, intent.signalled)
            if intent.sign != sign:
                self.outcomes[outcome] = "ignored"
            elif kind == "opposite":
                self.outcomes[outcome] = "opposite"
                acted.add(intent.ticker)
                for lot in self.open_lots(intent.ticker):
                    lot.leaving = lot.leaving or "opposite"  # a waiting exit keeps its reason
            elif kind == "entry" or self.position.on_repeat == "add":
                attempts.append(intent)
            elif self.position.on_repeat == "ignore":
                self.outcomes[outcome] = "ignored"
            else:
                self.extend(t, intent)
                if not at_close and intent.ticker in self.repeatable:
                    self.outcomes[outcome] = "extended"  # X1: also of what this row's split has taken away
                due = [lot for lot in due if lot.ticker != intent.ticker]
        for lot in due:
            lot.leaving = lot.leaving or "hold"
        # X5: exits in order of entry of their lots, then entries. X3's exit is one, of all that leaves for it.
        opposed: set[str] = set()
        for lot in self.open_lots():
            bar_here = lot.ticker in tickers and self.is_tradable(lot.ticker, t)
            if not (lot.leaving and bar_here and (not at_close or lot.ticker in acted)):
                continue
            bar = self.bar(lot.ticker, t)
            order = [lot]
            if lot.leaving == "opposite":
                if lot.ticker in opposed:
                    continue
                opposed.add(lot.ticker)
                order = [other for other in self.open_lots(lot.ticker) if other.leaving == "opposite"]
            self.try_exits(t, at, [(one, one.open) for one in order], bar.close if at_close else bar.open)
        if self.execution.limit_distance is not None and not at_close:
            self.resting += [Resting(one, self.size(one, t), self.limit_price(one)) for one in attempts]
            self.open_limits(t, at, tickers)
            return
        bought: set[str] = set()
        for intent in attempts:
            if intent.ticker in bought and self.position.on_repeat == "extend":
                self.extend(t, intent)
            elif intent.ticker in bought and self.position.on_repeat == "ignore":
                self.outcomes[intent.event_id, intent.signalled] = "ignored"
            elif self.try_entry(t, at, intent, at_close=at_close):
                bought.add(intent.ticker)

    def extend(self, t: int, intent: Intent) -> None:
        """X2, X14: the hold starts again at this row, or at the next bar; a hold exit, due or waiting, is off. Any
        other exit that waits stays, and where there is nothing else the event is ignored."""
        self.outcomes[intent.event_id, intent.signalled] = "ignored"
        for lot in self.open_lots(intent.ticker):
            if lot.leaving in ("", "hold"):
                lot.leaving = ""
                lot.hold_row = self.next_bar(intent.ticker, t)
                self.outcomes[intent.event_id, intent.signalled] = "extended"

    # ---- the other parts of a row

    def corporate_actions(self, t: int) -> None:
        """X19: a dividend on the old shares, then the split."""
        for lot in self.open_lots():
            bar = self.bar(lot.ticker, t)
            if bar is None:
                continue
            fx = exact(self.rate(lot.ticker, t, mark=False))
            if bar.dividend:
                amount = lot.sign * lot.open * exact(bar.dividend) * fx
                self.receive(lot, amount)
                self.dividends += float(amount)
            if bar.split != 1.0:
                split = exact(bar.split)
                # Without a close the row's mark is what the fraction is worth, the dividend taken out.
                price = exact(self.carried(lot.ticker, t - 1)) / split
                if bar.close is None:
                    price = exact(self.carried(lot.ticker, t))
                whole = floor(lot.open * bar.split + 1e-9)
                self.receive(lot, lot.sign * max(lot.open * split - whole, Fraction(0)) * price * fx)
                lot.quantity = floor(lot.quantity * bar.split + 1e-9)
                lot.open = whole
                lot.entry_price /= bar.split
                lot.sold_for /= bar.split
                lot.peak /= bar.split
                lot.sold *= bar.split
                if whole == 0:
                    lot.exit_at, lot.reason = self.slot(lot.ticker, t).open_at, "split"
                    lot.exit_on = self.scenario.row_date(t)
                    if lot.sold == 0:
                        lot.sold, lot.sold_value = 1.0, float(price)

    def work_stops(self, t: int, tickers: list[str]) -> None:
        """X14."""
        p = self.position
        for lot in self.open_lots():
            if lot.ticker not in tickers or lot.leaving or lot.entry_row == t or not self.is_tradable(lot.ticker, t):
                continue
            bar, slot, sign = self.bar(lot.ticker, t), self.slot(lot.ticker, t), lot.sign
            stops = []
            if p.stop_loss is not None:
                stops.append((lot.entry_price * (1 - sign * p.stop_loss), "stop_loss"))
            if p.trailing_stop is not None:
                # "fractions of the entry fill price (trailing: of the highest of entry price and closes since)"
                stops.append((lot.peak * (1 - sign * p.trailing_stop), "trailing_stop"))
            stop, stop_reason = None, ""
            for level, reason in stops:  # the nearer acts, stop_loss where they are equal
                if stop is None or sign * level > sign * stop:
                    stop, stop_reason = level, reason
            target = None if p.take_profit is None else lot.entry_price * (1 + sign * p.take_profit)
            worst, best = (bar.low, bar.high) if sign > 0 else (bar.high, bar.low)
            if stop is not None and sign * bar.open <= sign * stop:
                lot.leaving, price, at = stop_reason, bar.open, slot.open_at
            elif target is not None and sign * bar.open >= sign * target:
                lot.leaving, price, at = "take_profit", bar.open, slot.open_at
            elif stop is not None and sign * worst <= sign * stop:
                lot.leaving, price, at = stop_reason, stop, slot.close_at
            elif target is not None and sign * best >= sign * target:
                lot.leaving, price, at = "take_profit", target, slot.close_at
            else:
                continue
            self.try_exits(t, at, [(lot, lot.open)], price, is_stop=True)

    def trail(self, t: int) -> None:
        """X14: the peak of the next bars."""
        for lot in self.open_lots():
            if self.is_tradable(lot.ticker, t):
                close = self.bar(lot.ticker, t).close
                lot.peak = max(lot.peak, close) if lot.sign > 0 else min(lot.peak, close)

    def by_instant(self, t: int, *, closing: bool) -> dict[datetime, list[str]]:
        """X5: tickers whose markets open (close) together, ascending."""
        queues: dict[datetime, list[str]] = {}
        for ticker in self.tickers:
            slot = self.slot(ticker, t)
            if slot is not None:
                queues.setdefault(slot.close_at if closing else slot.open_at, []).append(ticker)
        return dict(sorted(queues.items()))

    def work_row(self, t: int, intents: list[Intent]) -> None:
        self.filled = {}
        limits = self.execution.limit_distance is not None
        self.fills_at_closes = any(intent.at_close or limits for intent in intents) or bool(self.resting)
        self.held_before = {ticker: self.held(ticker) for ticker in self.tickers}
        self.repeatable = {lot.ticker for lot in self.open_lots() if lot.leaving in ("", "hold")}
        self.corporate_actions(t)
        opens = [(at, "open", tickers) for at, tickers in self.by_instant(t, closing=False).items()]
        closes = list(self.by_instant(t, closing=True).items())
        if limits or self.execution.same_close:
            # A market that closes before another opens is worked before it: nothing at that close may depend on
            # what opens later. Its stops come just before; X5 keeps their cash for the next row.
            pairs = opens + [(at, kind, tickers) for at, tickers in closes for kind in ("stops", "limits", "close")]
            steps = sorted(pairs, key=lambda step: step[0])
        else:
            steps = [*opens, (None, "stops", self.tickers)]
        for at, kind, tickers in steps:
            self.phase = kind
            if kind == "stops":
                self.work_stops(t, tickers)
            elif kind == "limits":
                self.work_limits(t, at, tickers)
            else:
                here = [i for i in intents if i.ticker in tickers and i.at_close == (kind == "close")]
                self.work_queue(t, at, tickers, here, at_close=kind == "close")
        self.release()
        self.trail(t)
        self.charge_borrowing(t)
        self.mark(t)


def run_twin(scenario: Scenario) -> TwinResult:
    """Simulate a scenario by the book."""
    twin = Twin(scenario)
    intents, outside = place(scenario)
    twin.outcomes.update(outside)
    twin.rank = {id(intent): n for n, intent in enumerate(intents)}
    for t in range(len(twin.keys)):
        twin.work_row(t, [intent for intent in intents if intent.t == t])
    return twin.result()
