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
    """What stands in place of an announcement's own words; None changes nothing.

    Attributes
    ----------
    event_type, issuer, subject : str, optional
    rivals, tickers : tuple of str, optional
    sentiment : float in [-1, 1], relevance : float in [0, 1], optional
    available_at : datetime with an offset, optional
        The announcement is not known before.
    attributes : mapping
        Added to the announcement's own.

    Examples
    --------
    >>> from newsbt import EventLabel
    >>> EventLabel(event_type="earnings_miss", sentiment=-0.8).sentiment
    -0.8
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
    """Labels by event id, and what was left out.

    Attributes
    ----------
    labels : mapping
        By event id, an EventLabel.
    made_by : str
        Who made them, with the version of a model.
    cutoff : date, optional
        The last day of which the maker can have read; None where nobody knows, which is told beside the results.
    bad_rows : mapping
        How many rows were bad, by reason (T8).
    files : tuple of Path
        What was read.
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
