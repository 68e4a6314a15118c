"""All announcements through a linker, and what it reaches beyond their links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from newsbt.domain.announcement import Announcement
from newsbt.domain.entity import Universe
from newsbt.domain.event_table import EventTable
from newsbt.domain.link import Link
from newsbt.domain.references import why_not_linked
from newsbt.ports import IssuerLinking, Linking, ThemeLinking

__all__ = ["Linked", "LinkerReach", "link_all"]


@dataclass(frozen=True, kw_only=True)
class Linked:
    """Announcements in the order of their ids, when each became known (UTC), its links, and of those without any why
    not, one of `domain.references.REASONS`, else the empty string."""

    items: tuple[Announcement, ...]
    known: tuple[datetime, ...]
    links: tuple[tuple[Link, ...], ...]
    reasons: tuple[str, ...]

    @property
    def linked(self) -> frozenset[str]:
        """The ids of those with links."""
        return frozenset(item.event_id for item, links in zip(self.items, self.links, strict=True) if links)

    @property
    def not_linked(self) -> Mapping[str, int]:
        """How many are linked to nothing, by reason."""
        found: dict[str, int] = {}
        for reason in self.reasons:
            if reason:
                found[reason] = found.get(reason, 0) + 1
        return found


def link_all(linker: Linking, items: Sequence[Announcement], universe: Universe, latency: timedelta) -> Linked:
    """Link every announcement that was read; `linker` is what a linker's ``linking(universe, hops)`` answers."""
    ordered = tuple(sorted(items, key=lambda item: item.event_id))
    known = tuple(item.known_at(latency) for item in ordered)
    links = tuple(tuple(linker.link(item, at.date())) for item, at in zip(ordered, known, strict=True))
    reasons = tuple(
        "" if found else why_not_linked(item, universe, at.date())
        for item, at, found in zip(ordered, known, links, strict=True)
    )
    return Linked(items=ordered, known=known, links=links, reasons=reasons)


@dataclass(frozen=True, kw_only=True)
class LinkerReach:
    """A run's `newsbt.ports.Reach`: the linker asked about its events, each on the day it became known."""

    linker: Linking
    events: EventTable
    tickers: tuple[str, ...]

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
