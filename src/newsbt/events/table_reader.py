"""What the readers of announcements in tables have in common: heads, times, missing columns, bad rows."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.bad_rows import check_policy
from newsbt.domain.table_files import check_column_names
from newsbt.errors import ConfigError
from newsbt.events.announcement_heads import TimesTold, find_head, read_rows
from newsbt.events.announcement_rows import COLUMNS, Row, parse_rows
from newsbt.events.extraction.published import named_zone

__all__ = ["TableAnnouncements"]


@dataclass(frozen=True, kw_only=True)
class TableAnnouncements:
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
            raise ConfigError(f"time_format is a strptime form such as %m/%d/%Y %I:%M %p, not {self.time_format!r}")

    def _batch(
        self,
        rows: Sequence[Row],
        arrived: Sequence[str],
        file: Path | str,
        known_tickers: Container[str] | None,
        said: Sequence[str] = (),
    ) -> AnnouncementBatch:
        """Announcements of a table's rows; `said` is what its file told."""
        head = find_head(file, arrived, self.columns)
        told = TimesTold(self.time_format, named_zone(self.zone), self.zone or "")
        found, chosen, assumed = read_rows(rows, head, told, file)
        return parse_rows(
            found, file=file, chosen=chosen, known_tickers=known_tickers, on_bad_row=self.on_bad_row,
            said=(*assumed, *said),
        )  # fmt: skip
