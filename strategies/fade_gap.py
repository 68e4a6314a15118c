"""Bet against a gap that did not hold: sell what the news opened far up and the day brought down again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

import newsbt


class FadeGap(newsbt.Strategy):
    """One bar after the first tradable one, against a gap of at least `min_gap` that the bar's close gave back.

    The first bar may be used because the signal is delayed by one bar: `delay`. Where shorts are not allowed, the
    orders after a gap up are refused, and show up as such.
    """

    event_types: tuple[str, ...] = ("model_release", "product_launch", "export_control", "policy")
    min_gap: float = 0.01

    def signal(self, view: newsbt.EventView) -> newsbt.Signal:
        found = pd.DataFrame(self.pairs(view), columns=["event_id", "ticker", "signal"])
        return newsbt.Signal.for_events(found.assign(delay=1))

    def pairs(self, view: newsbt.EventView) -> Iterator[tuple[str, str, float]]:
        links = view.links[(view.links["hop"] == 0) & (view.links["relation"] != "sector_index")]
        links = links[links["event_type"].isin(self.event_types) & (links["row"] > 0)]
        column = {ticker: n for n, ticker in enumerate(view.tickers)}
        for event_id, ticker, row in zip(links["event_id"], links["ticker"], links["row"], strict=True):
            n = column[ticker]
            before = view.close[:row, n][np.isfinite(view.close[:row, n])]
            if not view.tradable[row, n] or not len(before):
                continue
            gap = view.open[row, n] / before[-1] - 1.0
            given_back = (view.close[row, n] - view.open[row, n]) * gap < 0.0
            if abs(gap) >= self.min_gap and given_back:
                yield event_id, ticker, -float(np.sign(gap))
