"""Following a grid of target weights (X21): what each row wants, and working it."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

import numpy as np

from newsbt._typing import Ints
from newsbt.domain.entries import FillPoint
from newsbt.domain.ledger import Outcome, Reason
from newsbt.kernels.codes import LONG, SHORT
from newsbt.simulation.account import Account
from newsbt.simulation.grid import Targets, rebalance_rows
from newsbt.simulation.lot_sales import Lot
from newsbt.simulation.order_execution import OrderExecution
from newsbt.simulation.plain_rules import after_split, is_worth_trading, step_to

__all__ = ["GridPolicy"]


@dataclass(frozen=True, slots=True)
class Step:
    """One order towards a target: leave so many shares of each of some `lots`, or (there are none) enter."""

    ticker: int
    side: int
    quantity: int
    lots: tuple[tuple[Lot, int], ...] = ()
    reason: Reason = Reason.REBALANCE


class GridPolicy:
    """Wants, at each row's openings, what leads from the positions held to the targets of the row before."""

    def __init__(self, targets: Targets, account: Account, desk: OrderExecution) -> None:
        self.outcome: Ints = np.empty(0, dtype=np.int64)
        self._account = account
        self._desk = desk
        terms = account.terms
        self._terms = terms
        self._grid = targets.grid
        self._weights = targets.weights
        self._causes = targets.causes
        self._due = rebalance_rows(terms.panel, terms.position.rebalance, targets.grid)
        self._unfinished: set[int] = set()  # tickers whose reductions did not fill whole
        self._unsizable = np.zeros(terms.panel.shape[1])  # signals for which it is on record that no size can be made
        self._since: dict[int, dict[int, float]] = {}  # events that count since the ticker's last entry

    def at_open(self, t: int) -> list[Step]:
        """Reductions, and stops that wait, by the entry of the first lot each one leaves; then entries by descending
        |signal|, then universe order."""
        if t == 0:
            return []
        self._note_causes(t - 1)
        terms, panel, account = self._terms, self._terms.panel, self._account
        wanted = self._due[t].copy()
        if self._unfinished:
            again = np.array(sorted(self._unfinished))
            wanted[again] |= panel.tradable[t, again]
        held = np.zeros(panel.shape[1], dtype=np.int64)
        for n, lots in account.held.items():
            held[n] = sum(lot.sign * self._after_split(t, lot) for lot in lots if lot.waiting is None)
        signal = self._grid[t - 1]
        opens = ~np.isnat(panel.clock.open_at[t, panel.market_of])
        self._unsizable[opens & (signal == 0.0)] = 0.0
        nothing = (signal == 0.0) & (held == 0)
        self._unfinished.difference_update(np.flatnonzero(wanted & nothing).tolist())
        wanted &= ~nothing
        reductions = [
            Step(lot.ticker, -lot.sign, part, ((lot, part),), lot.waiting)
            for lot in account.lots
            if lot.waiting is not None and panel.tradable[t, lot.ticker] and (part := self._after_split(t, lot))
        ]
        entries: list[Step] = []
        for n in np.flatnonzero(wanted).tolist():
            size = self._size(t, n, float(signal[n]))
            if size < 0 or not terms.may_trade[n]:
                if self._unsizable[n] != signal[n]:
                    # Said once, when the view appears: a daily rebalance would repeat it every day.
                    side = LONG if signal[n] > 0 else SHORT
                    why = self._desk.why_not(t, n, side, size)
                    self._desk.refuse_entry(t, n, side, why, size, -1, FillPoint.OPEN)
                    self._unsizable[n] = signal[n]
                continue
            self._unfinished.discard(n)
            target, now = size if signal[n] > 0 else -size, int(held[n])
            if not is_worth_trading(
                target, now, float(panel.reference[t, n]), float(panel.split[t, n]), account.fill_rate(t, n),
                terms.position.min_trade, account.equity,
            ):  # fmt: skip
                continue
            step = step_to(target, now)
            if step.leaves:
                reductions.append(self._reduction(t, n, step.leaves))
            more = self._desk.whole_lots(t, n, abs(step.enters))  # a split may have left an odd lot
            if more > 0:
                entries.append(Step(n, LONG if step.enters > 0 else SHORT, more))
        reductions.sort(key=lambda step: step.lots[0][0].number)
        entries.sort(key=lambda step: -abs(float(signal[step.ticker])))
        return [*reductions, *entries]

    def work(self, t: int, intent: Step) -> None:
        """Try one step at the open of row t."""
        n = intent.ticker
        if intent.lots:
            is_stop = intent.reason is not Reason.REBALANCE
            done = Outcome.NOT_TRADING
            if self._terms.panel.tradable[t, n]:
                done = self._desk.leave(t, intent.lots, intent.reason, waits=is_stop)
            if not is_stop and done is not Outcome.FILLED:
                self._unfinished.add(n)
            return
        if any(lot.sign != intent.side or lot.waiting is not None for lot in self._account.held.get(n, ())):
            self._unfinished.add(n)  # what it should replace has not been left: at the ticker's next bar
            return
        parts = list(self._since.get(n, {}).items()) or [(-1, 1.0)]
        done = self._desk.enter(t, n, intent.side, intent.quantity, parts[0][0], reason=Reason.REBALANCE, parts=parts)
        if done is Outcome.FILLED:
            self._since.pop(n, None)

    def has_closes(self, t: int) -> bool:  # noqa: ARG002
        """A grid trades at opens only."""
        return False

    def work_closes(self, t: int, markets: Container[int]) -> None:
        """Never called: see `has_closes`."""

    def _note_causes(self, t: int) -> None:
        for n, event, size in self._causes.get(t, ()):
            known = self._since.setdefault(n, {})
            known[event] = known.get(event, 0.0) + size

    def _size(self, t: int, n: int, signal: float) -> int:
        """Shares of the target, below 0 where no size can be made."""
        if signal == 0.0:
            return 0
        weight = self._terms.position.weight if self._weights is None else self._weights.item(t, n)
        return self._desk.size(t, n, weight * abs(signal))

    def _after_split(self, t: int, lot: Lot) -> int:
        """What the lot holds at the openings of row t: splits come first (X19)."""
        return after_split(lot.quantity, float(self._terms.panel.split[t, lot.ticker]))

    def _reduction(self, t: int, n: int, quantity: int) -> Step:
        """One order for so many shares, of lots in order of entry."""
        held, left, lots = self._account.held[n], quantity, []
        for lot in held:
            part = min(left, self._after_split(t, lot)) if lot.waiting is None else 0
            if part:
                lots.append((lot, part))
            left -= part
        return Step(n, -held[0].sign, quantity, tuple(lots))
