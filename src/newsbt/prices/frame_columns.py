"""DataFrames as columns of prices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from newsbt.domain.frames import checked_frame, plain_cell, with_columns
from newsbt.domain.price_table import COLUMNS, RowSource
from newsbt.domain.table_files import file_error
from newsbt.domain.ticker_forms import KnownTickers
from newsbt.errors import DataError
from newsbt.prices.layouts.headings import heading
from newsbt.prices.layouts.recognised import KindColumns, StatedOptions
from newsbt.prices.layouts.records import Records, below_the_head
from newsbt.prices.layouts.table_heads import TableHead
from newsbt.prices.price_columns import Column
from newsbt.prices.raw_prices import RawPrices, constant, known_head, own_columns, recognised_prices, says_more

__all__ = ["from_frame"]


def from_frame(frame: Any, stated: StatedOptions, name: str, known: KnownTickers | None) -> RawPrices:
    """A frame's columns, with the levels of its index that are named after one of them, or are its times; rows are
    counted from 1. Without a column of tickers all are of the one that is told.

    A head that is not newsbt's own, such as one of two levels, is looked for among those that are known.
    """
    if isinstance(frame, pd.DataFrame) and frame.columns.nlevels == 2 and not frame.empty:
        return _of_two_levels(frame, stated, name, known)
    frame = checked_frame(frame, name)
    own = with_columns(_with_times(frame, stated.columns), [stated.columns.get(kind, kind) for kind in COLUMNS])
    arrived = list(own.columns)
    try:
        chosen = own_columns(name, arrived, stated.columns, stated.ticker or "")
        is_own = not says_more(arrived, chosen)
    except DataError as error:
        plain = _with_index(frame)
        head = known_head(name, _first(plain), stated)
        if head is None:
            raise error from None
        return _recognised(plain, head, stated, name, known)
    if not is_own and (head := known_head(name, _first(plain := _with_index(frame)), stated)) is not None:
        return _recognised(plain, head, stated, name, known)
    rows = len(own)
    found = {kind: _series_column(own.iloc[:, arrived.index(column)]) for kind, column in chosen.items()}
    if "ticker" not in found:
        found["ticker"] = constant(stated.ticker or "", rows)
    return RawPrices(RowSource(name, lambda: range(1, rows + 1)), rows, found, {})


def _with_times(frame: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """An index of days or instants named for what it is, where no column and no level is."""
    names = {columns.get(kind, kind) for kind in ("date", "bar_start")}
    if names & {*map(str, frame.columns), *frame.index.names}:
        return frame
    if isinstance(frame.index, pd.PeriodIndex):
        return frame.rename_axis(index=columns.get("date", "date"))
    if isinstance(frame.index, pd.DatetimeIndex):
        kind = "date" if (frame.index == frame.index.normalize()).all() else "bar_start"
        return frame.rename_axis(index=columns.get(kind, kind))
    return frame


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the levels of its index in front that are words of a head or times, a nameless one of times with
    no name."""
    plain = frame.set_axis([str(column) for column in frame.columns], axis="columns")
    for k in reversed(range(frame.index.nlevels)):
        level, values = frame.index.names[k], frame.index.get_level_values(k)
        are_times = isinstance(values, pd.DatetimeIndex | pd.PeriodIndex)
        if (are_times or heading(None if level is None else str(level)) is not None) and str(
            level
        ) not in plain.columns:
            plain.insert(0, "" if level is None else str(level), values.array, allow_duplicates=True)
    return plain


def _first(frame: pd.DataFrame) -> Records:
    """A frame's head and its first row, as records of a table."""
    return [[*frame.columns], [plain_cell(cell) for cell in frame.iloc[0].tolist()]]


def _recognised(
    frame: pd.DataFrame, head: TableHead, stated: StatedOptions, name: str, known: KnownTickers | None
) -> RawPrices:
    if head.blocks[0].ticker:
        return _by_ticker(head, [[*map(str, frame.columns)]], frame, stated, name, known)
    indices = {**head.shared, **head.blocks[0].indices}
    if "ticker" not in indices and not stated.ticker:
        message = 'expected a column of tickers; add one, or give a frame for each ticker: {"0700.HK": frame}'
        raise file_error(name, message, code="missing_column", line=1)
    columns = {kind: _series_column(frame.iloc[:, index]) for kind, index in indices.items()}
    source = RowSource(name, lambda: range(1, len(frame) + 1))
    table = KindColumns(file=name, rows=len(frame), columns=columns, source=source)
    return recognised_prices(table, head, stated, known, 0)


def _of_two_levels(frame: pd.DataFrame, stated: StatedOptions, name: str, known: KnownTickers | None) -> RawPrices:
    """Columns of each ticker, as yfinance.download answers them."""
    plain = frame.set_axis(range(len(frame.columns)), axis="columns")
    plain.insert(0, "", frame.index)
    above: Records = [["", *map(str, frame.columns.get_level_values(k))] for k in range(2)]
    head = known_head(name, above, stated) if frame.index.nlevels == 1 else None
    if head is None:
        shown = ", ".join(map(repr, frame.columns[:3]))
        message = f"expected columns of words such as Close and of tickers above each other, got {shown}, ..."
        raise file_error(name, f"{message}; give it columns of one level", code="wrong_format")
    return _by_ticker(head, above, plain, stated, name, known)


def _by_ticker(
    head: TableHead, above: Records, frame: pd.DataFrame, stated: StatedOptions, name: str, known: KnownTickers | None
) -> RawPrices:
    """A frame with columns for each ticker, below the records of its head."""
    cells = [map(plain_cell, frame.iloc[:, k].tolist()) for k in range(len(frame.columns))]
    records = [*above, *map(list, zip(*cells, strict=True))]
    found, lines, feet = below_the_head(records, range(1 - len(above), len(frame) + 1), head)
    table = KindColumns(file=name, rows=len(lines), columns=dict(found), source=RowSource(name, lambda: lines))
    return recognised_prices(table, head, stated, known, feet)


def _series_column(series: pd.Series) -> Column:
    try:
        array = pa.chunked_array([pa.array(series, from_pandas=True)])
    except (ValueError, TypeError, OverflowError, NotImplementedError):
        return [plain_cell(cell) for cell in series.tolist()]
    if isinstance(array.type, pa.BaseExtensionType):  # periods and intervals of pandas
        return [plain_cell(cell) for cell in series.tolist()]
    return array
