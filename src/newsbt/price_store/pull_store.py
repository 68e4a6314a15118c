"""A store of what providers answered, pull by pull: nothing is changed, and what was known at an instant stays so."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from newsbt.domain.input_files import file_error
from newsbt.domain.output_files import unwritable
from newsbt.errors import DataError, Problem
from newsbt.owners import locked
from newsbt.price_store.pulled import PULL_SCHEMA, PulledPrices, PulledRates
from newsbt.price_store.store_files import FOLDERS, StoreFile, listing, read_file, write_file

__all__ = ["PriceStore", "StoredRows", "TickerPull", "clock_now", "once", "pulls_of"]

T = TypeVar("T")

_INSTANT = pa.timestamp("us", "UTC")
_TICK = timedelta(microseconds=1)
_CLOCK_TOLERANCE = timedelta(minutes=1)  # by which the clocks of two machines that share a store may differ
_MOST_READINGS = 20  # that a compaction may cut off, one after another


def clock_now() -> datetime:
    """The instant by this machine's clock, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class TickerPull:
    """What one pull asked about one ticker (of `kind` ``prices``), or pair of currencies (``rates``), and what came.

    `asked_from` and `asked_through` are the days asked for, both inclusive; `first` and `last` those of the first and
    the last row with a price, None where none came; `gap` says why none did.
    """

    kind: str
    ticker: str
    exchange: str
    provider: str
    provider_version: str
    pulled_at: datetime
    adjusted: str
    asked_from: date
    asked_through: date
    rows: int
    first: date | None
    last: date | None
    currency: str
    gap: str


def pulls_of(records: pa.Table) -> tuple[TickerPull, ...]:
    """The rows of records of pulls as values."""
    return tuple(TickerPull(**row) for row in records.to_pylist())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoredRows:
    """All rows of the pulls that were in a store at an instant, as they were written.

    `table` has the columns of the store's files, and `file` and `row`: where each row stands, `file` pointing into
    `files` and rows being counted from 1. `records` are those of all pulls known then, of every kind, once each.
    `read` are all files that were read, those of the records among them; `warnings` say which ones were left out.
    """

    table: pa.Table
    files: tuple[Path, ...]
    records: pa.Table
    read: tuple[Path, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class PriceStore:
    """The store in a folder, which is made when something is added; `now` is the clock.

    A pull is in the store from the instant that it is stamped with: pulls come one after the other, each with a later
    stamp than all before it. So a reader that takes those up to an instant finds the same ones whenever it asks again.
    """

    folder: Path
    now: Callable[[], datetime] = clock_now

    def add(self, pulled: PulledPrices | PulledRates) -> tuple[Path, ...]:
        """Put a pull into the store, whole or not at all.

        Returns
        -------
        tuple of Path
            The files of its rows, one a year, and the record of the pull, which makes it count.

        Raises
        ------
        DataError
            The answer cannot be stored, the folder cannot be written, or this machine's clock is behind the store.
        """
        with self.writing():
            stamp = self._stamp()
            rows, record = pulled.tables(stamp)
            written: list[Path] = []
            try:
                for group, part in _by_year(rows, pulled.exchange if isinstance(pulled, PulledPrices) else ""):
                    written.append(write_file(self.folder, pulled.kind, group, stamp, pulled.provider, part))
                return (*written, write_file(self.folder, "pulls", "", stamp, pulled.provider, record))
            except BaseException:
                for path in written:
                    with contextlib.suppress(OSError):
                        path.unlink(missing_ok=True)
                raise

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the store for writing: nobody else adds to it, or compacts it, meanwhile."""
        try:
            for kind in FOLDERS:
                (self.folder / kind).mkdir(parents=True, exist_ok=True)
            with locked(self.folder / "pulls"):
                yield
        except OSError as error:
            raise unwritable(self.folder, error) from None

    def _stamp(self) -> datetime:
        """The instant of a pull that is added now."""
        newest = max((file.stamp for file in listing(self.folder)), default=None)
        now = self.now().astimezone(UTC)
        if newest is None or newest < now:
            return now
        if newest > now + _CLOCK_TOLERANCE:
            message = (
                f"the newest pull in the store is of {newest.isoformat()}, later than this machine's clock, "
                f"{now.isoformat()}: set the clock right; if it was wrong then, delete the files of that pull"
            )
            raise DataError.of([Problem(code="bad_time", message=message, file=str(self.folder))])
        return newest + _TICK

    def files(self, kind: str, as_of: datetime) -> tuple[Path, ...]:
        """The files that :meth:`read` reads, those of the records of pulls among them, sorted."""

        def found() -> tuple[Path, ...]:
            listed = listing(self.folder)
            stamps = _stamps(_records(listed, as_of, []))
            return tuple(file.path for file in listed if _is_read(file, kind, as_of, stamps))

        return _until_read(found)

    def reaches_beyond(self, as_of: datetime) -> bool:
        """Whether a file that is read as of an instant holds pulls of later ones as well."""
        return any(file.is_compacted and file.stamp > as_of for file in listing(self.folder))

    def pulls(self, as_of: datetime | None = None) -> tuple[TickerPull, ...]:
        """All pulls up to an instant (now), one entry a ticker or pair and pull, oldest first."""
        return pulls_of(self.records(self.now() if as_of is None else as_of))

    def records(self, as_of: datetime) -> pa.Table:
        """The same as a table, with the columns of the files of records."""
        return _until_read(lambda: _records(listing(self.folder), as_of, None))

    def read(self, kind: str, as_of: datetime, *, skip_damaged: bool = False) -> StoredRows:
        """All rows of a kind (``prices`` or ``rates``) of the pulls up to an instant.

        Raises
        ------
        DataError
            A file is damaged, or rows of a pull are gone; with `skip_damaged` such pulls are left out, with a warning.
        """
        return _until_read(lambda: self._read(kind, as_of, skip_damaged))

    def _read(self, kind: str, as_of: datetime, skip_damaged: bool) -> StoredRows:
        found = listing(self.folder)
        warnings: list[str] = []
        left_out = warnings if skip_damaged else None
        records = _records(found, as_of, left_out)
        stamps = _stamps(records)
        tables: list[pa.Table] = [_located(FOLDERS[kind].empty_table(), 0)]
        files: list[Path] = []
        used = [file for file in found if _is_read(file, kind, as_of, stamps)]
        for file in used:
            if file.kind == kind and (table := _read_unless_damaged(file, left_out)) is not None:
                tables.append(_located(table, len(files)))
                files.append(file.path)
        table = once(_joined(tables, stamps), kind)
        lost = _lost(table, records.filter(pc.equal(records.column("kind"), kind)))
        if lost and not skip_damaged:
            instant, there, rows = lost[0]
            message = (
                f"of the pull of {instant.isoformat()} {rows - there:,} of {rows:,} rows are gone: a file of it was "
                "deleted; restore it, or run with `on_bad_row: skip` and pull again"
            )
            raise DataError.of([Problem(code="damaged_store", message=message, file=str(self.folder))])
        if lost:
            if not warnings:
                more = f" and {len(lost) - 1:,} more" if len(lost) > 1 else ""
                warnings.append(
                    f"{self.folder}: rows of the pull of {lost[0][0].isoformat()}{more} are gone: a file was "
                    "deleted; the rest is left out (`on_bad_row: skip`); pull again"
                )
            gone = _instants({instant for instant, _, _ in lost})
            table = table.filter(pc.invert(pc.is_in(table.column("pulled_at"), gone)))
            records = records.filter(pc.invert(pc.is_in(records.column("pulled_at"), gone)))
        read = tuple(file.path for file in used)
        return StoredRows(table=table, files=tuple(files), records=records, read=read, warnings=tuple(warnings))


def _until_read(read: Callable[[], T]) -> T:
    """What is read once no file goes meanwhile: a compaction puts its rows into another one first."""
    for _ in range(_MOST_READINGS):
        try:
            return read()
        except FileNotFoundError as error:
            gone = str(error)
    message = "the file went while it was read, again and again: other processes change the store; try again"
    raise file_error(gone, message, code="changed_file")


def _is_read(file: StoreFile, kind: str, as_of: datetime, stamps: set[datetime]) -> bool:
    """Whether a file may hold something of an instant. One of a pull without a record was cut off, or is still being
    written: it does not count."""
    if file.kind == "pulls":
        return file.is_compacted or file.stamp <= as_of
    return file.kind == kind and (file.is_compacted or file.stamp in stamps)


def _read_unless_damaged(file: StoreFile, left_out: list[str] | None) -> pa.Table | None:
    """A file's rows; of a damaged one None, and a sentence in what is left out, unless that is None."""
    try:
        return read_file(file)
    except DataError as error:
        if left_out is None:
            raise
        left_out.append(f"{error}; what was pulled together with it is left out (`on_bad_row: skip`)")
        return None


def _records(found: Sequence[StoreFile], as_of: datetime, left_out: list[str] | None) -> pa.Table:
    """The records of the pulls up to an instant, each once: after a compaction that was cut off some stand twice."""
    tables = [_read_unless_damaged(file, left_out) for file in found if _is_read(file, "pulls", as_of, set())]
    there = (one.replace_schema_metadata() for one in tables if one is not None)
    whole = pa.concat_tables([PULL_SCHEMA.empty_table(), *there])
    return once(whole.filter(pc.less_equal(whole.column("pulled_at"), pa.scalar(as_of, _INSTANT))), "pulls")


def _stamps(records: pa.Table) -> set[datetime]:
    return set(records.column("pulled_at").to_pylist())


def once(table: pa.Table, kind: str) -> pa.Table:
    """The rows by ticker (or pair), day and pull, records by pull, each once."""
    keys = ("pulled_at", "kind", "ticker") if kind == "pulls" else (FOLDERS[kind].names[0], "date", "pulled_at")
    ordered = table.sort_by([(name, "ascending") for name in keys])
    if ordered.num_rows < 2:
        return ordered
    again = np.ones(ordered.num_rows - 1, dtype=np.bool_)
    for name in keys:
        codes = ordered.column(name).combine_chunks().dictionary_encode().indices.to_numpy()
        again &= codes[1:] == codes[:-1]
    return ordered.filter(pa.array(np.concatenate(([True], ~again)))) if again.any() else ordered


def _lost(table: pa.Table, records: pa.Table) -> list[tuple[datetime, int, int]]:
    """Pulls of which rows are missing: their instant, how many rows are there, how many were written."""
    counts = pc.value_counts(table.column("pulled_at")).to_pylist() if table.num_rows else []
    there = {one["values"]: one["counts"] for one in counts}
    sums = records.group_by("pulled_at").aggregate([("rows", "sum")]).to_pylist()
    pairs = ((one["pulled_at"], there.get(one["pulled_at"], 0), one["rows_sum"]) for one in sums)
    return sorted(one for one in pairs if one[1] < one[2])


def _located(table: pa.Table, file: int) -> pa.Table:
    """A file's rows with the file's number, and theirs, counted from 1."""
    numbers = pa.array(np.arange(1, table.num_rows + 1))
    files = pa.array(np.full(table.num_rows, file))
    return table.replace_schema_metadata().append_column("file", files).append_column("row", numbers)


def _joined(tables: Sequence[pa.Table], stamps: set[datetime]) -> pa.Table:
    whole = pa.concat_tables(tables)
    return whole.filter(pc.is_in(whole.column("pulled_at"), _instants(stamps)))


def _instants(stamps: set[datetime]) -> pa.Array:
    return pa.array(sorted(stamps), _INSTANT)


def _by_year(rows: pa.Table, exchange: str) -> Iterator[tuple[str, pa.Table]]:
    """The rows of each year, under the name of its group: ``XHKG-2025``, of rates ``2025``."""
    years = pc.year(rows.column("date"))
    for year in sorted(set(years.to_pylist())):
        group = "-".join(part for part in (exchange, f"{year:04d}") if part)
        yield group, rows.filter(pc.equal(years, year))
