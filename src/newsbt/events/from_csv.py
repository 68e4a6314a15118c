"""Announcements from a CSV file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from newsbt.domain.table_files import TextTable, encoded_bytes, read_table
from newsbt.domain.text_encoding import UTF8
from newsbt.events.announcement_rows import Row
from newsbt.events.table_reader import SourceTable, TextAnnouncements, passed_over

__all__ = ["CsvAnnouncements"]


@dataclass(frozen=True, kw_only=True)
class CsvAnnouncements(TextAnnouncements):
    """A table of text (plain, gz or zst) with the columns of docs/files.md, further ones as text.

    Fields are separated by commas, tabs, semicolons or bars, whichever the head is known by.
    """

    def _table(self) -> SourceTable:
        path = Path(self.path)
        data, encoding = encoded_bytes(path, encoding=self.encoding)
        table = read_table(path, data, is_head=self._is_head)
        readings = (*passed_over(table.above), *([] if encoding == UTF8 else [encoding.upper()]))
        return SourceTable(path, table.columns, _rows(table), readings)


def _rows(table: TextTable) -> Iterator[Row]:
    columns, width = table.columns, len(table.columns)
    for line, row in zip(table.lines, table.rows, strict=True):
        if len(row) == width:
            yield line, dict(zip(columns, row, strict=True))
        else:
            yield line, table.ragged(row) or ""
