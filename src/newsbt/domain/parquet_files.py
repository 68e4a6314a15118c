"""Parquet files as Arrow tables."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from newsbt.domain.table_files import file_error, read_bytes

__all__ = ["ARROW_ERRORS", "open_parquet", "read_parquet"]

# What pyarrow raises for damaged files and for values that Python cannot hold; its own classes derive from these.
ARROW_ERRORS = (OSError, ValueError, TypeError, KeyError, IndexError, NotImplementedError, ArithmeticError)


def open_parquet(path: Path) -> Any:
    """An open pyarrow ParquetFile; a DataError where the file is none."""
    data = read_bytes(path)
    if not data:
        raise file_error(path, "the file is empty", code="empty_file")
    try:
        return pq.ParquetFile(io.BytesIO(data))
    except ARROW_ERRORS as error:
        raise file_error(
            path, f"expected a Parquet file, this is none, or damaged: {error}", code="not_parquet"
        ) from None


def read_parquet(path: Path, opened: Any, columns: Sequence[str] | None = None) -> Any:
    """The columns of an open file as a pyarrow Table that has rows."""
    try:
        table = opened.read(columns=columns)
    except ARROW_ERRORS as error:
        raise file_error(path, f"the Parquet file is damaged: {error}", code="not_parquet") from None
    if table.num_rows == 0:
        raise file_error(path, "the file has columns and no rows", code="empty_file")
    return table
