"""The events of a run, a row each: when each became known, and where it could first be traded."""

from __future__ import annotations

import numpy as np

from newsbt.domain.command_documents import EventRow
from newsbt.steps.event_setup import EventSetup
from newsbt.steps.market_setup import MarketSetup

__all__ = ["event_rows"]


def event_rows(market: MarketSetup, news: EventSetup) -> list[EventRow]:
    """Plain rows in the order in which the events became known.

    `first_tradable_at` maps each market that an event's links touch to its opening (or its close, under `entry:
    same_close`), where that lies inside the run.
    """
    links, markets = news.links, market.panel.clock.markets
    bounds = links.bounds(len(news.events))
    found: list[EventRow] = []
    for e in np.lexsort((np.arange(len(news.events)), news.events.known_at)).tolist():
        item = news.events.announcements[e]
        first: dict[str, str] = {}
        for k in range(int(bounds[e]), int(bounds[e + 1])):
            at = news.link_first[k]
            if not np.isnat(at):
                first.setdefault(markets[int(news.link_market[k])], _text(at))
        found.append(
            {
                "event_id": item.event_id,
                "known_at": _text(news.events.known_at[e]),
                "event_type": item.event_type,
                "issuer": item.issuer,
                "headline": item.headline,
                "links": int(bounds[e + 1] - bounds[e]),
                "first_tradable_at": dict(sorted(first.items(), key=lambda pair: (pair[1], pair[0]))),
            }
        )
    return found


def _text(at: np.datetime64) -> str:
    return f"{at.astype('M8[s]')}Z"
