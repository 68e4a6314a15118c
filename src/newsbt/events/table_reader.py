"""What the readers of announcements in tables have in common: all but where their columns and rows come from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from newsbt._plain import PlainValue
from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.bad_rows import check_policy
from newsbt.domain.coded_table import ColumnTable
from newsbt.domain.table_files import check_column_names
from newsbt.domain.text_encoding import check_encoding
from newsbt.errors import ConfigError, DataError
from newsbt.events.announcement_cells import parse_columns
from newsbt.events.announcement_heads import StatedTimes, find_head, read_rows
from newsbt.events.announcement_rows import COLUMNS, Row, RowParser, parse_rows
from newsbt.events.extraction.published import named_zone

__all__ = ["SourceTable", "TableAnnouncements", "TextAnnouncements", "passed_over"]


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A source's columns as it names them, its rows, which are not asked for before the columns are found good, and
    what was recognised and assumed on the way to them. Messages call it `name`. Where its rows are known as columns of
    text too, they are its `cells`."""

    name: Path | str
    columns: Sequence[str]
    rows: Iterable[Row]
    readings: tuple[str, ...] = ()
    cells: ColumnTable | None = None


@dataclass(frozen=True, kw_only=True)
class TableAnnouncements(ABC):
    """Announcements in a table.

    Attributes
    ----------
    columns : mapping
        newsbt's names to the table's, such as ``{subject: model_or_subject}``; further columns become attributes.
    time_format : str, optional
        The strptime form of its times, such as ``%m/%d/%Y %I:%M %p``; else ISO's, or one that the whole column tells.
    zone : str, optional
        The zone (Asia/Shanghai, +08:00) of times without an offset, which are bad rows without it.
    on_bad_row : {'error', 'skip'}
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    time_format: str | None = None
    zone: str | None = None
    on_bad_row: str = "error"

    def __post_init__(self) -> None:
        check_column_names(self.columns, COLUMNS)
        check_policy(self.on_bad_row)
        named_zone(self.zone)
        if self.time_format is not None and "%" not in self.time_format:
            raise ConfigError(
                f"time_format is a strptime form such as %m/%d/%Y %I:%M %p, not {self.time_format!r}", code="bad_value"
            )

    def _is_head(self, cells: Sequence[PlainValue]) -> bool:
        """Whether cells are the headings of a table of announcements."""
        try:
            find_head("", ["" if cell is None else str(cell).strip() for cell in cells], self.columns)
        except DataError:
            return False
        return True

    @abstractmethod
    def _table(self) -> SourceTable:
        """What there is to read; DataError where it cannot be used."""

    def read(self, known_tickers: Container[str] | None = None) -> AnnouncementBatch:
        """Read all rows.

        Parameters
        ----------
        known_tickers
            The universe's tickers, against which `tickers` are checked; None checks nothing.

        Raises
        ------
        DataError
            The source cannot be used or is empty, a column is missing, or a row is bad and `on_bad_row` is ``error``.
        """
        table = self._table()
        head = find_head(table.name, table.columns, self.columns)
        stated = StatedTimes(self.time_format, named_zone(self.zone), self.zone or "")
        if table.cells is not None and head.is_own and stated == StatedTimes():
            parser = RowParser(table.name, head.chosen, known_tickers, self.on_bad_row)
            return parse_columns(table.cells, parser, table.readings)
        rows, chosen, assumed = read_rows(list(table.rows), head, stated, table.name)
        return parse_rows(
            rows, file=table.name, chosen=chosen, known_tickers=known_tickers, on_bad_row=self.on_bad_row,
            notes=(*assumed, *table.readings),
        )  # fmt: skip


def passed_over(above: int) -> tuple[str, ...]:
    """What to say of records above a head."""
    return (f"{above} line{'s' if above > 1 else ''} above the head passed over",) if above else ()


@dataclass(frozen=True, kw_only=True)
class TextAnnouncements(TableAnnouncements, ABC):
    """Announcements in a file of text; `encoding` states one where the bytes tell none."""

    path: str | Path
    encoding: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_encoding(self.encoding)
