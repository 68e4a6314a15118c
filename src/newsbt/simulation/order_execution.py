"""The dealing desk: tries entries and exits against the market's rules, one test after the other (X6 to X12)."""

from __future__ import annotations

import math
from collections.abc import Container, Sequence

import numpy as np

from newsbt.domain.entries import FillPoint
from newsbt.domain.ledger import Outcome, Reason
from newsbt.kernels.codes import NONE
from newsbt.kernels.rules.dealing import Quote
from newsbt.simulation.account import Account
from newsbt.simulation.lot_sales import Lot
from newsbt.simulation.plain_rules import (
    at_limit,
    cost_share,
    dealt,
    entry_fill,
    first_failed,
    is_held_back,
    lot_left,
    participation_left,
    price_of_size,
    size_in_lots,
    split_order,
    stop_hit,
    whole_lots,
)

__all__ = ["OrderExecution"]


class OrderExecution:
    """Fills, reduces or refuses what a strategy wants, in the row that is being worked."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.terms = account.terms
        panel = self.terms.panel
        self.open_at = panel.clock.open_at.astype("M8[ns]").view("i8")
        self.close_at = panel.clock.close_at.astype("M8[ns]").view("i8")
        self._participation = math.nan if self.terms.participation is None else self.terms.participation
        self._filled: dict[int, int] = {}  # shares of each ticker filled in this bar, for X11
        self._row = -1

    def begin_row(self, t: int) -> None:
        self._row = t
        self._filled.clear()

    def instant(self, t: int, n: int, point: FillPoint) -> int:
        """What a fill at a point of row t is stamped with, nanoseconds UTC."""
        instants = self.open_at if point.is_at_open else self.close_at
        return int(instants[t, self.terms.panel.market_of[n]])

    def lots(self, t: int, n: int) -> tuple[int, int]:
        """Step and minimum of an order, in shares; a step of 0 where no lot is known (X15)."""
        return self.terms.rules.lot_step.item(t, n), self.terms.rules.lot_minimum.item(t, n)

    def whole_lots(self, t: int, n: int, shares: float) -> int:
        """What whole lots hold, 0 below the smallest order; `NONE` where no lot is known (X15)."""
        step, minimum = self.lots(t, n)
        return whole_lots(shares, step, minimum) if step > 0 else NONE

    def closings(self, t: int) -> list[tuple[int, set[int]]]:
        """Row t's closing instants, ascending, each with the markets that close then."""
        found: dict[int, set[int]] = {}
        for m, session in enumerate(self.terms.panel.clock.session_of[t].tolist()):
            if session >= 0:
                found.setdefault(int(self.close_at[t, m]), set()).add(m)
        return sorted(found.items())

    def size(self, t: int, n: int, weight: float) -> int:
        """Whole lots for a fraction of E_{t-1} (X4), below 0 where no size can be made: as `size_in_lots`."""
        panel = self.terms.panel
        price = price_of_size(
            panel.reference.item(t, n), panel.split.item(t, n), self.account.fill_rate(t, n)
        )  # fmt: skip
        return size_in_lots(weight, self.account.equity, price, *self.lots(t, n))

    def why_not(self, t: int, n: int, side: int, wanted: int) -> Outcome:
        """The first test of X7 before prices and money that an entry fails, FILLED where it fails none."""
        terms, panel = self.terms, self.terms.panel
        failed = first_failed(
            bool(terms.may_trade[n]), panel.tradable.item(t, n), panel.reference.item(t, n),
            self.account.fill_rate(t, n), self.lots(t, n)[0], wanted, side,
            bool(terms.rules.can_short[n]), self.account.has_slot(n),
        )  # fmt: skip
        return Outcome(failed)

    def refuse_entry(
        self, t: int, n: int, side: int, why: Outcome, wanted: int, event: int, point: FillPoint,
        filled: int = 0,
    ) -> Outcome:  # fmt: skip
        """Write down why an entry did not fill, or not whole, at a point of row t."""
        size = math.nan if wanted < 0 else float(wanted)
        at = self.instant(t, n, point)
        self.account.refuse(t, n, side, why, size, filled, event, at, is_entry=True, point=point)
        return why

    def enter(
        self, t: int, n: int, side: int, wanted: int, event: int,
        *, point: FillPoint = FillPoint.OPEN, reason: Reason = Reason.ENTRY, parts: Sequence[tuple[int, float]] = (),
        unslipped: float | None = None, bound: float = math.nan,
    ) -> Outcome:  # fmt: skip
        """Try an entry; what did not fill, or not whole, is recorded. Returns FILLED or why not.

        `parts` are (event, share of the order) where several events caused it; each gets a lot of its own.
        `unslipped` is the price where it is neither the open nor the close, `bound` one that slippage does not pass.
        """
        terms, panel, account = self.terms, self.terms.panel, self.account
        at = self.instant(t, n, point)

        def refuse(why: Outcome, filled: int = 0) -> Outcome:
            return self.refuse_entry(t, n, side, why, wanted, event, point, filled)

        failed = self.why_not(t, n, side, wanted)
        if failed is not Outcome.FILLED:
            return refuse(failed)
        if unslipped is None:
            unslipped = (panel.close if point is FillPoint.CLOSE else panel.open).item(t, n)
        locked = self._locked(t, n, side, unslipped)
        if locked is not Outcome.FILLED:
            return refuse(locked)
        filled = entry_fill(
            side, wanted, unslipped, bound, self._participation_left(t, n),
            account.free_cash(), terms.reject_short_cash, *self.lots(t, n), self._quote(t, n),
        )  # fmt: skip
        if filled.why != Outcome.FILLED:
            return refuse(Outcome(filled.why))
        lots = _split(filled.quantity, parts) if len(parts) > 1 else [(event, filled.quantity)]
        shares = _cost_shares(filled.costs, [part for _, part in lots])
        for (cause, part), share in zip(lots, shares, strict=True):
            account.open_lot(t, n, side, part, cause, reason, filled.price, unslipped, share, at)
        self._filled[n] = self._filled.get(n, 0) + filled.quantity
        if filled.cut_by_volume:
            refuse(Outcome.PARTICIPATION, filled.quantity)
        if filled.cut_by_cash:
            refuse(Outcome.CASH, filled.quantity)
        return Outcome.FILLED

    def leave(
        self, t: int, parts: Sequence[tuple[Lot, int]], reason: Reason,
        *, unslipped: float | None = None, point: FillPoint = FillPoint.OPEN, waits: bool = True,
        bound: float = math.nan,
    ) -> Outcome:  # fmt: skip
        """Try to leave so many shares of each of a ticker's lots by one order: at the open, or the close, or a price
        inside the bar.

        The order pays once, and its lots share what it paid. What does not fill of a lot is recorded and, where it
        `waits`, tried again (X12). Returns FILLED, or why the first lot that did not fill whole did not.
        """
        n, side = parts[0][0].ticker, -parts[0][0].sign
        panel = self.terms.panel
        at = self.instant(t, n, point)
        if unslipped is None:
            unslipped = (panel.close if point is FillPoint.CLOSE else panel.open).item(t, n)
        fits = self._fitting(t, n, side, parts, unslipped)
        sizes = [filled for _, filled in fits if filled > 0]
        if sizes:
            deal = dealt(side, sum(sizes), unslipped, bound, self._quote(t, n))
            shares = iter(_cost_shares(deal.costs, sizes))
            self._filled[n] = self._filled.get(n, 0) + sum(sizes)
        for (lot, wanted), (why, filled) in zip(parts, fits, strict=True):
            if filled > 0:
                self.account.reduce_lot(t, lot, filled, reason, deal.price, unslipped, next(shares), at)
            if why is not Outcome.FILLED:
                self.account.refuse(t, n, side, why, float(wanted), filled, lot.event, at, is_entry=False, point=point)
                if waits:
                    lot.waiting = reason
        return next((why for why, _ in fits if why is not Outcome.FILLED), Outcome.FILLED)

    def _fitting(
        self, t: int, n: int, side: int, parts: Sequence[tuple[Lot, int]], unslipped: float
    ) -> list[tuple[Outcome, int]]:
        """For each lot of an order, why it does not leave whole, and how much of it does (X8, X9, X11)."""
        session = int(self.terms.panel.clock.session_of[t, self.terms.panel.market_of[n]])
        t_plus_one = bool(self.terms.rules.t_plus_one[n])
        locked = self._locked(t, n, side, unslipped)
        left = self._participation_left(t, n)
        found = []
        for lot, wanted in parts:
            leaves = lot_left(is_held_back(lot.sign, t_plus_one, session, lot.entry_session), locked, wanted, left)
            left -= leaves.filled
            found.append((Outcome(leaves.why), leaves.filled))
        return found

    def work_stops(self, t: int, markets: Container[int] | None = None) -> None:
        """Stops and targets of row t (X14), of these markets only where they are given."""
        position, panel = self.terms.position, self.terms.panel
        if not position.has_stops:
            return
        stop, trail, target = (
            math.nan if share is None else share
            for share in (position.stop_loss, position.trailing_stop, position.take_profit)
        )
        self.account.in_stops = True
        for lot in list(self.account.lots):
            n = lot.ticker
            if markets is not None and int(panel.market_of[n]) not in markets:
                continue
            if lot.entry_row >= t or lot.waiting is not None or not panel.tradable.item(t, n):
                continue
            hit = stop_hit(
                lot.sign, lot.entry_price, lot.peak, stop, trail, target,
                panel.open.item(t, n), panel.high.item(t, n), panel.low.item(t, n),
            )  # fmt: skip
            if hit.reason != NONE:
                self.leave(
                    t, [(lot, lot.quantity)], Reason(hit.reason), unslipped=hit.price,
                    point=FillPoint.OPEN if hit.at_open else FillPoint.LIMIT,
                )  # fmt: skip
        self.account.in_stops = False

    def _locked(self, t: int, n: int, side: int, unslipped: float) -> Outcome:
        """The price limit that an order is at, `FILLED` for none (X8)."""
        rules = self.terms.rules
        limit_up, limit_down = rules.limit_up.item(t, n), rules.limit_down.item(t, n)
        return Outcome(at_limit(side, unslipped, limit_up, limit_down, rules.tick.item(t, n)))

    def _participation_left(self, t: int, n: int) -> int:
        volume = self.terms.panel.volume.item(t, n)
        return participation_left(self._participation, volume, self.lots(t, n)[0], self._filled.get(n, 0))

    def _quote(self, t: int, n: int) -> Quote:
        """What prices and costs of a fill in this bar depend on."""
        slippage, panel, fees = self.terms.slippage, self.terms.panel, self.terms.fees
        first, past = fees.span[fees.class_of[t, n]].tolist()
        return Quote(
            low=panel.low.item(t, n),
            high=panel.high.item(t, n),
            volume=panel.volume.item(t, n),
            slippage_rate=slippage.rate,
            half_spread=0.0 if slippage.half_spread is None else slippage.half_spread.item(t, n),
            impact=0.0 if slippage.impact is None else slippage.impact.item(t, n),
            components=fees.components,
            first_fee=first,
            past_fees=past,
            fx=self.account.fill_rate(t, n),
        )


def _split(quantity: int, parts: Sequence[tuple[int, float]]) -> list[tuple[int, int]]:
    """Whole shares in proportion to the parts' own, for those that get any."""
    whole = np.empty(len(parts), dtype=np.int64)
    split_order(quantity, len(parts), np.array([share for _, share in parts]), whole, np.empty(len(parts)))
    return [(event, size) for (event, _), size in zip(parts, whole.tolist(), strict=True) if size]


def _cost_shares(costs: float, sizes: Sequence[int]) -> list[float]:
    """What each lot of an order bears of its costs."""
    done, shared = 0, 0.0
    shares = []
    for size in sizes:
        done += size
        shares.append(cost_share(costs, shared, done, sum(sizes)))
        shared += shares[-1]
    return shares
