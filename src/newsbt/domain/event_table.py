"""The events of a run: announcements in the order of their ids, with the instant each became known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from newsbt._typing import Instants
from newsbt.domain.announcement import Announcement
from newsbt.domain.object_arrays import objects
from newsbt.domain.showing import brief

__all__ = ["EventTable"]


@dataclass(frozen=True, kw_only=True)
class EventTable:
    """E announcements sorted by `event_id`, so that an index into the table is also X5's tie-break.

    `known_at` (E,) is T1's instant, datetime64[ns] in UTC; `type_signs` are the default signs of types of events.
    """

    announcements: tuple[Announcement, ...]
    known_at: Instants
    type_signs: Mapping[str, float] = field(default_factory=dict, compare=False)

    __repr__ = brief

    def __post_init__(self) -> None:
        ids = [item.event_id for item in self.announcements]
        assert ids == sorted(ids)
        assert self.known_at.shape == (len(ids),)

    def __len__(self) -> int:
        return len(self.announcements)

    @cached_property
    def ids(self) -> np.ndarray:
        """(E,) event ids."""
        return objects([item.event_id for item in self.announcements])

    @cached_property
    def position(self) -> dict[str, int]:
        return {event_id: e for e, event_id in enumerate(self.ids)}
