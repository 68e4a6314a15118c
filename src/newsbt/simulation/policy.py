"""What a strategy's signals ask for in each row: entries, repeats, exits (X1 to X3, X13)."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from newsbt._typing import Ints
from newsbt.domain.entries import Entries, FillPoint
from newsbt.domain.ledger import Outcome, Reason
from newsbt.kernels._compile import plain
from newsbt.kernels.rules.prices import is_met_at_open, is_traded_through, session_ends
from newsbt.simulation.account import Account
from newsbt.simulation.lot_sales import Lot
from newsbt.simulation.order_execution import OrderExecution

__all__ = ["EventPolicy", "Intent"]


@dataclass(frozen=True, slots=True)
class Intent:
    """One order: leave `lots` whole, or (there are none) enter `quantity` shares, below 0 where no size can be made.

    `entry` is the index of the entry it comes from, -1 for exits.
    """

    ticker: int
    side: int
    quantity: int
    event: int
    reason: Reason
    lots: tuple[Lot, ...] = ()
    entry: int = -1


def _exit(lots: Sequence[Lot], reason: Reason) -> Intent:
    first = lots[0]
    return Intent(first.ticker, -first.sign, sum(lot.quantity for lot in lots), first.event, reason, tuple(lots))


def _exits(lots: Iterable[tuple[Lot, Reason]]) -> list[Intent]:
    """An order for each lot, save that an opposite event wants the whole position gone (X3): one order for all lots of
    a ticker that leave for it, at the place of the first."""
    found: list[list[Lot]] = []
    reasons: list[Reason] = []
    opposed: dict[int, list[Lot]] = {}
    for lot, reason in lots:
        if reason is Reason.OPPOSITE and lot.ticker in opposed:
            opposed[lot.ticker].append(lot)
            continue
        found.append([lot])
        reasons.append(reason)
        if reason is Reason.OPPOSITE:
            opposed[lot.ticker] = found[-1]
    return [_exit(together, reason) for together, reason in zip(found, reasons, strict=True)]


class EventPolicy:
    """Turns entries into intents, row by row, by positions as at the end of the row before (X1).

    `outcome` (K,) fills up as entries are worked.
    """

    def __init__(self, entries: Entries, account: Account, desk: OrderExecution) -> None:
        self.outcome: Ints = np.full(len(entries), Outcome.PENDING, dtype=np.int64)
        self._entries = entries
        self._account = account
        self._desk = desk
        self._on_repeat = account.terms.position.on_repeat
        rows = np.arange(account.terms.panel.shape[0])
        self._first = np.searchsorted(entries.row, rows, side="left")
        self._last = np.searchsorted(entries.row, rows, side="right")
        self._closes = np.zeros(len(rows), dtype=bool)
        self._closes[entries.row[entries.point != FillPoint.OPEN]] = True
        self._resting: list[Intent] = []  # limit orders that are good for a session under way
        self._entered_now: set[int] = set()
        self._leaving_now: list[Lot] = []  # at the close that is being worked

    def at_open(self, t: int) -> list[Intent]:
        """What is wanted at the openings of row t: exits in order of entry, then entries in X5's order."""
        self._entered_now.clear()
        wanted = list(self._decide(t, FillPoint.OPEN))
        resting = [*self._resting, *wanted]
        self._resting = [one for one in resting if self._entries.point[one.entry] == FillPoint.LIMIT]
        return [*_exits(self._due(t)), *resting]

    def work(self, t: int, intent: Intent, point: FillPoint = FillPoint.OPEN) -> None:
        """Work one intent. The second event of a ticker in a row repeats the first if that filled (X2)."""
        if intent.lots:
            if parts := [(lot, lot.quantity) for lot in intent.lots if lot.quantity]:  # a split may have left none
                self._desk.leave(t, parts, intent.reason, point=point)
            return
        is_limit = self._entries.point[intent.entry] == FillPoint.LIMIT
        if is_limit and point is FillPoint.OPEN and not self._is_met(t, intent):
            done = self._first_refusal(t, intent)
        elif intent.ticker in self._entered_now and self._on_repeat != "add":
            done = Outcome.EXTENDED if self._on_repeat == "extend" else Outcome.IGNORED
        elif is_limit and self._is_held(intent):
            done = Outcome.IGNORED
        else:
            done = self._desk.enter(
                t, intent.ticker, intent.side, intent.quantity, intent.event,
                point=point, bound=float(self._entries.bound[intent.entry]),
                unslipped=float(self._entries.bound[intent.entry]) if point is FillPoint.LIMIT else None,
            )  # fmt: skip
            if done is Outcome.FILLED:
                self._entered_now.add(intent.ticker)
        self.outcome[intent.entry] = done

    def has_closes(self, t: int) -> bool:
        """Whether anything may be wanted at a close of row t, or at a limit before it."""
        return bool(self._closes[t]) or bool(self._resting)

    def work_closes(self, t: int, markets: Container[int]) -> None:
        """Work limit orders inside the bars of these markets in row t (X22); then decide and work what is wanted at
        their close, exits before entries (T7)."""
        self._entered_now.clear()
        self._rest(t, markets)
        self._leaving_now.clear()
        entering = list(self._decide(t, FillPoint.CLOSE, markets))
        leaving = sorted(self._leaving_now, key=lambda lot: lot.number)
        for intent in [*_exits((lot, lot.waiting) for lot in leaving if lot.waiting is not None), *entering]:
            self.work(t, intent, FillPoint.CLOSE)

    def _is_met(self, t: int, intent: Intent) -> bool:
        """Whether the bar of row t opens at a limit order's limit or better, so that it is tried at the open."""
        panel, limit = self._account.terms.panel, self._entries.bound.item(intent.entry)
        n = intent.ticker
        return panel.tradable.item(t, n) and plain(is_met_at_open)(intent.side, limit, panel.open.item(t, n))

    def _first_refusal(self, t: int, intent: Intent) -> Outcome:
        """What X7 says to a limit order before its first bar, PENDING where it may rest."""
        if self._entries.row[intent.entry] != t or intent.ticker in self._entered_now:
            return Outcome.PENDING
        n, side, wanted = intent.ticker, intent.side, intent.quantity
        why = self._desk.why_not(t, n, side, wanted)
        if why is Outcome.FILLED:
            return Outcome.PENDING
        return self._desk.refuse_entry(t, n, side, why, wanted, intent.event, FillPoint.OPEN)

    def _is_held(self, intent: Intent) -> bool:
        """Whether what is held of its ticker makes an order that rests pointless."""
        lots = self._account.held.get(intent.ticker)
        return lots is not None and (self._on_repeat != "add" or lots[0].sign != intent.side)

    def _rest(self, t: int, markets: Container[int]) -> None:
        """Limit orders inside the bars of row t: tried where a bar trades through, over where the session ends."""
        panel = self._account.terms.panel
        for intent in self._resting:
            n, m, k = intent.ticker, int(panel.market_of[intent.ticker]), intent.entry
            if m not in markets or self.outcome[k] != Outcome.PENDING:
                continue
            limit = self._entries.bound.item(k)
            if panel.tradable[t, n] and plain(is_traded_through)(
                intent.side, limit, panel.low.item(t, n), panel.high.item(t, n)
            ):
                self.work(t, intent, FillPoint.LIMIT)
            elif plain(session_ends)(t, m, panel.clock.session_of):
                self.outcome[k] = self._desk.refuse_entry(
                    t, n, intent.side, Outcome.LIMIT_NOT_REACHED, intent.quantity, intent.event, FillPoint.LIMIT
                )
        self._resting = [intent for intent in self._resting if self.outcome[intent.entry] == Outcome.PENDING]

    def _due(self, t: int) -> Iterator[tuple[Lot, Reason]]:
        """Lots whose exits are tried at the openings of row t, in order of entry, and why they leave."""
        tradable = self._account.terms.panel.tradable
        for lot in self._account.lots:
            if (lot.waiting is not None or lot.due <= t) and tradable[t, lot.ticker]:
                yield lot, Reason.HOLD if lot.waiting is None else lot.waiting

    def _decide(self, t: int, point: FillPoint, markets: Container[int] | None = None) -> Iterator[Intent]:
        """The entries that are wanted; repeats and opposite events act on what is held."""
        entries, account = self._entries, self._account
        market_of = account.terms.panel.market_of
        first_sign: dict[int, int] = {}
        first_done: dict[int, Outcome] = {}
        for k in range(int(self._first[t]), int(self._last[t])):
            if (int(entries.point[k]) == FillPoint.CLOSE) != (point is FillPoint.CLOSE):
                continue
            n, sign = int(entries.ticker[k]), int(entries.sign[k])
            if markets is not None and int(market_of[n]) not in markets:
                continue
            if n in first_sign and first_sign[n] != sign:
                self.outcome[k] = Outcome.IGNORED
                continue
            lots = account.held.get(n, [])
            before = first_done.get(n)
            if before is Outcome.OPPOSITE:
                self.outcome[k] = Outcome.OPPOSITE
                continue
            if lots and lots[0].sign != sign:
                first_sign[n], first_done[n] = sign, Outcome.OPPOSITE
                self.outcome[k] = Outcome.OPPOSITE
                self._oppose(lots, now=point is FillPoint.CLOSE and bool(account.terms.panel.tradable[t, n]))
                continue
            first_sign.setdefault(n, sign)
            if lots and self._on_repeat != "add":
                self.outcome[k] = self._repeat(t, lots)
                first_done.setdefault(n, Outcome.EXTENDED)
                continue
            wanted = self._desk.size(t, n, float(entries.weight[k]))
            yield Intent(n, sign, wanted, int(entries.event[k]), Reason.ENTRY, entry=k)

    def _repeat(self, t: int, lots: list[Lot]) -> Outcome:
        """A repeat of what is held: an exit that waits, other than a hold's, is not put off by it (X2, X14)."""
        extended = [lot for lot in lots if lot.waiting in (None, Reason.HOLD)]
        if self._on_repeat == "ignore" or not extended:
            return Outcome.IGNORED
        for lot in extended:
            lot.waiting = None
            lot.due = self._account.hold_from(t, lot.ticker)
        return Outcome.EXTENDED

    def _oppose(self, lots: list[Lot], *, now: bool) -> None:
        """Every lot is to leave: at its market's next opening with a bar, or now, at the close (X3, T7)."""
        for lot in lots:
            if lot.waiting is None:
                lot.waiting = Reason.OPPOSITE
        if now:
            self._leaving_now += lots
