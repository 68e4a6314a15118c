"""Announcements from a CSV file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from newsbt.domain.table_files import TextTable, encoded_bytes, read_table
from newsbt.domain.text_encoding import UTF8
from newsbt.events.announcement_rows import Row
from newsbt.events.table_reader import SourceTable, TextAnnouncements

__all__ = ["CsvAnnouncements"]


@dataclass(frozen=True, kw_only=True)
class CsvAnnouncements(TextAnnouncements):
    """A CSV file (plain, gz or zst) with the columns of docs/files.md, further ones as text.

    Line numbers count the header as 1.
    """

    def _table(self) -> SourceTable:
        path = Path(self.path)
        data, encoding = encoded_bytes(path, encoding=self.encoding)
        table = read_table(path, data)
        return SourceTable(path, table.columns, _rows(table), () if encoding == UTF8 else (encoding.upper(),))


def _rows(table: TextTable) -> Iterator[Row]:
    columns, width = table.columns, len(table.columns)
    for line, row in zip(table.lines, table.rows, strict=True):
        if len(row) == width:
            yield line, dict(zip(columns, row, strict=True))
        else:
            yield line, table.ragged(row) or ""
