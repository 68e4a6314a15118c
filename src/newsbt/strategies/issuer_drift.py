"""Follow the announcement in the issuer's own shares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from newsbt.domain.news_sign import check_sign
from newsbt.domain.signal import Signal
from newsbt.ports import EventView, Strategy
from newsbt.strategies.selecting import of_types, signal_of, tickers_by_event

__all__ = ["IssuerDrift"]


class IssuerDrift(Strategy):
    """1 or -1 by the sign of the news for every listing of the issuer's company that the linker reaches (S6).

    Parameters
    ----------
    event_types : tuple of str
        Only events of these types; empty: all.
    sign : {'sentiment', 'type', 'one', 'effect', 'short'}
        What gives the news its sign (S4); without one there is no signal.
    """

    event_types: tuple[str, ...] = ()
    sign: str = "sentiment"

    def __post_init__(self) -> None:
        check_sign(self.sign)

    def signal(self, view: EventView) -> Signal:
        events = of_types(view.events, self.event_types)
        signs = np.sign(view.signs(events, self.sign))
        relation = view.links["relation"]
        own = tickers_by_event(view.links[relation == "issuer"])
        named = tickers_by_event(view.links[relation == "named"])
        pairs = [
            (event_id, ticker, sign)
            for event_id, issuer, sign in zip(events["event_id"], events["issuer"], signs, strict=True)
            for ticker in _own(view, event_id, issuer, own.get(event_id, ()), named.get(event_id, ()))
        ]
        event_ids, tickers, values = zip(*pairs, strict=True) if pairs else ((), (), ())
        return signal_of(event_ids, tickers, values)


def _own(view: EventView, event_id: str, issuer: str, linked: Sequence[str], named: Sequence[str]) -> list[str]:
    """The issuer's listings that the linker reaches, in universe order: as such, or because the event names them."""
    position = view.universe.position
    columns = set(view.universe.listings(issuer))
    reached = {*view.reach.issuer(event_id), *linked, *(ticker for ticker in named if position[ticker] in columns)}
    return sorted(reached, key=position.__getitem__)
