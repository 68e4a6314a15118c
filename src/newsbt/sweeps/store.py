"""Where a sweep keeps what it has: part files that are added to, and never rewritten."""

from __future__ import annotations

import errno
import json
import logging
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from newsbt._typing import Floats
from newsbt.domain.parquet_files import ARROW_ERRORS
from newsbt.errors import RunFolderError
from newsbt.owners import partial_path, sweep_up
from newsbt.sweeps.variant_result import METRICS, SERIES, VariantResult

__all__ = ["SweepStore"]

logger = logging.getLogger(__name__)

SCHEMA = pa.schema(
    [
        ("key", pa.string()),
        ("number", pa.int64()),
        ("params", pa.string()),
        ("error", pa.string()),
        ("per_bar_sharpe", pa.float64()),
        ("offset", pa.float64()),
        ("blocks", pa.list_(pa.float64())),
        ("training", pa.list_(pa.float64())),
        *((name, pa.float64()) for name in METRICS),
    ]
)
# Another process took the number, or the file system knows no links.
_NO_LINK = (errno.EEXIST, errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


class SweepStore:
    """Outcomes in `folder`, by key. A part file appears whole or not at all, so that a sweep can stop anywhere."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.complaint = ""  # why outcomes could not be kept, once some could not
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunFolderError(f"{folder}: cannot be made: {error.strerror}", code="unwritable") from error
        sweep_up(folder)

    def read(self) -> dict[str, VariantResult]:
        """All outcomes so far; of two with one key the one that is no error.

        A part that cannot be read is passed over with a warning: its variants run again.
        """
        found: dict[str, VariantResult] = {}
        for path in sorted(self.folder.glob("part-*.parquet")):
            try:
                outcomes = _outcomes(pq.read_table(path, schema=SCHEMA))
            except (*ARROW_ERRORS, AttributeError) as error:
                logger.warning("%s cannot be read and is passed over: %s", path, error)
                continue
            for outcome in outcomes:
                if outcome.key not in found or not outcome.error:
                    found[outcome.key] = outcome
        return found

    def try_to_add(self, outcomes: Sequence[VariantResult]) -> None:
        """Write some outcomes, or note as a complaint why they cannot be written."""
        try:
            self.add(outcomes)
        except RunFolderError as error:
            self.complaint = self.complaint or str(error)

    def add(self, outcomes: Sequence[VariantResult]) -> None:
        """Write some outcomes as a part of their own.

        Raises
        ------
        RunFolderError
            The disk is full or cannot be written.
        """
        if not outcomes:
            return
        number = 1 + max((_number(path) for path in self.folder.glob("part-*.parquet")), default=0)
        target = self.folder / f"part-{number:06d}.parquet"
        partial = partial_path(self.folder, "part")
        try:
            pq.write_table(_table(outcomes), partial)
            try:
                os.link(partial, target)
            except OSError as error:
                if error.errno not in _NO_LINK:
                    raise
                partial.replace(self.folder / f"part-{number:06d}-{secrets.token_hex(4)}.parquet")
        except OSError as error:
            raise RunFolderError(
                f"{self.folder}: {len(outcomes)} outcomes cannot be written: {error.strerror or error}; what was kept "
                "before stays, and the same command goes on from there",
                code="unwritable",
            ) from error
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)


def _number(path: Path) -> int:
    digits = path.stem.split("-")[1]
    return int(digits) if digits.isdigit() else 0


def _table(outcomes: Sequence[VariantResult]) -> pa.Table:
    nothing = np.full(len(METRICS), np.nan)
    values = np.array([nothing if item.values is None else item.values for item in outcomes])
    columns: dict[str, Sequence[str | int | Floats | None] | Floats] = {
        "key": [item.key for item in outcomes],
        "number": [item.number for item in outcomes],
        "params": [json.dumps(dict(item.params), default=str) for item in outcomes],
        "error": [item.error for item in outcomes],
        "per_bar_sharpe": np.array([item.per_bar_sharpe for item in outcomes]),
        "offset": np.array([item.offset for item in outcomes]),
        "blocks": [None if item.blocks is None else item.blocks.ravel() for item in outcomes],
        "training": [None if item.training is None else item.training.ravel() for item in outcomes],
        **{name: values[:, k] for k, name in enumerate(METRICS)},
    }
    return pa.Table.from_pydict(columns, schema=SCHEMA)


def _outcomes(table: pa.Table) -> list[VariantResult]:
    """The rows of a part; an error of :data:`ARROW_ERRORS` where it is none that a sweep writes."""
    table.validate(full=True)
    if any(table[name].null_count for name in ("key", "number", "params", "error")):
        raise ValueError("a row has no key, number, params or error")
    values = np.column_stack([table[name].to_numpy() for name in METRICS])
    blocks, training = _lists(table["blocks"], 4), _lists(table["training"], -1)
    plain = [table[name].to_pylist() for name in ("key", "number", "params", "error", "per_bar_sharpe", "offset")]
    return [
        VariantResult(
            key=key,
            number=number,
            params=dict(json.loads(params).items()),
            error=error,
            per_bar_sharpe=sharpe,
            offset=offset,
            values=None if error else values[k],
            blocks=blocks[k],
            training=training[k],
        )
        for k, (key, number, params, error, sharpe, offset) in enumerate(zip(*plain, strict=True))
    ]


def _lists(column: pa.ChunkedArray, rows: int) -> list[Floats | None]:
    """Each list of a column as a matrix of so many rows, or of the columns of `SERIES`; a view of one array."""
    chunk = column.combine_chunks()
    if isinstance(chunk, pa.ChunkedArray):
        chunk = pa.concat_arrays(chunk.chunks) if chunk.num_chunks else pa.array([], type=column.type)
    flat, ends = chunk.values.to_numpy(zero_copy_only=False), chunk.offsets.to_numpy()
    shape = (rows, -1) if rows > 0 else (-1, len(SERIES))
    is_known = chunk.is_valid().to_numpy(zero_copy_only=False)
    return [
        flat[ends[k] : ends[k + 1]].reshape(shape) if is_known[k] else None for k in range(len(chunk))
    ]  # fmt: skip
