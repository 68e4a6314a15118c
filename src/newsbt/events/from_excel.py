"""Announcements from a sheet of an Excel workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from newsbt._plain import PlainValue
from newsbt.domain.table_files import HEAD_RECORDS, file_error
from newsbt.domain.workbooks import Sheet, choose_sheet, open_workbook
from newsbt.events.announcement_rows import Row
from newsbt.events.table_reader import SourceTable, TableAnnouncements, passed_over

__all__ = ["ExcelAnnouncements"]

WHAT = "announcements"


@dataclass(frozen=True, kw_only=True)
class ExcelAnnouncements(TableAnnouncements):
    """A sheet of an Excel workbook (.xlsx, .xls) with the columns of docs/files.md, its head in one of the first rows.

    `sheet` says which, where several have such a head. Line numbers are rows of the sheet.
    """

    path: str | Path
    sheet: str | None = None

    def _table(self) -> SourceTable:
        path = Path(self.path)
        sheet, readings = choose_sheet(open_workbook(path), self.sheet, lambda records: self._head(records) >= 0, WHAT)
        above = max(0, self._head(sheet.records))
        if len(sheet.records) < above + 2:
            raise file_error(path, f"sheet {sheet.name!r} has a header and no rows", code="empty_file")
        head = ["" if cell is None else str(cell).strip() for cell in sheet.records[above]]
        return SourceTable(path, head, _rows(sheet, above, head), (*readings, *passed_over(above)))

    def _head(self, records: Sequence[Sequence[PlainValue]]) -> int:
        """The index of the record that is a head of announcements, -1 where none is."""
        return next((k for k, record in enumerate(records[:HEAD_RECORDS]) if self._is_head(record)), -1)


def _rows(sheet: Sheet, above: int, head: Sequence[str]) -> Iterator[Row]:
    for line, record in zip(sheet.lines[above + 1 :], sheet.records[above + 1 :], strict=True):
        yield line, {name: cell for name, cell in zip(head, record, strict=False) if name or cell is not None}
