"""Columns of a CSV file whose quotes stand around whole fields and whose records have a field for each column: most do,
and are read ten times as fast."""

from __future__ import annotations

import csv as records
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from newsbt._typing import Bools, Ints
from newsbt.domain.coded import Coded
from newsbt.domain.memory import fits
from newsbt.domain.table_files import TextTable

__all__ = ["PlainColumns", "plain_columns"]

LONGEST = 1 << 31  # bytes that one column of texts can have in Arrow
COPIES, COPIES_QUOTED = 4, 8


class PlainColumns(NamedTuple):
    """N records as columns, values in the order in which they first come, and the lines (N,) where they begin."""

    cells: tuple[Coded[str], ...]
    lines: Ints


def plain_columns(data: bytes, head: TextTable) -> PlainColumns | None:
    """The records below the head of a file, which is its first line.

    None where Arrow might read a record otherwise than the rules of csv: there are lone carriage returns, or some in
    quotes, a quote stands inside a field that does not begin with one, the head is not the first line, a line is blank,
    a record has another number of fields, or is longer than a block of Arrow's reader. Then the file is to be read
    record by record.
    """
    quoted = b'"' in data
    if len(data) >= LONGEST or not fits((COPIES_QUOTED if quoted else COPIES) * len(data)):
        return None
    if b"\r" in data:
        if data.count(b"\r") != data.count(b"\r\n") or (quoted and _has_returns_in_quotes(data)):
            return None
        data = data.replace(b"\r\n", b"\n")
    first = data.find(b"\n") + 1
    if not first or _fields(data[: first - 1].decode(), head.separator) != head.columns:
        return None
    end = len(data)
    while end > first and data[end - 1] == ord("\n"):
        end -= 1
    whole, width = memoryview(data)[:end], len(head.columns)
    lines = None if width < 2 else _lines(whole[first:], head.separator, width)
    if lines is None:
        return None
    names = [str(k) for k in range(width)]
    try:
        table = csv.read_csv(
            pa.py_buffer(whole),  # with the head: a byte order mark that Arrow finds in the beginning, it takes away
            read_options=csv.ReadOptions(column_names=names, skip_rows=1),
            parse_options=csv.ParseOptions(
                delimiter=head.separator, quote_char='"' if quoted else False, newlines_in_values=quoted
            ),
            convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), check_utf8=False),
        )
    except pa.ArrowInvalid:  # a line that is longer than a block
        return None
    return PlainColumns(tuple(_coded(table.column(k)) for k in range(width)), lines)


def _fields(line: str, separator: str) -> tuple[str, ...]:
    """The stripped fields of a record that is one line; none where it is no whole one."""
    try:
        return tuple(cell.strip() for cell in next(records.reader([line], delimiter=separator, strict=True), []))
    except records.Error:
        return ()


def _has_returns_in_quotes(data: bytes) -> bool:
    marks = np.frombuffer(data, dtype=np.uint8)
    return bool(_is_within(np.flatnonzero(marks == ord("\r")), np.flatnonzero(marks == ord('"'))).any())


def _is_within(at: Ints, quotes: Ints) -> Bools:
    """Whether bytes at indices lie inside quotes, of which every second one closes what the one before it opens."""
    within: Bools = np.searchsorted(quotes, at) % 2 == 1
    return within


def _lines(body: memoryview, separator: str, width: int) -> Ints | None:
    """The lines where the records begin, the body being below one line; None unless each has so many fields."""
    marks = np.frombuffer(body, dtype=np.uint8)
    breaks, fields = np.flatnonzero(marks == ord("\n")), np.flatnonzero(marks == ord(separator))
    ends = breaks
    quotes = np.flatnonzero(marks == ord('"'))
    if len(quotes):
        if not _are_around_fields(marks, quotes, separator):
            return None
        ends, fields = ends[~_is_within(ends, quotes)], fields[~_is_within(fields, quotes)]
    starts = np.concatenate([[0], ends + 1])
    ends = np.append(ends, len(marks))
    if len(fields) != len(ends) * (width - 1):
        return None
    if not np.array_equal(np.searchsorted(fields, ends), np.arange(1, len(ends) + 1) * (width - 1)):
        return None
    return np.searchsorted(breaks, starts) + 2


def _are_around_fields(marks: npt.NDArray[np.uint8], quotes: Ints, separator: str) -> bool:
    """Whether quotes open where a field begins and close where it ends; one that is doubled closes and opens."""
    if len(quotes) % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    doubled = closing[:-1] + 1 == opening[1:]
    around = np.array([ord("\n"), ord(separator)], dtype=np.uint8)
    begins = np.isin(marks[np.maximum(opening - 1, 0)], around) | (opening == 0)
    ends = np.isin(marks[np.minimum(closing + 1, len(marks) - 1)], around) | (closing == len(marks) - 1)
    return bool(begins[0] and ends[-1] and (begins[1:] | doubled).all() and (ends[:-1] | doubled).all())


def _coded(column: pa.ChunkedArray) -> Coded[str]:
    encoded = column.combine_chunks().dictionary_encode()
    return Coded(tuple(encoded.dictionary.to_pylist()), encoded.indices.to_numpy().astype(np.int64))
