"""Columns of a CSV file in which nothing is quoted and every line is a record: most are, and are read ten times as
fast."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from pyarrow import csv

from newsbt.domain.coded import Coded
from newsbt.domain.memory import fits
from newsbt.domain.table_files import TextTable

__all__ = ["plain_columns"]

LONGEST = 1 << 31  # bytes that one column of texts can have in Arrow
COPIES = 4


def plain_columns(data: bytes, head: TextTable) -> tuple[Coded[str], ...] | None:
    """The N records below the head as columns, values in the order in which they first come; the first is line 2.

    None where a record may be more or less than a line with a field for each column: there are quotes or lone carriage
    returns, the head is not the first line, a line is blank, has another number of fields, or is longer than a block of
    Arrow's reader. Then the file is to be read record by record, by the rules of csv.
    """
    if b'"' in data or len(data) >= LONGEST or not fits(COPIES * len(data)):
        return None
    if b"\r" in data:
        if data.count(b"\r") != data.count(b"\r\n"):
            return None
        data = data.replace(b"\r\n", b"\n")
    first = data.find(b"\n") + 1
    if not first or tuple(cell.strip() for cell in data[: first - 1].decode().split(head.separator)) != head.columns:
        return None
    end = len(data)
    while end > first and data[end - 1] == ord("\n"):
        end -= 1
    whole, width = memoryview(data)[:end], len(head.columns)
    if width < 2 or not _has_fields(whole[first:], head.separator, width):
        return None
    names = [str(k) for k in range(width)]
    try:
        table = csv.read_csv(
            pa.py_buffer(whole),  # with the head: a byte order mark that Arrow finds in the beginning, it takes away
            read_options=csv.ReadOptions(column_names=names, skip_rows=1),
            parse_options=csv.ParseOptions(delimiter=head.separator, quote_char=False, double_quote=False),
            convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), check_utf8=False),
        )
    except pa.ArrowInvalid:  # a line that is longer than a block
        return None
    return tuple(_coded(table.column(k)) for k in range(width))


def _has_fields(body: memoryview, separator: str, width: int) -> bool:
    """Whether every line has so many fields."""
    marks = np.frombuffer(body, dtype=np.uint8)
    ends = np.append(np.flatnonzero(marks == ord("\n")), len(marks))
    fields = np.flatnonzero(marks == ord(separator))
    if len(fields) != len(ends) * (width - 1):
        return False
    return np.array_equal(np.searchsorted(fields, ends), np.arange(1, len(ends) + 1) * (width - 1))


def _coded(column: pa.ChunkedArray) -> Coded[str]:
    encoded = column.combine_chunks().dictionary_encode()
    return Coded(tuple(encoded.dictionary.to_pylist()), encoded.indices.to_numpy().astype(np.int64))
