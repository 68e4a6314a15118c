"""The same strategy as one would write it for backtrader: a pandas feed for each ticker, default observers, and a loop
over all feeds in `next()`. Its sizes follow backtrader's own helper, so its fills are like ours and not the same."""

from __future__ import annotations

from typing import Any

import backtrader as bt
import pandas as pd

from benchmarks.workload import Workload

__all__ = ["frames_of", "run_idiom"]


class NewsHold(bt.Strategy):
    params = (("events", None), ("weight", 0.05), ("hold", 5))

    def start(self) -> None:
        self.until: dict[str, int] = {}

    def next(self) -> None:
        row = len(self)  # of the next bar
        named = self.p.events.get(row, ())
        for data in self.datas:
            name = data._name
            position = self.getposition(data)
            if name in named:
                if not position.size:
                    self.order_target_percent(data, target=self.p.weight)
                self.until[name] = row + self.p.hold
            elif position.size and row >= self.until[name]:
                self.close(data)


def frames_of(workload: Workload) -> dict[str, pd.DataFrame]:
    """Daily bars by ticker, as pandas users hold them."""
    panel = workload.terms.panel
    index = pd.DatetimeIndex(panel.dates.astype("M8[ns]"))
    columns = ("open", "high", "low", "close", "volume")
    return {
        name: pd.DataFrame({column: getattr(panel, column)[:, n] for column in columns}, index=index)
        for n, name in enumerate(panel.tickers)
    }


def run_idiom(workload: Workload, frames: dict[str, pd.DataFrame]) -> float:
    """Final equity."""
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
    cerebro.run()
    return float(cerebro.broker.getvalue())
