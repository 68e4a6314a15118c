"""What a reader of announcements answers, and several readers' answers as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from newsbt.domain.announcement import Announcement
from newsbt.domain.announcement_columns import AnnouncementColumns, columns_of, joined
from newsbt.domain.bad_rows import BadRows
from newsbt.domain.coded import alike
from newsbt.domain.entity import Universe
from newsbt.domain.references import Unresolved, unresolved_of
from newsbt.domain.showing import brief
from newsbt.errors import DataError, Problem

__all__ = ["AnnouncementBatch", "merge"]


@dataclass(frozen=True, kw_only=True)
class AnnouncementBatch:
    """Announcements in the order of their rows, and what was left out.

    Attributes
    ----------
    announcements : sequence of Announcement
    rows_read : int
        Rows or items of the source, bad ones among them.
    bad_rows : mapping
        How many were bad, by reason (T8).
    files : tuple of Path
        What was read.
    on_bad_row : str
        ``error`` or ``skip``, as the reader was told.
    silent, repeated, merged : int
        Texts that announce nothing, items that say the same again under the same id, and announcements that
        `dedupe` took for a story told again.
    versions : mapping
        The ids of those that issuer, type and subject told, by the first item's.
    lost : tuple of Unresolved
        References of bad rows that nobody can resolve.
    readings : tuple
        By file, what was recognised and assumed of it.
    """

    announcements: Sequence[Announcement]
    rows_read: int
    bad_rows: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    files: tuple[Path, ...] = ()
    on_bad_row: str = "error"
    merged: int = 0
    versions: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    silent: int = 0
    repeated: int = 0
    lost: tuple[Unresolved, ...] = ()
    readings: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def drops(self) -> Mapping[str, int]:
        """How many of the rows are no announcement of the run, by reason."""
        others = {"announces_nothing": self.silent, "repeated": self.repeated, "same_story": self.merged}
        return {**self.bad_rows, **{reason: count for reason, count in others.items() if count}}

    def unresolved(self, universe: Universe, is_linked: Callable[[str], bool]) -> tuple[Unresolved, ...]:
        """Every reference that nobody can resolve, of bad rows too.

        Parameters
        ----------
        is_linked : callable
            Whether a linker links the event of an id all the same: it knows its issuer.
        """
        columns = columns_of(self.announcements)
        first, group = alike(columns.references, len(columns))
        of_group = [tuple(unresolved_of(self.announcements[row], universe)) for row in first.tolist()]
        has_some = np.array([len(found) > 0 for found in of_group], dtype=bool)
        found = (
            replace(one, event_id=columns.event_id[row])
            for row in np.flatnonzero(has_some[group]).tolist()
            for one in of_group[group[row]]
        )
        return (*self.lost, *(one for one in found if one.kind == "unknown_ticker" or not is_linked(one.event_id)))

    __repr__ = brief


def merge(batches: Iterable[AnnouncementBatch]) -> AnnouncementBatch:
    """All batches as one, in their order.

    An `event_id` that an earlier batch has is a bad row, under the policy of the reader that repeats it.

    Raises
    ------
    DataError
        A repeated `event_id` in a batch read with ``on_bad_row: error``.
    """
    batches = list(batches)
    kept = _kept_whole(batches)
    origins: dict[str, str] = {}
    listed: list[Announcement] = []
    counts: dict[str, int] = {}
    problems: list[Problem] = []
    files: list[Path] = []
    lost: list[Unresolved] = []
    readings: list[tuple[str, tuple[str, ...]]] = []
    rows_read = merged = silent = repeated = 0
    for batch in batches:
        bad = BadRows(batch.on_bad_row)
        for item in batch.announcements if kept is None else ():
            first = origins.get(item.event_id)
            if first is None:
                origins[item.event_id] = item.origin
                listed.append(item)
            else:
                file, _, line = item.origin.rpartition(":")
                message = f"{item.event_id!r} stands already at {first}; give each event one id and one row"
                bad.add("duplicate_event_id", message, file=file, line=int(line), key="event_id")
        for reason, count in (*batch.bad_rows.items(), *_finish(bad, problems).items()):
            counts[reason] = counts.get(reason, 0) + count
        files += [file for file in batch.files if file not in files]
        rows_read += batch.rows_read
        merged += batch.merged
        silent += batch.silent
        repeated += batch.repeated
        lost += batch.lost
        readings += batch.readings
    if problems:
        raise DataError("\n".join(map(str, problems)), problems)
    return AnnouncementBatch(
        announcements=tuple(listed) if kept is None else kept,
        rows_read=rows_read, bad_rows=MappingProxyType(counts), files=tuple(files),
        merged=merged, silent=silent, repeated=repeated, lost=tuple(lost), readings=tuple(readings),
    )  # fmt: skip


def _kept_whole(batches: Sequence[AnnouncementBatch]) -> AnnouncementColumns | None:
    """All announcements as columns, where all batches are and no id stands in two of them."""
    parts = [batch.announcements for batch in batches if isinstance(batch.announcements, AnnouncementColumns)]
    if (
        not parts
        or len(parts) < len(batches)
        or any(part.attributes.keys() != parts[0].attributes.keys() for part in parts)
    ):
        return None
    found = joined(parts)
    return None if len(parts) > 1 and len(set(found.event_id.tolist())) < len(found) else found


def _finish(bad: BadRows, problems: list[Problem]) -> Mapping[str, int]:
    try:
        return bad.finish()
    except DataError as error:
        problems.extend(error.problems)
        return bad.counts
