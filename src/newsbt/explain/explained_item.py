"""The item to explain: a text, or an announcement that says itself what it is; and which announcement it tells of."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import TypedDict

from newsbt.domain.announcement import Announcement
from newsbt.domain.broader_types import broad_type
from newsbt.domain.entity import Universe
from newsbt.domain.folding import fold
from newsbt.domain.showing import brief
from newsbt.domain.size_limits import limit_of
from newsbt.domain.table_files import read_text
from newsbt.events.announcement_rows import COLUMNS, parse_rows
from newsbt.events.extraction.analysis import language_of
from newsbt.events.extraction.article_reading import parse_item
from newsbt.events.extraction.article_reading import read_item as read_article
from newsbt.events.extraction.background import Background, background_of
from newsbt.events.extraction.extract import Extractor, ReadsItems
from newsbt.events.extraction.extraction_result import Extraction
from newsbt.events.extraction.news_item import NewsItem, Span, clean
from newsbt.events.extraction.published import Stated

__all__ = ["Item", "match", "read_item", "text_item"]

BEFORE, AFTER = timedelta(days=7), timedelta(days=2)  # how far from a text the event it tells of may lie
STDIN = "<stdin>"


class ItemFields(TypedDict):
    event_id: str
    published_at: datetime
    received_at: datetime | None
    event_type: str
    issuer: str
    subject: str
    rivals: tuple[str, ...]
    tickers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Item:
    """An item as understood.

    `announcement` is None where it announces nothing; `kind` then says what it is (a denial, an opinion, ...), and
    `evidence` maps each field to the words that gave it. `mentioned` are the other names in the text, `ambiguous` the
    names whose meaning nobody can tell, `contaminated` the headline's names where the body has none of them; `score` is
    how sure the labeller is, and `unlabelled` why it has no answer.
    `background` is what the text tells beside its story, `issuer_known` whether any table knows the issuer; None of an
    announcement that is taken at its word.
    """

    announcement: Announcement | None
    kind: str
    language: str
    headline: str
    fields: ItemFields
    evidence: Mapping[str, tuple[Span, ...]]
    mentioned: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    contaminated: tuple[str, ...] = ()
    score: float = math.nan
    unlabelled: str = ""
    background: Background = field(default_factory=Background)
    issuer_known: bool | None = None

    __repr__ = brief


def read_item(
    path: Path, universe: Universe, zone: tzinfo | None = None, published: Stated | None = None,
    reading: ReadsItems | None = None,
) -> Item:  # fmt: skip
    """An item from a file: text, HTML, or JSON; `published` is when it was published where it does not say so.
    `reading` understands texts; None: the rules, by the names of the universe.

    Raises
    ------
    DataError
        The file cannot be read, or does not say when it was published.
    """
    if path.suffix.lower() == ".json":
        text = read_text(path, limit_of("article"))
        return text_item(text, universe, zone, published, origin=str(path), item_id=path.stem, reading=reading)
    return _read(read_article(path, zone, published), universe, reading)


def text_item(
    text: str,
    universe: Universe,
    zone: tzinfo | None = None,
    published: Stated | None = None,
    *,
    origin: str = STDIN,
    item_id: str = "",
    reading: ReadsItems | None = None,
) -> Item:
    """An item from text of any kind, such as what came by stdin.

    A JSON object with an event type and an issuer is an announcement and taken at its word; any other is a text
    with a headline.

    Raises
    ------
    DataError
    """
    is_json = text.lstrip("\ufeff \t\r\n").startswith("{")
    stated = _stated(text, universe, published, origin, item_id) if is_json else None
    if stated is not None:
        return stated
    item = parse_item(text, origin=origin, item_id=item_id, zone=zone, published=published)
    return _read(item, universe, reading)


def match(item: Announcement, announcements: Iterable[Announcement], universe: Universe) -> Announcement | None:
    """The announcement that an item tells of: the one with its id, else the nearest in time of the same issuer, type
    and subject, from seven days before the item to two days after; None where there is none, or where no subject
    decides between several.
    """
    near: list[Announcement] = []
    for one in announcements:
        if one.event_id == item.event_id:
            return one
        gap = item.published_at - one.published_at
        if not -AFTER <= gap <= BEFORE or broad_type(one.event_type) != broad_type(item.event_type):
            continue
        if universe.is_same(one.issuer, item.issuer) and _same_subject(one.subject, item.subject):
            near.append(one)
    named = [one for one in near if one.subject and item.subject]
    if not named and len(near) > 1:
        return None
    return min(named or near, key=lambda one: (abs(item.published_at - one.published_at), one.event_id), default=None)


def _same_subject(one: str, other: str) -> bool:
    first, second = (re.sub(r"[\W_]+", "", fold(text)) for text in (one, other))
    return not first or not second or first in second or second in first


def _read(item: NewsItem, universe: Universe, reading: ReadsItems | None) -> Item:
    """An item as it is understood, with its background as the rules read it whoever understands it."""
    rules = reading if isinstance(reading, Extractor) else Extractor(universe)
    answer = (reading or rules).extract(item)
    found = _understood(answer)
    known = bool(universe.listings(answer.issuer)) or answer.issuer in rules.aliases.organisations
    return replace(found, background=background_of(rules, item, answer), issuer_known=bool(answer.issuer) and known)


def _understood(answer: Extraction) -> Item:
    return Item(
        announcement=answer.announcement() if answer.is_announcement else None,
        kind=answer.kind,
        language=answer.language,
        headline=answer.headline,
        fields={
            "event_id": answer.event_id, "published_at": answer.published_at, "received_at": answer.received_at,
            "event_type": answer.event_type, "issuer": answer.issuer, "subject": answer.subject,
            "rivals": answer.rivals, "tickers": answer.tickers,
        },
        evidence=answer.evidence,
        mentioned=answer.mentioned,
        ambiguous=tuple(dict.fromkeys(span.text for span in answer.ambiguous)),
        contaminated=answer.contaminated,
        score=answer.score,
        unlabelled=answer.unlabelled,
    )  # fmt: skip


def _stated(text: str, universe: Universe, published: Stated | None, origin: str, item_id: str) -> Item | None:
    try:
        values = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None  # the reader of texts says what is wrong with it
    if not (isinstance(values, dict) and values.get("event_type") and values.get("issuer")):
        return None
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
    values = {"event_id": item_id or f"item-{digest}", "headline": values.get("title", ""), **values}
    if not str(values["headline"]).strip():
        values["headline"] = " ".join(str(values.get(name, "")) for name in ("issuer", "event_type", "subject"))
    if published is not None and not str(values.get("published_at") or "").strip():
        values |= {"published_at": published.at.isoformat(), "time_precision": published.precision}
    chosen = {name: name for name in COLUMNS if name in values}
    batch = parse_rows(
        [(1, values)], file=origin, chosen=chosen, known_tickers=universe.known_tickers, on_bad_row="error"
    )
    found = batch.announcements[0]
    found = replace(found, headline=clean(found.headline), body=clean(found.body))
    return Item(
        announcement=found,
        kind="announcement",
        language=language_of(found.headline, found.body),
        headline=found.headline,
        fields={
            "event_id": found.event_id, "published_at": found.published_at, "received_at": found.received_at,
            "event_type": found.event_type, "issuer": found.issuer, "subject": found.subject, "rivals": found.rivals,
            "tickers": found.tickers,
        },
        evidence={},
    )  # fmt: skip
