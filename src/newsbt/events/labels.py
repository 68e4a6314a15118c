"""Labels made elsewhere (by a model, a person, a vendor), joined to the announcements of a run: `use: labels`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from newsbt.domain import cells
from newsbt.domain.announcement import Announcement
from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.bad_rows import BadRows, check_policy
from newsbt.domain.label_batch import EventLabel, LabelBatch, until_sentence
from newsbt.domain.size_limits import limit_of
from newsbt.domain.table_files import check_column_names, choose_columns, read_table
from newsbt.domain.ticker_forms import AmbiguousTickerError, meant_by
from newsbt.error_codes import ErrorCode
from newsbt.events.announcement_rows import stranger
from newsbt.ports import LabelReader

if TYPE_CHECKING:  # what understands texts is not loaded for tables
    from newsbt.events.labelling.understanding import Understanding

__all__ = ["LabelTable", "Labelled", "label"]

TEXTS = ("event_type", "issuer", "subject")
LISTS = ("rivals", "tickers")
NUMBERS = {"sentiment": -1.0, "relevance": 0.0}  # with their lower bound
LABELS = (*TEXTS, *LISTS, *NUMBERS)
COLUMNS = ("event_id", "available_at", *LABELS)


@dataclass(frozen=True, kw_only=True)
class LabelTable:
    """A CSV file of labels: ``event_id`` and any of event_type, issuer, subject, rivals, tickers, sentiment, relevance.

    A label stands in place of what the announcement says; a blank one changes nothing; further columns become
    attributes. Where ``available_at`` is given, the announcement is not known before its label could be had.

    Parameters
    ----------
    path : str or Path
    made_by : str
        Who made them, with the version of a model.
    cutoff : date or None
        The last day of which the maker can have read, such as a model's knowledge cut-off or the day a person labelled.
        Events known up to the end of that day (UTC) may be labelled with hindsight, so the table has a strategy's
        results before and after it as rows of their own. Must be given; null says that nobody knows, and is told beside
        the results.
    columns : mapping
        newsbt's names to the file's.
    on_bad_row : str
    max_mb : float, optional
        Megabytes that are read of one file of labels, unpacked; see newsbt.domain.size_limits.
    """

    path: str | Path
    made_by: str
    cutoff: date | None
    columns: Mapping[str, str] = field(default_factory=dict)
    on_bad_row: str = "error"
    max_mb: float | None = None

    def __post_init__(self) -> None:
        if not self.made_by.strip():
            raise ValueError("made_by names who made the labels, such as 'some-model 2024-08' or a person")
        check_column_names(self.columns, COLUMNS)
        check_policy(self.on_bad_row)
        limit_of("labels", self.max_mb)

    def read_labels(self, known_tickers: Container[str] | None = None) -> LabelBatch:
        """Event id to its labels, and how many rows were bad, by reason.

        Parameters
        ----------
        known_tickers
            The universe's tickers, against which `tickers` is checked; None checks nothing.

        Raises
        ------
        DataError
            The file cannot be used, or a row is bad and `on_bad_row` is ``error``.
        """
        path = Path(self.path)
        table = read_table(path, limit=limit_of("labels", self.max_mb))
        chosen = choose_columns(path, table.columns, self.columns, ("event_id",), COLUMNS[1:])
        bad = BadRows(self.on_bad_row)
        found: dict[str, EventLabel] = {}
        lines: dict[str, int] = {}
        for line, row in zip(table.lines, table.rows, strict=True):
            ragged = table.ragged(row)
            if ragged is not None:
                bad.add("bad_value", ragged, file=str(path), line=line)
                continue
            values = dict(zip(table.columns, row, strict=True))
            event_id = values[chosen["event_id"]].strip()
            if not event_id:
                bad.add("missing_value", "the row has no event_id", file=str(path), line=line, key="event_id")
            elif event_id in found:
                message = f"{event_id!r} is labelled already in line {lines[event_id]}; give each event one row"
                bad.add("duplicate_event_id", message, file=str(path), line=line, key="event_id")
            else:
                try:
                    found[event_id] = _label(values, chosen, known_tickers)
                except _BadLabel as error:
                    bad.add(error.reason, str(error), file=str(path), line=line, key=error.key)
                lines[event_id] = line
        return LabelBatch(labels=found, made_by=self.made_by, cutoff=self.cutoff, bad_rows=bad.finish(), files=(path,))


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """What labels have to tell: the ids that are no events, how many rows were bad by reason, the cut-offs, and
    sentences about what was labelled; `fingerprint` is that of the labeller which understood the texts, if any did."""

    strangers: tuple[str, ...] = ()
    bad_rows: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    cutoffs: tuple[date, ...] = ()
    notices: tuple[str, ...] = ()
    fingerprint: str = ""

    def with_understanding(self, understanding: Understanding) -> Labelled:
        """The same, and what there is to tell of the labeller that understood the texts."""
        day = understanding.cutoff
        return replace(
            self,
            cutoffs=tuple(sorted({*self.cutoffs, *(() if day is None else (day,))})),
            notices=(*self.notices, *understanding.notices()),
            fingerprint=understanding.fingerprint,
        )


class _BadLabel(Exception):
    def __init__(self, reason: ErrorCode, key: str, message: str) -> None:
        super().__init__(message)
        self.reason, self.key = reason, key


def label(
    batch: AnnouncementBatch, sources: Sequence[LabelReader], known_tickers: Container[str] | None = None
) -> tuple[AnnouncementBatch, Labelled]:
    """Lay labels over announcements, a later source over an earlier one.

    Raises
    ------
    DataError
    """
    if not sources:
        return batch, Labelled()
    items = {item.event_id: item for item in batch.announcements}
    strangers: list[str] = []
    bad_rows: Counter[str] = Counter()
    notices: list[str] = []
    files: list[Path] = []
    cutoffs: set[date] = set()
    for source in sources:
        made = source.read_labels(known_tickers)
        mine = made.labels
        bad_rows.update(made.bad_rows)
        files += made.files
        cutoffs |= set() if made.cutoff is None else {made.cutoff}
        for event_id, one in mine.items():
            if event_id in items:
                items[event_id] = _with(items[event_id], one)
            else:
                strangers.append(event_id)
        count = len(mine.keys() & items.keys())
        notices.append(f"labels by {made.made_by} for {count} of {len(items)} events: {until_sentence(made.cutoff)}")
    labelled = replace(
        batch,
        announcements=tuple(items.values()),
        files=(*batch.files, *files),
    )
    return labelled, Labelled(
        strangers=tuple(strangers),
        bad_rows=MappingProxyType(dict(bad_rows)),
        cutoffs=tuple(sorted(cutoffs)),
        notices=tuple(notices),
    )


def _label(values: Mapping[str, str], chosen: Mapping[str, str], known_tickers: Container[str] | None) -> EventLabel:
    def cell(name: str) -> str:
        return values[chosen[name]].strip() if name in chosen else ""

    tickers = _tickers(cells.items(cell("tickers")), known_tickers) or None
    sentiment, relevance = (_number(name, cell(name), low) for name, low in NUMBERS.items())
    try:
        at = cells.instant(cell("available_at"))
    except ValueError as error:
        raise _BadLabel("bad_time", "available_at", str(error)) from None
    if at is not None and at.utcoffset() is None:
        raise _BadLabel(
            "naive_time", "available_at", f"{cell('available_at')} has no offset; write for example {at.isoformat()}Z"
        )
    taken = set(chosen.values())
    return EventLabel(
        event_type=cell("event_type") or None,
        issuer=cell("issuer") or None,
        subject=cell("subject") or None,
        rivals=cells.items(cell("rivals")) or None,
        tickers=tickers,
        sentiment=sentiment,
        relevance=relevance,
        available_at=at,
        attributes={name: value for name, value in values.items() if name not in taken},
    )


def _tickers(written: tuple[str, ...], known_tickers: Container[str] | None) -> tuple[str, ...]:
    """The tickers as the universe writes them."""
    if known_tickers is None:
        return written
    try:
        meant = {one: meant_by(one, known_tickers) for one in written}
    except AmbiguousTickerError as error:
        raise _BadLabel("unknown_ticker", "tickers", str(error)) from None
    for one, ticker in meant.items():
        if not ticker:
            raise _BadLabel("unknown_ticker", "tickers", stranger(one, known_tickers))
    return tuple(dict.fromkeys(meant.values()))


def _number(name: str, text: str, low: float) -> float | None:
    try:
        number = cells.number(text)
    except ValueError as error:
        raise _BadLabel("bad_value", name, str(error)) from None
    if number < low or number > 1.0:
        raise _BadLabel("bad_value", name, f"expected a number from {low:g} to 1, got {number:g}")
    return None if math.isnan(number) else number


def _with(item: Announcement, one: EventLabel) -> Announcement:
    given = {name: getattr(one, name) for name in LABELS}
    changes = {name: value for name, value in given.items() if value is not None}
    if one.tickers is not None:
        changes["unknown_tickers"] = ()
    if one.available_at is not None:
        changes["received_at"] = max(item.known_at(), one.available_at.astimezone(UTC))
    return replace(item, attributes=MappingProxyType({**item.attributes, **one.attributes}), **changes)
