"""Where the head of a price table is, and what its columns are: one head line, or two above each other when each
ticker has columns of its own (what pandas writes of columns with two levels)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from newsbt._plain import PlainValue
from newsbt.error_codes import ErrorCode
from newsbt.prices.layouts.headings import CLOCKS, Heading, are_words, heading, plain_heading

__all__ = ["TableHead", "TickerColumns", "UnclearHeadError", "find_head"]

HIGHEST = 6  # records above the table that are looked at: titles, then the head
NEEDED = ("open", "high", "low", "close", "volume")
# Headings of an index that had no name when it was saved.
UNNAMED = frozenset({"", "index", "unnamed:0", "indexlevel0"})
OUTER_NAMES = frozenset({"", "price", "ticker", "tickers", "attributes", "symbol", "symbols", "variable", "field"})
SHARED = ("when", "ticker", "time_of_day", "period")
Record = Sequence[PlainValue]


class UnclearHeadError(ValueError):
    """Two headings are the same column, or none says the days; the message says what to do."""

    code: ErrorCode = "duplicate"


class LackingColumnsError(UnclearHeadError):
    """A ticker lacks a column of prices or its volume."""

    code: ErrorCode = "missing_column"


class NoDaysError(UnclearHeadError):
    """A head has every column of prices and none of days."""

    code: ErrorCode = "missing_column"

    def __init__(self) -> None:
        super().__init__(
            "expected a column of days or times beside the prices, got none: was it saved without its index? Save it "
            "with the index, as `to_csv(path)` does, or name the column with `columns: {date: ...}`"
        )


@dataclass(frozen=True, slots=True)
class TickerColumns:
    """The columns of one ticker, or of all where `ticker` is empty: kind to index among a record's cells."""

    indices: Mapping[str, int]
    ticker: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableHead:
    """A table's head.

    `at` is its record and `first` the one in which its rows begin; `shared` are the kinds and indices of columns that
    every block has (times, tickers), `units` what headings state in brackets and `strange_units` what nobody knows of
    it, `headings` all that were written, `passed_over` records between head and rows, `width` its number of cells.
    """

    first: int
    shared: Mapping[str, int]
    blocks: tuple[TickerColumns, ...]
    at: int = 0
    units: Mapping[str, float] = field(default_factory=dict)
    strange_units: Mapping[str, str] = field(default_factory=dict)
    headings: tuple[str, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)
    passed_over: int = 0
    width: int = 0

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(self.shared).union(*(block.indices for block in self.blocks))


def find_head(records: Sequence[Record], columns: Mapping[str, str]) -> TableHead | None:
    """The head of a table by its first records, None where none is known; `columns` are the config's own names.

    Raises
    ------
    UnclearHeadError
        The head names one column twice, or none of days.
    """
    for k in range(min(HIGHEST, len(records))):
        found = _of_two_lines(records, k) or _of_one_line(records, k, columns) or _of_glued_names(records, k)
        if found is not None:
            return found
    return None


def _of_one_line(records: Sequence[Record], k: int, columns: Mapping[str, str]) -> TableHead | None:
    record = records[k]
    own = {plain_heading(source): name for name, source in columns.items()}
    kinds: dict[str, tuple[int, int, Heading]] = {}
    clock: tuple[int, int, Heading] | None = None
    for index, cell in enumerate(record):
        found = heading(cell)
        named = own.get(plain_heading(cell))
        if named is not None:
            kind = "when" if named in ("date", "bar_start") else named
            found = Heading(str(cell), kind, -1, None if found is None else found.unit)
        elif plain_heading(cell).strip("<>") in CLOCKS and found is not None:
            clock = clock or (0, index, found)
            continue
        if found is None:
            continue
        before = kinds.get(found.kind)
        if before is not None and before[0] == found.rank:
            raise UnclearHeadError(
                f"the head names {before[2].written!r} and {found.written!r}, which are one column; say which with "
                "`columns`, such as `columns: {close: ...}`"
            )
        if before is None or found.rank < before[0]:
            kinds[found.kind] = (found.rank, index, found)
    if any(kind not in kinds for kind in NEEDED):
        return None
    if clock is not None:
        kinds["time_of_day" if "when" in kinds else "when"] = clock
    if "when" not in kinds:
        unnamed = [index for index, cell in enumerate(record) if plain_heading(cell) in UNNAMED]
        if not unnamed or _counts(records[k + 1 :], unnamed[0]):
            raise NoDaysError
        kinds["when"] = (0, unnamed[0], Heading("", "when", 0))
    first = k + 1
    while first < len(records) - 1 and _is_no_row(records[first], kinds["when"][1], kinds["close"][1]):
        first += 1
    shared: dict[str, int] = {kind: kinds[kind][1] for kind in SHARED if kind in kinds}
    indices = {kind: index for kind, (_, index, _) in kinds.items() if kind not in shared}
    return TableHead(
        first=first,
        shared=shared,
        blocks=(TickerColumns(indices),),
        at=k,
        units={kind: found.unit for kind, (_, _, found) in kinds.items() if found.unit is not None},
        strange_units={
            kind: found.in_brackets for kind, (_, _, found) in kinds.items() if found.in_brackets and found.unit is None
        },
        headings=tuple(str(cell).strip() for cell in record if cell is not None),
        written={kind: found.written for kind, (_, _, found) in kinds.items()},
        passed_over=first - k - 1,
        width=len(record),
    )


def _counts(records: Sequence[Record], index: int) -> bool:
    """Whether the first cells of a column are 0, 1, 2, ...: the index of rows, and no days."""
    cells = [_text(_at(record, index)).removesuffix(".0") for record in records]
    return bool(cells) and cells == [str(row) for row in range(len(cells))]


def _at(record: Record, index: int) -> PlainValue:
    return record[index] if index < len(record) else None


def _is_no_row(record: Record, when: int, close: int) -> bool:
    """Whether a record below the head is a second head: units, or the headings in another language."""
    if not any(_text(cell) for cell in record):
        return True
    cells = [_text(_at(record, index)) for index in (when, close)]
    return not any(character.isdigit() for cell in cells for character in cell)


def _of_two_lines(records: Sequence[Record], k: int) -> TableHead | None:
    if k + 1 >= len(records):
        return None
    upper, lower = _spread(records[k]), records[k + 1]
    if len(upper) < 2 or len(upper) != len(lower):
        return None
    if _words_and_tickers(upper, lower, 0) is not None:
        raise NoDaysError
    words_and_tickers = _words_and_tickers(upper, lower, 1)
    if words_and_tickers is None:
        return None
    corner = heading(upper[0])
    was_reset = corner is not None and corner.kind == "when" and not _text(lower[0])
    if not was_reset and not {plain_heading(upper[0]), plain_heading(lower[0])} <= OUTER_NAMES:
        return None
    words, tickers = words_and_tickers
    first = k + 2
    if first < len(records) - 1 and _is_no_row(records[first], 0, 1):
        first += 1  # the name of the index: Date,,,
    columns = {index: (words[index], _text(tickers[index])) for index in range(1, len(upper))}
    return _by_ticker(columns, 0, at=k, first=first, width=len(upper))


def _of_glued_names(records: Sequence[Record], k: int) -> TableHead | None:
    """Of a head such as ``Date,Close_AAPL,Close_MSFT``: words and tickers in one name, in either order."""
    record = records[k]
    columns = {index: glued for index, cell in enumerate(record) if (glued := _unglued(_text(cell))) is not None}
    others = [index for index in range(len(record)) if index not in columns]
    if len(columns) < len(NEEDED) or len(others) != 1:
        return None
    corner = heading(record[others[0]])
    if plain_heading(record[others[0]]) not in UNNAMED and (corner is None or corner.kind != "when"):
        return None
    return _by_ticker(columns, others[0], at=k, first=k + 1, width=len(record))


def _unglued(name: str) -> tuple[str, str] | None:
    for mark in re.finditer(r"[_ .|:/-]", name):
        left, right = name[: mark.start()], name[mark.end() :]
        for word, ticker in ((left, right), (right, left)):
            if _are_fields([word]) and _are_tickers([ticker]):
                return word, ticker
    return None


def _by_ticker(
    columns: Mapping[int, tuple[PlainValue, str]], when: int, *, at: int, first: int, width: int
) -> TableHead:
    """The head of columns that have a word and a ticker each."""
    blocks: dict[str, dict[str, int]] = {}
    written: dict[str, str] = {}
    units: dict[str, float] = {}
    strange_units: dict[str, str] = {}
    for index, (word, ticker) in columns.items():
        found = heading(word)
        assert found is not None
        block = blocks.setdefault(ticker, {})
        if found.kind in block:
            raise UnclearHeadError(f"the head names {found.written!r} of {ticker} twice; leave one out")
        block[found.kind] = index
        written[found.kind] = found.written
        if found.unit is not None:
            units[found.kind] = found.unit
        elif found.in_brackets:
            strange_units[found.kind] = found.in_brackets
    for ticker, block in blocks.items():
        if lacking := [kind for kind in NEEDED if kind not in block]:
            arrived = ", ".join(written[kind] for kind in block)
            raise LackingColumnsError(f"expected {', '.join(lacking)} of {ticker} too, got {arrived}; keep all of them")
    return TableHead(
        first=first,
        at=at,
        units=units,
        strange_units=strange_units,
        shared={"when": when},
        blocks=tuple(TickerColumns(indices, ticker) for ticker, indices in blocks.items()),
        headings=tuple(written.values()),
        written={"when": "Date", **written},
        width=width,
    )


def _words_and_tickers(upper: Record, lower: Record, begin: int) -> tuple[Record, Record] | None:
    """Which of two head lines has words and which tickers, from one of their cells on; None where they are neither."""
    if _are_fields(upper[begin:]) and _are_tickers(lower[begin:]):
        return upper, lower
    if _are_fields(lower[begin:]) and _are_tickers(upper[begin:]):
        return lower, upper
    return None


def _spread(record: Record) -> list[PlainValue]:
    """A head line whose merged cells are written once: each blank behind one is it again."""
    spread = list(record)
    for index in range(2, len(spread)):
        if not _text(spread[index]):
            spread[index] = spread[index - 1]
    return spread


def _are_fields(cells: Record) -> bool:
    """Whether cells are words of prices and volumes, and none of days."""
    return are_words(cells) and not any(found.kind in SHARED for cell in cells if (found := heading(cell)) is not None)


def _are_tickers(cells: Record) -> bool:
    """Whether cells can be tickers: texts that are no words of a head and no prices."""
    texts = [_text(cell) for cell in cells]
    return all(text and heading(text) is None and not _is_decimal(text) for text in texts)


def _is_decimal(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "." in text


def _text(cell: PlainValue) -> str:
    return "" if cell is None else str(cell).strip()
