"""What else happened while an event's position was held."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from newsbt._typing import Bools, Ints, Objects
from newsbt.domain.command_documents import ConfoundedEvent, Confounders
from newsbt.domain.entity import Universe
from newsbt.domain.ledger import Ledger
from newsbt.linking.links import SECTOR_INDEX
from newsbt.steps.event_setup import EventSetup
from newsbt.steps.market_setup import MarketSetup

__all__ = ["confounders"]

KINDS = ("ticker", "sector", "day")
MOST = 100  # ids listed for each event and kind


def confounders(market: MarketSetup, news: EventSetup, ledger: Ledger) -> Confounders:
    """For each traded event, the other events that may have moved the same prices.

    ``ticker``: another event names the held ticker, or is by its issuer, and became known between the traded event and
    the end of its lots. ``sector``: the same for another instrument of the ticker's sector. ``day``: any other event
    with the same first tradable bar in the ticker's market.

    Returns
    -------
    mapping
        `traded_events`; `confounded_events`, those with any of the above; `by_kind`, how many have each; `events`, a
        list of `event_id` and, by kind, the ids of the others (the first 100; `counts` has their numbers).
    """
    lots = ledger.lots[ledger.lots["event"] >= 0]
    known_at, ids = news.events.known_at.astype("M8[ns]"), news.events.ids
    about = _Named(market.universe, news)
    end_of_all = np.nanmax(market.panel.clock.close_at.astype("M8[ns]"))
    found: dict[int, dict[str, set[int]]] = {}
    for event, n, exit_at in zip(lots["event"].tolist(), lots["ticker"].tolist(), lots["exit_at"], strict=True):
        kinds = found.setdefault(event, {kind: set() for kind in KINDS})
        until = end_of_all if np.isnat(exit_at) else exit_at.astype("M8[ns]")
        inside = (known_at >= known_at[event]) & (known_at <= until)
        inside[event] = False
        kinds["ticker"].update(np.flatnonzero(inside & about.ticker(n)).tolist())
        kinds["sector"].update(np.flatnonzero(inside & about.sector(n)).tolist())
        rows = news.placement[:, market.panel.market_of[n]]
        same = rows == rows[event]
        same[event] = False
        kinds["day"].update(np.flatnonzero(same).tolist())
    listed = [_listed(str(ids[event]), kinds, ids) for event, kinds in sorted(found.items())]
    return {
        "traded_events": len(found),
        "confounded_events": sum(1 for kinds in found.values() if any(kinds.values())),
        "by_kind": {kind: sum(1 for kinds in found.values() if kinds[kind]) for kind in KINDS},
        "events": [one for one in listed if any(one["counts"].values())],
    }


def _listed(event_id: str, kinds: Mapping[str, set[int]], ids: Objects) -> ConfoundedEvent:
    listed = {kind: [str(ids[e]) for e in sorted(others)[:MOST]] for kind, others in kinds.items()}
    return {
        "event_id": event_id, "ticker": listed["ticker"], "sector": listed["sector"], "day": listed["day"],
        "counts": {kind: len(others) for kind, others in kinds.items()},
    }  # fmt: skip


class _Named:
    """Which events are directly about a ticker, or about another one of its sector; (E,) masks, made once each."""

    def __init__(self, universe: Universe, news: EventSetup) -> None:
        links, self._universe = news.links, universe
        direct = (links.hop == 0) & (links.relation != SECTOR_INDEX)
        self._event, self._ticker = links.event[direct], links.ticker[direct]
        self._count = len(news.events)
        self._known: dict[tuple[str, int], Bools] = {}

    def ticker(self, n: int) -> Bools:
        return self._mask("ticker", n, np.array([n], dtype=np.int64))

    def sector(self, n: int) -> Bools:
        return (
            self._mask("sector", n, self._neighbours(n))
            if ("sector", n) not in self._known
            else self._known["sector", n]
        )

    def _mask(self, kind: str, n: int, columns: Ints) -> Bools:
        if (kind, n) not in self._known:
            mask = np.zeros(self._count, dtype=bool)
            mask[self._event[np.isin(self._ticker, columns)]] = True
            self._known[kind, n] = mask
        return self._known[kind, n]

    def _neighbours(self, n: int) -> Ints:
        """Other instruments of a ticker's sector; for a sector index or its proxy, the instruments measured by it."""
        items = self._universe.instruments
        mine = items[n]
        own = {mine.ticker, *(item.ticker for item in items if item.proxy == mine.ticker)}
        measured = [k for k, item in enumerate(items) if item.sector_index in own and k != n]
        if measured:
            return np.array(measured, dtype=np.int64)
        if not mine.sector:
            return np.empty(0, dtype=np.int64)
        return np.array([k for k, item in enumerate(items) if item.sector == mine.sector and k != n], dtype=np.int64)
