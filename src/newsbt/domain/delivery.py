"""What a backtrader strategy is told, and when (S7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from newsbt._plain import PlainValue
from newsbt.domain.showing import brief

__all__ = ["AnnouncedEvent", "AnnouncedLink", "Delivery"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedEvent:
    """An event as a strategy sees it.

    Attributes
    ----------
    event_id : str
        Unique in the run.
    known_at : datetime, UTC
        When the run counts it as known (T1).
    event_type, issuer, subject, headline : str
        As announced; blank where not stated.
    rivals, tickers : tuple of str
        What it is set against, and the tickers that it names.
    sentiment : float in [-1, 1], relevance : float in [0, 1]
        NaN where unknown.
    attributes : mapping
        The source's further columns, by their names.
    """

    event_id: str
    known_at: datetime
    event_type: str
    issuer: str
    subject: str
    rivals: tuple[str, ...]
    headline: str
    sentiment: float
    relevance: float
    tickers: tuple[str, ...]
    attributes: Mapping[str, PlainValue] = field(default_factory=dict)

    __repr__ = brief


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedLink:
    """An instrument that an event touches in the market it is told for.

    Attributes
    ----------
    ticker : str
    relation : str, hop : int
        How the event touches it, and over how many relations (S2).
    weight : float in [-1, 1]
        The product of the relations' effects; NaN where one is not known.
    signal : float in [-1, 1]
        `weight` times the event's sentiment, cut; 0 where either is not known: nothing says which way to trade.
    first_tradable_at : datetime, UTC
        The opening of its first tradable bar (T2).
    """

    ticker: str
    relation: str
    hop: int
    weight: float
    signal: float
    first_tradable_at: datetime

    __repr__ = brief


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One call of `on_announcement`: indices of the market and of the event, and what is handed over."""

    market: int
    event_index: int
    event: AnnouncedEvent
    links: tuple[AnnouncedLink, ...]
