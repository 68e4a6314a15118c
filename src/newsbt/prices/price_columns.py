"""Columns of any source as arrays: numbers, repeated values as codes, days and instants.

A column arrives as a pyarrow array or as a list of Python objects. Cells that cannot be read do not stop the others:
they come back by row, with what is wrong with each.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa

from newsbt._plain import PlainValue
from newsbt._typing import Days, Floats, Instants, Ints
from newsbt.domain import cells
from newsbt.domain.cells import EARLIEST_YEAR, LATEST_YEAR
from newsbt.domain.parquet_files import ARROW_ERRORS

__all__ = ["NO_OFFSET", "Column", "Faults", "days", "encode", "instants", "numbers", "texts"]

Column: TypeAlias = "list[PlainValue] | pa.ChunkedArray"
"""Values as they were written, or as pyarrow has them."""

Faults = dict[int, str]
"""What is wrong with a cell, by row."""

NO_OFFSET = "has no offset; write one, or give the reader a `timezone` such as Asia/Shanghai"

_NANOSECONDS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}  # in a unit of time, as pyarrow names it
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def numbers(column: Column) -> tuple[Floats, Faults]:
    """A column as (R,) float64, NaN where blank or faulty. Infinity is a fault."""
    if not isinstance(column, list):
        kind = column.type
        if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
            plain = column.cast(pa.float64(), safe=False).to_numpy()
            values = np.ascontiguousarray(plain, dtype=np.float64)
            if not np.isinf(values).any():
                return values, {}
        column = python_values(column)
    values = np.empty(len(column))
    faults: Faults = {}
    for row, cell in enumerate(column):
        try:
            values[row] = cells.number(cell)
        except ValueError as error:
            values[row] = np.nan
            faults[row] = str(error)
    return values, faults


def encode(column: Column) -> tuple[Ints, list[PlainValue]]:
    """A column as codes (R,) into its distinct values; -1 where it is null."""
    if isinstance(column, list):
        try:
            codes, found = pd.factorize(np.fromiter(column, dtype=object, count=len(column)))
        except TypeError:  # lists and the like, which have no hash
            return np.arange(len(column)), column
        return codes.astype(np.int64), list(found)
    if pa.types.is_nested(column.type):
        return np.arange(len(column)), python_values(column)
    is_encoded = pa.types.is_dictionary(column.type)
    try:
        array = (column.unify_dictionaries() if is_encoded else column.dictionary_encode()).combine_chunks()
    except ARROW_ERRORS:  # a type that pyarrow does not encode
        return encode(python_values(column))
    indices = array.indices.fill_null(-1) if array.indices.null_count else array.indices
    return indices.to_numpy().astype(np.int64), python_values(array.dictionary)


def python_values(column: pa.ChunkedArray) -> list[PlainValue]:
    """A pyarrow array's values as Python objects; what Python cannot hold, such as the year 20000, as bytes,
    which no parser takes."""
    try:
        return list(column.to_pylist())
    except ARROW_ERRORS:
        return [_python_value(scalar) for scalar in column]


def _python_value(scalar: pa.Scalar) -> PlainValue:
    try:
        value: PlainValue = scalar.as_py()
    except ARROW_ERRORS:
        return b"a value out of range"
    return value


def texts(column: Column) -> tuple[Ints, tuple[str, ...], Faults]:
    """A column of names as codes (R,) into distinct texts, in order of first appearance; -1 where blank."""
    codes, found = encode(column)
    faults: dict[int, str] = {}
    code_of: dict[str, int] = {}
    recode = np.full(len(found) + 1, -1, dtype=np.int64)
    for code, value in enumerate(found):
        try:
            name = cells.text(value)
        except ValueError as error:
            faults[code] = str(error)
            continue
        if name:
            recode[code] = code_of.setdefault(name, len(code_of))
    is_plain = len(code_of) == len(found)  # each value is a text of its own
    return codes if is_plain else recode[codes], tuple(code_of), _by_row(codes, faults)


def days(column: Column) -> tuple[Days, Faults]:
    """A column of session dates as (R,) datetime64[D], NaT where blank or faulty."""
    codes, found = encode(column)
    faults: dict[int, str] = {}
    parsed = np.full(len(found) + 1, np.datetime64("NaT", "D"), dtype="datetime64[D]")
    for code, value in enumerate(found):
        try:
            day = cells.session_day(value)
        except ValueError as error:
            faults[code] = str(error)
        else:
            if day is not None:
                parsed[code] = np.datetime64(day, "D")
    return parsed[codes], _by_row(codes, faults)


def instants(column: Column, timezone: ZoneInfo | None) -> tuple[Instants, Faults]:
    """A column of instants as (R,) datetime64[ns] in UTC, NaT where blank or faulty.

    A time without an offset is in `timezone`, and a fault where that is None.
    """
    typed = None if isinstance(column, list) else _typed_instants(column)
    if typed is not None:
        return typed, {}
    codes, found = encode(column)
    faults: dict[int, str] = {}
    parsed = np.full(len(found) + 1, np.datetime64("NaT", "ns"), dtype="datetime64[ns]")
    for code, value in enumerate(found):
        try:
            at = cells.instant(value)
            if at is None:
                continue
            if at.utcoffset() is None:
                if timezone is None:
                    raise ValueError(f"{value} {NO_OFFSET}")
                at = at.replace(tzinfo=timezone)
            since = at - _EPOCH
        except (ValueError, OverflowError) as error:
            faults[code] = str(error)
        else:
            nanoseconds = (since.days * 86_400 + since.seconds) * 10**9 + since.microseconds * 1_000
            parsed[code] = np.datetime64(nanoseconds, "ns")
    return parsed[codes], _by_row(codes, faults)


def _typed_instants(column: pa.ChunkedArray) -> Instants | None:
    """Those of a column that has instants in UTC by its type, all at once, to the microsecond; None of
    other types, and where a year may be one that `cells.instant` refuses."""
    kind = column.type
    if not pa.types.is_timestamp(kind) or kind.tz is None:
        return None
    blank = column.is_null().to_numpy() if column.null_count else None
    whole = [part.view(pa.int64()) for part in column.chunks]
    parts = [(part.fill_null(0) if part.null_count else part).to_numpy() for part in whole]
    counted: Ints = parts[0] if len(parts) == 1 else np.concatenate([np.empty(0, dtype=np.int64), *parts])
    first, end = (
        np.datetime64(f"{year}-01-01", kind.unit).astype(np.int64) for year in (EARLIEST_YEAR + 1, LATEST_YEAR)
    )
    if len(counted) and not (counted.min() >= first and counted.max() < end):
        return None
    if kind.unit != "ns":
        counted = counted * _NANOSECONDS[kind.unit]
    elif (beyond := counted % 1_000).any():
        counted = counted - beyond
    instants: Instants = counted.view("datetime64[ns]")
    return instants if blank is None else np.where(blank, np.datetime64("NaT", "ns"), instants)


def _by_row(codes: Ints, faults: dict[int, str]) -> Faults:
    if not faults:
        return {}
    rows: Sequence[int] = np.flatnonzero(np.isin(codes, list(faults))).tolist()
    return {row: faults[int(codes[row])] for row in rows}
