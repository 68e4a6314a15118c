"""Conformance check for linkers: what decides which instruments an announcement touches."""

from __future__ import annotations

import dataclasses
import math
from datetime import date, timedelta

from newsbt.domain.announcement import Announcement
from newsbt.domain.entity import Universe
from newsbt.domain.link import Link
from newsbt.ports import IssuerLinking, Linker, Linking, ThemeLinking
from newsbt.ports.conformance import lacking
from newsbt.testing.small_market import SmallMarket, small_market

__all__ = ["check_linker"]

__tracebackhide__ = True  # pytest shows the frames of the test and of what it hands over

FURTHER = ("issuer", "theme")  # methods that a linking may leave out
THEMES = ("ai",)


def check_linker(linker: Linker, *, market: SmallMarket | None = None) -> int:
    """Prove a linker fit: ``linking(universe, hops)`` answers something whose ``link(item, on)`` gives links (`Link`).

    Each link names a place of the universe, once, with a weight in [-1, 1] and at most `hops` relations; linking twice
    gives the same; and what was not known on the day, later relations and memberships, changes nothing. So it is with
    the places that ``issuer(item, on)`` and ``theme(item, on, themes)`` answer, where the linker has them.

    Parameters
    ----------
    linker : Linker
        An instance.
    market : SmallMarket, optional
        By default a small one of newsbt's.

    Returns
    -------
    int
        How many links and places were looked at; 0 proves nothing.

    Raises
    ------
    AssertionError
        It names what is wrong, and with which announcement.

    Examples
    --------
    >>> from newsbt.linking.links import TableLinker
    >>> check_linker(TableLinker()) > 0
    True
    """
    _expect(
        dataclasses.is_dataclass(linker) and not isinstance(linker, type),
        f"a linker is a dataclass instance with a method linking(universe, hops), not {linker!r}",
    )
    fault = lacking(linker, Linker)
    _expect(not fault, fault)
    market = market or small_market()
    prepared = market.prepared()
    universe, looked_at = prepared.market.universe, 0
    for hops in (1, 2):
        one, again = linker.linking(universe, hops), linker.linking(universe, hops)
        for item in prepared.news.events.announcements:
            on = item.known_at().date()
            links = tuple(one.link(item, on))
            _check_links(links, universe, hops, item.event_id)
            _expect(links == tuple(again.link(item, on)), f"{item.event_id} is linked another way the second time")
            past = linker.linking(universe.as_of(on), hops)
            _expect(
                links == tuple(past.link(item, on)),
                f"{item.event_id} is linked another way when nothing after {on} is in the universe: look-ahead",
            )
            for name in FURTHER:
                columns = _columns(one, name, item, on)
                _check_columns(columns, universe, f"{item.event_id}: {name}()")
                same = (_columns(other, name, item, on) for other in (again, past))
                _expect(
                    all(columns == found for found in same),
                    f"{item.event_id}: {name}() answers otherwise the second time, or when nothing after {on} is in "
                    "the universe: look-ahead",
                )
                looked_at += len(columns)
            early = tuple(one.link(item, on - timedelta(days=36_500)))
            _check_links(early, universe, hops, item.event_id)
            looked_at += len(links)
    return looked_at


def _columns(linking: Linking, name: str, item: Announcement, on: date) -> tuple[int, ...]:
    """What an optional method answers; nothing where the linking has none."""
    if name == "issuer" and isinstance(linking, IssuerLinking):
        return tuple(linking.issuer(item, on))
    return tuple(linking.theme(item, on, THEMES)) if name == "theme" and isinstance(linking, ThemeLinking) else ()


def _check_columns(columns: tuple[int, ...], universe: Universe, what: str) -> None:
    count = len(universe.instruments)
    for column in columns:
        _expect(
            isinstance(column, int) and 0 <= column < count, f"{what} answers columns below {count}, not {column!r}"
        )
    _expect(len(set(columns)) == len(columns), f"{what} answers a column twice")


def _check_links(links: tuple[Link, ...], universe: Universe, hops: int, event_id: str) -> None:
    seen: set[int] = set()
    for link in links:
        _expect(isinstance(link, Link), f"{event_id}: a link is a newsbt.Link, not {link!r}")
        _expect(
            0 <= link.column < len(universe.instruments),
            f"{event_id}: a link's place is below {len(universe.instruments)}, not {link.column}",
        )
        ticker = universe.tickers[link.column]
        _expect(link.column not in seen, f"{event_id}: {ticker} is linked twice")
        seen.add(link.column)
        _expect(
            -1.0 <= link.weight <= 1.0 or (math.isnan(link.weight) and link.hop > 0),
            f"{event_id}: the weight of {ticker} is in [-1, 1], not {link.weight!r}; NaN is unknown, of relations only",
        )
        _expect(0 <= link.hop <= hops, f"{event_id}: {ticker} is {link.hop} hops away, {hops} were asked for")


def _expect(condition: bool, message: str) -> None:
    if not condition:
        raise AssertionError(message)
