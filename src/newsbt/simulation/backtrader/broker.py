"""A backtrader broker that works each row in the house's order: X5's queue, then stops, then closes, then marks."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Sequence
from typing import Protocol, TypeVar

import backtrader as bt

from newsbt._typing import Ints
from newsbt.domain.entries import FillPoint
from newsbt.simulation.account import Account
from newsbt.simulation.grid_policy import Step
from newsbt.simulation.order_execution import OrderExecution
from newsbt.simulation.policy import Intent

__all__ = ["Policy", "RuleBroker"]

OPENING_EXITS, OPENING_ENTRIES = 0, 1


Wanted = TypeVar("Wanted", bound="Intent | Step")


class Policy(Protocol[Wanted]):
    """What a replayed strategy wants: at the openings of each row, and at its closes."""

    outcome: Ints

    def at_open(self, t: int) -> Sequence[Wanted]: ...

    def work(self, t: int, intent: Wanted) -> None: ...

    def has_closes(self, t: int) -> bool: ...

    def work_closes(self, t: int, markets: Container[int]) -> None: ...


class RuleBroker(bt.brokers.BackBroker):  # type: ignore[misc]
    """Takes backtrader orders, fills them whole, reduced or not at all, and keeps the account.

    An order that carries a `task` in its info is worked by calling it with the row; that is how a replayed
    strategy's intents arrive. What it wants at closes, `policy` knows.
    """

    def __init__(self, account: Account, desk: OrderExecution, policy: Policy[Intent] | Policy[Step]) -> None:
        super().__init__()
        self._account = account
        self._desk = desk
        self._policy = policy
        self._queue: list[tuple[int, int, int, bt.Order]] = []
        self._row = -1

    def enqueue(self, order: bt.Order, row: int, *, is_entry: bool) -> None:
        """Accept an order for the opening of a row, behind those already there of its kind and opening instant."""
        order.submit(self)
        order.accept(self)
        opening = self._desk.instant(row, order.info.ticker, FillPoint.OPEN)
        self._queue.append((opening, OPENING_ENTRIES if is_entry else OPENING_EXITS, len(self._queue), order))

    def next(self) -> None:
        """Work one row: corporate actions, openings, stops, closes, marks."""
        self._row += 1
        t, account, desk = self._row, self._account, self._desk
        desk.begin_row(t)
        account.apply_corporate_actions(t)
        queue, self._queue = sorted(self._queue, key=lambda item: item[:3]), []
        if self._policy.has_closes(t):
            self._by_the_clock(t, queue)
        else:
            for _, _, _, order in queue:
                order.info.task(t)
            desk.work_stops(t)
        account.end_row(t)

    def _by_the_clock(self, t: int, queue: list[tuple[int, int, int, bt.Order]]) -> None:
        """A row with fills at closes: a market that closes before another opens is worked before it, its stops first,
        so that nothing at that close depends on what opens later."""
        waiting = deque(queue)
        for closing, markets in self._desk.closings(t):
            while waiting and waiting[0][0] <= closing:
                order = waiting.popleft()[3]
                order.info.task(t)
            self._desk.work_stops(t, markets)
            self._policy.work_closes(t, markets)

    def get_notification(self) -> None:
        """A replayed strategy waits for no news of its orders, and nobody tells them: the account is what it asks."""
        return None

    def get_cash(self) -> float:
        return self._account.cash

    getcash = get_cash

    def get_value(self, datas: Sequence[bt.DataBase] | None = None, mkt: bool = False, lever: bool = False) -> float:  # noqa: ARG002
        return self._account.equity

    getvalue = get_value
