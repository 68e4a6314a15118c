"""Conformance check for linkers: what decides which instruments an announcement touches."""

from __future__ import annotations

import dataclasses
import math
from datetime import timedelta
from typing import Any

from newsbt.domain.entity import Universe
from newsbt.linking.links import Link
from newsbt.testing.market import SmallMarket, small_market

__all__ = ["check_linker"]


def check_linker(linker: Any, *, market: SmallMarket | None = None) -> int:
    """Prove a linker fit: ``linking(universe, hops)`` answers something whose ``link(item, on)`` gives `Link`s.

    Each link names a place of the universe, once, with a weight in [-1, 1] and at most `hops` relations; linking twice
    gives the same; and what was not known on the day, later relations and memberships, changes nothing.

    Returns
    -------
    int
        How many links were looked at; 0 proves nothing.

    Raises
    ------
    AssertionError
        It names what is wrong, and with which announcement.
    """
    _expect(
        dataclasses.is_dataclass(linker)
        and not isinstance(linker, type)
        and callable(getattr(linker, "linking", None)),
        f"a linker is a dataclass instance with a method linking(universe, hops), not {linker!r}",
    )
    market = market or small_market()
    prepared = market.prepared()
    universe, looked_at = prepared.universe, 0
    for hops in (1, 2):
        one, again = linker.linking(universe, hops), linker.linking(universe, hops)
        for item in prepared.events.announcements:
            on = item.known_at().date()
            links = tuple(one.link(item, on))
            _check_links(links, universe, hops, item.event_id)
            _expect(links == tuple(again.link(item, on)), f"{item.event_id} is linked another way the second time")
            past = linker.linking(universe.as_of(on), hops)
            _expect(
                links == tuple(past.link(item, on)),
                f"{item.event_id} is linked another way when nothing after {on} is in the universe: look-ahead",
            )
            early = tuple(one.link(item, on - timedelta(days=36_500)))
            _check_links(early, universe, hops, item.event_id)
            looked_at += len(links)
    return looked_at


def _check_links(links: tuple[Any, ...], universe: Universe, hops: int, event_id: str) -> None:
    seen: set[int] = set()
    for link in links:
        _expect(isinstance(link, Link), f"{event_id}: a link is a newsbt.linking.links.Link, not {link!r}")
        _expect(
            0 <= link.place < len(universe.instruments),
            f"{event_id}: a link's place is below {len(universe.instruments)}, not {link.place}",
        )
        ticker = universe.tickers[link.place]
        _expect(link.place not in seen, f"{event_id}: {ticker} is linked twice")
        seen.add(link.place)
        _expect(
            math.isfinite(link.weight) and -1.0 <= link.weight <= 1.0,
            f"{event_id}: the weight of {ticker} is in [-1, 1], not {link.weight!r}",
        )
        _expect(0 <= link.hop <= hops, f"{event_id}: {ticker} is {link.hop} hops away, {hops} were asked for")


def _expect(condition: bool, message: str) -> None:
    if not condition:
        raise AssertionError(message)
