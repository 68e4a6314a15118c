"""All announcements through a linker, and what it reaches beyond their links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from newsbt._typing import Instants
from newsbt.domain.announcement import Announcement
from newsbt.domain.announcement_columns import AnnouncementColumns, columns_of
from newsbt.domain.coded import Coded, coded
from newsbt.domain.entity import Universe
from newsbt.domain.event_table import EventTable
from newsbt.domain.references import why_not_linked
from newsbt.domain.showing import brief
from newsbt.linking.link_groups import link_groups
from newsbt.linking.link_table import LinkTable, grouped_links
from newsbt.linking.links import TableLinking
from newsbt.ports import IssuerLinking, Linking, ThemeLinking

__all__ = ["Linked", "LinkerReach", "link_all"]


@dataclass(frozen=True, kw_only=True)
class Linked:
    """E announcements in the order of their ids, when each became known (E,), their links, and of those without any why
    not (E,), one of `domain.references.REASONS`, else the empty string."""

    items: Sequence[Announcement]
    known_at: Instants
    links: LinkTable
    reasons: Coded[str]

    @property
    def linked(self) -> frozenset[str]:
        """The ids of those with links."""
        return frozenset(columns_of(self.items).event_id[self.reasons.array == ""].tolist())

    @property
    def not_linked(self) -> Mapping[str, int]:
        """How many are linked to nothing, by reason."""
        found = Counter(self.reasons)
        del found[""]
        return found


def link_all(linker: Linking, items: Sequence[Announcement], universe: Universe, latency: timedelta) -> Linked:
    """Link every announcement that was read; `linker` is what a linker's ``linking(universe, hops)`` answers."""
    ordered = _by_id(items)
    columns = columns_of(ordered)
    known_at = columns.known_at(latency)
    days = known_at.astype("M8[D]")
    if type(linker) is TableLinking:
        groups = link_groups(linker, columns, days)
        first, group = groups.first, groups.group
    else:
        first = group = np.arange(len(ordered))
    links, reasons = [], []
    for row in first.tolist():
        item, on = ordered[row], days[row].item()
        links.append(tuple(linker.link(item, on)))
        reasons.append("" if links[-1] else why_not_linked(item, universe, on))
    found = coded(reasons)
    return Linked(items=ordered, known_at=known_at, links=grouped_links(links, group), reasons=found.take(group))


def _by_id(items: Sequence[Announcement]) -> Sequence[Announcement]:
    """Announcements in the order of their ids."""
    if not isinstance(items, AnnouncementColumns):
        return tuple(sorted(items, key=lambda item: item.event_id))
    ids = items.event_id.tolist()
    order = np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.int64)
    return items if (order == np.arange(len(ids))).all() else items.take(order)


@dataclass(frozen=True, kw_only=True)
class LinkerReach:
    """A run's `newsbt.ports.Reach`: the linker asked about its events, each on the day it became known."""

    linker: Linking
    events: EventTable
    tickers: tuple[str, ...]

    __repr__ = brief

    def issuer(self, event_id: str) -> tuple[str, ...]:
        if not isinstance(self.linker, IssuerLinking):
            return ()
        return self._tickers(self.linker.issuer(*self._asked(event_id)))

    def theme(self, event_id: str, themes: Sequence[str] = ()) -> tuple[str, ...]:
        if not isinstance(self.linker, ThemeLinking):
            return ()
        return self._tickers(self.linker.theme(*self._asked(event_id), tuple(themes)))

    def _asked(self, event_id: str) -> tuple[Announcement, date]:
        """An event, and the day on which it became known."""
        e = self.events.position[event_id]
        on: date = self.events.known_at[e].astype("M8[D]").item()
        return self.events.announcements[e], on

    def _tickers(self, columns: Iterable[int]) -> tuple[str, ...]:
        return tuple(self.tickers[n] for n in columns)
