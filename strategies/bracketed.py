"""Buy a direct link at its market's open if it trades above its average, with a stop and a target of its own."""

from __future__ import annotations

import backtrader as bt

import newsbt


class Bracketed(newsbt.BacktraderStrategy):
    """A moving average as a filter, a bracket of a stop and a limit as exits.

    `percent` of the account's value goes into each entry; stop and target are fractions of the last close. News is
    bought unless its sentiment is bad: where it is not known, the average decides.
    """

    params = (("average", 20), ("percent", 0.05), ("stop", 0.05), ("target", 0.10))

    def __init__(self):
        self.averages = {data._name: bt.indicators.SMA(data.close, period=self.p.average) for data in self.datas}

    def on_announcement(self, event, links):
        if event.sentiment < 0:
            return
        for link in links:
            if link.hop > 0:
                continue
            if link.relation == "sector_index" or link.ticker not in self.averages:
                continue
            data = self.getdatabyname(link.ticker)
            if data.bars[0] < self.p.average:  # too few bars of its own for the average to mean anything
                continue
            average = self.averages[link.ticker][0]
            if self.getposition(data).size or not data.close[0] > average:
                continue
            close = data.close[0]
            size = self.broker.getcommissioninfo(data).getsize(close, self.p.percent * self.broker.getvalue())
            self.buy_bracket(
                data=data,
                size=size,
                exectype=bt.Order.Market,
                stopprice=close * (1 - self.p.stop),
                limitprice=close * (1 + self.p.target),
            )
