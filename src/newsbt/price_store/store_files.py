"""The files of a store: what their names say, what lies there, and reading and writing one whole.

A file is never changed: it is written aside and renamed, and its name ends in the hash of its bytes, so that one that
was cut short or damaged is known. What lies in the folder is all there is to know; there is no list of it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from newsbt.domain.input_files import file_error, files_in, kind_of, read_bytes
from newsbt.domain.output_files import write_whole
from newsbt.domain.parquet_files import ARROW_ERRORS, beyond_calendars, open_parquet, read_parquet
from newsbt.errors import DataError
from newsbt.price_store.pulled import PRICE_SCHEMA, PRICE_VALUES, PULL_SCHEMA, RATE_SCHEMA

__all__ = ["COMPACTED", "FOLDERS", "StoreFile", "listing", "read_file", "stamp_text", "write_file"]

FOLDERS = {"pulls": PULL_SCHEMA, "prices": PRICE_SCHEMA, "rates": RATE_SCHEMA}
COMPACTED = "compacted"  # where a file of one pull has its provider's name
_FORMAT = {b"newsbt.price_store": b"1"}
_MAY_BE_EMPTY = frozenset({*PRICE_VALUES, "rate", "first", "last"})
_SUFFIX = ".parquet"
_NAME = re.compile(
    r"(?P<group>(?:(?:[A-Z0-9]{4}-)?\d{4}-)?)(?P<stamp>\d{8}T\d{12}Z)-(?P<provider>[A-Za-z][A-Za-z0-9_]*)"
    r"-(?P<digest>[0-9a-f]{16})\.parquet"
)
_MOST_LISTINGS = 100


@dataclass(frozen=True, slots=True)
class StoreFile:
    """A file by its name: `group` is exchange and year (``XHKG-2025``), of rates the year, of records of pulls nothing;
    `stamp` the instant of its newest pull, `provider` whose it is, or COMPACTED."""

    path: Path
    kind: str
    group: str
    stamp: datetime
    provider: str
    digest: str

    @property
    def is_compacted(self) -> bool:
        return self.provider == COMPACTED


def stamp_text(instant: datetime) -> str:
    """An instant as names hold it, so that they sort by it.

    >>> stamp_text(datetime(2025, 3, 6, 8, 45, tzinfo=UTC))
    '20250306T084500000000Z'
    """
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%S%f}Z"


def listing(folder: Path) -> tuple[StoreFile, ...]:
    """All files of a store, sorted by kind and name; none where there is no store.

    Files come and go while a folder is listed: what is seen twice in a row was there at one moment.

    Raises
    ------
    DataError
        A folder cannot be listed, or holds a file whose name is none of a store's.
    """
    seen: list[Path] | None = None
    for _ in range(_MOST_LISTINGS):
        now = [
            path
            for kind in FOLDERS
            if kind_of(folder / kind) == "folder"
            for path in files_in(folder / kind)
            if not path.name.startswith(".")
        ]
        if now == seen:
            return tuple(map(_named, now))
        seen = now
    raise file_error(folder, "other processes change the store all the time; try again", code="changed_file")


def _named(path: Path) -> StoreFile:
    found = _NAME.fullmatch(path.name)
    if found is None:
        message = (
            "expected a file of a price store, whose name ends in the hash of its bytes, as `newsbt data pull` "
            "writes it; move what else there is elsewhere"
        )
        raise file_error(path, message, code="damaged_store")
    try:
        stamp = datetime.strptime(found["stamp"], "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise file_error(path, f"its name holds no instant: {error}", code="damaged_store") from None
    group = found["group"].removesuffix("-")
    return StoreFile(path, path.parent.name, group, stamp, found["provider"], found["digest"])


def write_file(folder: Path, kind: str, group: str, stamp: datetime, provider: str, table: pa.Table) -> Path:
    """Write a table as a file of the store; DataError where it cannot be written, and then nothing of it is there."""
    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata(_FORMAT), sink, compression="zstd")
    content = sink.getvalue().to_pybytes()
    digest = hashlib.sha256(content).hexdigest()[:16]
    name = "-".join(part for part in (group, stamp_text(stamp), provider, digest) if part)
    target = folder / kind / f"{name}{_SUFFIX}"
    write_whole(target, [content], "pull")
    return target


def read_file(file: StoreFile) -> pa.Table:
    """A file's rows.

    Raises
    ------
    FileNotFoundError
        It is gone, as `newsbt data compact` leaves it.
    DataError
        It is not what was written: cut short, damaged, or of another version.
    """
    try:
        content = read_bytes(file.path)
    except DataError as error:
        if all(problem.code == "missing_file" for problem in error.problems):
            raise FileNotFoundError(str(file.path)) from None
        raise
    if hashlib.sha256(content).hexdigest()[:16] != file.digest:
        message = "the file is damaged: its bytes are not those that were written, of which its name has the hash"
        raise file_error(file.path, f"{message}; restore it, or delete it and pull again", code="damaged_store")
    try:
        opened = open_parquet(file.path, content)
        found = opened.schema_arrow
        if (found.metadata or {}) != _FORMAT or found.remove_metadata() != FOLDERS[file.kind]:
            message = "expected a file of this version of the store; another version of newsbt wrote it"
            raise file_error(file.path, message, code="damaged_store")
        table = read_parquet(file.path, opened, may_be_empty=True)
        table.validate(full=True)  # or a text that is no UTF-8 would be found by whoever looks at it
    except ARROW_ERRORS as error:
        raise file_error(file.path, f"the file is damaged: {error}", code="damaged_store") from None
    for name, column in zip(table.column_names, table.columns, strict=True):
        if column.null_count and name not in _MAY_BE_EMPTY:
            message = f"the file is damaged: {name} is empty in {column.null_count} rows"
            raise file_error(file.path, message, code="damaged_store")
    if beyond := beyond_calendars(table):
        message = f"the file is damaged: {beyond} has a day that no calendar has"
        raise file_error(file.path, message, code="damaged_store")
    return table
