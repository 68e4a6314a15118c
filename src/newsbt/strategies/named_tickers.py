"""Trade the tickers that the announcement names."""

from __future__ import annotations

from typing import ClassVar

from newsbt.domain.news_sign import check_sign
from newsbt.domain.signal import Signal
from newsbt.ports import EventView, Strategy
from newsbt.strategies.selecting import of_types, signal_of

__all__ = ["NamedTickers"]


class NamedTickers(Strategy):
    """Signal = the sign of the news for each ticker it names: its `sentiment`, none where that is blank (S4).

    Parameters
    ----------
    event_types : tuple of str
        Only events of these types; empty: all.
    sign : {'sentiment', 'type', 'one', 'effect', 'short'}
        What gives the news its sign (S4); without one there is no signal.
    """

    trades_relations: ClassVar[tuple[str, ...]] = ("named",)

    event_types: tuple[str, ...] = ()
    sign: str = "sentiment"

    def __post_init__(self) -> None:
        check_sign(self.sign)

    def signal(self, view: EventView) -> Signal:
        links = of_types(view.links[view.links["relation"].isin(self.trades_relations)], self.event_types)
        return signal_of(links["event_id"], links["ticker"], view.signs(links, self.sign))
