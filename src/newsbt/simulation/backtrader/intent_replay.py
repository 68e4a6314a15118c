"""Replays a strategy's intents through backtrader: one clock feed, one order an intent."""

from __future__ import annotations

from functools import partial

import backtrader as bt
import numpy as np

from newsbt.domain.entries import Entries
from newsbt.domain.ledger import Ledger
from newsbt.kernels.codes import LONG
from newsbt.simulation.account import Account
from newsbt.simulation.account_terms import AccountTerms
from newsbt.simulation.backtrader.broker import Policy, RuleBroker, Wanted
from newsbt.simulation.backtrader.feeds import RowFeed, as_numbers
from newsbt.simulation.grid import Targets
from newsbt.simulation.grid_policy import GridPolicy, Step
from newsbt.simulation.missed_returns import with_hindsight
from newsbt.simulation.order_execution import OrderExecution
from newsbt.simulation.policy import EventPolicy, Intent

__all__ = ["simulate"]


class Replay(bt.Strategy):  # type: ignore[misc]
    """Sends, at the end of each row, what the policy wants at the next row's openings (X1)."""

    params = (("policy", None), ("rows", 0))

    def start(self) -> None:
        self._send(0)

    def next(self) -> None:
        t = len(self)
        if t < self.p.rows:
            self._send(t)

    def _send(self, t: int) -> None:
        for intent in self.p.policy.at_open(t):
            self.broker.enqueue(_order(self, intent, self.p.policy), t, is_entry=not intent.lots)


def _order(owner: bt.Strategy, intent: Wanted, policy: Policy[Wanted]) -> bt.Order:
    kind = bt.BuyOrder if intent.side == LONG else bt.SellOrder
    order = kind(owner=owner, data=owner.data, size=intent.quantity or 0, price=0.0, simulated=True)
    order.info.ticker = intent.ticker
    order.info.task = partial(policy.work, intent=intent)
    return order


def simulate(terms: AccountTerms, wanted: Entries | Targets) -> Ledger:
    """Run one strategy's signals through backtrader.

    Parameters
    ----------
    terms : Terms
        The market and the account.
    wanted : Entries or Targets
        What the signals ask for: entries of single events, or a grid to follow.

    Returns
    -------
    Ledger
        Every fill, refusal, lot and mark, refusals with what they would have returned.
    """
    account = Account(terms)
    desk = OrderExecution(account)
    policy: Policy[Intent] | Policy[Step] = (
        EventPolicy(wanted, account, desk) if isinstance(wanted, Entries) else GridPolicy(wanted, account, desk)
    )
    rows = terms.panel.shape[0]
    cerebro = bt.Cerebro(stdstats=False, maxcpus=1)
    # The clock counts rows; their instants live in the panel, where a row may open at several.
    days = np.arange(rows).astype("M8[D]")
    cerebro.adddata(RowFeed(columns={"datetime": as_numbers(days), "close": np.ones(rows)}))
    cerebro.broker = RuleBroker(account, desk, policy)
    cerebro.addstrategy(Replay, policy=policy, rows=rows)
    cerebro.run()
    return with_hindsight(account.ledger(policy.outcome), terms)
