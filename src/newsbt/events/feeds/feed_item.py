"""One item of a feed or of a vendor's file, as it arrived: before anybody has understood it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from types import MappingProxyType

from newsbt._plain import JsonValue
from newsbt.errors import Problem
from newsbt.events.extraction.news_item import RefusedItem, known_from
from newsbt.events.extraction.published import Stated, parse_time

__all__ = ["FeedItem", "Parsed", "stated_time"]

FIELDS = ("event_type", "issuer", "subject", "rivals", "sentiment", "relevance")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One version of one item.

    Attributes
    ----------
    item_id : str
        The source's own name of the item, the same for all its versions.
    published_at, updated_at, received_at : datetime
        As the source writes them, aware; the last two None where it does not say. `time_precision` is that of
        `published_at`.
    tickers : tuple of str
        As the source names them.
    fields : mapping
        What the source itself says of :data:`FIELDS`; the rest is left to extraction.
    version : int
        Counts the versions of an item from 1.
    """

    item_id: str
    headline: str
    published_at: datetime
    body: str = ""
    time_precision: str = "minute"
    updated_at: datetime | None = None
    received_at: datetime | None = None
    source: str = ""
    url: str = ""
    tickers: tuple[str, ...] = ()
    fields: Mapping[str, JsonValue] = field(default_factory=lambda: MappingProxyType({}))
    attributes: Mapping[str, JsonValue] = field(default_factory=lambda: MappingProxyType({}))
    version: int = 1
    origin: str = ""

    @property
    def event_id(self) -> str:
        """The item's id; later versions carry their number: ``benzinga-24843171.v2``."""
        return self.item_id if self.version == 1 else f"{self.item_id}.v{self.version}"

    @property
    def known_from(self) -> datetime:
        """When this version could be had: published, revised and received, whichever came last."""
        first = known_from(self.published_at, self.time_precision)
        return max([first, *(at for at in (self.updated_at, self.received_at) if at is not None)])

    @property
    def content_hash(self) -> str:
        """The same for two versions that say the same."""
        content = [
            self.headline,
            self.body,
            list(self.tickers),
            {name: str(value) for name, value in self.fields.items()},
        ]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a source holds: its items in their order, and why the others cannot be used."""

    items: tuple[FeedItem, ...]
    refused: tuple[Problem, ...] = ()
    next_page: str = ""


def stated_time(written: str, zone: tzinfo | None, origin: str, line: int | None = None) -> Stated:
    """A time of a source; a refusal names the source.

    Raises
    ------
    RefusedItem
    """
    try:
        return parse_time(written, zone)
    except RefusedItem as error:
        problem = error.problem
        located = Problem(code=problem.code, message=problem.message, file=origin or None, line=line)
        raise RefusedItem(str(located), [located]) from None
