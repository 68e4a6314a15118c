"""DataFrames from users as rows of plain Python values, whatever pandas and pyarrow made of their columns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from newsbt.domain.table_files import file_error

__all__ = ["checked_frame", "plain_cell", "plain_frame", "with_columns"]


def checked_frame(frame: Any, name: str) -> pd.DataFrame:
    """The frame; a DataError where it is none, has no rows, or has columns of more than one level."""
    if not isinstance(frame, pd.DataFrame):
        to_pandas = "; give its .to_pandas()" if hasattr(frame, "to_pandas") else ""
        kind = type(frame).__name__
        raise file_error(name, f"expected a pandas DataFrame, got a {kind}{to_pandas}", code="wrong_format")
    if frame.columns.nlevels > 1:
        shown = ", ".join(map(repr, frame.columns[:3]))
        message = f"the columns have {frame.columns.nlevels} levels ({shown}, ...); give it columns of one level"
        raise file_error(name, message, code="wrong_format")
    if frame.empty:
        raise file_error(name, "the frame has no rows", code="empty_file")
    return frame


def with_columns(frame: pd.DataFrame, wanted: Iterable[str]) -> pd.DataFrame:
    """The frame with those levels of its index as columns that are named after one of `wanted`, and with texts for
    column names."""
    plain = frame.set_axis([str(column) for column in frame.columns], axis="columns")
    named = set(wanted) - set(plain.columns)
    for k, level in reversed([*enumerate(frame.index.names)]):
        if isinstance(level, str) and level in named:
            plain.insert(0, level, frame.index.get_level_values(k).array)
    return plain


def plain_frame(frame: Any, name: str, wanted: Iterable[str]) -> pd.DataFrame:
    """A checked frame of Python objects, blanks of every kind as None, lists of every kind as lists."""
    plain = with_columns(checked_frame(frame, name), wanted)
    columns = {}
    for k in range(len(plain.columns)):
        try:
            cells = map(plain_cell, plain.iloc[:, k].tolist())
        except (pa.ArrowException, UnicodeDecodeError):  # as of a Parquet file that holds such texts
            message = f"column {plain.columns[k]!r}: a text in it is not UTF-8"
            raise file_error(name, message, code="not_utf8") from None
        columns[k] = np.fromiter(cells, dtype=object, count=len(plain))
    return pd.DataFrame(columns, dtype=object).set_axis(plain.columns, axis="columns")


def plain_cell(cell: Any) -> Any:
    """A cell as a Python object: None for blanks, a list for anything like one, a day for a period of a day."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, np.ndarray) and cell.ndim == 0:
        return plain_cell(cell.item())
    if isinstance(cell, np.ndarray | pd.Series | pd.Index | pd.api.extensions.ExtensionArray | list | tuple):
        return [plain_cell(one) for one in cell]
    if isinstance(cell, set | frozenset):
        return sorted((plain_cell(one) for one in cell), key=str)
    if cell is pd.NaT or cell is pd.NA:
        return None
    if isinstance(cell, float | np.inexact | np.datetime64 | np.timedelta64) and cell != cell:  # noqa: PLR0124 - NaN
        return None
    if isinstance(cell, pd.Period):
        return day_of(cell)
    if isinstance(cell, np.datetime64):
        return pd.Timestamp(cell)
    return cell.item() if isinstance(cell, np.generic) else cell


def day_of(period: pd.Period) -> date | str:
    """The day of a period of one day; any other period as its text, which no parser takes for a day."""
    if period.freqstr in ("D", "B", "C"):
        return date(period.year, period.month, period.day)
    return f"{period} (a period of {period.freqstr})"
