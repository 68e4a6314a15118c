"""CSV and Parquet files as columns of prices."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
from pyarrow import csv

from newsbt._plain import PlainValue
from newsbt.domain import cells
from newsbt.domain.memory import MemoryGuard, fits
from newsbt.domain.other_formats import refuse_answers
from newsbt.domain.parquet_files import OpenParquet, open_parquet, read_parquet
from newsbt.domain.price_table import RowSource
from newsbt.domain.read_files import digest_read, recording
from newsbt.domain.table_files import (
    TextTable,
    checked_bytes,
    encoded_bytes,
    file_error,
    read_header,
    read_table,
)
from newsbt.domain.text_encoding import UTF8
from newsbt.domain.ticker_forms import KnownTickers
from newsbt.domain.time_forms import SeveralFormsError, UnclearTimesError, read_times
from newsbt.errors import DataError
from newsbt.prices.layouts.recognised import KindColumns, StatedOptions
from newsbt.prices.layouts.records import (
    Records,
    below_the_head,
    blank_ragged,
    first_records,
    separator_of,
    text_records,
)
from newsbt.prices.layouts.table_heads import TableHead
from newsbt.prices.named_ticker import named_ticker
from newsbt.prices.plain_quotes import without_plain_quotes
from newsbt.prices.price_columns import Column, python_values
from newsbt.prices.price_files import stem_of
from newsbt.prices.raw_prices import RawPrices, constant, known_head, own_columns, recognised_prices, says_more

__all__ = ["from_csv", "from_parquet"]

TEXTS = frozenset({"ticker", "date", "bar_start", "when", "time_of_day", "period"})
_PAIR = re.compile(r"\('([^']*)', '([^']*)'\)")


def from_csv(path: Path, stated: StatedOptions, suffixes: Sequence[str], known: KnownTickers | None) -> RawPrices:
    """A CSV file's columns.

    pyarrow reads a clean file. One that it refuses, or that holds quotes which it needs, is read again record by
    record, so that each bad cell is found, with its line. A head that is not newsbt's own is looked for among those
    that are known.
    """
    data, encoding = encoded_bytes(path, encoding=stated.encoding)
    data = without_plain_quotes(data)
    refuse_answers(path, data, "a table of prices")
    if not fits(3 * len(data)):  # as columns and on the way to them, beside the text
        raise file_error(path, MemoryGuard.complaint, code="too_large")
    ticker = stem_of(path, suffixes)
    notes = () if encoding == UTF8 else (encoding.upper(),)
    try:
        header = read_header(path, data)
        chosen = own_columns(path, header, stated.columns, stated.ticker or ticker)
        is_own = not says_more(header, chosen) and not _has_other_days(data, header, chosen)
    except DataError as error:
        found = _foreign_csv(path, data, stated, ticker, known)
        if found is None:
            raise error from None
        return replace(found, notes=(*found.notes, *notes))
    if not is_own and (found := _foreign_csv(path, data, stated, ticker, known)) is not None:
        return replace(found, notes=(*found.notes, *notes))
    digest = digest_read(path)
    source = RowSource(str(path), lambda: _csv_lines(path, digest, stated.encoding))
    faults: dict[int, str] = {}
    table = None if b'"' in data else _quick_table(data, header, chosen)
    if table is not None and table.num_rows:
        columns = {name: table.column(column) for name, column in chosen.items()}
        rows = table.num_rows
    else:
        rows, columns, faults = _careful_columns(read_table(path, data), chosen)
    if "ticker" not in columns:
        name, named = (stated.ticker, ()) if stated.ticker else named_ticker(path, ticker, known)
        columns["ticker"], notes = constant(name, rows), (*named, *notes)
    return RawPrices(source, rows, columns, faults, path, notes)


def _has_other_days(data: bytes, header: Sequence[str], chosen: Mapping[str, str]) -> bool:
    """Whether the first rows below newsbt's own head have days in a form of others; instants there are bad rows."""
    if "date" not in chosen:
        return False
    index = list(header).index(chosen["date"])
    records = first_records(data[:65_536].decode(errors="ignore"), ",")[1:-1]
    column = [record[index] for record in records if len(record) > index]
    try:
        for cell in column:
            cells.session_day(cell)
    except ValueError:
        try:
            times = read_times(column, ())
            return bool(times.values) and not times.intraday
        except SeveralFormsError:
            return True
        except UnclearTimesError:
            return False
    return False


def _foreign_csv(
    path: Path, data: bytes, stated: StatedOptions, stem: str, known: KnownTickers | None
) -> RawPrices | None:
    """The columns of a table whose head is not newsbt's own, None where nobody knows it."""
    text = data.decode()
    separator = separator_of(text)
    head = known_head(path, first_records(text, separator), stated)
    if head is None:
        return None
    quick = None
    head_line = 1
    ragged: Mapping[int, str] = {}
    if separator == "," and head.first == 1 and not head.blocks[0].ticker and b'"' not in data:
        header = [f"{index}" for index in range(len(first_records(text, separator)[0]))]
        indices = {**head.shared, **head.blocks[0].indices}
        quick = _quick_table(data, header, {kind: str(index) for kind, index in indices.items()})
        if quick is not None and quick.num_rows and str(quick.column(str(head.shared["when"]))[-1]).isalpha():
            quick = None  # totals below the table
    if quick is not None and quick.num_rows:
        columns: dict[str, Column] = {kind: quick.column(str(index)) for kind, index in indices.items()}
        rows, feet = quick.num_rows, 0
        digest = digest_read(path)
        source = RowSource(str(path), lambda: _csv_lines(path, digest, stated.encoding))
    else:
        records, at = text_records(path, text, separator)
        ragged = blank_ragged(records, head)
        if ragged and head.blocks[0].ticker:  # a line is a row of every ticker
            row, message = next(iter(ragged.items()))
            raise file_error(path, message, code="bad_value", line=at[head.first + row])
        found, lines, feet = below_the_head(records, at, head, ragged)
        columns = dict(found)
        source, rows, head_line = RowSource(str(path), lambda: lines), len(lines), at[head.at]
    table = KindColumns(
        file=path, rows=rows, columns=columns, stem=stem, separator=separator, source=source,
        head_line=head_line,
    )  # fmt: skip
    raw = recognised_prices(table, head, stated, known, feet)
    return replace(raw, faults={**raw.faults, **ragged})


def _quick_table(data: bytes, header: Sequence[str], chosen: Mapping[str, str]) -> pa.Table | None:
    types = {
        column: pa.dictionary(pa.int32(), pa.string()) if name in TEXTS else pa.float64()
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


def _careful_columns(table: TextTable, chosen: Mapping[str, str]) -> tuple[int, dict[str, Column], dict[int, str]]:
    faults: dict[int, str] = {}
    for row, record in enumerate(table.rows):
        fault = table.ragged(record)
        if fault is not None:
            faults[row] = fault
            record[:] = [""] * len(table.columns)
    by_column = dict(zip(table.columns, map(list, zip(*table.rows, strict=True)), strict=True))
    return len(table.rows), {name: by_column[column] for name, column in chosen.items()}, faults


def _csv_lines(path: Path, digest: str, encoding: str | None) -> Sequence[int]:
    with recording({path: digest} if digest else None):
        data = checked_bytes(path, encoding=encoding)
    if b'"' in data:
        return read_table(path, data).lines
    return [number for number, line in enumerate(data.splitlines(), start=1) if line.strip()][1:]


def from_parquet(path: Path, stated: StatedOptions, suffixes: Sequence[str], known: KnownTickers | None) -> RawPrices:
    """A Parquet file's columns; its rows are counted from 1."""
    opened = open_parquet(path)
    stem = stem_of(path, suffixes)
    names = opened.schema_arrow.names
    *head_lines, order = _two_levels(names) or ([*names], [*names])
    chosen: dict[str, str] | None = None
    error: DataError | None = None
    try:
        chosen = own_columns(path, names, stated.columns, stated.ticker or stem)
    except DataError as found:
        error = found
    head = None
    if chosen is None or says_more(names, chosen):
        head = known_head(path, head_lines, stated)
    if head is not None:
        return _foreign_parquet(path, opened, head, [str(one) for one in order], stated, stem, known)
    if chosen is None:
        assert error is not None
        raise error
    table = read_parquet(path, opened, list(dict.fromkeys(chosen.values())))
    columns = {name: table.column(column) for name, column in chosen.items()}
    notes: tuple[str, ...] = ()
    if "ticker" not in columns:
        name, notes = (stated.ticker, ()) if stated.ticker else named_ticker(path, stem, known)
        columns["ticker"] = constant(name, table.num_rows)
    rows = table.num_rows
    return RawPrices(RowSource(str(path), lambda: range(1, rows + 1)), rows, columns, {}, path, notes)


def _foreign_parquet(
    path: Path,
    opened: OpenParquet,
    head: TableHead,
    names: Sequence[str],
    stated: StatedOptions,
    stem: str,
    known: KnownTickers | None,
) -> RawPrices:
    """The columns of a file with a known head, which counts its columns in the order of `names`."""
    if not head.blocks[0].ticker:
        indices = {**head.shared, **head.blocks[0].indices}
        read = read_parquet(path, opened, list(dict.fromkeys(names[index] for index in indices.values())))
        table = KindColumns(
            file=path, rows=read.num_rows, stem=stem,
            columns={kind: read.column(names[index]) for kind, index in indices.items()},
            source=RowSource(str(path), lambda: range(1, read.num_rows + 1)),
        )  # fmt: skip
        return recognised_prices(table, head, stated, known, 0)
    whole = read_parquet(path, opened)
    rows = zip(*(python_values(whole.column(name)) for name in names), strict=True)
    records: Records = [[]] * head.first + [list(row) for row in rows]
    found, lines, feet = below_the_head(records, [*([0] * head.first), *range(1, whole.num_rows + 1)], head)
    source = RowSource(str(path), lambda: lines)
    table = KindColumns(file=path, rows=len(lines), stem=stem, columns=dict(found), source=source)
    return recognised_prices(table, head, stated, known, feet)


def _two_levels(names: Sequence[str]) -> list[list[PlainValue]] | None:
    """The two head lines of columns that pandas saved under names such as ``('Close', 'AAPL')``, the index in front,
    and the names themselves; None where they are not such."""
    found = {name: match.groups() for name in names if (match := _PAIR.fullmatch(name))}
    others = [name for name in names if name not in found]
    if not found or len(others) > 1:
        return None
    upper, lower = zip(*found.values(), strict=True)
    if not others:
        return [[*upper], [*lower], [*found]]
    return [["", *upper], ["", *lower], [*others, *found]]
