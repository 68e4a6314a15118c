"""From the columns of a table of text to announcements, each distinct cell read once (rules T8 and S1).

What a cell means is the matter of `announcement_rows`: a row with a cell that is no good is read there, for the reason
and the words it gives.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TypeVar

import numpy as np
import pandas as pd

from newsbt._plain import PlainValue
from newsbt._typing import Bools, Objects
from newsbt.domain import cells
from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.announcement_columns import AnnouncementColumns
from newsbt.domain.coded import Coded, constant
from newsbt.domain.coded_table import ColumnTable
from newsbt.events.announcement_rows import (
    LOWEST,
    BadAnnouncement,
    RowParser,
    at,
    check_within,
    needed_at,
    needed_text,
    precision,
    read_cell,
    repeated,
)

__all__ = ["parse_columns"]

T = TypeVar("T")

NOTHING: tuple[str, ...] = ()
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_columns(table: ColumnTable, parser: RowParser, notes: Sequence[str] = ()) -> AnnouncementBatch:
    """Parse all rows of a table of text, as `announcement_rows.parse_rows` does.

    Raises
    ------
    DataError
        There are bad rows and the policy is ``error``.
    """
    read = _Columns(table, parser)
    event_id = read.needed("event_id").array

    def number(name: str) -> Callable[[str], float]:
        def read_number(value: str) -> float:
            found = read_cell(name, cells.number, value)
            check_within(name, found, LOWEST[name])
            return found

        return read_number

    found = AnnouncementColumns(
        event_id=event_id,
        published_at=read.instants("published_at"),
        event_type=read.needed("event_type"),
        issuer=read.needed("issuer"),
        headline=read.needed("headline"),
        received_at=read.column("received_at", lambda value: at("received_at", value), None),
        time_precision=read.column("time_precision", lambda value: precision(cells.text(value)), "minute"),
        subject=read.texts("subject"),
        rivals=read.column("rivals", cells.items, NOTHING),
        body=read.texts("body"),
        source=read.texts("source"),
        url=read.texts("url"),
        sentiment=read.column("sentiment", number("sentiment"), math.nan),
        relevance=read.column("relevance", number("relevance"), math.nan),
        tickers=read.column("tickers", lambda value: parser.known(cells.items(value), ""), NOTHING),
        unknown_tickers=constant(NOTHING, len(event_id)),
        mentioned=read.column("mentioned", cells.items, NOTHING),
        file=constant(str(parser.file), len(event_id)),
        line=table.lines,
        attributes=MappingProxyType({
            name: Coded[PlainValue](column.values, column.codes)
            for name, column in table.named.items() if name not in parser.taken
        }),
    )  # fmt: skip
    twice = read.good.copy()
    twice[read.good] = pd.Index(event_id[read.good], dtype=np.object_).duplicated()
    kept = read.good & ~twice
    _refuse(table, parser, event_id, kept, twice)
    good = found if kept.all() else found.take(np.flatnonzero(kept))
    return parser.batch(good, len(table), notes)


class _Columns:
    """Reads the columns of a table; `good` (N,) are the rows of which every cell could be read."""

    def __init__(self, table: ColumnTable, parser: RowParser) -> None:
        self._named, self._column = table.named, parser.column
        self.good: Bools = np.ones(len(table.lines), dtype=np.bool_)

    def column(self, name: str, read: Callable[[str], T], blank: T) -> Coded[T]:
        """A column's values; `blank` where there is no such column, or a cell that is no good."""
        source = self._column[name]
        cells_of = self._named.get(source) if source else None
        if cells_of is None:
            return constant(blank, len(self.good))
        values, bad = [], []
        for code, cell in enumerate(cells_of.values):
            try:
                values.append(read(cell))
            except (BadAnnouncement, ValueError):
                values.append(blank)
                bad.append(code)
        if bad:
            self.good &= ~np.isin(cells_of.codes, bad)
        return Coded(tuple(values), cells_of.codes)

    def needed(self, name: str) -> Coded[str]:
        """A column of texts that every row must have."""
        found = self._at_once(name, cells.texts)
        if found is not None and all(found.values):
            return found
        return self.column(name, lambda value: needed_text(name, value), "")

    def texts(self, name: str) -> Coded[str]:
        """A column of texts that may be blank."""
        found = self._at_once(name, cells.texts)
        return self.column(name, cells.text, "") if found is None else found

    def instants(self, name: str) -> Coded[datetime]:
        """A column of times that every row must have."""
        found = self._at_once(name, cells.instants)
        return self.column(name, lambda value: needed_at(name, value), EPOCH) if found is None else found

    def _at_once(self, name: str, read: Callable[[Sequence[str]], tuple[T, ...]]) -> Coded[T] | None:
        """A column whose values are read all at once; None where there is no such column, or one of them is no good."""
        source = self._column[name]
        cells_of = self._named.get(source) if source else None
        if cells_of is None:
            return None
        try:
            return Coded(read(cells_of.values), cells_of.codes)
        except ValueError:
            return None


def _refuse(table: ColumnTable, parser: RowParser, event_id: Objects, kept: Bools, twice: Bools) -> None:
    """Note the rows that are not kept, in the order of the file."""
    first: dict[str, int] = {}
    if twice.any():
        wanted = set(event_id[twice])
        for row in np.flatnonzero(kept & np.isin(event_id, list(wanted))).tolist():
            first[event_id[row]] = int(table.lines[row])
    broken = deque((line, table.head.ragged(record) or "") for line, record in table.ragged)
    for row in np.flatnonzero(~kept).tolist():
        line = int(table.lines[row])
        while broken and broken[0][0] < line:
            parser.refuse(broken[0][0], BadAnnouncement("bad_value", "", broken.popleft()[1]))
        if twice[row]:
            parser.refuse(line, repeated(event_id[row], first[event_id[row]]))
            continue
        try:
            parser.parse(line, table.row(row))
        except BadAnnouncement as fault:
            parser.refuse(line, fault)
        else:
            raise AssertionError(f"line {line}: a cell that is no good by itself is good in its row")
    for line, message in broken:
        parser.refuse(line, BadAnnouncement("bad_value", "", message))
