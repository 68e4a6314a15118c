"""An item explained: values, and the document of `newsbt explain --json`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from newsbt.domain.announcement import Announcement
from newsbt.domain.command_documents import ExplanationDocument, Words
from newsbt.domain.showing import brief
from newsbt.events.extraction.news_item import Span
from newsbt.explain.explained_item import Item

__all__ = ["Explanation", "LinkLine", "SignalLine", "utc_text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLine:
    """One instrument that the item touches.

    `first_tradable_at` is by this item, `announcement_first_tradable_at` by the config's own announcement of the event
    (None where the config has none); both are opening instants of the instrument's exchange. `why` has the reason for
    the opening, whether it could be bought there, and the reason for the announcement's own opening where it is
    another, with `` | `` between them.
    """

    ticker: str
    relation: str
    hop: int
    weight: float
    path: tuple[str, ...]
    market: str
    first_tradable_at: datetime | None
    announcement_first_tradable_at: datetime | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalLine:
    """What a strategy says to the item about one ticker; `ticker` and `signal` are None where it says nothing.

    `weight` is the fraction of equity that it asks for, None where there is none, and `sized` where that comes from.
    """

    strategy: str
    ticker: str | None
    signal: float | None
    reason: str
    weight: float | None = None
    sized: str = ""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """An item, explained. `matched` is the config's own announcement of the same event; `verdict` says in sentences
    what a run would do with the item; `not_linked` is why its linker links it to nothing, None where it does."""

    item: Item
    matched: Announcement | None
    published_at: datetime
    received_at: datetime | None
    known_at: datetime
    announcement_known_at: datetime | None
    sector_index: str
    not_linked: str | None = None
    links: tuple[LinkLine, ...] = ()
    signals: tuple[SignalLine, ...] = ()
    markets: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    verdict: tuple[str, ...] = ()

    __repr__ = brief

    def as_dict(self) -> ExplanationDocument:
        """The document of `newsbt explain --json`."""
        fields, background = self.item.fields, self.item.background
        found: ExplanationDocument = {
            "announcement": {
                "event_id": self.matched.event_id if self.matched else fields["event_id"],
                "is_announcement": self.item.announcement is not None,
                "published_at": self.published_at.isoformat(),
                "received_at": None if self.received_at is None else self.received_at.isoformat(),
                "known_at": utc_text(self.known_at),
                "event_type": fields["event_type"] or None,
                "issuer": fields["issuer"] or None,
                "subject": fields["subject"] or None,
                "rivals": list(fields["rivals"]),
                "tickers": list(fields["tickers"]),
                "language": self.item.language,
                "issuer_known": self.item.issuer_known,
                "companies": [
                    {"name": one.name, "tickers": list(one.tickers), **_words(one.span)} for one in background.companies
                ],
                "reported_moves": [
                    {"name": one.name, "tickers": list(one.tickers), "direction": one.direction,
                     "percent": one.percent, **_words(one.span)}
                    for one in background.moves
                ],
                "catalysts": [
                    {"kind": one.kind, "name": one.name or None, **_words(one.span)} for one in background.catalysts
                ],
                "evidence": {
                    "kind": self.item.kind,
                    **{
                        name: [{"start": span.start, "end": span.end, "text": span.text} for span in spans]
                        for name, spans in self.item.evidence.items()
                    },
                },
            },
            "sector_index": self.sector_index or None,
            "links": [
                {
                    "ticker": one.ticker, "relation": one.relation, "hop": one.hop,
                    "weight": None if math.isnan(one.weight) else one.weight,
                    "path": list(one.path), "first_tradable_at": utc_text(one.first_tradable_at),
                    "announcement_first_tradable_at": utc_text(one.announcement_first_tradable_at), "why": one.why,
                }
                for one in self.links
            ],
            "signals": [
                {
                    "strategy": one.strategy, "ticker": one.ticker, "signal": one.signal, "reason": one.reason,
                    "weight": one.weight, "sized": one.sized or None,
                }
                for one in self.signals
            ],
        }  # fmt: skip
        if not math.isnan(self.item.score):
            found["announcement"]["score"] = self.item.score
        return found


def _words(span: Span) -> Words:
    return {"start": span.start, "end": span.end, "text": span.text}


def utc_text(at: datetime | None) -> str | None:
    """``2025-03-06T01:30:00Z``; None for None."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
