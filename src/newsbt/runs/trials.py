"""The ledger of trials: every configuration ever run in a folder of runs, with its per-bar Sharpe ratio."""

from __future__ import annotations

import json
import logging
import math
import os
from collections.abc import Mapping
from pathlib import Path

from newsbt.domain.input_files import kind_of, read_bytes
from newsbt.domain.size_limits import limit_of
from newsbt.errors import DataError, RunFolderError
from newsbt.owners import locked

__all__ = ["note_trials", "read_trials"]

FILE = ".trials.jsonl"
logger = logging.getLogger(__name__)


def read_trials(runs_dir: Path) -> dict[str, float]:
    """Per-bar Sharpe ratios by trial key, NaN where undefined; the last line of a key counts.

    A line that cannot be read, such as the last one of a run that was cut off, is passed over with a warning.

    Raises
    ------
    RunFolderError
        The ledger is there and cannot be read.
    """
    found: dict[str, float] = {}
    for number, line in enumerate(_content(runs_dir / FILE).decode(errors="replace").splitlines(), 1):
        try:
            entry = json.loads(line)
            key, sharpe = str(entry["key"]), entry["sharpe"]
            found[key] = math.nan if sharpe is None else float(sharpe)
        except (ValueError, KeyError, TypeError, RecursionError):
            logger.warning("%s:%d: not a trial; passed over", runs_dir / FILE, number)
    return found


def _content(ledger: Path) -> bytes:
    try:
        return read_bytes(ledger, limit_of("run")) if kind_of(ledger) else b""
    except DataError as error:
        raise RunFolderError(str(error), error.problems) from None


def note_trials(runs_dir: Path, trials: Mapping[str, float]) -> None:
    """Add this run's trials; those that stand there already with the same value are left.

    Of several processes each waits for the others; a line that one of them left unfinished is ended.

    Raises
    ------
    RunFolderError
        The ledger cannot be read or written.
    """
    ledger = runs_dir / FILE
    try:
        with locked(ledger):
            known = read_trials(runs_dir)
            lines = [
                json.dumps({"key": key, "sharpe": None if math.isnan(sharpe) else sharpe}) + "\n"
                for key, sharpe in trials.items()
                if key not in known or not _same(known[key], sharpe)
            ]
            if lines:
                _append(ledger, "".join(lines).encode())
    except OSError as error:
        why = error.strerror or str(error)
        raise RunFolderError(f"{ledger}: the trials cannot be noted: {why}; the next run counts too few") from error


def _append(ledger: Path, lines: bytes) -> None:
    """Add whole lines, or none where the disk is full."""
    with ledger.open("ab+", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
            if file.read(1) != b"\n":
                lines = b"\n" + lines
        try:
            while lines:
                lines = lines[file.write(lines) :]
        except OSError:
            file.truncate(size)
            raise


def _same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))
