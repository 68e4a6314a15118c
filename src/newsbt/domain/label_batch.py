"""Labels of events, made by somebody else than who announced them: what readers of labels answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType

from newsbt.domain.showing import brief

__all__ = ["EventLabel", "LabelBatch", "until_sentence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLabel:
    """What stands in place of an announcement's own words; None changes nothing, `attributes` are added to its own.

    Where `available_at` is given, an instant with an offset, the announcement is not known before.
    """

    event_type: str | None = None
    issuer: str | None = None
    subject: str | None = None
    rivals: tuple[str, ...] | None = None
    tickers: tuple[str, ...] | None = None
    sentiment: float | None = None
    relevance: float | None = None
    available_at: datetime | None = None
    attributes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    __repr__ = brief


@dataclass(frozen=True, kw_only=True)
class LabelBatch:
    """Labels by event id, how many rows were bad by reason (T8), and the files they were read from.

    `made_by` says who made them, with the version of a model; `cutoff` is the last day of which the maker can have
    read, None where nobody knows, which is told beside the results.
    """

    labels: Mapping[str, EventLabel]
    made_by: str
    cutoff: date | None
    bad_rows: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    files: tuple[Path, ...] = ()

    __repr__ = brief


def until_sentence(cutoff: date | None) -> str:
    """Up to when the maker of labels can have read, and what is made of it."""
    if cutoff is None:
        return "nobody says up to when its maker could have read: what it scores may be hindsight"
    return f"its maker could have read up to {cutoff}; results before and after are rows of their own"
