"""The same strategy written for plain backtrader and for newsbt, with the same fills.

`run_plain` is as one would write it for backtrader: a pandas feed for each ticker, default observers, and a loop over
all feeds in `next()`. `run_own_orders` is a `newsbt.BacktraderStrategy`: it hears of announcements and looks at nothing
else. Both size in whole shares at the last close and extend a hold that is announced again. Fills agree where cash
never runs short: then backtrader judges a batch of orders before it works them, and newsbt each one when it fills.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import backtrader as bt
import numpy as np
import pandas as pd

import newsbt
from benchmarks.workload import Workload
from newsbt.domain.delivery import AnnouncedEvent, AnnouncedLink, Delivery
from newsbt.domain.ledger import Ledger
from newsbt.simulation.backtrader.strategy import simulate_orders

__all__ = ["Fill", "deliveries_of", "fills_of", "frames_of", "run_own_orders", "run_plain"]

HOLD = 5
Fill = tuple[str, str, int, float]
"""Day, ticker, signed shares, price to nine digits."""


def shares(weight: float, equity: float, close: float) -> int:
    return math.floor(weight * equity / close + 1e-9)


class NewsHold(bt.Strategy):
    params = (("events", None), ("weight", 0.05))

    def start(self) -> None:
        self.until: dict[str, int] = {}
        self.fills: list[Fill] = []

    def next(self) -> None:
        row = len(self)  # of the next bar
        named = self.p.events.get(row, ())
        for data in self.datas:
            name = data._name
            position = self.getposition(data)
            if name in named:
                if not position.size:
                    self.buy(data, size=shares(self.p.weight, self.broker.getvalue(), data.close[0]))
                self.until[name] = row + HOLD
            elif position.size and row >= self.until[name]:
                self.close(data)

    def notify_order(self, order: Any) -> None:
        if order.status == order.Completed:
            done = order.executed
            day = order.data.datetime.date(0).isoformat()
            self.fills.append((day, order.data._name, int(done.size), round(done.price, 9)))


class OnNews(newsbt.BacktraderStrategy):
    params = (("weight", 0.05),)

    def start(self) -> None:
        self.until: dict[str, int] = {}
        self.due: dict[int, list[str]] = {}
        self.closing: dict[str, Any] = {}

    def next(self) -> None:
        row = len(self) - 1  # of the next bar: the first one is the eve of the run
        self.closing = {
            name: self.close(self.getdatabyname(name))
            for name in self.due.pop(row, ())
            if self.until[name] == row and self.getposition(self.getdatabyname(name)).size
        }

    def on_announcement(self, event: AnnouncedEvent, links: Sequence[AnnouncedLink]) -> None:  # noqa: ARG002
        row = len(self) - 1
        for link in links:
            if self.until.get(link.ticker) == row + HOLD:
                continue  # named twice in one row
            data = self.getdatabyname(link.ticker)
            if link.ticker in self.closing:
                self.cancel(self.closing.pop(link.ticker))
            if not self.getposition(data).size:
                self.buy(data, size=shares(self.p.weight, self.broker.getvalue(), data.close[0]))
            self.until[link.ticker] = row + HOLD
            self.due.setdefault(row + HOLD, []).append(link.ticker)


def frames_of(workload: Workload) -> dict[str, pd.DataFrame]:
    """Daily bars by ticker, as pandas users hold them."""
    panel = workload.terms.panel
    index = pd.DatetimeIndex(panel.dates.astype("M8[ns]"))
    columns = ("open", "high", "low", "close", "volume")
    return {
        name: pd.DataFrame({column: getattr(panel, column)[:, n] for column in columns}, index=index)
        for n, name in enumerate(panel.tickers)
    }


def run_plain(workload: Workload, frames: dict[str, pd.DataFrame]) -> tuple[float, list[Fill]]:
    """Final equity and fills of plain backtrader."""
    events: dict[int, set[str]] = {}
    tickers = workload.terms.panel.tickers
    for row, n in zip(workload.entries.row.tolist(), workload.entries.ticker.tolist(), strict=True):
        events.setdefault(row, set()).add(tickers[n])
    cerebro: Any = bt.Cerebro()
    for name, frame in frames.items():
        cerebro.adddata(bt.feeds.PandasData(dataname=frame), name=name)
    cerebro.broker.setcash(workload.terms.cash)
    cerebro.broker.setcommission(commission=0.001)
    cerebro.addstrategy(NewsHold, events=events, weight=workload.size.weight)
    (ran,) = cerebro.run()
    return float(cerebro.broker.getvalue()), sorted(ran.fills)


def deliveries_of(workload: Workload) -> dict[int, list[Delivery]]:
    """The workload's events as a newsbt strategy is told of them."""
    panel, entries = workload.terms.panel, workload.entries
    known_at = datetime(2014, 1, 1, tzinfo=UTC)
    found: dict[int, list[Delivery]] = {}
    for k, (row, n) in enumerate(zip(entries.row.tolist(), entries.ticker.tolist(), strict=True)):
        ticker = panel.tickers[n]
        event = AnnouncedEvent(
            event_id=f"e{k}", known_at=known_at, event_type="release", issuer="Lab", subject="", rivals=(),
            headline="News", sentiment=math.nan, relevance=math.nan, tickers=(ticker,),
        )  # fmt: skip
        link = AnnouncedLink(ticker=ticker, relation="named", hop=0, weight=1.0, signal=1.0, first_tradable_at=known_at)
        market = int(panel.market_of[n])
        found.setdefault(row, []).append(Delivery(market=market, event_index=k, event=event, links=(link,)))
    return found


def run_own_orders(workload: Workload, deliveries: dict[int, list[Delivery]]) -> Ledger:
    """The books of the newsbt strategy."""
    places = np.arange(len(workload.terms.panel.tickers))
    ledger, _ = simulate_orders(workload.terms, OnNews, {"weight": workload.size.weight}, deliveries, places)
    return ledger


def fills_of(workload: Workload, ledger: Ledger) -> list[Fill]:
    """A ledger's fills as `run_plain` writes them down."""
    panel, fills = workload.terms.panel, ledger.fills
    return sorted(
        (str(panel.dates[row]), panel.tickers[n], int(side * quantity), round(float(price), 9))
        for row, n, side, quantity, price in fills[["row", "ticker", "side", "quantity", "price"]].tolist()
    )
