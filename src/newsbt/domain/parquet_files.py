"""Parquet files as Arrow tables."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from newsbt.domain.input_files import file_error, read_chunks
from newsbt.domain.memory import MemoryGuard, fits
from newsbt.domain.other_formats import other_format, refuse_answers
from newsbt.domain.size_limits import MB, MOST_RATIO, RATIO_BYTES

__all__ = ["ARROW_ERRORS", "OpenParquet", "beyond_calendars", "open_parquet", "read_parquet"]

# What pyarrow raises for damaged files and for values that Python cannot hold; its own classes derive from these.
ARROW_ERRORS = (OSError, ValueError, TypeError, KeyError, IndexError, NotImplementedError, ArithmeticError)
# Runs and dictionaries, which Parquet has before it packs anything, may unfold a constant column that far.
_DECODED_RATIO = 5 * MOST_RATIO
_FEW_BYTES = 65_536  # of a page of texts: a batch may bring a copy of it
_BATCH_ROWS = 8192


@dataclass(frozen=True, slots=True)
class OpenParquet:
    """A pyarrow ParquetFile, how many bytes it is made of, and these."""

    file: pq.ParquetFile
    size: int
    content: io.BytesIO

    @property
    def schema_arrow(self) -> pa.Schema:
        return self.file.schema_arrow

    def batch_rows(self, names: Sequence[str] | None) -> int:
        """How many rows are read at a time: all at once of a column whose cells are of one size, where that is what its
        file may unfold to and there is memory for it; else a few, since one text may be as long as the file."""
        if names is None or len(names) > 1 or not _is_of_one_size(self.schema_arrow.field(names[0]).type):
            return _BATCH_ROWS
        rows = self.file.metadata.num_rows
        size = rows * self.schema_arrow.field(names[0]).type.byte_width
        is_sane = size <= max(RATIO_BYTES, _DECODED_RATIO * self.size) and fits(size)
        return max(rows, 1) if is_sane else _BATCH_ROWS

    def reader(self, name: str) -> pq.ParquetFile:
        """What reads a column: as a dictionary where it has few texts and its file keeps it as one."""
        if self._has_few_texts(name):
            with _given_back():
                return pq.ParquetFile(self.content, metadata=self.file.metadata, read_dictionary=[name])
        return self.file

    def _has_few_texts(self, name: str) -> bool:
        kind = self.schema_arrow.field(name).type
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
            return False
        about = self.file.metadata
        chunks = [about.row_group(k).column(i) for k in range(about.num_row_groups) for i in range(about.num_columns)]
        mine = [chunk for chunk in chunks if chunk.path_in_schema == name]
        return bool(mine) and all(
            chunk.has_dictionary_page and chunk.data_page_offset - chunk.dictionary_page_offset < _FEW_BYTES
            for chunk in mine
        )


@contextmanager
def _given_back() -> Iterator[None]:
    """Readers that are made meanwhile give memory back to the system once it is free, where pyarrow would keep it: a
    column that is laid out on the rows of a run makes room for the next."""
    usual = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(usual)


def open_parquet(path: Path, data: bytes | None = None) -> OpenParquet:
    """An open Parquet file; `data` is its content where that was read before.

    Raises
    ------
    DataError
        The file is none, or says itself that it unfolds over 200 to 1.
    """
    content = io.BytesIO()
    for chunk in read_chunks(path) if data is None else [data]:
        if not content.tell() and not chunk.startswith((b"PAR1", b"PARE")):
            refuse_answers(path, chunk, "a Parquet file", "save it as Parquet")
            what = f"this is {other_format(chunk) or 'none'}"
            message = f"expected a Parquet file, which begins with PAR1; {what}"
            raise file_error(path, message, code="wrong_format")
        content.write(chunk)
    if not content.tell():
        raise file_error(path, "the file is empty", code="empty_file")
    try:
        size = content.tell()
        with _given_back():
            opened = OpenParquet(pq.ParquetFile(content), size, content)
        about = opened.file.metadata
        stated = sum(about.row_group(k).total_byte_size for k in range(about.num_row_groups))
    except ARROW_ERRORS as error:
        raise file_error(
            path, f"expected a Parquet file, this is none, or damaged: {error}", code="wrong_format"
        ) from None
    _check_ratio(path, opened, stated, MOST_RATIO)
    return opened


def _check_ratio(path: Path, opened: OpenParquet, size: int, most: int) -> None:
    if size > RATIO_BYTES and size > most * opened.size:
        message = f"{size / MB:,.0f} MB of it are packed into {opened.size / 1024:,.0f} kB: over {most} to 1"
        raise file_error(path, f"{message}, as no table of data is", code="too_large")


def read_parquet(
    path: Path, opened: OpenParquet, columns: Sequence[str] | None = None, *, may_be_empty: bool = False
) -> pa.Table:
    """The columns of an open file as a pyarrow Table that has rows. Where they are named, they are read one after the
    other, each into a single chunk, and texts of which there are few as a dictionary.

    Raises
    ------
    DataError
        The file is damaged, has no rows and `may_be_empty` does not allow it, or unfolds over 1000 to 1 or beyond the
        memory that is left.
    """
    guard = MemoryGuard()
    size = 0

    def read(file: pq.ParquetFile, names: Sequence[str] | None) -> pa.Table:
        nonlocal size
        batches: list[pa.RecordBatch] = []
        seen: dict[int, pa.Array] = {}
        for batch in file.iter_batches(opened.batch_rows(names), columns=names):
            grown = sum(_bytes_of(array, k, seen) for k, array in enumerate(batch.columns))
            size += grown
            _check_ratio(path, opened, size, _DECODED_RATIO)
            if not guard.has_memory(grown):
                raise file_error(path, guard.complaint, code="too_large")
            batches.append(batch)
        if not may_be_empty and not any(batch.num_rows for batch in batches):
            raise file_error(path, "the file has columns and no rows", code="empty_file")
        return pa.Table.from_batches(batches, None if batches else opened.schema_arrow)

    try:
        if columns is None:
            return read(opened.file, None)
        table = pa.table({name: _in_one_chunk(read(opened.reader(name), [name]).column(name)) for name in columns})
        pa.default_memory_pool().release_unused()  # what unpacking took
        return table
    except ARROW_ERRORS as error:
        raise file_error(path, f"the Parquet file is damaged: {error}", code="wrong_format") from None
    except MemoryError:
        raise file_error(path, guard.complaint, code="too_large") from None


def beyond_calendars(table: pa.Table) -> str | None:
    """The first column with a day or an instant that Python has no value for, such as one of the year 20000."""
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
            try:
                pc.min_max(column).as_py()
            except ARROW_ERRORS:
                return str(name)
    return None


def _in_one_chunk(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The same as one array, so that numbers can be looked at where they are; text may not fit into one."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return pa.chunked_array([_as_they_come(column.unify_dictionaries().combine_chunks())])
    if not _is_of_one_size(kind):
        return column
    return column if column.num_chunks == 1 else pa.chunked_array([column.combine_chunks()])


def _as_they_come(array: pa.DictionaryArray) -> pa.DictionaryArray:
    """The same with the values that it has, in the order in which they first come, and no others."""
    used = array.indices.unique().drop_null()
    if used.equals(pa.array(range(len(array.dictionary)), used.type)):
        return array
    codes = pc.index_in(array.indices, used)  # null stays null
    return pa.DictionaryArray.from_arrays(codes, array.dictionary.take(used))


def _is_of_one_size(kind: pa.DataType) -> bool:
    """Whether every value of a type takes the same whole number of bytes."""
    return bool(pa.types.is_primitive(kind) and not pa.types.is_boolean(kind))


def _bytes_of(array: pa.Array, column: int, seen: dict[int, pa.Array]) -> int:
    """What a batch's column takes; a dictionary counts once for the batches that share it."""
    if not isinstance(array, pa.DictionaryArray):
        return int(array.nbytes)
    words, before = array.dictionary, seen.get(column)
    seen[column] = words
    shared = before is not None and words.equals(before)
    return int(array.indices.nbytes) + (0 if shared else int(words.nbytes))
