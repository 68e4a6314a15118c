"""Which announcements a backtrader strategy is told before each row opens (S7)."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from newsbt.domain.announcement import Announcement
from newsbt.domain.delivery import AnnouncedEvent, AnnouncedLink, Delivery
from newsbt.domain.instants import utc
from newsbt.domain.link import Link
from newsbt.steps.event_setup import EventSetup
from newsbt.steps.market_setup import MarketSetup

__all__ = ["deliveries_of"]


def deliveries_of(market: MarketSetup, news: EventSetup, latency: timedelta) -> dict[int, list[Delivery]]:
    """By row: one delivery for each event and market whose first tradable bar is there.

    In order of (opening instant, known_at, event id). An event that touches no instrument is told once for each
    market with prices, without links.
    """
    panel, clock, tickers = market.panel, market.panel.clock, market.universe.tickers
    priced = set(np.unique(panel.market_of[panel.has_prices]).tolist())
    bounds = news.links.bounds(len(news.events))
    keyed: list[tuple[tuple[int, int, int, int], int, Delivery]] = []
    for e, item in enumerate(news.events.announcements):
        event = _event(item, latency)
        by_market: dict[int, list[AnnouncedLink]] = {}
        for k in range(int(bounds[e]), int(bounds[e + 1])):
            m = int(news.link_market[k])
            row = int(news.placement[e, m])
            if row >= 0:
                link, opening = news.links.links[k], clock.open_at[row, m]
                by_market.setdefault(m, []).append(_link(tickers[link.column], link, item, opening))
        if bounds[e] == bounds[e + 1]:
            by_market = {m: [] for m in priced if news.placement[e, m] >= 0}
        for m, links in by_market.items():
            row = int(news.placement[e, m])
            opening = int(clock.open_at[row, m].astype("M8[ns]").astype(np.int64))
            known = int(news.events.known_at[e].astype("M8[ns]").astype(np.int64))
            keyed.append(
                ((opening, known, e, m), row, Delivery(market=m, event_index=e, event=event, links=tuple(links)))
            )
    found: dict[int, list[Delivery]] = {}
    for _, row, delivery in sorted(keyed, key=lambda item: item[0]):
        found.setdefault(row, []).append(delivery)
    return found


def _event(item: Announcement, latency: timedelta) -> AnnouncedEvent:
    return AnnouncedEvent(
        event_id=item.event_id,
        known_at=item.known_at(latency),
        event_type=item.event_type,
        issuer=item.issuer,
        subject=item.subject,
        rivals=item.rivals,
        headline=item.headline,
        sentiment=item.sentiment,
        relevance=item.relevance,
        tickers=item.tickers,
        attributes=item.attributes,
    )


def _link(ticker: str, link: Link, item: Announcement, opens_at: np.datetime64) -> AnnouncedLink:
    signal = link.weight * item.sentiment
    return AnnouncedLink(
        ticker=ticker,
        relation=link.relation,
        hop=link.hop,
        weight=link.weight,
        signal=0.0 if np.isnan(signal) else float(np.clip(signal, -1.0, 1.0)),
        first_tradable_at=utc(opens_at),
    )
