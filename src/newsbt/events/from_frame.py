"""Announcements from a pandas DataFrame."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

import pandas as pd

from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.bad_rows import check_policy
from newsbt.domain.frames import plain_frame
from newsbt.domain.table_files import check_column_names, choose_columns
from newsbt.events.announcement_rows import COLUMNS, OPTIONAL, REQUIRED, numbered, parse_rows

__all__ = ["FrameAnnouncements"]


@dataclass(frozen=True, kw_only=True, eq=False)
class FrameAnnouncements:
    """A DataFrame with the columns of docs/files.md.

    Times are time-zone-aware datetimes or text with an offset; lists are lists, arrays, tuples or sets, or text
    separated by ``;``. Levels of the index that are named after a column count as one. Messages call it `name` and
    count its rows from 1.
    """

    frame: pd.DataFrame
    columns: Mapping[str, str] = field(default_factory=dict)
    on_bad_row: str = "error"
    name: str = "announcements (DataFrame)"

    def __post_init__(self) -> None:
        check_column_names(self.columns, COLUMNS)
        check_policy(self.on_bad_row)

    def read(self, known_tickers: Container[str] | None = None) -> AnnouncementBatch:
        """Read the frame.

        Parameters
        ----------
        known_tickers
            The universe's tickers, against which the `tickers` column is checked; None checks nothing.

        Raises
        ------
        DataError
            A column is missing, the frame is empty, or a row is bad and `on_bad_row` is ``error``.
        """
        plain = plain_frame(self.frame, self.name, [self.columns.get(name, name) for name in COLUMNS])
        chosen = choose_columns(self.name, list(plain.columns), self.columns, REQUIRED, OPTIONAL)
        rows = plain.to_dict("records")
        return parse_rows(
            numbered(rows, 1),  # type: ignore[arg-type]
            file=self.name,
            chosen=chosen,
            known_tickers=known_tickers,
            on_bad_row=self.on_bad_row,
        )
