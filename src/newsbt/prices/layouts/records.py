"""The records of a text table whose separator nobody stated, and the columns of a table with a known head."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from newsbt._plain import PlainValue
from newsbt.domain.memory import MemoryGuard
from newsbt.domain.table_files import SEPARATORS, file_error
from newsbt.prices.layouts.table_heads import TableHead

__all__ = ["Records", "below_the_head", "blank_ragged", "first_records", "separator_of", "text_records"]

Records: TypeAlias = "list[list[PlainValue]]"
HEAD_LINES = 12
_CELL_BYTES = 60


def separator_of(text: str) -> str:
    """The mark between fields: of those in the first lines, the one that stands in most of them equally often."""
    lines = [line for line in text[:65_536].splitlines()[:HEAD_LINES] if line.strip()]

    def evenness(mark: str) -> tuple[int, int]:
        counts = [line.count(mark) for line in lines if mark in line]
        usual = max(counts, key=counts.count, default=0)
        return counts.count(usual), usual

    return max(SEPARATORS, key=evenness)


def first_records(text: str, separator: str) -> Records:
    """The first few records, of a text as of a part of it."""
    head = "\n".join(text[: 1 << 20].splitlines()[:HEAD_LINES])
    try:
        return [
            list(record) for record in csv.reader(io.StringIO(head, newline=""), delimiter=separator) if any(record)
        ]
    except csv.Error:
        return []


def text_records(path: Path, text: str, separator: str) -> tuple[Records, list[int]]:
    """All records and the line in which each begins; blank ones are left out.

    Raises
    ------
    DataError
        Quotes do not pair up, or there is more than memory allows.
    """
    records: Records = []
    lines: list[int] = []
    guard = MemoryGuard()
    for line, record in _read(path, text, separator):
        if not guard.has_memory(_CELL_BYTES * len(record)):
            raise file_error(path, guard.complaint, code="too_large")
        records.append(list(record))
        lines.append(line)
    return records, lines


def _read(path: Path, text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                yield begins, record
            begins = reader.line_num + 1
    except csv.Error as error:
        message = f"the quotes do not pair up in the record that begins here ({error})"
        raise file_error(path, message, code="wrong_format", line=begins) from None


def below_the_head(
    records: Records, lines: Sequence[int], head: TableHead, ragged: Container[int] = ()
) -> tuple[Mapping[str, list[PlainValue]], list[int], int]:
    """The table below a head: its columns by kind, the line of each row, and how many records at its foot are none.

    Of a table whose tickers have columns of their own the rows of each follow one another, without those in which a
    ticker has no value at all. Rows that were `ragged` are none of the foot, whatever is left in them.
    """
    rows, at = records[head.first :], list(lines[head.first :])
    feet = 0
    while len(rows) > 1 and len(rows) - 1 not in ragged and _is_foot(rows[-1], head):
        rows.pop()
        at.pop()
        feet += 1
    if len(head.blocks) == 1 and not head.blocks[0].ticker:
        indices = {**head.shared, **head.blocks[0].indices}
        return {kind: [_cell(row, index) for row in rows] for kind, index in indices.items()}, at, feet
    kinds = list(dict.fromkeys(kind for block in head.blocks for kind in block.indices))
    columns: dict[str, list[PlainValue]] = {kind: [] for kind in ("ticker", *head.shared, *kinds)}
    line_of = []
    for block in head.blocks:
        for row, line in zip(rows, at, strict=True):
            values = {kind: _cell(row, index) for kind, index in block.indices.items()}
            if all(_text(value) in ("", "nan", "NaN") for value in values.values()):
                continue
            columns["ticker"].append(block.ticker)
            for kind, index in head.shared.items():
                columns[kind].append(_cell(row, index))
            for kind in kinds:
                columns[kind].append(values.get(kind))
            line_of.append(line)
    return columns, line_of, feet


def blank_ragged(records: Records, head: TableHead) -> Mapping[int, str]:
    """Blank the rows that do not fit the head, but for their times, and say of each row what is wrong: a number with a
    comma in it that nobody quoted, or a line that was cut, would put every cell behind it below another heading."""
    last = max(*head.shared.values(), *(max(block.indices.values()) for block in head.blocks))
    when = head.shared["when"]
    faults = {}
    for row, record in enumerate(records[head.first :]):
        cells = len(record)
        while cells > head.width and not _text(record[cells - 1]):
            cells -= 1
        if last < cells <= head.width or _is_foot(record, head):
            continue
        faults[row] = f"expected {head.width} fields as in the head, got {cells}; quote fields that hold the separator"
        record[:] = ["" if index != when or index >= cells else record[index] for index in range(head.width)]
    return faults


_FEWEST_CELLS = 3
_DAY = re.compile(r"\d{8}|\d{4}[-/.年]|\d{1,2}[-/. ][A-Za-z\d]|[A-Za-z]{3,9} \d")


def _is_foot(record: Sequence[PlainValue], head: TableHead) -> bool:
    """Whether a record below a table is none of its rows: hardly a cell and no day where days are, or a word there, as
    of totals."""
    when = _text(_cell(record, head.shared["when"]))
    if len(record) == head.width and when.isalpha():
        return True
    cells = sum(1 for cell in record if _text(cell))
    return cells < _FEWEST_CELLS and not _DAY.match(when)


def _text(cell: PlainValue) -> str:
    return "" if cell is None else str(cell).strip()


def _cell(row: Sequence[PlainValue], index: int) -> PlainValue:
    return row[index] if index < len(row) else None
