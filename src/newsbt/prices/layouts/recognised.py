"""A price table whose head is known but is not newsbt's own: its columns under newsbt's names, and what was assumed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from newsbt._plain import PlainValue
from newsbt._typing import Bools, Floats, Ints, Strings
from newsbt.domain.price_table import RowSource
from newsbt.domain.table_files import file_error
from newsbt.domain.ticker_forms import CHINA, AmbiguousTickerError, KnownTickers, market_of
from newsbt.domain.time_forms import UnclearTimesError
from newsbt.error_codes import ErrorCode
from newsbt.errors import DataError
from newsbt.prices.layouts.bar_times import MissingZoneError, bar_times
from newsbt.prices.layouts.number_forms import plain_number
from newsbt.prices.layouts.providers import A_SHARES, provider_of
from newsbt.prices.layouts.swapped_headings import OHLC, swapped_headings
from newsbt.prices.layouts.table_heads import TableHead
from newsbt.prices.layouts.volume_units import LOT, UnclearUnitError, volume_unit
from newsbt.prices.named_ticker import named_ticker, tickers_in_name
from newsbt.prices.price_columns import encode, numbers, python_values

__all__ = ["KindColumns", "Recognised", "StatedOptions", "recognised"]

Column: TypeAlias = "list[PlainValue] | pa.ChunkedArray"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedOptions:
    """What the config says of a source; None where it says nothing."""

    columns: Mapping[str, str] = field(default_factory=dict)
    ticker: str | None = None
    volume_unit: float | None = None
    adjusted: bool | None = None
    splits: str | None = None
    stamp: str | None = None
    zone: str | None = None
    time_format: str | None = None
    encoding: str | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KindColumns:
    """A table's R rows by the kinds of their columns; `stem` is the file's name without its ending, `head_line` the
    line of its head, and `separator` the mark between its fields, empty where they are none of a text."""

    file: Path | str
    rows: int
    columns: Mapping[str, Column]
    source: RowSource
    head_line: int = 1
    stem: str = ""
    separator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recognised:
    """Columns by newsbt's names, and what was assumed, for people."""

    columns: Mapping[str, Column]
    notes: tuple[str, ...]
    faults: Mapping[int, str]


def recognised(table: KindColumns, head: TableHead, stated: StatedOptions, known: KnownTickers | None) -> Recognised:
    """The columns of a table with a known head.

    Raises
    ------
    DataError
        What the head says and what the rows hold are not one, or something must be asked: days that can be read in two
        ways, the unit of volumes, whether prices are adjusted. The message has the keys to say it with.
    """
    return _Reading(table, head, stated, known).read()


class _Reading:
    def __init__(self, table: KindColumns, head: TableHead, stated: StatedOptions, known: KnownTickers | None) -> None:
        self.table, self.head, self.stated, self.known = table, head, stated, known
        self.provider = provider_of(head.headings)
        self.notes = [self.provider.name or ("columns by ticker" if head.blocks[0].ticker else "known headings")]
        self.faults: dict[int, str] = {}

    def refuse(self, code: ErrorCode, message: str, row: int | None = None) -> DataError:
        shown = ", ".join(one for one in self.head.headings if one)
        line = self.table.head_line if row is None else self.table.source.lines()[row]
        return file_error(self.table.file, f"{message} (read as {self.notes[0]}: {shown})", code=code, line=line)

    def read(self) -> Recognised:
        tickers, market = self._tickers()
        when, column = self._when(market)
        self._look_at_units()
        values = {kind: self._numbers(kind) for kind in self.table.columns if kind in _NUMBERS}
        self._look_at_order(values, tickers, column)
        self._scale_volume(values, market, tickers)
        self._settle_adjustment(values)
        found: dict[str, Column] = {"ticker": tickers, when: column}
        for name in (*OHLC, "volume", "dividend", "split", "adj_factor", "prev_close"):
            if name in values:
                found[name] = pa.chunked_array([pa.array(values[name])])
        return Recognised(columns=found, notes=tuple(self.notes), faults=self.faults)

    def _tickers(self) -> tuple[Column, Strings]:
        """The column of tickers, as the universe writes them, and the market of each row."""
        stated = self.stated.ticker or ""
        if not stated and "ticker" not in self.table.columns:
            stated, notes = named_ticker(self.table.file, self.table.stem, self.known)
            self.notes += notes
        written: Sequence[PlainValue] = [stated]
        if stated:
            codes = np.zeros(self.table.rows, dtype=np.int64)
        else:
            codes, written = encode(self.table.columns["ticker"])
        markets = CHINA if self.provider.lots and not self.provider.thousands and _are_a_shares(written) else ()
        meant = [_meant(str(one).strip(), self.known, markets, self.table.file) for one in written]
        self._look_at_name(meant)
        market = np.array([*(self._market(one) for one in meant), ""], dtype=np.str_)
        names = pa.array([*meant, ""])
        column = pa.DictionaryArray.from_arrays(pa.array(np.where(codes < 0, len(meant), codes)), names)
        return pa.chunked_array([column.cast(pa.string()).dictionary_encode()]), market[codes]

    def _look_at_name(self, tickers: Sequence[str]) -> None:
        """Refuse a file that is named for a ticker of which it holds nothing, as after a download that went astray."""
        named = tickers_in_name(self.table.stem, self.known)
        if len(named) == 1 and not set(named) & set(tickers):
            held = ", ".join(list(dict.fromkeys(tickers))[:5])
            message = f"the file is named for {named[0]} and holds {held}: rename it, or fetch it again"
            raise self.refuse("wrong_format", message)

    def _market(self, ticker: str) -> str:
        return market_of(ticker) if self.known is None else self.known.market(ticker) or market_of(ticker)

    def _when(self, market: Strings) -> tuple[str, Column]:
        try:
            times = bar_times(
                self.table.columns["when"], self.table.columns.get("time_of_day"),
                list(dict.fromkeys(market[market != ""].tolist())), self.provider, zone=self.stated.zone,
                stamp=self.stated.stamp, time_format=self.stated.time_format,
            )  # fmt: skip
        except UnclearTimesError as error:
            code: ErrorCode = "naive_time" if isinstance(error, MissingZoneError) else "unclear_time"
            raise self.refuse(code, str(error)) from None
        self.notes += times.assumed
        self.faults.update(times.faults)
        return times.kind, times.column

    def _look_at_units(self) -> None:
        """Refuse what stands in brackets of a heading where it is no unit that is known, or none of prices."""
        for kind, words in self.head.strange_units.items():
            if kind in _NUMBERS:
                written = self.head.written[kind]
                message = f"the heading {written!r} states {words!r}, which is no unit that is known"
                key = "volume_unit" if kind == "volume" else f"columns: {{{kind}: {written!r}}}"
                if kind != "volume" or self.stated.volume_unit is None:
                    raise self.refuse("unclear_unit", f"{message}: `{key}` says how to take it")
        for kind in OHLC:
            if self.head.units.get(kind, 1.0) != 1.0:
                message = f"prices are expected in units of their currency, and the heading {self.head.written[kind]!r}"
                raise self.refuse("unclear_unit", f"{message} states another: convert them")

    def _numbers(self, kind: str) -> Floats:
        column = self.table.columns[kind]
        comma_is_point = self._has_decimal_commas
        if not comma_is_point:
            values, faults = numbers(column)
            if not faults:
                return values
        plain = [plain_number(one, comma_is_point=comma_is_point) for one in _cells(column)]
        values, faults = numbers(plain)
        for row, message in faults.items():
            self.faults.setdefault(row, f"{kind}: {message}")
        return values

    @cached_property
    def _has_decimal_commas(self) -> bool:
        """Whether a comma is the decimal mark: some price says so, as 23,5 does and 1,234 does not; between semicolons
        any comma that no dot follows."""
        if self.table.separator in ("", ","):
            return False
        cells = {str(cell).strip() for kind in OHLC for cell in _cells(self.table.columns[kind])}
        if any(_DECIMAL_COMMA.search(cell) for cell in cells):
            return True
        return self.table.separator == ";" and any("," in cell and "." not in cell for cell in cells)

    def _look_at_order(self, values: Mapping[str, Floats], tickers: Column, when: Column) -> None:
        """Refuse a table whose headings cannot be those of its columns."""
        series = encode(tickers)[0]
        found = swapped_headings(values, series, np.lexsort((_ranks(when), series)), self.head.written)
        if found is not None:
            raise self.refuse("ohlc_order", *found)

    def _scale_volume(self, values: dict[str, Floats], market: Strings, tickers: Column) -> None:
        stated = self.stated.volume_unit
        if stated is not None:
            values["volume"] = values["volume"] * stated
            return
        price = (values["high"] + values["low"]) / 2
        of_index = self._of_indices(tickers)
        if of_index.any():
            self.notes.append("volume of an index as it is")
        for china in (True, False):
            rows = (np.isin(market, [*A_SHARES]) == china) & ~of_index
            if not rows.any():
                continue
            written = self.head.units.get("volume")
            expected = written or (LOT if china and self.provider.lots else 1.0)
            of = "A-shares" if china else "not A-shares" if (market[rows] != "").all() else "of no known market"
            source = self.head.written["volume"] if written else of
            money = self.head.units.get("amount") or (1e3 if self.provider.thousands and china else 1.0)
            amount = values.get("amount")
            try:
                unit = volume_unit(
                    expected=expected, source=source, volume=values["volume"][rows], price=price[rows],
                    amount=None if amount is None else amount[rows],
                    amount_units={money: _MONEY.get(money, f" in units of {money:g}")},
                )  # fmt: skip
            except UnclearUnitError as error:
                raise self.refuse("unclear_unit", str(error)) from None
            values["volume"] = np.where(rows, values["volume"] * unit.shares, values["volume"])
            self.notes.append(unit.why)

    def _of_indices(self, tickers: Column) -> Bools:
        """(R,): whether the row is of an index, whose level is no price of what its volume counts."""
        if self.known is None:
            return np.zeros(self.table.rows, dtype=np.bool_)
        codes, written = encode(tickers)
        are = np.array([*(self.known.is_index(str(one)) for one in written), False], dtype=np.bool_)
        result: Bools = are[codes]
        return result

    def _settle_adjustment(self, values: dict[str, Floats]) -> None:
        if "capital_gains" in values:
            gains = np.nan_to_num(values["capital_gains"])
            values["dividend"] = np.nan_to_num(values.get("dividend", np.zeros(self.table.rows))) + gains
        if "split" in values:
            values["split"] = np.where(values["split"] == 0.0, np.nan, values["split"])
        if self.stated.adjusted is None and self.stated.splits is None:
            self._ask_about_adjustment(values)
        if "adj_close" not in values:
            return
        if self.stated.adjusted:
            with np.errstate(invalid="ignore", divide="ignore"):
                factor = values["adj_close"] / values["close"]
            for name in OHLC:
                values[name] = values[name] * factor
            self.notes.append(f"prices scaled to {self.head.written['adj_close']}")
        else:
            self.notes.append(f"{self.head.written['close']}, not {self.head.written['adj_close']}")

    def _ask_about_adjustment(self, values: Mapping[str, Floats]) -> None:
        close = values["close"]
        if "adj_close" in values and not self.provider.as_traded:
            apart = np.abs(values["adj_close"] / close - 1) > 1e-4
            if apart.any():
                raise self.refuse(
                    "adjusted_prices",
                    f"{self.head.written['close']} stands beside {self.head.written['adj_close']}, and they differ "
                    f"in {int(apart.sum())} rows: say `adjusted: true` to trade at prices adjusted for dividends and "
                    "splits, or `adjusted: false`, with `splits: in_prices` where they hold splits",
                )
        if self.provider.has_auto_adjust and "adj_close" not in values:
            paid = np.nan_to_num(values.get("dividend", np.zeros(1)))
            split = np.nan_to_num(values.get("split", np.ones(1)), nan=1.0)
            if (paid != 0).any() or (split != 1).any():
                raise self.refuse(
                    "adjusted_prices",
                    "dividends or splits stand beside prices, and no heading says whether they are in them already: "
                    "say `adjusted: true` for prices that yfinance adjusted (its auto_adjust, on by default), or "
                    "`adjusted: false` with `splits: in_prices` for auto_adjust=False, or with `splits: as_traded`",
                )


_DECIMAL_COMMA = re.compile(r"\d,(\d{1,2}|\d{4,})$")
_MONEY = {1.0: "", 1e3: " in thousands", 1e4: " in ten thousands"}
_NUMBERS = frozenset({
    *OHLC, "volume", "amount", "adj_close", "prev_close", "dividend", "capital_gains", "split", "adj_factor",
})  # fmt: skip


def _are_a_shares(written: Sequence[PlainValue]) -> bool:
    """Whether all are six digits, or fewer where a spreadsheet has eaten the zeros before them."""
    texts = [str(one).strip() for one in written]
    return bool(texts) and any(len(one) == 6 for one in texts) and all(one.isdigit() for one in texts)


def _meant(written: str, known: KnownTickers | None, markets: Sequence[str], file: Path | str) -> str:
    if known is None:
        return written
    try:
        return known.meant(written, markets) or written
    except AmbiguousTickerError as error:
        raise file_error(file, str(error), code="ambiguous_ticker") from None


def _cells(column: Column) -> Sequence[PlainValue]:
    return column if isinstance(column, list) else python_values(column)


def _ranks(when: Column) -> Ints:
    """(R,): the order of days or instants, -1 where there is none."""
    codes, values = encode(when)
    known: list[Any] = [one for one in values if one is not None]
    rank_of = {value: k for k, value in enumerate(sorted(known))}
    ranks = np.array([*(rank_of.get(one, -1) for one in values), -1], dtype=np.int64)
    result: Ints = ranks[codes]
    return result
