"""A backtrader broker that works each row in the house's order: X5's queue, then stops, then closes, then marks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import backtrader as bt

from newsbt.domain.ledger import Outcome
from newsbt.simulation.account import Account
from newsbt.simulation.desk import Desk

__all__ = ["RuleBroker"]

OPENING_EXITS, OPENING_ENTRIES = 0, 1


class RuleBroker(bt.brokers.BackBroker):  # type: ignore[misc]
    """Takes backtrader orders, fills them whole, reduced or not at all, and keeps the account.

    An order that carries a `task` in its info is worked by calling it with the row; that is how a replayed
    strategy's intents arrive. `after_openings(t)` and `at_closes(t)` are what else a strategy wants in a row.
    """

    def __init__(self, account: Account, desk: Desk, at_closes: Callable[[int], None] | None = None) -> None:
        super().__init__()
        self._account = account
        self._desk = desk
        self._at_closes = at_closes
        self._queue: list[tuple[int, int, int, Any]] = []
        self._row = -1

    def enqueue(self, order: Any, row: int, *, is_entry: bool) -> None:
        """Accept an order for the opening of a row, behind those already there of its kind and opening instant."""
        order.submit(self)
        order.accept(self)
        opening = self._desk.instant(row, order.info.ticker, at_close=False)
        self._queue.append((opening, OPENING_ENTRIES if is_entry else OPENING_EXITS, len(self._queue), order))

    def next(self) -> None:
        """Work one row."""
        self._row += 1
        t, account, desk = self._row, self._account, self._desk
        desk.begin_row(t)
        account.apply_corporate_actions(t)
        queue, self._queue = sorted(self._queue, key=lambda item: item[:3]), []
        for _, _, _, order in queue:
            self._settle(order, order.info.task(t))
        desk.work_stops(t)
        if self._at_closes is not None:
            self._at_closes(t)
        account.end_row(t)

    def _settle(self, order: Any, outcome: Outcome) -> None:
        """Tell the order what became of it; the account has it already."""
        if outcome is Outcome.FILLED:
            order.completed()
        else:
            order.reject(self)
            order.info.reason = outcome.word

    def get_notification(self) -> None:
        """A replayed strategy waits for no news of its orders: the account is what it asks."""
        return None

    def get_cash(self) -> float:
        return self._account.cash

    getcash = get_cash

    def get_value(self, datas: Any = None, mkt: bool = False, lever: bool = False) -> float:  # noqa: ARG002
        return self._account.equity

    getvalue = get_value
