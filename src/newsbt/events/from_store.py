"""Announcements from the local store that ``newsbt events pull`` fills: reader `store`. It opens no network."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

from newsbt._plain import PlainValue
from newsbt.disclosures.disclosure import StoredDisclosure, stored_of
from newsbt.disclosures.disclosure_store import DisclosureStore
from newsbt.disclosures.source_options import DisclosureOptions, options_of
from newsbt.disclosures.type_tables import type_of
from newsbt.domain.announcement import Announcement
from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.cells import instant
from newsbt.domain.entity import Universe
from newsbt.domain.input_files import file_error
from newsbt.domain.ticker_forms import known_of

__all__ = ["StoreAnnouncements"]

KNOWN = ("stated", "open")


@dataclass(frozen=True, kw_only=True)
class StoreAnnouncements:
    """A local store of disclosures.

    Parameters
    ----------
    path : Path
        The folder of the store.
    sources : mapping
        What ``newsbt events pull`` asks, and how (:class:`~newsbt.disclosures.source_options.DisclosureOptions`); empty
        reads whatever is in the store.
    former : Path, optional
        A table ``source, ticker, id`` of companies that a source's list of today does not have; for pulls.
    as_of : str, optional
        An instant: what was pulled after it is not seen.
    known : {'stated', 'open'}
        When items of which the source states the day alone are known: at the end of that day (T1), or, as issuers
        mostly publish on the evening before the date that is printed, before its opening.
    """

    path: Path
    sources: Mapping[str, PlainValue] = field(default_factory=dict)
    former: Path | None = None
    as_of: str | None = None
    known: str = "stated"

    is_made_later: ClassVar[bool] = True  # by a pull: an assembly that finds nothing at `path` is no fault

    def __post_init__(self) -> None:
        options_of(self.sources)
        if self.known not in KNOWN:
            raise ValueError(f"known is one of {', '.join(KNOWN)}, not {self.known!r}")
        if self.as_of is not None and _instant(self.as_of).tzinfo is None:
            raise ValueError(f"as_of needs an offset, such as {self.as_of}+08:00")

    @property
    def options(self) -> tuple[DisclosureOptions, ...]:
        """How each source is asked."""
        return options_of(self.sources)

    def with_universe(self, universe: Universe) -> CompanyAnnouncements:
        """The same store, read for the companies of a universe."""
        return CompanyAnnouncements(store=self, universe=universe)

    def read(self, known_tickers: Container[str] | None = None) -> AnnouncementBatch:
        """All announcements, with the listings that they were pulled for.

        Raises
        ------
        DataError
            There is no store, or it cannot be read.
        """
        return self.read_for(None, known_tickers)

    def read_for(self, universe: Universe | None, known_tickers: Container[str] | None) -> AnnouncementBatch:
        """All announcements, of a universe's companies where there is one."""
        companies = _Companies(universe)
        names = self.names()
        found: dict[str, Announcement] = {}
        rows = repeated = strangers = 0
        for name in names:
            for k, (row, event_id) in enumerate(self.rows(name), 1):
                item = self._announcement(name, row, event_id, companies, known_tickers, k)
                if item is None:
                    strangers += 1
                    continue
                rows += 1
                first = found.get(event_id)
                if first is not None:  # of several companies together
                    repeated += 1
                    item = replace(first, tickers=tuple(dict.fromkeys((*first.tickers, *item.tickers))))
                found[event_id] = item
        notes = [f"{rows:,} items of {', '.join(names)}"]
        if strangers:
            notes.append(f"{strangers:,} items of companies outside the universe left out")
        ordered = sorted(found.values(), key=lambda one: (one.published_at, one.event_id))
        return AnnouncementBatch(
            announcements=tuple(ordered), rows_read=rows, repeated=repeated, readings=((str(self.path), tuple(notes)),),
            files=tuple(self._files(names)),
        )  # fmt: skip

    def rows(self, source: str) -> Iterator[tuple[StoredDisclosure, str]]:
        """The rows of a source as of the reader's instant, of each version that which was pulled last, each with the id
        of its event."""
        until = None if self.as_of is None else _instant(self.as_of).astimezone(UTC)
        last: dict[tuple[str, str, int], StoredDisclosure] = {}
        for table in DisclosureStore(self.path).source(source).tables():
            for row in stored_of(table):
                if until is None or datetime.fromisoformat(row.pulled_at) <= until:
                    before = last.setdefault((row.company, row.event_id, row.version), row)
                    if before.pulled_at <= row.pulled_at:
                        last[row.company, row.event_id, row.version] = row
        for row in last.values():
            yield row, row.event_id if row.version == 1 else f"{row.event_id}.v{row.version}"

    def names(self) -> Sequence[str]:
        """The sources that are read.

        Raises
        ------
        DataError
            There is none.
        """
        there = DisclosureStore(self.path).sources()
        names = tuple(name for name in there if not self.sources or name in self.sources)
        if not names:
            what = f"there is no store with {' or '.join(self.sources) or 'announcements'} here"
            raise file_error(self.path, f"{what}; `newsbt events pull CONFIG` makes one", code="missing_file")
        return names

    def _files(self, names: Sequence[str]) -> list[Path]:
        found = []
        for name in names:
            source = DisclosureStore(self.path).source(name)
            found += [source.folder / part.file for part in source.manifest().parts]
        return found

    def _announcement(
        self, source: str, row: StoredDisclosure, event_id: str, companies: _Companies,
        known_tickers: Container[str] | None, line: int,
    ) -> Announcement | None:  # fmt: skip
        """A row as an announcement; None of a company that the universe does not have."""
        listed = tuple(row.tickers.split(";"))
        tickers, unknown = (listed, ()) if known_tickers is None else known_of(listed, known_tickers)
        if not tickers:
            return None
        issuer, tickers = companies.of(tickers) or (row.issuer, tickers)
        headline = row.headline or row.headline_local
        name = type_of(source, row.form, row.category, headline)
        published, precision = datetime.fromisoformat(row.published_at), row.time_precision
        if precision == "day" and self.known == "open":
            precision = "minute"
        return Announcement(
            event_id=event_id,
            published_at=published, received_at=row.received,
            time_precision=precision, event_type=name, issuer=issuer, headline=headline,
            source=source, url=row.url, tickers=tickers,
            unknown_tickers=unknown,
            attributes=MappingProxyType(
                {
                    "form": row.form, "category": row.category, "time_source": row.time_source,
                    "stated_precision": row.time_precision, "report_date": row.report_date,
                    "company_name": row.issuer, "headline_local": row.headline_local,
                }
            ),
            origin=f"{self.path / source}:{line}",
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CompanyAnnouncements:
    """A store, read for the companies of a universe."""

    store: StoreAnnouncements
    universe: Universe

    def read(self, known_tickers: Container[str] | None = None) -> AnnouncementBatch:
        """As :meth:`StoreAnnouncements.read`; an announcement is of all listings of its company."""
        return self.store.read_for(self.universe, known_tickers)


class _Companies:
    """The company of a listing, and all its listings: news is the company's, wherever it is filed."""

    def __init__(self, universe: Universe | None) -> None:
        self._name: dict[str, str] = {}
        self._listings: dict[str, tuple[str, ...]] = {}
        for one in () if universe is None else universe.instruments:
            self._name[one.ticker] = one.company_name
            self._listings[one.company_name] = (*self._listings.get(one.company_name, ()), one.ticker)

    def of(self, tickers: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
        """The name of the company and its listings, those that were named first; None where nobody says."""
        name = self._name.get(tickers[0])
        return None if name is None else (name, tuple(dict.fromkeys((*tickers, *self._listings[name]))))


def _instant(written: str) -> datetime:
    try:
        found = instant(written)
    except ValueError as error:
        raise ValueError(f"as_of: {error}") from None
    if found is None:
        raise ValueError("as_of is an instant such as 2026-03-01T08:00:00+08:00")
    return found
