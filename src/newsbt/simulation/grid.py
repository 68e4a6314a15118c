"""Following a grid of target weights (X21): which rows rebalance, and what each one wants."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from newsbt._typing import Bools, Days, Floats, Ints
from newsbt.domain.ledger import Outcome, Reason
from newsbt.domain.market_panel import MarketPanel
from newsbt.simulation.account import Account
from newsbt.simulation.lot_sales import Lot
from newsbt.simulation.order_execution import OrderExecution

__all__ = ["Causes", "GridPolicy", "Targets", "rebalance_rows"]

Causes = Mapping[int, Sequence[tuple[int, int, float]]]
"""For a row: (ticker, event, size of the change it brings) for all that first count in that row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """`grid` (T, N) of signals by traded ticker, and `causes`: which events moved it, for attribution."""

    grid: Floats
    causes: Causes


@dataclass(frozen=True, slots=True)
class Step:
    """One order towards a target: leave so many shares of each of some `lots`, or (there are none) enter."""

    ticker: int
    side: int
    quantity: int
    lots: tuple[tuple[Lot, int], ...] = ()


class GridPolicy:
    """Wants, at each row's openings, what leads from the positions held to the targets of the row before."""

    def __init__(self, targets: Targets, account: Account, desk: OrderExecution) -> None:
        self.outcome: Ints = np.empty(0, dtype=np.int64)
        self._account = account
        self._desk = desk
        terms = account.terms
        self._terms = terms
        self._grid = targets.grid
        self._causes = targets.causes
        self._due = rebalance_rows(terms.panel, terms.position.rebalance, targets.grid)
        self._unfinished: set[int] = set()  # reductions that did not fill whole
        self._said = np.zeros(terms.panel.shape[1])  # signals for which it is on record that no size can be made
        self._since: dict[int, dict[int, float]] = {}  # events that count since the ticker's last entry

    def at_open(self, t: int) -> list[Step]:
        """Reductions by the entry of the first lot each one leaves, then entries by descending |signal|, then universe
        order."""
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
            held[n] = sum(lot.sign * self._after_split(t, lot) for lot in lots)
        signal = self._grid[t - 1]
        opens = ~np.isnat(panel.clock.open_at[t, panel.market_of])
        self._said[opens & (signal == 0.0)] = 0.0
        wanted &= (signal != 0.0) | (held != 0)
        reductions: list[Step] = []
        entries: list[Step] = []
        for n in np.flatnonzero(wanted).tolist():
            target = self._target(t, n, float(signal[n]))
            if target is None or not terms.may_trade[n]:
                if self._said[n] != signal[n]:
                    # Said once, when the view appears: a daily rebalance would repeat it every day.
                    wanted_size = None if target is None else abs(target)
                    self._desk.enter(t, n, 1 if signal[n] > 0 else -1, wanted_size, -1, reason=Reason.REBALANCE)
                    self._said[n] = signal[n]
                continue
            now = int(held[n])
            worth = abs(target - now) * self._reference(t, n) * account.fill_rate(t, n)
            if target == now or worth <= terms.position.min_trade * account.equity:
                self._unfinished.discard(n)
                continue
            if now and (target - now) * now < 0:
                reductions.append(self._reduction(t, n, min(abs(target - now), abs(now))))
            beyond = target if now * target <= 0 else target - now if abs(target) > abs(now) else 0
            size = self._desk.whole_lots(t, n, abs(beyond))  # a split may have left an odd lot
            if size:
                entries.append(Step(n, 1 if beyond > 0 else -1, size))
        reductions.sort(key=lambda step: step.lots[0][0].number)
        entries.sort(key=lambda step: -abs(float(signal[step.ticker])))
        return [*reductions, *entries]

    def work(self, t: int, intent: Step) -> Outcome:
        """Try one step at the open of row t."""
        n = intent.ticker
        if intent.lots:
            done = Outcome.NOT_TRADING
            if self._terms.panel.tradable[t, n]:
                going = [(lot, min(part, lot.quantity)) for lot, part in intent.lots if lot.quantity]
                done = self._desk.leave(t, going, Reason.REBALANCE, waits=False) if going else Outcome.FILLED
            (self._unfinished.discard if done is Outcome.FILLED else self._unfinished.add)(n)
            return done
        if any(lot.sign != intent.side for lot in self._account.held.get(n, ())):
            return Outcome.IGNORED  # what it should replace has not been left; the next rebalance sees to it
        parts = list(self._since.get(n, {}).items()) or [(-1, 1.0)]
        done = self._desk.enter(t, n, intent.side, intent.quantity, parts[0][0], reason=Reason.REBALANCE, parts=parts)
        if done is Outcome.FILLED:
            self._since.pop(n, None)
        return done

    def has_closes(self, t: int) -> bool:  # noqa: ARG002
        """A grid trades at opens only."""
        return False

    def work_closes(self, t: int, markets: Container[int]) -> None:
        """Never called: see `has_closes`."""

    def _note_causes(self, t: int) -> None:
        for n, event, size in self._causes.get(t, ()):
            known = self._since.setdefault(n, {})
            known[event] = known.get(event, 0.0) + size

    def _reference(self, t: int, n: int) -> float:
        return float(self._terms.panel.reference[t, n]) / float(self._terms.panel.split[t, n])

    def _target(self, t: int, n: int, signal: float) -> int | None:
        if signal == 0.0:
            return 0
        size = self._desk.size(t, n, self._terms.position.weight * abs(signal))
        if size is None:
            return None
        return size if signal > 0 else -size

    def _after_split(self, t: int, lot: Lot) -> int:
        """What the lot holds at the openings of row t: splits come first (X19)."""
        return math.floor(lot.quantity * float(self._terms.panel.split[t, lot.ticker]) + 1e-9)

    def _reduction(self, t: int, n: int, quantity: int) -> Step:
        """One order for so many shares, of lots in order of entry."""
        held, left, lots = self._account.held[n], quantity, []
        for lot in held:
            part = min(left, self._after_split(t, lot))
            if part:
                lots.append((lot, part))
            left -= part
        return Step(n, -held[0].sign, quantity, tuple(lots))


def rebalance_rows(panel: MarketPanel, rebalance: str, grid: Floats) -> Bools:
    """(T, N): at the open of which rows each ticker is brought to its target.

    `daily` is the first row of each of its exchange's sessions, `weekly` and `monthly` the first session of an ISO
    week or month and the first that can trade at all, `on_change` a row of its exchange that follows another signal
    than the exchange's row before.
    """
    clock = panel.clock
    if rebalance == "on_change":
        return _changes(panel, grid)
    periods = {"daily": clock.dates, "weekly": _weeks(clock.dates), "monthly": clock.dates.astype("M8[M]")}[rebalance]
    number: Ints = periods.astype(np.int64)
    due = np.zeros(clock.session_of.shape, dtype=bool)
    for m in range(len(clock.markets)):
        rows = np.flatnonzero(clock.session_of[:, m] >= 0)
        due[rows, m] = True
        due[rows[1:], m] = np.diff(number[rows]) != 0
        due[rows[rows > 0][:1], m] = True
    return np.asarray(due[:, panel.market_of], dtype=np.bool_)


def _changes(panel: MarketPanel, grid: Floats) -> Bools:
    followed = np.vstack([np.zeros((1, grid.shape[1])), grid[:-1]])
    due = np.zeros(grid.shape, dtype=bool)
    for m in range(len(panel.clock.markets)):
        rows = np.flatnonzero(panel.clock.session_of[:, m] >= 0)
        columns = np.flatnonzero(panel.market_of == m)
        values = followed[np.ix_(rows, columns)]
        before = np.vstack([np.zeros((1, len(columns))), values[:-1]]) if len(rows) else values
        due[np.ix_(rows, columns)] = values != before
    return due


def _weeks(dates: Days) -> Ints:
    """ISO weeks, numbered: 1970-01-01 was a Thursday."""
    return (dates.astype("M8[D]").astype(np.int64) + 3) // 7
