"""Announcements from a CSV file."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.bad_rows import check_policy
from newsbt.domain.table_files import TextTable, check_column_names, choose_columns, read_table
from newsbt.events.announcement_rows import COLUMNS, OPTIONAL, REQUIRED, Row, parse_rows

__all__ = ["CsvAnnouncements"]


@dataclass(frozen=True, kw_only=True)
class CsvAnnouncements:
    """A CSV file (UTF-8; plain, gz or zst) with the columns of docs/files.md.

    `columns` maps newsbt's names to the file's, such as ``{subject: model_or_subject}``; further columns become
    attributes, as text. Line numbers count the header as 1.
    """

    path: str | Path
    columns: Mapping[str, str] = field(default_factory=dict)
    on_bad_row: str = "error"

    def __post_init__(self) -> None:
        check_column_names(self.columns, COLUMNS)
        check_policy(self.on_bad_row)

    def read(self, known_tickers: Container[str] | None = None) -> AnnouncementBatch:
        """Read the file.

        Parameters
        ----------
        known_tickers
            The universe's tickers, against which the `tickers` column is checked; None checks nothing.

        Raises
        ------
        DataError
            The file cannot be used, a column is missing, or a row is bad and `on_bad_row` is ``error``.
        """
        path = Path(self.path)
        table = read_table(path)
        chosen = choose_columns(path, table.columns, self.columns, REQUIRED, OPTIONAL)
        return parse_rows(
            _rows(table), file=path, chosen=chosen, known_tickers=known_tickers, on_bad_row=self.on_bad_row
        )


def _rows(table: TextTable) -> Iterator[Row]:
    columns, width = table.columns, len(table.columns)
    for line, row in zip(table.lines, table.rows, strict=True):
        if len(row) == width:
            yield line, dict(zip(columns, row, strict=True))
        else:
            yield line, table.ragged(row) or ""
