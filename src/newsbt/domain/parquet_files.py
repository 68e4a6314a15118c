"""Parquet files as Arrow tables."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from newsbt.domain.input_files import file_error, read_chunks
from newsbt.domain.memory import MemoryGuard
from newsbt.domain.size_limits import MB, MOST_RATIO, RATIO_BYTES

__all__ = ["ARROW_ERRORS", "OpenParquet", "open_parquet", "read_parquet"]

# What pyarrow raises for damaged files and for values that Python cannot hold; its own classes derive from these.
ARROW_ERRORS = (OSError, ValueError, TypeError, KeyError, IndexError, NotImplementedError, ArithmeticError)
# Runs and dictionaries, which Parquet has before it packs anything, may unfold a constant column that far.
_DECODED_RATIO = 5 * MOST_RATIO
_BATCH_ROWS = 8192  # that few, since one text may be as long as the file and stand in every row


@dataclass(frozen=True, slots=True)
class OpenParquet:
    """A pyarrow ParquetFile, and how many bytes it is made of."""

    file: pq.ParquetFile
    size: int

    @property
    def schema_arrow(self) -> pa.Schema:
        return self.file.schema_arrow


def open_parquet(path: Path) -> OpenParquet:
    """An open Parquet file.

    Raises
    ------
    DataError
        The file is none, or says itself that it unfolds over 200 to 1.
    """
    content = io.BytesIO()
    for chunk in read_chunks(path):
        if not content.tell() and not chunk.startswith((b"PAR1", b"PARE")):
            raise file_error(path, "expected a Parquet file, which begins with PAR1; this is none", code="wrong_format")
        content.write(chunk)
    if not content.tell():
        raise file_error(path, "the file is empty", code="empty_file")
    try:
        size = content.tell()
        opened = OpenParquet(pq.ParquetFile(content), size)
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


def read_parquet(path: Path, opened: OpenParquet, columns: Sequence[str] | None = None) -> pa.Table:
    """The columns of an open file as a pyarrow Table that has rows.

    Raises
    ------
    DataError
        The file is damaged, has no rows, or unfolds over 1000 to 1 or beyond the memory that is left.
    """
    guard = MemoryGuard()
    batches: list[pa.RecordBatch] = []
    seen: dict[int, pa.Array] = {}
    size = 0
    try:
        for batch in opened.file.iter_batches(_BATCH_ROWS, columns=columns):
            grown = sum(_bytes_of(array, k, seen) for k, array in enumerate(batch.columns))
            size += grown
            _check_ratio(path, opened, size, _DECODED_RATIO)
            if not guard.has_memory(grown):
                raise file_error(path, guard.complaint, code="too_large")
            batches.append(batch)
    except ARROW_ERRORS as error:
        raise file_error(path, f"the Parquet file is damaged: {error}", code="wrong_format") from None
    except MemoryError:
        raise file_error(path, guard.complaint, code="too_large") from None
    if not any(batch.num_rows for batch in batches):
        raise file_error(path, "the file has columns and no rows", code="empty_file")
    return pa.Table.from_batches(batches)


def _bytes_of(array: pa.Array, column: int, seen: dict[int, pa.Array]) -> int:
    """What a batch's column takes; a dictionary counts once for the batches that share it."""
    if not isinstance(array, pa.DictionaryArray):
        return int(array.nbytes)
    words, before = array.dictionary, seen.get(column)
    seen[column] = words
    shared = before is not None and words.equals(before)
    return int(array.indices.nbytes) + (0 if shared else int(words.nbytes))
