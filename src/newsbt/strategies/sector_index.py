"""Trade the sector, through its index's ETF, on the news of one of its companies."""

from __future__ import annotations

from newsbt.domain.signal import Signal
from newsbt.ports import EventView, Strategy
from newsbt.strategies.selecting import of_types, sentiment_or_one, signal_of

__all__ = ["SectorIndex"]


class SectorIndex(Strategy):
    """Signal = `sentiment` (1 where blank) for the sector index of each direct link (S6), traded by its proxy.

    Parameters
    ----------
    event_types : tuple of str
        Only events of these types; empty: all.
    """

    event_types: tuple[str, ...] = ()

    def signal(self, view: EventView) -> Signal:
        links = of_types(view.links[view.links["relation"] == "sector_index"], self.event_types)
        return signal_of(links["event_id"], links["ticker"], sentiment_or_one(links))
