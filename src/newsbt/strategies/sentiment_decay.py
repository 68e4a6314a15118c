"""Hold what the news is good about, less and less as it ages."""

from __future__ import annotations

import numpy as np

from newsbt.domain.news_sign import check_sign
from newsbt.domain.signal import Signal
from newsbt.ports import EventView, Strategy
from newsbt.strategies.selecting import direct_links, of_types

__all__ = ["SentimentDecay"]


class SentimentDecay(Strategy):
    """A grid: for each ticker the sum of sign x relevance x 0.5^(age / half_life) of its own news (S6).

    News without a sign counts nothing, blank relevance as 1; the sum is cut to [-1, 1]. Age counts sessions from the
    row in which an event first counts: the row before its first tradable bar.

    Parameters
    ----------
    half_life : float
        Sessions.
    event_types : tuple of str
        Empty: all.
    sign : {'sentiment', 'type', 'one', 'effect', 'short'}
        What gives the news its sign (S4); without one there is no signal.
    """

    half_life: float = 5.0
    event_types: tuple[str, ...] = ()
    sign: str = "sentiment"

    def __post_init__(self) -> None:
        check_sign(self.sign)
        if not self.half_life > 0.0:
            raise ValueError(f"half_life counts sessions, above 0, not {self.half_life}")

    def signal(self, view: EventView) -> Signal:
        from newsbt.kernels.decay import decayed_sum

        links = of_types(direct_links(view.links), self.event_types)
        links = links[(links["open_row"] >= 0) & ~np.isnan(view.signs(links, self.sign))]
        column = {ticker: n for n, ticker in enumerate(view.tickers)}
        row = np.maximum(links["open_row"].to_numpy(np.int64) - 1, 0)
        order = np.argsort(row, kind="stable")
        columns = links["ticker"].map(column).to_numpy(np.int64)
        relevance = links["relevance"].to_numpy(np.float64)
        size = view.signs(links, self.sign) * np.where(np.isnan(relevance), 1.0, relevance)
        age = np.unique(view.dates, return_inverse=True)[1].astype(np.int64)
        out = np.zeros(view.close.shape)
        decayed_sum(row[order], columns[order], size[order], age, self.half_life, out)
        return Signal.grid(np.clip(out, -1.0, 1.0))
