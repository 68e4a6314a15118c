"""One item of a company's disclosures, as a source has it and as the store keeps it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pyarrow as pa

from newsbt.disclosures.sec_acceptance import LATER_READING
from newsbt.domain.announcement import PRECISIONS
from newsbt.domain.cells import instant
from newsbt.domain.showing import brief

__all__ = ["SCHEMA", "SOURCES", "Disclosure", "StoredDisclosure", "fault_of", "stored_of", "table_of"]

SOURCES = ("sec", "hkexnews", "cninfo")

INSTANTS = ("published_at", "received_at", "pulled_at")
MAY_BE_BLANK = ("received_at",)

SCHEMA = pa.schema(
    [
        ("event_id", pa.string()), ("version", pa.int32()), ("company", pa.string()), ("issuer", pa.string()),
        ("tickers", pa.string()), ("headline", pa.string()), ("headline_local", pa.string()),
        ("published_at", pa.string()), ("time_precision", pa.string()), ("time_source", pa.string()),
        ("received_at", pa.string()), ("form", pa.string()), ("category", pa.string()), ("report_date", pa.string()),
        ("url", pa.string()), ("pulled_at", pa.string()),
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """An item as its source has it.

    `ids` are those it may be known by, its own first: of an announcement in two languages that of each. `tickers` are
    the listings of its company. `published_at` is aware, with the offset of the source's clock; `time_source` says
    where it comes from. `category` is what the source itself says it is, in the source's words. `known_from` is stated
    of an item that revises another one: the instant of the revision.
    """

    ids: tuple[str, ...]
    issuer: str
    tickers: tuple[str, ...]
    headline: str
    headline_local: str = ""
    published_at: datetime
    time_precision: str = "minute"
    time_source: str
    form: str = ""
    category: str = ""
    report_date: date | None = None
    url: str = ""
    known_from: datetime | None = None

    __repr__ = brief


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDisclosure:
    """A row of the store: a version of an item, and when it was pulled. Instants are texts of ISO 8601, as there."""

    event_id: str
    version: int
    company: str
    issuer: str
    tickers: str
    headline: str
    headline_local: str
    published_at: str
    time_precision: str
    time_source: str
    received_at: str
    form: str
    category: str
    report_date: str
    url: str
    pulled_at: str

    __repr__ = brief

    @classmethod
    def of(
        cls, item: Disclosure, event_id: str, version: int, company: str, received_at: datetime | None,
        pulled_at: datetime,
    ) -> StoredDisclosure:  # fmt: skip
        """A version of an item."""
        return cls(
            event_id=event_id, version=version, company=company, issuer=item.issuer, tickers=";".join(item.tickers),
            headline=item.headline, headline_local=item.headline_local, published_at=item.published_at.isoformat(),
            time_precision=item.time_precision, time_source=item.time_source,
            received_at="" if received_at is None else received_at.astimezone(UTC).isoformat(), form=item.form,
            category=item.category, report_date="" if item.report_date is None else item.report_date.isoformat(),
            url=item.url, pulled_at=pulled_at.astimezone(UTC).isoformat(timespec="seconds"),
        )  # fmt: skip

    @property
    def received(self) -> datetime | None:
        """Since when a revision is known; None of what is known since it was published."""
        return datetime.fromisoformat(self.received_at) if self.received_at else None

    @property
    def known(self) -> datetime:
        """Since when it is known."""
        return (self.received or datetime.fromisoformat(self.published_at)).astimezone(UTC)

    def is_retimed_by(self, item: Disclosure) -> bool:
        """Whether an item that says the same has its instant from a better source: a header, after a reading."""
        return self.time_source == LATER_READING != item.time_source

    def says(self, item: Disclosure) -> bool:
        """Whether an item says what this version says; what one of them leaves blank is no difference, nor are titles
        that only a header has."""
        report_date = "" if item.report_date is None else item.report_date.isoformat()
        pairs = [
            (self.headline, item.headline), (self.headline_local, item.headline_local), (self.form, item.form),
            (self.report_date, report_date),
        ]  # fmt: skip
        if bool(self.headline) == bool(item.headline):  # else the categories are of two languages
            pairs.append((self.category, item.category))
        if self.is_retimed_by(item) and item.headline.startswith(self.headline):
            pairs[0] = (item.headline, item.headline)
        return all(mine == theirs or not mine or not theirs for mine, theirs in pairs)


def table_of(rows: Iterable[StoredDisclosure]) -> pa.Table:
    """Rows as the store's columns."""
    listed = list(rows)
    columns = [[getattr(row, name) for row in listed] for name in SCHEMA.names]
    return pa.Table.from_arrays(
        [pa.array(column, type=field.type) for column, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA
    )


def fault_of(table: pa.Table) -> str:
    """What a row of a table with the store's columns has that none is written with; empty where all are sound."""
    for name, column in zip(table.column_names, table.columns, strict=True):
        if column.null_count:
            return f"{name} is empty in {column.null_count} rows"
    for name in INSTANTS:
        for written in table.column(name).unique().to_pylist():
            try:
                found = instant(written)
            except ValueError as error:
                return f"{name}: {error}"
            if name not in MAY_BE_BLANK if found is None else found.tzinfo is None:
                return f"{name}: expected an instant with its offset, got {written!r}"
    precisions = table.column("time_precision").unique().to_pylist()
    return next((f"time_precision: {one!r}" for one in precisions if one not in PRECISIONS), "")


def stored_of(table: pa.Table) -> list[StoredDisclosure]:
    """The rows of a table of the store."""
    columns = [table.column(name).to_pylist() for name in SCHEMA.names]
    return [StoredDisclosure(**dict(zip(SCHEMA.names, values, strict=True))) for values in zip(*columns, strict=True)]
