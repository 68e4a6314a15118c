"""What the placebo compared with, and what it found beside p, as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from newsbt.domain.record import RunRecord

__all__ = ["calendars_text", "placebo_lines"]


def calendars_text(record: RunRecord) -> str:
    """What the placebo p-values of a run are over; empty where there is none."""
    found = _sections(record)
    given = [one for one in found.values() if one.get("p") is not None]
    if not given:
        return ""
    draws, use = max(int(one["m"]) for one in given), str(given[0].get("use"))
    how = {
        "weeks": f"{draws:,} shifts of the news by whole weeks",
        "windows": f"{draws:,} draws of the news moved by whole weeks inside windows of 13 weeks",
    }.get(use, f"{draws:,} runs at independent random event times")
    return f"placebo p over {how}"


def placebo_lines(record: RunRecord, most: int | None = None) -> list[str]:
    """A sentence for each strategy that was tested, its t-values, and what the calendars keep; of `most` of them, and
    how many more there are."""
    found = _sections(record)
    lines = [f"{name}: {one['note']}" for name, one in found.items() if one.get("metric") == "t" and one.get("note")]
    if most is None or len(lines) <= most + 1:
        return lines
    return [*lines[:most], f"and {len(lines) - most} more strategies, each in the report and in evidence.json"]


def _sections(record: RunRecord) -> Mapping[str, Mapping[str, Any]]:
    evidence = record.extra("evidence")
    found = evidence.get("placebo") if isinstance(evidence, Mapping) else None
    if not isinstance(found, Mapping):
        return {}
    return {str(name): one for name, one in found.items() if isinstance(one, Mapping)}
