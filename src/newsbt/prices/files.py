"""CSV files, Parquet files and frames as bags of columns."""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import csv

from newsbt.domain import cells
from newsbt.domain.frames import checked_frame, plain_cell, with_columns
from newsbt.domain.input_files import files_in, is_pattern, kind_of
from newsbt.domain.memory import MemoryGuard, fits
from newsbt.domain.parquet_files import open_parquet, read_parquet
from newsbt.domain.price_table import OPTIONAL_VALUES, VALUES, RowSource
from newsbt.domain.read_files import digest_read, recording
from newsbt.domain.table_files import (
    TextTable,
    checked_bytes,
    choose_columns,
    file_error,
    read_header,
    read_table,
)
from newsbt.errors import ConfigError

__all__ = ["COLUMNS", "RawPrices", "find_files", "from_csv", "from_frame", "from_parquet"]

COLUMNS = ("ticker", "date", "bar_start", *VALUES, *OPTIONAL_VALUES)
_PACKED = (".gz", ".zst")


@dataclass(frozen=True, slots=True, eq=False)
class RawPrices:
    """One source's columns by contract name: pyarrow arrays or lists. `faults` are rows that cannot be read at all."""

    source: RowSource
    rows: int
    columns: Mapping[str, Any]
    faults: Mapping[int, str]
    file: Path | None = None


def find_files(path: Path, suffixes: Sequence[str]) -> tuple[Path, ...]:
    """The file itself, a folder's files of these suffixes (packed or not), or what a pattern matches, sorted."""
    if kind_of(path) == "folder":
        found = [entry for entry in files_in(path) if entry.is_file() and not entry.name.startswith(".")]
        found = [entry for entry in found if entry.name.lower().endswith(_endings(suffixes))]
    elif is_pattern(path):
        try:
            found = [Path(name) for name in glob.glob(str(path), recursive=True) if Path(name).is_file()]
        except (OSError, ValueError) as error:
            raise file_error(path, f"there can be no such files: {error}", code="missing_file") from None
    elif kind_of(path) in ("FIFO", "socket", "device"):
        raise file_error(path, f"expected a file or folder, this is a {kind_of(path)}", code="not_a_file")
    else:
        return (path,)
    if not found:
        raise file_error(path, f"there is no file ending in {', '.join(suffixes)} here", code="missing_file")
    return tuple(sorted(found))


def _endings(suffixes: Sequence[str]) -> tuple[str, ...]:
    return (*suffixes, *(suffix + packed for suffix in suffixes for packed in _PACKED))


def _stem(path: Path, suffixes: Sequence[str]) -> str:
    for ending in sorted(_endings(suffixes), key=len, reverse=True):
        if path.name.lower().endswith(ending):
            return path.name[: -len(ending)]
    return path.name


def _choose(name: Path | str, arrived: Sequence[str], columns: Mapping[str, str], ticker: str) -> dict[str, str]:
    has_ticker = columns.get("ticker", "ticker") in arrived
    required = ["ticker"] if "ticker" in columns or not (ticker or has_ticker) else []
    times = [kind for kind in ("date", "bar_start") if columns.get(kind, kind) in arrived]
    if len(times) == 2 and len({"date", "bar_start"} & set(columns)) != 1:
        raise file_error(
            name,
            "expected a column 'date' (daily) or 'bar_start' (intraday), got both",
            code="two_time_columns",
            line=1,
        )
    wanted = next((kind for kind in ("bar_start", "date") if kind in columns), times[0] if times else "date")
    return choose_columns(name, arrived, columns, (*required, wanted, *VALUES), ("ticker", *OPTIONAL_VALUES))


def from_csv(path: Path, columns: Mapping[str, str], suffixes: Sequence[str]) -> RawPrices:
    """A CSV file's columns.

    pyarrow reads a clean file. One that it refuses, or that holds quotes, is read again record by record, so that
    each bad cell is found, with its line.
    """
    data = checked_bytes(path)
    if not fits(3 * len(data)):  # as columns and on the way to them, beside the text
        raise file_error(path, MemoryGuard.complaint, code="too_large")
    header = read_header(path, data)
    ticker = _stem(path, suffixes)
    chosen = _choose(path, header, columns, ticker)
    digest = digest_read(path)
    source = RowSource(str(path), lambda: _csv_lines(path, digest))
    faults: dict[int, str] = {}
    table = None if b'"' in data else _quick_table(data, header, chosen)
    if table is not None and table.num_rows:
        found = {name: table.column(column) for name, column in chosen.items()}
        rows = table.num_rows
    else:
        rows, found, faults = _careful_columns(read_table(path, data), chosen)
    if "ticker" not in found:
        found["ticker"] = _constant(ticker, rows)
    return RawPrices(source, rows, found, faults, path)


def _quick_table(data: bytes, header: Sequence[str], chosen: Mapping[str, str]) -> Any | None:
    types = {
        column: pa.dictionary(pa.int32(), pa.string()) if name in ("ticker", "date", "bar_start") else pa.float64()
        for name, column in chosen.items()
    }
    try:
        return csv.read_csv(
            pa.BufferReader(data),
            read_options=csv.ReadOptions(column_names=list(header), skip_rows=_lines_to_skip(data)),
            parse_options=csv.ParseOptions(quote_char=False),
            convert_options=csv.ConvertOptions(
                include_columns=list(dict.fromkeys(chosen.values())),
                column_types=types,
                null_values=list(cells.NO_NUMBER),
                strings_can_be_null=False,
            ),
        )
    except (ValueError, OSError, NotImplementedError, KeyError):  # pyarrow's own errors derive from these
        return None


def _lines_to_skip(data: bytes) -> int:
    skipped = 1
    for line in data[:65_536].splitlines():
        if line.strip():
            break
        skipped += 1
    return skipped


def _careful_columns(table: TextTable, chosen: Mapping[str, str]) -> tuple[int, dict[str, Any], dict[int, str]]:
    faults: dict[int, str] = {}
    for row, record in enumerate(table.rows):
        fault = table.ragged(record)
        if fault is not None:
            faults[row] = fault
            record[:] = [""] * len(table.columns)
    by_column = dict(zip(table.columns, map(list, zip(*table.rows, strict=True)), strict=True))
    return len(table.rows), {name: by_column[column] for name, column in chosen.items()}, faults


def _csv_lines(path: Path, digest: str) -> Sequence[int]:
    with recording({path: digest} if digest else None):
        data = checked_bytes(path)
    if b'"' in data:
        return read_table(path, data).lines
    return [number for number, line in enumerate(data.splitlines(), start=1) if line.strip()][1:]


def from_parquet(path: Path, columns: Mapping[str, str], suffixes: Sequence[str]) -> RawPrices:
    """A Parquet file's columns; its rows are counted from 1."""
    opened = open_parquet(path)
    ticker = _stem(path, suffixes)
    chosen = _choose(path, opened.schema_arrow.names, columns, ticker)
    table = read_parquet(path, opened, list(dict.fromkeys(chosen.values())))
    found = {name: table.column(column) for name, column in chosen.items()}
    if "ticker" not in found:
        found["ticker"] = _constant(ticker, table.num_rows)
    return RawPrices(RowSource(str(path), lambda: range(1, table.num_rows + 1)), table.num_rows, found, {}, path)


def from_frame(frame: Any, columns: Mapping[str, str], name: str, ticker: str = "") -> RawPrices:
    """A frame's columns, with the levels of its index that are named after one of them, or are its times; rows are
    counted from 1. Without a column of tickers all are of `ticker`."""
    frame = checked_frame(frame, name)
    frame = with_columns(_with_times(frame, columns), [columns.get(kind, kind) for kind in COLUMNS])
    arrived = list(frame.columns)
    chosen = _choose(name, arrived, columns, ticker)
    rows = len(frame)
    found = {kind: _series_column(frame.iloc[:, arrived.index(column)]) for kind, column in chosen.items()}
    if "ticker" not in found:
        found["ticker"] = _constant(ticker, rows)
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


def _constant(ticker: str, rows: int) -> Any:
    indices = pa.repeat(pa.scalar(0, pa.int32()), rows)
    return pa.chunked_array([pa.DictionaryArray.from_arrays(indices, pa.array([ticker]))])


def check_unit(volume_unit: object) -> None:
    """Raise ConfigError unless a volume unit is a positive number of shares."""
    if isinstance(volume_unit, bool) or not isinstance(volume_unit, int | float) or not 0 < volume_unit < 1e9:
        raise ConfigError(f"volume_unit is the number of shares in one unit, 1 or 100 for lots; got {volume_unit!r}")
