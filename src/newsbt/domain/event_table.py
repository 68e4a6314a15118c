"""The events of a run: announcements in the order of their ids, with the instant each became known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import pyarrow as pa

from newsbt._typing import Instants, Ints, Objects
from newsbt.domain.announcement import Announcement
from newsbt.domain.announcement_columns import AnnouncementColumns, columns_of
from newsbt.domain.showing import brief
from newsbt.domain.text_columns import arrow_texts

__all__ = ["EventTable"]


@dataclass(frozen=True, kw_only=True)
class EventTable:
    """E announcements sorted by `event_id`, so that an index into the table is also X5's tie-break.

    `known_at` (E,) is T1's instant, datetime64[ns] in UTC; `type_signs` are the default signs of types of events.
    """

    announcements: Sequence[Announcement]
    known_at: Instants
    type_signs: Mapping[str, float] = field(default_factory=dict, compare=False)

    __repr__ = brief

    def __post_init__(self) -> None:
        ids = self.columns.event_id.tolist()
        assert ids == sorted(ids)
        assert self.known_at.shape == (len(ids),)

    def __len__(self) -> int:
        return len(self.announcements)

    @cached_property
    def columns(self) -> AnnouncementColumns:
        """The announcements as columns."""
        return columns_of(self.announcements)

    @property
    def ids(self) -> Objects:
        """(E,) event ids."""
        return self.columns.event_id

    @cached_property
    def arrow_ids(self) -> pa.Array:
        """(E,) the same for columns of frames."""
        return arrow_texts(self.ids)

    def take(self, rows: Ints) -> EventTable:
        """Some of the events."""
        items = self.announcements
        some = items.take(rows) if isinstance(items, AnnouncementColumns) else tuple(items[e] for e in rows.tolist())
        return replace(self, announcements=some, known_at=self.known_at[rows])

    @cached_property
    def position(self) -> dict[str, int]:
        ids: list[str] = self.ids.tolist()
        return dict(zip(ids, range(len(ids)), strict=True))
