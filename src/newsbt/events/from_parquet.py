"""Announcements from a Parquet file."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.parquet_files import ARROW_ERRORS, open_parquet, read_parquet
from newsbt.domain.table_files import file_error
from newsbt.events.announcement_heads import find_head
from newsbt.events.announcement_rows import numbered
from newsbt.events.table_reader import TableAnnouncements

__all__ = ["ParquetAnnouncements"]


@dataclass(frozen=True, kw_only=True)
class ParquetAnnouncements(TableAnnouncements):
    """A Parquet file with the columns of docs/files.md; timestamps carry a time zone, or are text with an offset.

    Lists are Parquet lists or text separated by ``;``. Line numbers count the rows from 1.
    """

    path: str | Path

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
        opened = open_parquet(path)
        find_head(path, opened.schema_arrow.names, self.columns)  # before all of it is read
        table = read_parquet(path, opened)
        try:
            rows = table.to_pylist()
        except ARROW_ERRORS as error:
            raise file_error(path, f"a value is out of Python's range: {error}") from None
        return self._batch(list(numbered(rows, 1)), opened.schema_arrow.names, path, known_tickers)
