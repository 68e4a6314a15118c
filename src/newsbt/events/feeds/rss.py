"""RSS and Atom, item by item, by feedparser. Dates are read by newsbt, as they are written.

feedparser takes whatever text it is given that is a file's name for that file: it is handed bytes in memory only, and
no more of them, nor of their markup, than an article has.
"""

from __future__ import annotations

import io
import re
from datetime import tzinfo
from types import ModuleType
from typing import Any

from newsbt.domain.table_files import file_error
from newsbt.errors import Problem, missing_extra
from newsbt.events.extraction.markup import plain_text
from newsbt.events.extraction.news_item import RefusedItem, refuse
from newsbt.events.feeds.feed_item import FeedItem, Parsed, stated_time
from newsbt.events.feeds.splitting import Split, has_overfull_tag, split_feed

__all__ = ["parse_feed"]

LONGEST_ITEM = 4_000_000  # characters of markup
_BARE = re.compile(r"&(?!(?:#\d{1,9}|#[xX][0-9a-fA-F]{1,9}|[A-Za-z]\w{0,40});)")
_NUMBER = re.compile(r"&#(\d{1,9}|[xX][0-9a-fA-F]{1,9});")
MOST_MARKS = 25_000  # tags and references of one item; long articles have a tenth of that


def parse_feed(data: bytes, origin: str, zone: tzinfo | None = None) -> Parsed:
    """The items of an RSS or Atom document.

    An item's id is its guid or id, else its link. An item without a title or a clear date is refused, and so is one at
    which the document breaks off.

    Raises
    ------
    DataError
        The document is no feed.
    UnsupportedError
        feedparser is not installed.
    """
    feedparser = _feedparser()
    split = split_feed(data, origin)
    if not split.items and (split.unfinished[1] or not split.finished):
        raise file_error(
            origin, "expected an RSS or Atom feed, this one breaks off before an item", code="wrong_format"
        )
    source = _title(feedparser, split)
    items: list[FeedItem] = []
    refused: list[Problem] = []
    for number, text in enumerate(split.items, 1):
        where = f"{origin} (item {number})"
        try:
            entry = _entry(feedparser, split, text, where)
            items.append(_item(entry, source, origin, number, zone))
        except RefusedItem as error:
            refused.append(error.problem)
    line, count = split.unfinished
    if count:
        more = f", nor do {count - 1:,} others" if count > 1 else ""
        message = f"the feed breaks off: the item that begins here never ends{more}"
        refused.append(Problem(code="bad_value", message=message, file=origin, line=line))
    return Parsed(items=tuple(items), refused=tuple(refused))


def _feedparser() -> ModuleType:
    try:
        import feedparser
    except ImportError as error:
        raise missing_extra(error, "feeds are read by", "feedparser", "news") from None
    module: ModuleType = feedparser
    return module


def _title(feedparser: ModuleType, split: Split) -> str:
    if len(split.head) > LONGEST_ITEM or _marks(split.head) > MOST_MARKS or has_overfull_tag(split.head):
        return ""
    found = _parsed(feedparser, split.before + split.head + split.after)
    return plain_text(str(found.get("feed", {}).get("title") or ""))


def _marks(text: str) -> int:
    return text.count("<") + text.count("&")


def _entry(feedparser: ModuleType, split: Split, text: str, where: str) -> Any:
    if len(text) > LONGEST_ITEM:
        raise refuse("too_large", f"the item has {len(text):,} characters; it is no single article", file=where)
    marks = _marks(text)
    if marks > MOST_MARKS:
        raise refuse("too_large", f"the item has {marks:,} tags and references; it is no single article", file=where)
    if has_overfull_tag(text):
        raise refuse("too_large", "the item has a tag with more attributes than any tag has", file=where)
    entries = _parsed(feedparser, split.before + _ampersands(text) + split.after).get("entries", [])
    if not entries:
        raise refuse("bad_value", "the item is empty, or is none that can be read", file=where)
    return entries[0]


def _ampersands(text: str) -> str:
    """The text with ampersands that begin no reference (AT&T) as XML has them, and references to no character as one
    that says so, CDATA left alone."""

    def mended(part: str) -> str:
        return _NUMBER.sub(_character, _BARE.sub("&amp;", part))

    first, *sections = text.split("<![CDATA[")
    found = [mended(first)]
    for section in sections:
        inside, end, behind = section.partition("]]>")
        found.append(f"{inside}{end}{mended(behind)}" if end else mended(inside))
    return "<![CDATA[".join(found)


def _character(reference: re.Match[str]) -> str:
    written = reference[1].lower()
    code = int(written[1:], 16) if written.startswith("x") else int(written)
    is_one = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0x110000
    return reference[0] if is_one else "\ufffd"


def _parsed(feedparser: ModuleType, text: str) -> Any:
    try:
        return feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception:  # whatever it stumbles over, the item is to blame, and the others are not
        return {}


def _item(entry: Any, source: str, origin: str, number: int, zone: tzinfo | None) -> FeedItem:
    where = f"{origin} (item {number})"
    content = entry.get("content") or []
    markup = str((content[0].get("value") if content else "") or entry.get("summary") or "")
    headline = " ".join(plain_text(str(entry.get("title") or "")).split())
    updated = dict.get(entry, "updated")  # the entry's own get gives `published` where there is no `updated`
    written = str(entry.get("published") or updated or "")
    if not written:
        raise refuse("missing_value", "the item has no date of publication", file=where)
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
