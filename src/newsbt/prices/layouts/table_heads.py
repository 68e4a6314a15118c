"""Where the head of a price table is, and what its columns are: one head line, or two above each other when each
ticker has columns of its own (what pandas writes of columns with two levels)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from newsbt._plain import PlainValue
from newsbt.prices.layouts.headings import Heading, are_words, heading, plain_heading

__all__ = ["TableHead", "TickerColumns", "UnclearHeadError", "find_head"]

HIGHEST = 6  # records above the table that are looked at: titles, then the head
NEEDED = ("open", "high", "low", "close", "volume")
CLOCKS = frozenset({"time", "时间", "時間"})  # beside a column of days: the times of day
OUTER_NAMES = frozenset({"", "price", "ticker", "tickers", "attributes", "symbol", "symbols", "variable", "field"})
SHARED = ("when", "ticker", "time_of_day", "period")
Record = Sequence[PlainValue]


class UnclearHeadError(ValueError):
    """Two headings are the same column."""


@dataclass(frozen=True, slots=True)
class TickerColumns:
    """The columns of one ticker, or of all where `ticker` is empty: kind to place among a record's cells."""

    places: Mapping[str, int]
    ticker: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableHead:
    """A table's head.

    `first` is the record in which its rows begin; `shared` are the kinds and places of columns that every block has
    (times, tickers), `units` what headings state in brackets, `headings` all that were written, `passed_over` records
    between head and rows, `width` its number of cells.
    """

    first: int
    shared: Mapping[str, int]
    blocks: tuple[TickerColumns, ...]
    units: Mapping[str, float] = field(default_factory=dict)
    headings: tuple[str, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)
    passed_over: int = 0
    width: int = 0

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(self.shared).union(*(block.places for block in self.blocks))


def find_head(records: Sequence[Record], columns: Mapping[str, str]) -> TableHead | None:
    """The head of a table by its first records, None where none is known; `columns` are the config's own names.

    Raises
    ------
    UnclearHeadError
        The head names one column twice.
    """
    for k in range(min(HIGHEST, len(records) - 1)):
        found = _of_two_lines(records, k) or _of_one_line(records, k, columns)
        if found is not None:
            return found
    return None


def _of_one_line(records: Sequence[Record], k: int, columns: Mapping[str, str]) -> TableHead | None:
    record = records[k]
    own = {plain_heading(source): name for name, source in columns.items()}
    kinds: dict[str, tuple[int, int, Heading]] = {}
    for place, cell in enumerate(record):
        found = heading(cell)
        if found is not None and plain_heading(cell) in CLOCKS and "when" in kinds:
            found = Heading(found.written, "time_of_day", 0)
        named = own.get(plain_heading(cell))
        if named is not None:
            kind = "when" if named in ("date", "bar_start") else named
            found = Heading(str(cell), kind, -1, None if found is None else found.unit)
        if found is None:
            continue
        before = kinds.get(found.kind)
        if before is not None and before[0] == found.rank:
            raise UnclearHeadError(f"the head names {before[2].written!r} and {found.written!r}, which are one column")
        if before is None or found.rank < before[0]:
            kinds[found.kind] = (found.rank, place, found)
    if any(kind not in kinds for kind in NEEDED):
        return None
    if "when" not in kinds:
        blank = [place for place, cell in enumerate(record) if not plain_heading(cell)]
        if not blank:
            return None
        kinds["when"] = (0, blank[0], Heading("", "when", 0))  # an index that has no name
    first = k + 1
    while first < len(records) - 1 and _is_no_row(records[first], kinds["when"][1], kinds["close"][1]):
        first += 1
    shared: dict[str, int] = {kind: kinds[kind][1] for kind in SHARED if kind in kinds}
    places = {kind: place for kind, (_, place, _) in kinds.items() if kind not in shared}
    return TableHead(
        first=first,
        shared=shared,
        blocks=(TickerColumns(places),),
        units={kind: found.unit for kind, (_, _, found) in kinds.items() if found.unit is not None},
        headings=tuple(str(cell).strip() for cell in record if cell is not None),
        written={kind: found.written for kind, (_, _, found) in kinds.items()},
        passed_over=first - k - 1,
        width=len(record),
    )


def _is_no_row(record: Record, when: int, close: int) -> bool:
    """Whether a record below the head is a second head: units, or the headings in another language."""
    if not any(_text(cell) for cell in record):
        return True
    cells = [_text(record[place]) if place < len(record) else "" for place in (when, close)]
    return not any(character.isdigit() for cell in cells for character in cell)


def _of_two_lines(records: Sequence[Record], k: int) -> TableHead | None:
    if k + 2 >= len(records):
        return None
    upper, lower = records[k], records[k + 1]
    if len(upper) < 2 or len(upper) != len(lower) or plain_heading(upper[0]) not in OUTER_NAMES:
        return None
    if _are_fields(upper[1:]) and _are_tickers(lower[1:]):
        words, tickers = upper, lower
    elif _are_fields(lower[1:]) and _are_tickers(upper[1:]):
        words, tickers = lower, upper
    else:
        return None
    blocks: dict[str, dict[str, int]] = {}
    written: dict[str, str] = {}
    for place in range(1, len(upper)):
        found = heading(words[place])
        assert found is not None
        block = blocks.setdefault(_text(tickers[place]), {})
        if found.kind in block:
            raise UnclearHeadError(f"the head names {found.written!r} of {_text(tickers[place])} twice")
        block[found.kind] = place
        written[found.kind] = found.written
    first = k + 2
    if first < len(records) - 1 and _is_no_row(records[first], 0, 1):
        first += 1  # the name of the index: Date,,,
    return TableHead(
        first=first,
        shared={"when": 0},
        blocks=tuple(TickerColumns(places, ticker) for ticker, places in blocks.items()),
        headings=tuple(written.values()),
        written={"when": "Date", **written},
        width=len(upper),
    )


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
