"""From a row of any source to an announcement, or to the reason why not (rules T8 and S1)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from newsbt._plain import PlainValue
from newsbt.domain import cells
from newsbt.domain.announcement import PRECISIONS, Announcement
from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.bad_rows import BadRows
from newsbt.domain.references import Unresolved
from newsbt.domain.ticker_forms import AmbiguousTickerError, meant_by
from newsbt.error_codes import ErrorCode
from newsbt.errors import nearest, nearest_ticker
from newsbt.events.extraction.news_item import RefusedItem
from newsbt.events.extraction.published import parse_time

__all__ = [
    "COLUMNS", "LOWEST", "OPTIONAL", "REQUIRED", "BadAnnouncement", "Row", "RowParser", "at", "check_within",
    "in_words", "needed_at", "needed_text", "parse_rows", "precision", "read_cell", "repeated", "stranger",
]  # fmt: skip

REQUIRED = ("event_id", "published_at", "event_type", "issuer", "headline")
OPTIONAL = (
    "received_at", "time_precision", "subject", "rivals", "body", "source", "url", "sentiment", "relevance", "tickers",
    "mentioned",
)  # fmt: skip
COLUMNS = REQUIRED + OPTIONAL

# Columns whose cells mean something by themselves, in the order in which their faults are told.
_PARSED: tuple[tuple[str, Callable[[PlainValue], float | str | tuple[str, ...]]], ...] = (
    ("sentiment", cells.number), ("relevance", cells.number), ("time_precision", cells.text), ("subject", cells.text),
    ("rivals", cells.items), ("body", cells.text), ("source", cells.text), ("url", cells.text),
    ("tickers", cells.items), ("mentioned", cells.items),
)  # fmt: skip

LOWEST = {"sentiment": -1.0, "relevance": 0.0}
"""Columns of numbers up to 1, with the least that may stand there."""

Row = tuple[int, Mapping[str, PlainValue] | str]
"""A line number with the row's values by the source's column names, or with what makes the row unreadable."""


T = TypeVar("T")


class BadAnnouncement(Exception):
    """Why a row is no announcement, under which column's name, and what to make of it."""

    def __init__(self, reason: ErrorCode, key: str, message: str) -> None:
        super().__init__(message)
        self.reason, self.key, self.message = reason, key, message


class _UnknownTickers(BadAnnouncement):
    """Tickers of one row that no instrument has."""

    def __init__(self, tickers: tuple[str, ...], event_id: str) -> None:
        super().__init__("unknown_ticker", "tickers", "")
        self.references = [Unresolved("unknown_ticker", one, event_id) for one in tickers]


def parse_rows(
    rows: Iterable[Row],
    *,
    file: Path | str,
    chosen: Mapping[str, str],
    known_tickers: Container[str] | None,
    on_bad_row: str,
    notes: Sequence[str] = (),
) -> AnnouncementBatch:
    """Parse all rows of one source.

    Parameters
    ----------
    rows
        Line number and values by source column, in order.
    file
        What messages call the source.
    chosen
        Contract name to source column; columns that nobody chose become attributes.
    known_tickers
        The universe's tickers; None leaves the `tickers` column unchecked.
    on_bad_row
        ``error`` or ``skip``.
    said
        What was recognised and assumed of the source.

    Raises
    ------
    DataError
        There are bad rows and the policy is ``error``.
    """
    parser = RowParser(file, chosen, known_tickers, on_bad_row)
    found: list[Announcement] = []
    first_line: dict[str, int] = {}
    rows_read = 0
    for line, values in rows:
        rows_read += 1
        try:
            if isinstance(values, str):
                raise BadAnnouncement("bad_value", "", values)
            item = parser.parse(line, values)
            first = first_line.setdefault(item.event_id, line)
            if first != line:
                raise repeated(item.event_id, first)
        except BadAnnouncement as fault:
            parser.refuse(line, fault)
        else:
            found.append(item)
    return parser.batch(tuple(found), rows_read, notes)


def repeated(event_id: str, first: int) -> BadAnnouncement:
    """What is wrong with a row whose id another has."""
    message = f"{event_id!r} stands already in line {first}; give each event one id and one row"
    return BadAnnouncement("duplicate_event_id", "event_id", message)


def stranger(ticker: str, known_tickers: Container[str] | None) -> str:
    """That a ticker is no instrument, with the one that may be meant."""
    near = nearest_ticker(ticker, known_tickers) if isinstance(known_tickers, Iterable) else ""
    hint = f"; did you mean '{near}'?" if near else ""
    return f"{ticker!r} is no instrument of the universe{hint}; lists are separated by ';'"


class RowParser:
    """Makes announcements of the rows of one source, and counts those that are none."""

    def __init__(
        self, file: Path | str, chosen: Mapping[str, str], known_tickers: Container[str] | None, on_bad_row: str
    ) -> None:
        self.file, self.chosen = file, chosen
        self.bad = BadRows(on_bad_row)
        self.lost: list[Unresolved] = []
        self.column = {name: chosen.get(name) for name in COLUMNS}  # a column without a header is none of ours
        self.taken = frozenset(chosen.values())
        self.known_tickers = known_tickers
        self.optional = [(name, parse) for name, parse in _PARSED if self.column[name]]

    def refuse(self, line: int, fault: BadAnnouncement) -> None:
        """Note a row that is no announcement."""
        key, message = self.chosen.get(fault.key, fault.key) or None, fault.message
        if isinstance(fault, _UnknownTickers):
            self.lost += fault.references
            message = stranger(fault.references[0].name, self.known_tickers) if self.bad.listing else ""
        self.bad.add(fault.reason, message, file=str(self.file), line=line, key=key)

    def batch(self, found: Sequence[Announcement], rows_read: int, notes: Sequence[str]) -> AnnouncementBatch:
        """What was read; DataError where a row was refused and that is an error."""
        return AnnouncementBatch(
            announcements=found,
            rows_read=rows_read,
            bad_rows=self.bad.finish(),
            files=(self.file,) if isinstance(self.file, Path) else (),
            on_bad_row=self.bad.on_bad_row,
            lost=tuple(self.lost),
            readings=((str(self.file), tuple(notes)),) if notes else (),
        )

    def parse(self, line: int, values: Mapping[str, PlainValue]) -> Announcement:
        def cell(name: str) -> PlainValue:
            column = self.column[name]
            return None if column is None else values.get(column)

        def needed(name: str) -> str:
            return needed_text(name, cell(name))

        event_id = needed("event_id")
        published_at = needed_at("published_at", cell("published_at"))
        found: dict[str, Any] = {name: read_cell(name, parse, cell(name)) for name, parse in self.optional}
        if "tickers" in found:
            found["tickers"] = self.known(found["tickers"], event_id)
        for name, low in LOWEST.items():
            if name in found:
                check_within(name, found[name], low)
        found["time_precision"] = precision(found.get("time_precision", ""))
        return Announcement(
            event_id=event_id,
            published_at=published_at,
            event_type=needed("event_type"),
            issuer=needed("issuer"),
            headline=needed("headline"),
            received_at=at("received_at", cell("received_at")),
            attributes=MappingProxyType({name: values[name] for name in values if name not in self.taken}),
            origin=f"{self.file}:{line}",
            **found,
        )

    def known(self, tickers: tuple[str, ...], event_id: str) -> tuple[str, ...]:
        """The tickers as the universe writes them."""
        if self.known_tickers is None:
            return tickers
        try:
            meant = {written: meant_by(written, self.known_tickers) for written in tickers}
        except AmbiguousTickerError as error:
            raise BadAnnouncement("unknown_ticker", "tickers", str(error)) from None
        unknown = tuple(written for written, ticker in meant.items() if not ticker)
        if unknown:
            raise _UnknownTickers(unknown, event_id)
        return tuple(dict.fromkeys(meant.values()))


def needed_text(name: str, value: PlainValue) -> str:
    """The text of a cell that no announcement is without."""
    found: str = read_cell(name, cells.text, value)
    if not found:
        raise BadAnnouncement("missing_value", name, f"the row has no {name}; every announcement needs one")
    return found


def needed_at(name: str, value: PlainValue) -> datetime:
    """The instant of a cell that no announcement is without."""
    found = at(name, value)
    if found is None:
        needed_text(name, value)
        raise AssertionError("a time that is not blank is parsed or refused")
    return found


def precision(written: str) -> str:
    """The precision of a time, that of a minute where none is written."""
    found = written or "minute"
    if found not in PRECISIONS:
        message = f"expected minute, hour or day, got {found!r}{nearest(found, PRECISIONS)}"
        raise BadAnnouncement("bad_value", "time_precision", message)
    return found


def read_cell(name: str, parse: Callable[[PlainValue], T], value: PlainValue) -> T:
    try:
        return parse(value)
    except ValueError as error:
        raise BadAnnouncement("bad_value", name, str(error)) from None


def check_within(name: str, value: float, low: float) -> None:
    """Refuse a number that is below `low` or above 1."""
    if not (math.isnan(value) or low <= value <= 1.0):
        raise BadAnnouncement("bad_value", name, f"expected a number from {low:g} to 1, got {value:g}")


def in_words(value: PlainValue) -> datetime | None:
    """The instant of a cell that names its zone, as feeds do (2025-03-05 16:30 EST); None where it is none such."""
    if not isinstance(value, str):
        return None
    try:
        found = parse_time(value)
    except RefusedItem:
        return None
    return found.at if found.precision == "minute" else None


def _unclear(value: PlainValue) -> str:
    """What is unclear of a time in words that names a zone or what may be one; empty where it names none."""
    if not isinstance(value, str) or not re.search(r"\d:\d\d.*[A-Za-z]", value):
        return ""
    try:
        parse_time(value)
    except RefusedItem as error:
        return error.problem.message if error.problem.code == "bad_time" else ""
    return ""


def at(name: str, value: PlainValue) -> datetime | None:
    """The instant of a cell, None where it is blank."""
    try:
        found = cells.instant(value)
    except ValueError as error:
        if (zoned := in_words(value)) is not None:
            return zoned
        unclear = _unclear(value) or f"{error}; another form is stated with `time_format` and `zone`"
        raise BadAnnouncement("bad_time", name, unclear) from None
    if found is None or found.utcoffset() is not None:
        return found
    if (isinstance(value, str) and len(value.strip()) <= 10) or not isinstance(value, str | datetime):
        written = f"{value} is a day without a time and an offset"
        fix = f"{found.date()}T00:00:00+08:00 with time_precision day"
    else:
        written = f"{value} has no offset, so nobody can say which instant it is"
        fix = f"{found.isoformat()}+08:00 (or the offset it was meant at; Z for UTC)"
    raise BadAnnouncement("naive_time", name, f"{written}; write for example {fix}, or give the reader a `zone`")


def numbered(rows: Iterable[Mapping[str, PlainValue]], start: int) -> Iterator[Row]:
    """Rows with line numbers that count up from `start`."""
    return ((line, values) for line, values in enumerate(rows, start))
