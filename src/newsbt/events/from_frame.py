"""Announcements from a pandas DataFrame."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from newsbt.domain.frames import plain_frame
from newsbt.domain.showing import brief
from newsbt.events.announcement_rows import COLUMNS, numbered
from newsbt.events.table_reader import SourceTable, TableAnnouncements

__all__ = ["FrameAnnouncements"]


@dataclass(frozen=True, kw_only=True, eq=False)
class FrameAnnouncements(TableAnnouncements):
    """A DataFrame with the columns of docs/files.md.

    Times are time-zone-aware datetimes or text with an offset; lists are lists, arrays, tuples or sets, or text
    separated by ``;``. Levels of the index that are named after a column count as one. Messages call it `name` and
    count its rows from 1.

    Parameters
    ----------
    frame : DataFrame
        One row an announcement.
    name : str
        What messages call it.

    Examples
    --------
    >>> import pandas as pd
    >>> from newsbt import FrameAnnouncements
    >>> row = {"published_at": "2025-03-05T19:00Z", "headline": "QwQ-32B", "tickers": "BABA"}
    >>> FrameAnnouncements(frame=pd.DataFrame([row])).read().announcements[0].tickers
    ('BABA',)
    """

    frame: pd.DataFrame
    name: str = "announcements (DataFrame)"

    __repr__ = brief

    def _table(self) -> SourceTable:
        plain = plain_frame(self.frame, self.name, [self.columns.get(name, name) for name in COLUMNS])
        return SourceTable(self.name, list(plain.columns), numbered(plain.to_dict("records"), 1))  # type: ignore[arg-type]
