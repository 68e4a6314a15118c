"""Ratios that a benchmark finds, kept for `make bench`, which prints them beside those of before."""

from __future__ import annotations

import json
import os
from pathlib import Path

__all__ = ["KEPT", "RATIOS", "keep_ratio", "read_ratios"]

KEPT = Path(__file__).with_name("kept.json")
RATIOS = "NEWSBT_BENCH_RATIOS"  # the file that the ratios of one `make bench` go to, a JSON list a line


def keep_ratio(name: str, value: float) -> None:
    """Note a ratio, where `make bench` asks for it."""
    if file := os.environ.get(RATIOS):
        with Path(file).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps([name, round(value, 4)]) + "\n")


def read_ratios(file: Path) -> dict[str, float]:
    """What was noted, by name."""
    if not file.exists():
        return {}
    return dict(json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
