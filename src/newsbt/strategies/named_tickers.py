"""Trade the tickers that the announcement names."""

from __future__ import annotations

from newsbt.domain.signal import Signal
from newsbt.ports import EventView, Strategy
from newsbt.strategies.selecting import of_types, sentiment_or_one, signal_of

__all__ = ["NamedTickers"]


class NamedTickers(Strategy):
    """Signal = the announcement's `sentiment` (1 where blank) for each ticker it names (S4).

    Parameters
    ----------
    event_types : tuple of str
        Only events of these types; empty: all.
    """

    event_types: tuple[str, ...] = ()

    def signal(self, view: EventView) -> Signal:
        links = of_types(view.links[view.links["relation"] == "named"], self.event_types)
        return signal_of(links["event_id"], links["ticker"], sentiment_or_one(links))
