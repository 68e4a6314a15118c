"""Instants on the clocks of the markets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd

from newsbt.domain.run_documents import ContextEvent

if TYPE_CHECKING:
    from pandas.api.typing import NaTType

__all__ = ["clock_text", "distinct_zones", "published_text"]


def clock_text(at: pd.Timestamp | NaTType | None, zone: str | None) -> str:
    """An instant on the clock of a zone, with the zone's city; UTC where no zone is known.

    >>> clock_text(pd.Timestamp("2025-03-05T20:05Z"), "Asia/Hong_Kong")
    '2025-03-06 04:05 Hong Kong'
    """
    if at is None or pd.isna(at):
        return ""
    name = zone or "UTC"
    return f"{at.tz_convert(ZoneInfo(name)):%Y-%m-%d %H:%M} {name.rpartition('/')[2].replace('_', ' ')}"


def distinct_zones(zones: Sequence[str], at: pd.Timestamp | NaTType) -> list[str]:
    """One zone of those that show the same time, in order; UTC where there is none."""
    if pd.isna(at):
        return []
    found: dict[str, str] = {}
    for zone in zones:
        found.setdefault(f"{at.tz_convert(ZoneInfo(zone)):%m%d%H%M}", zone)
    return list(found.values()) or ["UTC"]


def published_text(about: ContextEvent) -> str:
    """The instant as it was written, with its offset, and how precise it is where that is not to the minute.

    >>> published_text({"published_at": "2025-03-06T03:00:00+08:00", "precision": "hour"})
    '2025-03-06 03:00 +08:00 (to the hour)'
    """
    text = str(about.get("published_at") or "")
    precision = str(about.get("precision") or "minute")
    if not text:
        return ""
    if precision == "day":
        return f"{text[:10]} (day only, {text[19:] or 'UTC'})"
    return f"{text[:10]} {text[11:16]} {text[19:]}" + (" (to the hour)" if precision == "hour" else "")
