"""Follow the announcement in the issuer's own shares."""

from __future__ import annotations

import numpy as np

from newsbt.domain.signal import Signal
from newsbt.ports import EventView, Strategy
from newsbt.strategies.selecting import of_types, sentiment_or_one, signal_of

__all__ = ["IssuerDrift"]


class IssuerDrift(Strategy):
    """The sign of `sentiment` (1 where blank) for every listing of the issuer's company (S6).

    Parameters
    ----------
    event_types : tuple of str
        Only events of these types; empty: all.
    """

    event_types: tuple[str, ...] = ()

    def signal(self, view: EventView) -> Signal:
        events = of_types(view.events, self.event_types)
        signs = np.sign(sentiment_or_one(events))
        pairs = [
            (event_id, str(view.tickers[place]), sign)
            for event_id, issuer, known_at, sign in zip(
                events["event_id"], events["issuer"], events["known_at"], signs, strict=True
            )
            for place in view.universe.listings(issuer)
            if view.universe.instruments[place].is_listed(known_at.date())
        ]
        event_ids, tickers, values = zip(*pairs, strict=True) if pairs else ((), (), ())
        return signal_of(event_ids, tickers, values)
