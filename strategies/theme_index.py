"""Trade the sector index, through its fund, on the news of its companies, in the direction of its own trend."""

from __future__ import annotations

import numpy as np

import newsbt


class ThemeIndex(newsbt.Strategy):
    """Buys the index that an event's companies belong to while it closes above its mean of `average` bars.

    The index is a link like any other, `relation` sector_index; a signal for it trades the fund that its `proxy` names.
    """

    event_types: tuple[str, ...] = ("model_release", "product_launch")
    average: int = 20

    def signal(self, view: newsbt.EventView) -> newsbt.Signal:
        links = view.links[(view.links["relation"] == "sector_index") & (view.links["row"] > 0)]
        links = links[links["event_type"].isin(self.event_types)]
        column = {ticker: n for n, ticker in enumerate(view.tickers)}
        rising = [
            self.is_rising(view.close[:row, column[ticker]])  # up to the bar before the one that is traded
            for row, ticker in zip(links["row"], links["ticker"], strict=True)
        ]
        return newsbt.Signal.for_events(links[["event_id", "ticker"]].assign(signal=np.array(rising, dtype=float)))

    def is_rising(self, close: np.ndarray) -> bool:
        known = close[np.isfinite(close)][-self.average :]
        return len(known) == self.average and bool(known[-1] > known.mean())
