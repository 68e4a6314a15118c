"""The ledger of trials: every configuration ever run in a folder of runs, with its per-bar Sharpe ratio."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from newsbt._plain import JsonValue
from newsbt.runs.line_ledger import add_entries, read_entries

__all__ = ["note_trials", "read_trials"]

FILE = ".trials.jsonl"


def read_trials(runs_dir: Path) -> dict[str, float]:
    """Per-bar Sharpe ratios by trial key, NaN where undefined; the last line of a key counts.

    A line that cannot be read, such as the last one of a run that was cut off, is passed over with a warning.

    Raises
    ------
    RunFolderError
        The ledger is there and cannot be read.
    """
    return dict(read_entries(runs_dir / FILE, "a trial", _parsed))


def note_trials(runs_dir: Path, trials: Mapping[str, float]) -> None:
    """Add this run's trials; those that stand there already with the same value are left.

    Raises
    ------
    RunFolderError
        The ledger cannot be read or written.
    """

    def unknown() -> Iterator[Mapping[str, JsonValue]]:
        known = read_trials(runs_dir)
        for key, sharpe in trials.items():
            if key not in known or not _same(known[key], sharpe):
                yield {"key": key, "sharpe": None if math.isnan(sharpe) else sharpe}

    add_entries(runs_dir / FILE, unknown, "the trials cannot be noted, the next run counts too few")


def _parsed(entry: JsonValue) -> tuple[str, float]:
    if not isinstance(entry, dict):
        raise TypeError
    sharpe = entry["sharpe"]
    if not isinstance(sharpe, float | int | None):
        raise TypeError
    return str(entry["key"]), math.nan if sharpe is None else float(sharpe)


def _same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))
