"""Where a sweep keeps what it has: part files that are added to, and never rewritten."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from newsbt.errors import RunFolderError
from newsbt.sweeps.outcome import METRICS, Outcome

__all__ = ["SweepStore"]

SCHEMA = pa.schema(
    [
        ("key", pa.string()),
        ("number", pa.int64()),
        ("params", pa.string()),
        ("error", pa.string()),
        ("per_bar_sharpe", pa.float64()),
        ("offset", pa.float64()),
        ("blocks", pa.list_(pa.float64())),
        *((name, pa.float64()) for name in METRICS),
    ]
)


class SweepStore:
    """Outcomes in `folder`, by key. A part file appears whole or not at all, so that a sweep can stop anywhere."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunFolderError(f"{folder}: cannot be made: {error.strerror}") from error

    def read(self) -> dict[str, Outcome]:
        """All outcomes so far; of two with one key the one that is no error. A part that cannot be read is passed."""
        found: dict[str, Outcome] = {}
        for path in sorted(self.folder.glob("part-*.parquet")):
            try:
                rows = pq.read_table(path, schema=SCHEMA).to_pylist()
            except (pa.ArrowInvalid, OSError):
                continue
            for row in rows:
                outcome = _outcome(row)
                if outcome.key not in found or not outcome.error:
                    found[outcome.key] = outcome
        return found

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Write some outcomes as a part of their own."""
        if not outcomes:
            return
        table = pa.Table.from_pylist([_row(outcome) for outcome in outcomes], schema=SCHEMA)
        number = 1 + max((_number(path) for path in self.folder.glob("part-*.parquet")), default=0)
        target = self.folder / f"part-{number:06d}.parquet"
        partial = self.folder / f".part-{number:06d}-{os.getpid()}.partial"
        try:
            pq.write_table(table, partial)
            os.link(partial, target)  # fails where another process took the number
        except FileExistsError:
            partial.replace(self.folder / f"part-{number:06d}-{os.getpid()}.parquet")
        except OSError as error:
            raise RunFolderError(
                f"{self.folder}: cannot be written: {error.strerror}; what was kept so far stays"
            ) from error
        finally:
            partial.unlink(missing_ok=True)


def _number(path: Path) -> int:
    digits = path.stem.split("-")[1]
    return int(digits) if digits.isdigit() else 0


def _row(outcome: Outcome) -> dict[str, Any]:
    return {
        "key": outcome.key,
        "number": outcome.number,
        "params": json.dumps(dict(outcome.params), default=str),
        "error": outcome.error,
        "per_bar_sharpe": outcome.per_bar_sharpe,
        "offset": outcome.offset,
        "blocks": None if outcome.blocks is None else outcome.blocks.ravel().tolist(),
        **{name: outcome.metrics.get(name, math.nan) for name in METRICS},
    }


def _outcome(row: dict[str, Any]) -> Outcome:
    blocks = row["blocks"]
    return Outcome(
        number=row["number"],
        key=row["key"],
        params=json.loads(row["params"]),
        error=row["error"],
        per_bar_sharpe=row["per_bar_sharpe"],
        offset=row["offset"],
        blocks=None if blocks is None else np.array(blocks).reshape(4, -1),
        metrics={} if row["error"] else {name: row[name] for name in METRICS},
    )
