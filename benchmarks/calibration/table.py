"""Rates of small p-values with intervals clustered by world, as a table between two marks of docs/evidence.md."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import beta

from benchmarks.calibration.settings import POWER, SETTINGS
from benchmarks.calibration.worlds import SETS

__all__ = ["interval_of", "rate_of", "table_of", "write_table"]

BEGIN, END = "<!-- calibration: begin -->", "<!-- calibration: end -->"
LEVELS = (0.05, 0.10)
ROUNDING = 1e-9


def rate_of(worlds: Sequence[Sequence[float | None]], level: float) -> tuple[float, float, float, int]:
    """The share of sets whose p is at most the level, its 95 % interval, and how many sets have a p."""
    hits = [[p <= level + ROUNDING for p in sets if p is not None] for sets in worlds]
    hits = [one for one in hits if one]
    total = sum(map(len, hits))
    if not total:
        return np.nan, np.nan, np.nan, 0
    rate = sum(map(sum, hits)) / total
    return rate, *interval_of(hits, rate), total


def interval_of(hits: Sequence[Sequence[bool]], rate: float) -> tuple[float, float]:
    """Clopper and Pearson's interval for as many independent sets as these are worth: sets of one world are not."""
    total = sum(map(len, hits))
    residuals = np.array([sum(one) - rate * len(one) for one in hits])
    variance = float(residuals @ residuals) / total**2
    worth = float(total)
    if 0.0 < rate < 1.0 and variance > 0.0:
        worth = min(float(total), rate * (1.0 - rate) / variance)
    count = rate * worth
    low = float(beta.ppf(0.025, count, worth - count + 1)) if count > 0 else 0.0
    high = float(beta.ppf(0.975, count + 1, worth - count)) if count < worth else 1.0
    return low, high


def table_of(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """Lines of Markdown: a row for each setting, and one for all testable settings together."""
    lines = [
        "| setting | what it is | worlds | p given | p <= 5 % | p <= 10 % | seconds |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    together: list[Sequence[float | None]] = []
    for name, setting in {**SETTINGS, **POWER}.items():
        rows = found.get(name)
        if not rows:
            continue
        worlds = [row["p"] for row in rows]
        if setting.testable and name in SETTINGS:
            together += worlds
        seconds = sum(float(row["seconds"]) for row in rows)
        about = " ".join((setting.lay.__doc__ or "").split()) if name in SETTINGS else _power_of(name)
        lines.append(_row(f"`{name}`", about, worlds, seconds))
    lines.append(_row("all that can be tested", "without those with an effect", together, None))
    return lines


def _power_of(name: str) -> str:
    setting = POWER[name]
    hold = setting.position["hold"]
    return f"power: `base` with {setting.effect:+.1%} from open to close of the entry session, hold {hold}"


def _row(name: str, about: str, worlds: Sequence[Sequence[float | None]], seconds: float | None) -> str:
    cells = []
    for level in LEVELS:
        rate, low, high, given = rate_of(worlds, level)
        cells.append("-" if not given else f"{rate:.3f} [{low:.3f}, {high:.3f}]")
    spent = "" if seconds is None else f"{seconds:,.0f}"
    share = given / (SETS * len(worlds)) if worlds else 0.0
    return f"| {name} | {about} | {len(worlds)} | {share:.0%} | {' | '.join(cells)} | {spent} |"


def write_table(results: Path, page: Path) -> None:
    """Put the table of the worlds in `results` between the marks of `page`."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for line in results.read_text().splitlines():
        row = json.loads(line)
        found.setdefault(row["setting"], []).append(row)
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    lines = "\n".join(table_of(found))
    page.write_text(f"{before}{BEGIN}\n{lines}\n{END}{after}", encoding="utf-8")
