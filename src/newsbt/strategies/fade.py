"""Bet against the first bar's move."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from newsbt.domain.signal import Signal
from newsbt.ports import EventView, Strategy
from newsbt.strategies.selecting import direct_links, of_types, signal_of

__all__ = ["Fade"]


class Fade(Strategy):
    """One own bar after the first tradable one, against the sign of that bar's move from the close before (S6).

    Parameters
    ----------
    min_move : float
        Only moves beyond this, a fraction; 0: any move.
    event_types : tuple of str
        Empty: all.
    """

    min_move: float = 0.0
    event_types: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.min_move < 0.0:
            raise ValueError(f"min_move is a fraction, 0 or more, not {self.min_move}")

    def signal(self, view: EventView) -> Signal:
        pairs = list(self._pairs(view))
        event_ids, tickers, values = zip(*pairs, strict=True) if pairs else ((), (), ())
        return signal_of(event_ids, tickers, values, delay=1)

    def _pairs(self, view: EventView) -> Iterator[tuple[str, str, float]]:
        links = of_types(direct_links(view.links), self.event_types)
        column = {ticker: n for n, ticker in enumerate(view.tickers)}
        for event_id, ticker, row in zip(links["event_id"], links["ticker"], links["row"], strict=True):
            n = column[ticker]
            if row < 0 or not view.tradable[row, n]:
                continue
            before = view.close[:row, n]
            before = before[np.isfinite(before)]
            if not len(before):
                continue
            move = view.close[row, n] / before[-1] - 1.0
            if abs(move) > self.min_move:
                yield event_id, ticker, -float(np.sign(move))
