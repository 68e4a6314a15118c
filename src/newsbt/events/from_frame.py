"""Announcements from a pandas DataFrame."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

import pandas as pd

from newsbt.domain.bad_rows import check_policy
from newsbt.domain.table_files import check_column_names, choose_columns, file_error
from newsbt.events.batch import AnnouncementBatch
from newsbt.events.rows import COLUMNS, OPTIONAL, REQUIRED, numbered, parse_rows

__all__ = ["FrameAnnouncements"]


@dataclass(frozen=True, kw_only=True, eq=False)
class FrameAnnouncements:
    """A DataFrame with the columns of DESIGN section 4.

    Times are time-zone-aware datetimes or text with an offset; lists are lists or text separated by ``;``.
    Messages call it `name` and count its rows from 1.
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
        names = [str(column) for column in self.frame.columns]
        chosen = choose_columns(self.name, names, self.columns, REQUIRED, OPTIONAL)
        if self.frame.empty:
            raise file_error(self.name, "the frame has no rows", code="empty_file")
        plain = self.frame.set_axis(names, axis="columns").astype(object)
        rows = plain.where(plain.notna(), None).to_dict("records")
        return parse_rows(
            numbered(rows, 1),  # type: ignore[arg-type]
            file=self.name,
            chosen=chosen,
            known_tickers=known_tickers,
            on_bad_row=self.on_bad_row,
        )
