"""DataFrames as columns of prices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from newsbt.domain.frames import checked_frame, plain_cell, with_columns
from newsbt.domain.price_table import RowSource
from newsbt.prices.raw_prices import COLUMNS, RawPrices, constant, own_columns

__all__ = ["from_frame"]


def from_frame(frame: Any, columns: Mapping[str, str], name: str, ticker: str = "") -> RawPrices:
    """A frame's columns, with the levels of its index that are named after one of them, or are its times; rows are
    counted from 1. Without a column of tickers all are of `ticker`."""
    frame = checked_frame(frame, name)
    frame = with_columns(_with_times(frame, columns), [columns.get(kind, kind) for kind in COLUMNS])
    arrived = list(frame.columns)
    chosen = own_columns(name, arrived, columns, ticker)
    rows = len(frame)
    found = {kind: _series_column(frame.iloc[:, arrived.index(column)]) for kind, column in chosen.items()}
    if "ticker" not in found:
        found["ticker"] = constant(ticker, rows)
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


def _series_column(series: pd.Series[Any]) -> Any:
    try:
        array = pa.chunked_array([pa.array(series, from_pandas=True)])
    except (ValueError, TypeError, OverflowError, NotImplementedError):
        return [plain_cell(cell) for cell in series.tolist()]
    if isinstance(array.type, pa.BaseExtensionType):  # periods and intervals of pandas
        return [plain_cell(cell) for cell in series.tolist()]
    return array
