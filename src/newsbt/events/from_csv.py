"""Announcements from a CSV file."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.table_files import TextTable, encoded_bytes, read_table
from newsbt.domain.text_encoding import UTF8, check_encoding
from newsbt.events.announcement_rows import Row
from newsbt.events.table_reader import TableAnnouncements

__all__ = ["CsvAnnouncements"]


@dataclass(frozen=True, kw_only=True)
class CsvAnnouncements(TableAnnouncements):
    """A CSV file (plain, gz or zst) with the columns of docs/files.md, further ones as text.

    `encoding` states one where the bytes tell none. Line numbers count the header as 1.
    """

    path: str | Path
    encoding: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_encoding(self.encoding)

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
        data, encoding = encoded_bytes(path, encoding=self.encoding)
        table = read_table(path, data)
        said = () if encoding == UTF8 else (encoding.upper(),)
        return self._batch(list(_rows(table)), table.columns, path, known_tickers, said)


def _rows(table: TextTable) -> Iterator[Row]:
    columns, width = table.columns, len(table.columns)
    for line, row in zip(table.lines, table.rows, strict=True):
        if len(row) == width:
            yield line, dict(zip(columns, row, strict=True))
        else:
            yield line, table.ragged(row) or ""
