"""Price rows as read: long, typed, checked one by one, not yet on any grid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np

from newsbt._typing import Bools, Days, Floats, Instants, Ints
from newsbt.domain.bad_rows import BadRows
from newsbt.domain.showing import brief
from newsbt.error_codes import ErrorCode
from newsbt.errors import DataError

__all__ = [
    "COLUMNS",
    "OPTIONAL_VALUES",
    "PRICES",
    "STATED_SPLIT",
    "VALUES",
    "PriceTable",
    "RowSource",
    "add_bad_rows",
    "concatenated",
    "repeated",
]

PRICES = ("open", "high", "low", "close")
VALUES = (*PRICES, "volume")
OPTIONAL_VALUES = ("dividend", "split", "adj_factor", "prev_close")
COLUMNS = ("ticker", "date", "bar_start", *VALUES, *OPTIONAL_VALUES)
STATED_SPLIT = "stated_split"  # what a source says of splits that its reader was told not to apply


@dataclass(frozen=True, slots=True, eq=False)
class RowSource:
    """A file or frame, as messages call it, and where its rows are.

    Attributes
    ----------
    name : str
    lines : callable
        Gives the line of each data row, the header being line 1; it reads the file again, so it is only called
        for messages.
    """

    name: str
    lines: Callable[[], Sequence[int]]


@dataclass(frozen=True, kw_only=True, eq=False)
class PriceTable:
    """R price rows that passed the checks which need no calendar.

    Attributes
    ----------
    tickers : tuple of str, ticker_code : ndarray of shape (R,)
        Codes point into the tickers.
    day : ndarray of shape (R,), datetime64[D], optional
        The session of daily rows.
    bar_start : ndarray of shape (R,), datetime64[ns] UTC, optional
        The instant a bar within the day opens; such rows have no `day`.
    values : mapping
        open, high, low, close (local currency), volume (shares) and whichever of dividend, split, adj_factor,
        prev_close the source has, to (R,) float64, NaN where blank.
    source_code, source_row : ndarray of shape (R,)
        Where each row stands: :meth:`where`.
    sources : tuple of RowSource, files : tuple of Path
        What was read.
    rows_read : int, bad_rows : mapping
        Rows of the sources, and how many were bad, by reason (T8).
    ignored_tickers : mapping
        How many rows were of tickers that no instrument has.
    interval_ns : int
        The usual step between two bars within the day, 0 for daily rows.
    adjusted : bool
        Whether dividends and splits are inside the prices.
    on_bad_row : str, policies : tuple of str
        What is done with a bad row, and by each of the sources; empty where all do alike.
    splits : tuple of str
        What each source was told about splits, or knows: ``as_traded``, ``in_prices``, ``adjusted``, ``stored``,
        or nothing; empty where none was told anything.
    readings : tuple, warnings : tuple of str
        What was recognised and assumed of sources whose head is not newsbt's own, and what is wrong with whole
        sources: files left out, and two that disagree.
    """

    tickers: tuple[str, ...]
    ticker_code: Ints
    day: Days | None
    bar_start: Instants | None
    values: Mapping[str, Floats]
    source_code: Ints
    source_row: Ints
    sources: tuple[RowSource, ...]
    rows_read: int
    files: tuple[Path, ...] = ()
    bad_rows: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    ignored_tickers: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    interval_ns: int = 0
    adjusted: bool = False
    on_bad_row: str = "error"
    policies: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()
    readings: tuple[tuple[str, tuple[str, ...]], ...] = ()
    warnings: tuple[str, ...] = ()

    __repr__ = brief

    def __post_init__(self) -> None:
        rows = len(self.ticker_code)
        assert (self.day is None) != (self.bar_start is None)
        for array in (self.ticker_code, self.when, self.source_code, self.source_row, *self.values.values()):
            assert array.shape == (rows,)
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.ticker_code)

    @property
    def intraday(self) -> bool:
        return self.bar_start is not None

    @property
    def when(self) -> Days | Instants:
        """(R,): `day` or `bar_start`."""
        found = self.day if self.bar_start is None else self.bar_start
        assert found is not None
        return found

    def may_skip(self, rows: Ints) -> Bools:
        """(K,): whether the reader of each of some rows leaves bad ones out."""
        policies = self.policies or (self.on_bad_row,) * len(self.sources)
        skipping = np.array([policy == "skip" for policy in policies], dtype=np.bool_)
        result: Bools = skipping[self.source_code[rows]]
        return result

    def where(self, rows: Sequence[int] | Ints) -> list[tuple[str, int]]:
        """Source name and line of some rows. Reads the files again: for messages only."""
        lines: dict[int, Sequence[int]] = {}
        found = []
        for row in rows:
            code = int(self.source_code[row])
            if code not in lines:
                lines[code] = self.sources[code].lines()
            found.append((self.sources[code].name, lines[code][int(self.source_row[row])]))
        return found

    def take(self, rows: Ints, **changes: object) -> PriceTable:
        """The table with some of its rows only, or in another order."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        for name in ("ticker_code", "day", "bar_start", "source_code", "source_row"):
            if fields[name] is not None:
                fields[name] = fields[name][rows]
        fields["values"] = MappingProxyType({name: array[rows] for name, array in self.values.items()})
        return PriceTable(**(fields | changes))


def add_bad_rows(
    bad: BadRows, table: PriceTable, reason: ErrorCode, rows: Ints, describe: Callable[[int], str]
) -> None:
    """Note rows of a table as bad, with messages for those that will be listed."""
    listed = rows[: bad.listable].tolist()
    for row, (file, line) in zip(listed, table.where(listed), strict=True):
        ticker, when = table.tickers[int(table.ticker_code[row])], table.when[row]
        what = ticker if np.isnat(when) else f"{ticker} on {str(when)[:19]}"
        bad.add(reason, f"{what}: {describe(row)}", file=file, line=line)
    bad.add_unlisted(reason, len(rows) - len(listed))


def repeated(table: PriceTable) -> tuple[Ints, Ints]:
    """Rows whose ticker and time an earlier row has, in row order, and for each the row that came first."""
    none = np.empty(0, dtype=np.int64)
    when = table.when.view(np.int64)
    if len(when) < 2:
        return none, none
    code = table.ticker_code
    if bool(np.all((code[1:] > code[:-1]) | ((code[1:] == code[:-1]) & (when[1:] > when[:-1])))):
        return none, none
    span = np.int64(when.max() - when.min() + 1)
    if span <= np.iinfo(np.int64).max // (len(table.tickers) + 1):
        order = np.argsort(code * span + (when - when.min()), kind="stable")
    else:
        order = np.lexsort((when, code))
    same = (code[order][1:] == code[order][:-1]) & (when[order][1:] == when[order][:-1])
    if not same.any():
        return none, none
    begins = np.flatnonzero(np.concatenate(([True], ~same)))
    first = order[np.repeat(begins, np.diff(np.append(begins, len(order))))]
    again = np.concatenate(([False], same))
    rows, firsts = order[again], first[again]
    by_row = np.argsort(rows)
    return rows[by_row].astype(np.int64), firsts[by_row].astype(np.int64)


def concatenated(parts: Sequence[PriceTable]) -> PriceTable:
    """All rows of the tables, in their order, without looking for repeats.

    Raises
    ------
    DataError
        Daily bars beside intraday bars, or bars of different length.
    """
    if len(parts) == 1:
        return parts[0]
    if len({(part.intraday, part.interval_ns) for part in parts}) > 1:
        kinds = {f"bars of {part.interval_ns // 10**9} s" if part.intraday else "daily": part for part in parts}
        shown = "; ".join(f"{part.sources[0].name}: {kind}" for kind, part in kinds.items())
        raise DataError(f"the prices of one run are all daily or all bars of one length; got {shown}", code="bad_value")
    tickers = tuple(dict.fromkeys(ticker for part in parts for ticker in part.tickers))
    code_of = {ticker: code for code, ticker in enumerate(tickers)}
    names = [name for name in (*VALUES, *OPTIONAL_VALUES, STATED_SPLIT) if any(name in part.values for part in parts)]
    codes = [np.array([code_of[ticker] for ticker in part.tickers], dtype=np.int64)[part.ticker_code] for part in parts]
    shifts = np.cumsum([0, *(len(part.sources) for part in parts)])
    when = np.concatenate([part.when for part in parts])
    first = parts[0]
    return PriceTable(
        tickers=tickers,
        ticker_code=np.concatenate(codes),
        day=None if first.intraday else when,
        bar_start=when if first.intraday else None,
        values=MappingProxyType({name: np.concatenate([_values(part, name) for part in parts]) for name in names}),
        source_code=np.concatenate([part.source_code + shift for part, shift in zip(parts, shifts, strict=False)]),
        source_row=np.concatenate([part.source_row for part in parts]),
        sources=tuple(source for part in parts for source in part.sources),
        rows_read=sum(part.rows_read for part in parts),
        files=tuple(dict.fromkeys(file for part in parts for file in part.files)),
        bad_rows=_summed(part.bad_rows for part in parts),
        ignored_tickers=_summed(part.ignored_tickers for part in parts),
        interval_ns=first.interval_ns,
        adjusted=any(part.adjusted for part in parts),
        on_bad_row="error" if any(part.on_bad_row == "error" for part in parts) else "skip",
        policies=tuple(policy for part in parts for policy in part.policies or (part.on_bad_row,) * len(part.sources)),
        splits=tuple(word for part in parts for word in part.splits or ("",) * len(part.sources)),
        readings=tuple(reading for part in parts for reading in part.readings),
        warnings=tuple(warning for part in parts for warning in part.warnings),
    )


def _values(part: PriceTable, name: str) -> Floats:
    found = part.values.get(name)
    return np.full(len(part), np.nan) if found is None else found


def _summed(counts: Iterable[Mapping[str, int]]) -> Mapping[str, int]:
    total: dict[str, int] = {}
    for mapping in counts:
        for name, count in mapping.items():
            total[name] = total.get(name, 0) + count
    return MappingProxyType(total)
