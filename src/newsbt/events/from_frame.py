"""Announcements from a pandas DataFrame."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

import pandas as pd

from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.frames import plain_frame
from newsbt.events.announcement_rows import COLUMNS, numbered
from newsbt.events.table_reader import TableAnnouncements

__all__ = ["FrameAnnouncements"]


@dataclass(frozen=True, kw_only=True, eq=False)
class FrameAnnouncements(TableAnnouncements):
    """A DataFrame with the columns of docs/files.md.

    Times are time-zone-aware datetimes or text with an offset; lists are lists, arrays, tuples or sets, or text
    separated by ``;``. Levels of the index that are named after a column count as one. Messages call it `name` and
    count its rows from 1.
    """

    frame: pd.DataFrame
    name: str = "announcements (DataFrame)"

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
        rows = plain.to_dict("records")
        return self._batch(list(numbered(rows, 1)), list(plain.columns), self.name, known_tickers)  # type: ignore[arg-type]
