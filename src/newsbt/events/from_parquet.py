"""Announcements from a Parquet file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from newsbt.domain.parquet_files import ARROW_ERRORS, OpenParquet, open_parquet, read_parquet
from newsbt.domain.table_files import file_error
from newsbt.events.announcement_rows import Row, numbered
from newsbt.events.table_reader import SourceTable, TableAnnouncements

__all__ = ["ParquetAnnouncements"]


@dataclass(frozen=True, kw_only=True)
class ParquetAnnouncements(TableAnnouncements):
    """A Parquet file with the columns of docs/files.md; timestamps carry a time zone, or are text with an offset.

    Lists are Parquet lists or text separated by ``;``. Line numbers count the rows from 1.
    """

    path: str | Path

    def _table(self) -> SourceTable:
        path = Path(self.path)
        opened = open_parquet(path)
        return SourceTable(path, opened.schema_arrow.names, _rows(path, opened))


def _rows(path: Path, opened: OpenParquet) -> Iterator[Row]:
    table = read_parquet(path, opened)
    try:
        rows = table.to_pylist()
    except ARROW_ERRORS as error:
        raise file_error(path, f"a value is out of Python's range: {error}", code="bad_value") from None
    yield from numbered(rows, 1)
