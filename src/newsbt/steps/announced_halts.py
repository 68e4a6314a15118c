"""What a run's own news says of halts of trading: the reason for orders that met no bar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from newsbt.domain.announcement import HALT, RESUMPTION, Announcement
from newsbt.steps.event_setup import EventSetup

__all__ = ["AnnouncedHalts"]


@dataclass(frozen=True, slots=True)
class AnnouncedHalts:
    """Halts and resumptions by instrument, in the order in which they became known."""

    found: Mapping[int, tuple[tuple[np.datetime64, Announcement], ...]]

    @classmethod
    def of(cls, news: EventSetup) -> AnnouncedHalts:
        """Those of a run's events, before its period too."""
        found: dict[int, list[tuple[np.datetime64, Announcement]]] = defaultdict(list)
        for events, links in ((news.events, news.links), (news.dropped.events, news.dropped.links)):
            tells = events.columns.event_type.numbers(lambda kind: kind in (HALT, RESUMPTION)).astype(bool)
            for k in np.flatnonzero(tells[links.event] & (links.hop == 0)).tolist():
                e = int(links.event[k])
                found[int(links.ticker[k])].append((events.known_at[e], events.announcements[e]))
        return cls({n: tuple(sorted(mine, key=lambda one: one[0])) for n, mine in found.items()})

    def at(self, n: int, when: np.datetime64) -> Announcement | None:
        """The halt of an instrument that was announced by an instant and not ended since; None where there is none."""
        known = [item for at, item in self.found.get(n, ()) if at <= when]
        return known[-1] if known and known[-1].event_type == HALT else None
