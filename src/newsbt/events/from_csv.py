"""Announcements from a CSV file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from newsbt.domain.coded_table import read_columns
from newsbt.domain.table_files import encoded_bytes
from newsbt.domain.text_encoding import UTF8
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
        table = read_columns(path, data, is_head=self._is_head)
        readings = (*passed_over(table.head.above), *([] if encoding == UTF8 else [encoding.upper()]))
        return SourceTable(path, table.columns, table.records(), readings, table)
