"""The universe from its tables: instruments, relations, memberships, statuses; every fault in one go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import pandas as pd

from newsbt.domain import cells
from newsbt.domain.entity import BOARDS, RELATIONS, Instrument, Membership, Relation, StatusSpan, Universe
from newsbt.domain.table_files import choose_columns, file_error, read_table
from newsbt.errors import DataError, Problem, nearest

__all__ = ["TableSource", "read_universe"]

TableSource: TypeAlias = str | Path | pd.DataFrame
T = TypeVar("T")

INSTRUMENT_REQUIRED = (
    "ticker", "name", "exchange", "board", "currency", "sector", "themes", "sector_index", "aliases",
)  # fmt: skip
INSTRUMENT_OPTIONAL = ("company", "lot_size", "tradable", "shortable", "proxy", "listed_on", "delisted_on")

_MIC = re.compile(r"[A-Z0-9]{4}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def read_universe(
    instruments: TableSource,
    relations: TableSource | None = None,
    memberships: TableSource | None = None,
    status: TableSource | None = None,
) -> Universe:
    """Read the tables of a universe, each a CSV file (UTF-8; plain, gz or zst) or a DataFrame.

    Parameters
    ----------
    instruments
        Columns of DESIGN section 4; the order of its rows is the order of the universe. Further columns are ignored.
    relations
        ``subject, relation, object``, optionally ``effect, from, to, note``. Subjects and objects may be unlisted.
    memberships
        ``ticker, theme, from, to``; `from` and `to` may be blank.
    status
        ``ticker, status, from, to``.

    Raises
    ------
    DataError
        With one problem for each fault in any of the tables.
    """
    problems: list[Problem] = []
    listed = _collected(problems, instruments, "instruments", _read_instruments) or ()
    tickers = frozenset(item.ticker for item in listed)
    related = _collected(problems, relations, "relations", _read_relations)
    members = _collected(problems, memberships, "memberships", lambda table: _read_memberships(table, tickers))
    statuses = _collected(problems, status, "status", lambda table: _read_statuses(table, tickers))
    if problems:
        raise DataError("\n".join(map(str, problems)), problems)
    return Universe(instruments=listed, relations=related or (), memberships=members or (), statuses=statuses or ())


class _Table:
    """Rows of one table, and the problems found in them."""

    def __init__(self, source: TableSource, kind: str) -> None:
        self.problems: list[Problem] = []
        if isinstance(source, pd.DataFrame):
            self.file = f"{kind} (DataFrame)"
            self.columns = tuple(map(str, source.columns))
            if source.empty:
                raise file_error(self.file, "the frame has no rows", code="empty_file")
            plain = source.astype(object)
            plain = plain.where(plain.notna(), None)
            self._rows: list[tuple[int, list[Any]]] = [
                (line, list(row)) for line, row in enumerate(plain.itertuples(index=False, name=None), 1)
            ]
        else:
            path = Path(source)
            self.file = str(path)
            table = read_table(path)
            self.columns = table.columns
            self._rows = []
            for line, row in zip(table.lines, table.rows, strict=True):
                fault = table.ragged(row)
                if fault is None:
                    self._rows.append((line, list(row)))
                else:
                    self.problem("bad_value", line, None, fault)

    def rows(self, required: Iterable[str], optional: Iterable[str]) -> list[_Row]:
        chosen = choose_columns(self.file, self.columns, {}, required, optional, renamable=False)
        places = {name: self.columns.index(column) for name, column in chosen.items()}
        return [_Row(self, line, {name: row[place] for name, place in places.items()}) for line, row in self._rows]

    def problem(self, code: str, line: int, key: str | None, message: str) -> None:
        self.problems.append(Problem(code=code, message=message, file=self.file, line=line, key=key))


@dataclass(frozen=True, slots=True)
class _Row:
    """One row; what it cannot read becomes a problem of its table and a harmless value."""

    table: _Table
    line: int
    values: Mapping[str, Any]

    def wrong(self, key: str, message: str, code: str = "bad_value") -> None:
        self.table.problem(code, self.line, key, message)

    def read(self, key: str, parse: Callable[[Any], T], otherwise: T) -> T:
        try:
            return parse(self.values.get(key))
        except ValueError as error:
            self.wrong(key, str(error))
            return otherwise

    def text(self, key: str) -> str:
        return self.read(key, cells.text, "")

    def needed(self, key: str) -> str:
        found = self.text(key)
        if not found and self.values.get(key) in ("", None):
            self.wrong(key, f"the row has no {key}", "missing_value")
        return found

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        found = self.needed(key)
        if found and found not in allowed:
            self.wrong(key, f"expected one of {', '.join(allowed)}, got {found!r}{nearest(found, allowed)}")
        return found

    def matching(self, key: str, pattern: re.Pattern[str], expected: str) -> str:
        found = self.needed(key)
        if found and not pattern.fullmatch(found):
            self.wrong(key, f"expected {expected}, got {found!r}")
        return found

    def span(self, first: str = "from", last: str = "to") -> tuple[date | None, date | None]:
        begins, ends = self.read(first, cells.session_day, None), self.read(last, cells.session_day, None)
        if begins is not None and ends is not None and begins > ends:
            self.wrong(last, f"{last} {ends} is before {first} {begins}")
        return begins, ends


def _collected(
    problems: list[Problem], source: TableSource | None, kind: str, read: Callable[[_Table], tuple[T, ...]]
) -> tuple[T, ...] | None:
    if source is None:
        return None
    try:
        table = _Table(source, kind)
        found = read(table)
    except DataError as error:
        problems.extend(error.problems)
        return None
    problems.extend(sorted(table.problems, key=lambda problem: problem.line or 0))
    return found


def _read_instruments(table: _Table) -> tuple[Instrument, ...]:
    rows = table.rows(INSTRUMENT_REQUIRED, INSTRUMENT_OPTIONAL)
    found = [(row, _instrument(row)) for row in rows]
    boards: dict[str, str] = {}
    lines: dict[str, int] = {}
    for row, item in found:
        if item.ticker in lines:
            message = f"{item.ticker!r} stands already in line {lines[item.ticker]}; give each ticker one row"
            row.wrong("ticker", message, "duplicate")
        elif item.ticker:
            lines[item.ticker] = row.line
            boards[item.ticker] = "index" if item.is_index else item.board
    for row, item in found:
        for key, target in (("sector_index", item.sector_index), ("proxy", item.proxy)):
            if target and target not in boards:
                message = (
                    f"{target!r} is no instrument of this table{nearest(target, boards)}; add it or leave it blank"
                )
                row.wrong(key, message, "unknown_ticker")
            elif key == "proxy" and target and boards[target] == "index":
                row.wrong(key, f"a proxy is traded in an index's place, and {target!r} is an index itself")
    return tuple(item for _, item in found)


def _instrument(row: _Row) -> Instrument:
    lot_size = row.read("lot_size", cells.whole, None)
    if lot_size is not None and lot_size < 1:
        row.wrong("lot_size", f"expected a whole number of shares from 1, got {lot_size}; leave it blank if unknown")
    tradable = row.read("tradable", cells.flag, None)
    listed_on, delisted_on = row.span("listed_on", "delisted_on")
    return Instrument(
        ticker=row.needed("ticker"),
        name=row.needed("name"),
        exchange=row.matching("exchange", _MIC, "an ISO 10383 code such as XHKG, XSHE or XNYS"),
        board=row.one_of("board", BOARDS),
        currency=row.matching("currency", _CURRENCY, "an ISO 4217 code such as HKD"),
        sector=row.text("sector"),
        themes=row.read("themes", cells.items, ()),
        sector_index=row.text("sector_index"),
        aliases=row.read("aliases", cells.items, ()),
        company=row.text("company"),
        lot_size=lot_size,
        tradable=True if tradable is None else tradable,
        shortable=row.read("shortable", cells.flag, None),
        proxy=row.text("proxy"),
        listed_on=listed_on,
        delisted_on=delisted_on,
    )


def _read_relations(table: _Table) -> tuple[Relation, ...]:
    rows = table.rows(("subject", "relation", "object"), ("effect", "from", "to", "note"))
    found = [(row, _relation(row)) for row in rows]
    _refuse_repeats(
        (row, (item.subject.casefold(), item.relation, item.object.casefold(), item.from_on)) for row, item in found
    )
    return tuple(item for _, item in found)


def _relation(row: _Row) -> Relation:
    effect = row.read("effect", cells.number, 0.0)
    if not (effect != effect or -1.0 <= effect <= 1.0):  # noqa: PLR0124 - blank is NaN
        row.wrong("effect", f"expected a number from -1 to 1, got {effect:g}")
    from_on, to_on = row.span()
    return Relation(
        subject=row.needed("subject"),
        relation=row.one_of("relation", RELATIONS),
        object=row.needed("object"),
        effect=None if effect != effect else effect,  # noqa: PLR0124
        from_on=from_on,
        to_on=to_on,
        note=row.text("note"),
    )


def _read_memberships(table: _Table, tickers: frozenset[str]) -> tuple[Membership, ...]:
    rows = table.rows(("ticker", "theme", "from", "to"), ())
    found = []
    for row in rows:
        from_on, to_on = row.span()
        ticker = _known(row, tickers)
        item = Membership(ticker=ticker, theme=row.needed("theme"), from_on=from_on, to_on=to_on)
        found.append((row, item))
    _refuse_repeats((row, (item.ticker, item.theme, item.from_on)) for row, item in found)
    return tuple(item for _, item in found)


def _read_statuses(table: _Table, tickers: frozenset[str]) -> tuple[StatusSpan, ...]:
    rows = table.rows(("ticker", "status", "from", "to"), ())
    found = []
    for row in rows:
        from_on, to_on = row.span()
        ticker = _known(row, tickers)
        item = StatusSpan(ticker=ticker, status=row.needed("status"), from_on=from_on, to_on=to_on)
        found.append((row, item))
    _refuse_repeats((row, (item.ticker, item.status, item.from_on)) for row, item in found)
    return tuple(item for _, item in found)


def _known(row: _Row, tickers: frozenset[str]) -> str:
    ticker = row.needed("ticker")
    # Without a single readable instrument every row would be a stranger, and the instruments' own problem is told.
    if ticker and tickers and ticker not in tickers:
        row.wrong("ticker", f"{ticker!r} is no instrument of the universe{nearest(ticker, tickers)}", "unknown_ticker")
    return ticker


def _refuse_repeats(keyed: Iterable[tuple[_Row, tuple[object, ...]]]) -> None:
    lines: dict[tuple[object, ...], int] = {}
    for row, key in keyed:
        first = lines.setdefault(key, row.line)
        if first != row.line:
            row.wrong("from", f"the row says the same as line {first}; leave one out", "duplicate")
