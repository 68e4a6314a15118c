"""Readers of texts that somebody has to understand, which are handed who does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from newsbt.ports import AnnouncementReader

if TYPE_CHECKING:  # what understands texts is not loaded for tables
    from newsbt.events.labelling.understanding import Understanding

__all__ = ["UnderstoodReader"]


@runtime_checkable
class UnderstoodReader(AnnouncementReader, Protocol):
    """A reader whose announcements are what a labeller makes of texts."""

    def with_understanding(self, understanding: Understanding) -> AnnouncementReader:
        """The same reader, its texts understood so."""
        ...
