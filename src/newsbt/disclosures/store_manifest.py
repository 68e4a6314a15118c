"""What a source's part of the store is made of: the manifest, whose replacement is the one step of a commit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from newsbt._plain import JsonValue
from newsbt.domain.cells import EARLIEST_YEAR, LATEST_YEAR, instant
from newsbt.domain.input_files import file_error, kind_of, read_bytes
from newsbt.domain.output_files import write_whole
from newsbt.domain.size_limits import limit_of

__all__ = ["MANIFEST", "Manifest", "Span", "StoredPart", "asked_as", "by_years", "halves", "merged", "without"]

MANIFEST = "manifest.json"
FORMAT = 1
_FILE = re.compile(r"[0-9a-f]{32}\.(?:jsonl|parquet)")
Span = tuple[date, date]
"""First and last day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPart:
    """A file of rows, and how many of them each company has."""

    file: str
    companies: Mapping[str, int]

    @property
    def rows(self) -> int:
        return sum(self.companies.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The parts of a source, the days of each company that need not be asked about again, and when it was last asked
    about."""

    parts: tuple[StoredPart, ...] = ()
    settled: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    asked_at: Mapping[str, datetime] = field(default_factory=dict)

    def settled_of(self, company: str, scope: str) -> tuple[Span, ...]:
        """The days of a company that are settled for a part of what its source has: for all of it, or for that part."""
        found = self.settled.get(company, ())
        for span in self.settled.get(asked_as(company, scope), ()) if scope else ():
            found = merged(found, span)
        return found

    def asked_for(self, others: Iterable[str]) -> dict[str, list[str]]:
        """The companies that were asked about, with what of the source was asked for; and others."""
        found: dict[str, list[str]] = {}
        for key in dict.fromkeys((*self.settled, *self.asked_at, *others)):
            company, _, scope = key.partition("|")
            found.setdefault(company, []).append(scope)
        return found

    def last_asked(self, company: str, scope: str) -> datetime | None:
        """When a company was last asked about."""
        asked = [self.asked_at.get(key) for key in (company, asked_as(company, scope))]
        return max((at for at in asked if at is not None), default=None)

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest of a folder; an empty one where there is none.

        Raises
        ------
        DataError
            It is none that newsbt writes.
        """
        path = folder / MANIFEST
        if not kind_of(path):
            return cls()
        try:
            document = json.loads(read_bytes(path, limit_of("run")))
            if document["format"] != FORMAT:
                raise ValueError(f"format {document['format']!r}, and this newsbt reads {FORMAT}")
            return cls(
                parts=tuple(_part(one["file"], one["companies"]) for one in document["parts"]),
                settled={
                    name: tuple((_day(first), _day(last)) for first, last in spans)
                    for name, spans in document["settled"].items()
                },
                asked_at={name: _instant(at) for name, at in document["asked_at"].items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
            message = f"it is no manifest that `newsbt events pull` writes ({error}); give another `path`"
            raise file_error(path, message, code="damaged_store") from None

    def write(self, folder: Path) -> None:
        """Put this manifest into a folder in one step."""
        document: dict[str, JsonValue] = {
            "format": FORMAT,
            "parts": [{"file": one.file, "companies": dict(one.companies)} for one in self.parts],
            "settled": {
                name: [[first.isoformat(), last.isoformat()] for first, last in spans]
                for name, spans in sorted(self.settled.items())
            },
            "asked_at": {
                name: at.astimezone(UTC).isoformat(timespec="seconds") for name, at in sorted(self.asked_at.items())
            },
        }
        write_whole(folder / MANIFEST, [json.dumps(document, indent=1, ensure_ascii=False).encode()], "manifest")


def _part(file: JsonValue, companies: Mapping[str, int]) -> StoredPart:
    """A part as the manifest names it: a file of this folder and of no other."""
    if not isinstance(file, str) or _FILE.fullmatch(file) is None:
        raise ValueError(f"expected the name of a part, got {file!r}")
    return StoredPart(file=file, companies={name: int(n) for name, n in companies.items()})


def _day(written: str) -> date:
    found = date.fromisoformat(written)
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        raise ValueError(f"the year of {written!r}")
    return found


def _instant(written: str) -> datetime:
    found = instant(written)
    if found is None or found.tzinfo is None:
        raise ValueError(f"expected an instant with its offset, got {written!r}")
    return found


def asked_as(company: str, scope: str) -> str:
    """Under what a manifest has the days and the instant at which a company was asked about: its id, and what of its
    source was asked for, where that is not all."""
    return f"{company}|{scope}" if scope else company


def merged(spans: tuple[Span, ...], new: Span) -> tuple[Span, ...]:
    """Spans of days with another one, in order and without overlaps.

    >>> day = date.fromisoformat
    >>> merged(((day("2024-01-01"), day("2024-03-31")),), (day("2024-04-01"), day("2024-06-30")))
    ((datetime.date(2024, 1, 1), datetime.date(2024, 6, 30)),)
    """
    found: list[Span] = []
    for first, last in sorted((*spans, new)):
        if found and first <= found[-1][1] + timedelta(days=1):
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def without(wanted: Span, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """What of a span of days none of the others has.

    >>> day = date.fromisoformat
    >>> without((day("2024-01-01"), day("2024-12-31")), ((day("2024-03-01"), day("2024-12-24")),))[1]
    (datetime.date(2024, 12, 25), datetime.date(2024, 12, 31))
    """
    found: list[Span] = []
    first, end = wanted
    for start, last in spans:
        if last < first or start > end:
            continue
        if start > first:
            found.append((first, start - timedelta(days=1)))
        first = last + timedelta(days=1)
    if first <= end:
        found.append((first, end))
    return tuple(found)


def by_years(spans: Sequence[Span]) -> Iterator[Span]:
    """Spans of days, cut where a year ends."""
    for first, last in spans:
        for year in range(first.year, last.year + 1):
            yield max(first, date(year, 1, 1)), min(last, date(year, 12, 31))


def halves(span: Span) -> tuple[Span, Span]:
    """A span of at least two days as two."""
    first, last = span
    middle = first + (last - first) // 2
    return (first, middle), (middle + timedelta(days=1), last)
