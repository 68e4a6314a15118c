"""The ledger of trials: every configuration ever run in a folder of runs, with its per-bar Sharpe ratio."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping
from pathlib import Path

__all__ = ["note_trials", "read_trials"]

FILE = ".trials.jsonl"
logger = logging.getLogger(__name__)


def read_trials(runs_dir: Path) -> dict[str, float]:
    """Per-bar Sharpe ratios by trial key, NaN where undefined; the last line of a key counts.

    A line that cannot be read, such as the last one of a run that was cut off, is passed over with a warning.
    """
    found: dict[str, float] = {}
    try:
        lines = (runs_dir / FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return found
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            key, sharpe = str(entry["key"]), entry["sharpe"]
            found[key] = math.nan if sharpe is None else float(sharpe)
        except (ValueError, KeyError, TypeError):
            logger.warning("%s:%d: not a trial; passed over", runs_dir / FILE, number)
    return found


def note_trials(runs_dir: Path, trials: Mapping[str, float]) -> None:
    """Add this run's trials; those that stand there already with the same value are left."""
    known = read_trials(runs_dir)
    lines = [
        json.dumps({"key": key, "sharpe": None if math.isnan(sharpe) else sharpe}) + "\n"
        for key, sharpe in trials.items()
        if key not in known or not _same(known[key], sharpe)
    ]
    if lines:
        with (runs_dir / FILE).open("a", encoding="utf-8") as file:
            file.write("".join(lines))


def _same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))
