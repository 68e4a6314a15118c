"""RSS and Atom, by feedparser. Dates are read by newsbt: feedparser takes a time without a zone for UTC."""

from __future__ import annotations

from datetime import tzinfo
from types import ModuleType
from typing import Any

from newsbt.domain.table_files import file_error
from newsbt.errors import Problem, missing_extra
from newsbt.events.extraction.item import RefusedItem, refuse
from newsbt.events.feeds.item import FeedItem, Parsed, stated_time
from newsbt.events.feeds.markup import plain_text

__all__ = ["parse_feed"]

LONGEST_ITEM = 4_000_000  # characters of markup


def parse_feed(data: bytes, origin: str, zone: tzinfo | None = None) -> Parsed:
    """The items of an RSS or Atom document.

    An item's id is its guid or id, else its link. An item without a title or a clear date is refused.

    Raises
    ------
    DataError
        The document is no feed.
    UnsupportedError
        feedparser is not installed.
    """
    found = _feedparser().parse(data)
    entries = found.get("entries", [])
    if not entries:
        reason = found.get("bozo_exception")
        if found.get("version") and reason is None:
            return Parsed(items=())
        told = f" ({str(reason)[:120]})" if reason is not None else ""
        raise file_error(origin, f"expected an RSS or Atom feed, this is none{told}", code="not_a_feed")
    source = str(found.get("feed", {}).get("title") or "")
    items: list[FeedItem] = []
    refused: list[Problem] = []
    for number, entry in enumerate(entries, 1):
        try:
            items.append(_item(entry, plain_text(source), origin, number, zone))
        except RefusedItem as error:
            refused.append(error.problem)
    return Parsed(items=tuple(items), refused=tuple(refused))


def _feedparser() -> ModuleType:
    try:
        import feedparser
    except ImportError as error:
        raise missing_extra(error, "feeds are read by", "feedparser", "news") from None
    module: ModuleType = feedparser
    return module


def _item(entry: Any, source: str, origin: str, number: int, zone: tzinfo | None) -> FeedItem:
    where = f"{origin} (item {number})"
    content = entry.get("content") or []
    markup = str((content[0].get("value") if content else "") or entry.get("summary") or "")
    if len(markup) > LONGEST_ITEM:
        raise refuse("too_large", f"the item has {len(markup):,} characters; it is no single article", file=where)
    headline = " ".join(plain_text(str(entry.get("title") or "")).split())
    if not headline:
        raise refuse("missing_value", "the item has no title", file=where)
    updated = dict.get(entry, "updated")  # the entry's own get gives `published` where there is no `updated`
    written = str(entry.get("published") or updated or "")
    if not written:
        raise refuse("missing_time", "the item has no date of publication", file=where)
    published = stated_time(written, zone, where)
    link = str(entry.get("link") or "")
    return FeedItem(
        item_id=str(entry.get("id") or link or f"{published.at.isoformat()} {headline}"),
        headline=headline,
        body=plain_text(markup),
        published_at=published.at,
        time_precision=published.precision,
        updated_at=stated_time(str(updated), zone, where).at if updated else None,
        source=source,
        url=link,
        origin=f"{origin}:{number}",
    )
