"""One published item of news."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType

from newsbt._plain import PlainValue
from newsbt.domain.showing import brief

__all__ = ["HALT", "PRECISIONS", "RESUMPTION", "Announcement"]

PRECISIONS = ("minute", "hour", "day")
HALT, RESUMPTION = "halt", "resumption"
"""Types of events that say that trading stops, and goes on: entries of the latter wait for the first bar (T3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """An announcement as read, before it is linked to anything.

    Attributes
    ----------
    event_id : str
        Unique in the run.
    published_at : datetime, received_at : datetime, optional
        Aware; they keep the offset they were written with, because a `day` precision ends at the next midnight
        *at that offset*.
    event_type, issuer, headline : str
        What is announced, by whom, in which words.
    time_precision : str
        How exact `published_at` is written (T1): ``minute``, ``hour`` or ``day``.
    subject, body, source, url : str
        Blank where not stated.
    rivals, tickers, mentioned : tuple of str
        What it is set against, the tickers that it names, and companies that it names beside the issuer.
    unknown_tickers : tuple of str
        Those that the source names and no instrument has.
    sentiment : float in [-1, 1], relevance : float in [0, 1]
        NaN where unknown.
    attributes : mapping
        The source's further columns.
    origin : str
        ``file:line``, for messages.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from newsbt import Announcement
    >>> at = datetime(2025, 3, 5, 19, tzinfo=UTC)
    >>> what = {"event_type": "model_release", "issuer": "Alibaba", "headline": "QwQ-32B"}
    >>> one = Announcement(event_id="qwq", published_at=at, **what)
    >>> one.known_at().isoformat()
    '2025-03-05T19:00:00+00:00'
    """

    event_id: str
    published_at: datetime
    event_type: str
    issuer: str
    headline: str = ""
    received_at: datetime | None = None
    time_precision: str = "minute"
    subject: str = ""
    rivals: tuple[str, ...] = ()
    body: str = ""
    source: str = ""
    url: str = ""
    sentiment: float = math.nan
    relevance: float = math.nan
    tickers: tuple[str, ...] = ()
    unknown_tickers: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()
    attributes: Mapping[str, PlainValue] = field(default_factory=lambda: MappingProxyType({}))
    origin: str = ""

    __repr__ = brief

    def __post_init__(self) -> None:
        for name in ("published_at", "received_at"):
            at = getattr(self, name)
            if at is not None and at.tzinfo is None:
                raise ValueError(f"{name} of {self.event_id!r} needs an offset, such as {at.isoformat()}+08:00")
        if self.time_precision not in PRECISIONS:
            raise ValueError(f"time_precision is one of {PRECISIONS}, not {self.time_precision!r}")

    def known_at(self, latency: timedelta = timedelta(0)) -> datetime:
        """The first instant (UTC) at which this could be acted on: rule T1.

        >>> from datetime import timezone
        >>> hk = timezone(timedelta(hours=8))
        >>> item = Announcement(event_id="a", event_type="model_release", issuer="Alibaba",
        ...                     published_at=datetime(2025, 3, 6, 3, tzinfo=hk), time_precision="hour")
        >>> item.known_at(timedelta(minutes=5)).isoformat()
        '2025-03-05T20:05:00+00:00'
        """
        if self.received_at is not None:
            known = max(self.published_at, self.received_at)
        elif self.time_precision == "hour":
            known = self.published_at + timedelta(hours=1)
        elif self.time_precision == "day":
            next_day = self.published_at.date() + timedelta(days=1)
            known = datetime.combine(next_day, time(0), tzinfo=self.published_at.tzinfo)
        else:
            known = self.published_at
        return (known + latency).astimezone(UTC)
