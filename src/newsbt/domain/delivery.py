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
    """An event as a strategy sees it; `known_at` is UTC, `sentiment` and `relevance` NaN where unknown."""

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

    `weight` is NaN where an effect on the way is not known; `signal` is it x the event's sentiment, cut to [-1, 1],
    and 0 where either is not known: nothing says which way to trade.
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
