"""Announcements as columns: what is read of a table, none of them made before it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from typing import TypeVar, overload

import numpy as np

from newsbt._plain import PlainValue
from newsbt._typing import Bools, Instants, Ints, Objects
from newsbt.domain.announcement import Announcement
from newsbt.domain.coded import Coded, below, coded, constant
from newsbt.domain.object_arrays import objects

__all__ = ["AnnouncementColumns", "columns_of", "joined"]

T = TypeVar("T")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = 3_600_000_000  # microseconds
NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True, kw_only=True, eq=False)
class AnnouncementColumns(Sequence[Announcement]):
    """N announcements, a column for each field of `Announcement`; one that is asked for is made then.

    `attributes` are columns too, of which every announcement has all; `file` and `line` are what `origin` is made of.
    """

    event_id: Objects
    published_at: Coded[datetime]
    event_type: Coded[str]
    issuer: Coded[str]
    headline: Coded[str]
    received_at: Coded[datetime | None]
    time_precision: Coded[str]
    subject: Coded[str]
    rivals: Coded[tuple[str, ...]]
    body: Coded[str]
    source: Coded[str]
    url: Coded[str]
    sentiment: Coded[float]
    relevance: Coded[float]
    tickers: Coded[tuple[str, ...]]
    unknown_tickers: Coded[tuple[str, ...]]
    mentioned: Coded[tuple[str, ...]]
    file: Coded[str]
    line: Ints
    attributes: Mapping[str, Coded[PlainValue]] = field(default_factory=lambda: MappingProxyType({}))

    def __repr__(self) -> str:
        return f"<{len(self):,} announcements>"

    def __len__(self) -> int:
        return len(self.event_id)

    @overload
    def __getitem__(self, row: int) -> Announcement: ...
    @overload
    def __getitem__(self, row: slice) -> AnnouncementColumns: ...
    def __getitem__(self, row: int | slice) -> Announcement | AnnouncementColumns:
        if isinstance(row, slice):
            return self.take(np.arange(len(self))[row])
        return Announcement(
            event_id=self.event_id[row],
            published_at=self.published_at[row],
            event_type=self.event_type[row],
            issuer=self.issuer[row],
            headline=self.headline[row],
            received_at=self.received_at[row],
            time_precision=self.time_precision[row],
            subject=self.subject[row],
            rivals=self.rivals[row],
            body=self.body[row],
            source=self.source[row],
            url=self.url[row],
            sentiment=self.sentiment[row],
            relevance=self.relevance[row],
            tickers=self.tickers[row],
            unknown_tickers=self.unknown_tickers[row],
            mentioned=self.mentioned[row],
            attributes=MappingProxyType({name: column[row] for name, column in self.attributes.items()}),
            origin=f"{self.file[row]}:{self.line[row]}",
        )

    def __iter__(self) -> Iterator[Announcement]:
        return map(self.__getitem__, range(len(self)))

    def take(self, rows: Ints) -> AnnouncementColumns:
        """Some of them, in this order."""
        taken = {
            one.name: getattr(self, one.name).take(rows)
            for one in fields(self)
            if one.name not in ("event_id", "line", "attributes")
        }
        return replace(
            self,
            event_id=self.event_id[rows],
            line=self.line[rows],
            attributes=MappingProxyType({name: column.take(rows) for name, column in self.attributes.items()}),
            **taken,
        )

    @property
    def references(self) -> tuple[Ints, ...]:
        """Codes (N,) of all that decides what an announcement refers to, and what of it can be resolved."""
        return tuple(
            one.codes for one in (self.tickers, self.unknown_tickers, self.issuer, self.mentioned, self.event_type)
        )

    @property
    def is_late(self) -> Bools:
        """(N,): whether one was received after it was published."""
        written, arrived = _microseconds(self.published_at.values)[self.published_at.codes], self._arrived
        return arrived > written

    @property
    def _arrived(self) -> Ints:
        """(N,): when each was received, in microseconds; long ago where nothing says so."""
        instants = [EPOCH if at is None else at for at in self.received_at.values]
        unknown = np.array([at is None for at in self.received_at.values], dtype=bool)
        return np.where(unknown, NEVER, _microseconds(instants))[self.received_at.codes]

    def known_at(self, latency: timedelta = timedelta(0)) -> Instants:
        """(N,): rule T1's instants, those of `Announcement.known_at`."""
        if not all(isinstance(at.tzinfo, timezone) for at in self.published_at.values):
            # A zone whose offset changes: its hours are counted by its own clocks.
            return np.array([item.known_at(latency).replace(tzinfo=None) for item in self], dtype="M8[ns]")
        written = _microseconds(self.published_at.values)[self.published_at.codes]
        by_precision = np.array([("minute", "hour", "day").index(one) for one in self.time_precision.values])
        precision = by_precision[self.time_precision.codes] if len(self) else np.empty(0, dtype=np.int64)
        known = written + HOUR * (precision == 1)
        days = np.flatnonzero(precision == 2)
        used, index = np.unique(self.published_at.codes[days], return_inverse=True)
        ends = [_end_of_day(self.published_at.values[code]) for code in used.tolist()]
        known[days] = _microseconds(ends)[index]
        arrived = self._arrived
        known = np.where(arrived == NEVER, known, np.maximum(written, arrived))
        return (known + latency // timedelta(microseconds=1)).view("M8[us]").astype("M8[ns]")


def joined(parts: Sequence[AnnouncementColumns]) -> AnnouncementColumns:
    """All of them below each other; their attributes are the same."""
    if len(parts) == 1:
        return parts[0]
    found = {
        one.name: below([getattr(part, one.name) for part in parts])
        for one in fields(AnnouncementColumns)
        if one.name not in ("event_id", "line", "attributes")
    }
    names = parts[0].attributes
    return AnnouncementColumns(
        event_id=np.concatenate([part.event_id for part in parts]),
        line=np.concatenate([part.line for part in parts]),
        attributes=MappingProxyType({name: below([part.attributes[name] for part in parts]) for name in names}),
        **found,
    )


def columns_of(items: Sequence[Announcement]) -> AnnouncementColumns:
    """The same announcements as columns; objects stay objects where they are asked for one by one."""
    if isinstance(items, AnnouncementColumns):
        return items
    names = dict.fromkeys(name for item in items for name in item.attributes)
    every = np.arange(len(items))
    return AnnouncementColumns(
        event_id=objects([item.event_id for item in items]),
        published_at=Coded(tuple(item.published_at for item in items), every),
        event_type=coded(item.event_type for item in items),
        issuer=coded(item.issuer for item in items),
        headline=Coded(tuple(item.headline for item in items), every),
        received_at=Coded(tuple(item.received_at for item in items), every),
        time_precision=coded(item.time_precision for item in items),
        subject=coded(item.subject for item in items),
        rivals=coded(item.rivals for item in items),
        body=Coded(tuple(item.body for item in items), every),
        source=coded(item.source for item in items),
        url=Coded(tuple(item.url for item in items), every),
        sentiment=Coded(tuple(item.sentiment for item in items), every),
        relevance=Coded(tuple(item.relevance for item in items), every),
        tickers=coded(item.tickers for item in items),
        unknown_tickers=coded(item.unknown_tickers for item in items),
        mentioned=coded(item.mentioned for item in items),
        file=constant("", len(items)),
        line=np.zeros(len(items), dtype=np.int64),
        attributes={name: Coded(tuple(item.attributes.get(name) for item in items), every) for name in names},
    )


def _end_of_day(published_at: datetime) -> datetime:
    return datetime.combine(published_at.date() + timedelta(days=1), datetime.min.time(), tzinfo=published_at.tzinfo)


def _microseconds(instants: Sequence[datetime]) -> Ints:
    found = np.empty(len(instants), dtype=np.int64)
    for index, at in enumerate(instants):
        since = at - EPOCH
        found[index] = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return found
