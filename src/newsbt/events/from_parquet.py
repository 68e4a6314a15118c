"""Announcements from a Parquet file."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.bad_rows import check_policy
from newsbt.domain.parquet_files import ARROW_ERRORS, open_parquet, read_parquet
from newsbt.domain.table_files import check_column_names, choose_columns, file_error
from newsbt.events.announcement_rows import COLUMNS, OPTIONAL, REQUIRED, numbered, parse_rows

__all__ = ["ParquetAnnouncements"]


@dataclass(frozen=True, kw_only=True)
class ParquetAnnouncements:
    """A Parquet file with the columns of docs/files.md; timestamps carry a time zone, or are text with an offset.

    Lists are Parquet lists or text separated by ``;``. Line numbers count the rows from 1.
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
        opened = open_parquet(path)
        chosen = choose_columns(path, opened.schema_arrow.names, self.columns, REQUIRED, OPTIONAL)
        table = read_parquet(path, opened)
        try:
            rows = table.to_pylist()
        except ARROW_ERRORS as error:
            raise file_error(path, f"a value is out of Python's range: {error}") from None
        return parse_rows(
            numbered(rows, 1), file=path, chosen=chosen, known_tickers=known_tickers, on_bad_row=self.on_bad_row
        )
