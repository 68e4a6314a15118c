"""Announcements from a sheet of an Excel workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from newsbt._plain import PlainValue
from newsbt.domain.table_files import file_error
from newsbt.domain.workbooks import Sheet, choose_sheet, open_workbook
from newsbt.errors import DataError
from newsbt.events.announcement_heads import find_head
from newsbt.events.announcement_rows import Row
from newsbt.events.table_reader import SourceTable, TableAnnouncements

__all__ = ["ExcelAnnouncements"]


@dataclass(frozen=True, kw_only=True)
class ExcelAnnouncements(TableAnnouncements):
    """A sheet of an Excel workbook (.xlsx or .xls) with the columns of docs/files.md, its head in the first row.

    `sheet` says which, where several have such a head. Line numbers are rows of the sheet.
    """

    path: str | Path
    sheet: str | None = None

    def _table(self) -> SourceTable:
        path = Path(self.path)
        sheet, readings = choose_sheet(open_workbook(path), self.sheet, self._has_head, "announcements")
        if len(sheet.records) < 2:
            raise file_error(path, f"sheet {sheet.name!r} has a header and no rows", code="empty_file")
        head = _head(sheet.records)
        return SourceTable(path, head, _rows(sheet, head), readings)

    def _has_head(self, records: Sequence[Sequence[PlainValue]]) -> bool:
        try:
            find_head(Path(self.path), _head(records), self.columns)
        except DataError:
            return False
        return True


def _head(records: Sequence[Sequence[PlainValue]]) -> list[str]:
    return ["" if cell is None else str(cell).strip() for cell in records[0]]


def _rows(sheet: Sheet, head: Sequence[str]) -> Iterator[Row]:
    for line, record in zip(sheet.lines[1:], sheet.records[1:], strict=True):
        yield line, {name: cell for name, cell in zip(head, record, strict=False) if name or cell is not None}
