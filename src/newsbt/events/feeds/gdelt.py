"""GDELT: article lists of its DOC 2.0 interface (JSON), and files of its Global Knowledge Graph 2.1 (tab-separated).

GDELT says when it saw an article, to the quarter of an hour, and not when the article was published. What it saw then
was out by then: both times of an item are that instant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from newsbt._plain import JsonValue
from newsbt.domain.table_files import file_error
from newsbt.errors import Problem
from newsbt.events.extraction.markup import unescaped
from newsbt.events.extraction.news_item import RefusedItem, refuse
from newsbt.events.feeds.documents import decoded, record, records, text_of
from newsbt.events.feeds.feed_item import FeedItem, Parsed, stated_time

__all__ = ["parse_gdelt"]

_GKG_COLUMNS = 27
_GKG_DATE, _GKG_SOURCE, _GKG_URL, _GKG_TONE, _GKG_EXTRAS = 1, 3, 4, 15, 26


def parse_gdelt(data: bytes, origin: str) -> Parsed:
    """The articles of a DOC 2.0 answer (``format=json``) or of a GKG 2.1 file, told by the first character.

    Raises
    ------
    DataError
        It is neither.
    """
    is_json = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    items: list[FeedItem] = []
    refused: list[Problem] = []
    if data.strip(b"\xef\xbb\xbf \t\r\n").translate(None, b" \t\r\n") == b"{}":
        return Parsed(items=())  # how GDELT says that it found nothing
    if not is_json:
        _refuse_words(decoded(data, origin), origin)
    rows: list[Any] = (
        records(data, origin, ("articles",))[1]
        if is_json
        else [line.split("\t") for line in decoded(data, origin).split("\n") if line.strip()]
    )
    for number, row in enumerate(rows, 1):
        try:
            where = f"{origin} (item {number})" if is_json else f"{origin}:{number}"
            items.append(_article(row, origin, number, where) if is_json else _gkg(row, origin, number, where))
        except RefusedItem as error:
            refused.append(error.problem)
    return Parsed(items=tuple(items), refused=tuple(refused))


def _refuse_words(text: str, origin: str) -> None:
    """Raise DataError for what GDELT says in words instead of an answer: too many questions, a query that is none."""
    if "\t" in text:
        return
    words = " ".join(text[:2000].split())[:200]
    if re.search(r"limit (?:your )?requests|rate limit|too many requests|one every \d+ seconds", words, re.IGNORECASE):
        message = f"GDELT gives no answer, for it was asked too often: {words!r}; wait a minute, and ask again"
        raise file_error(origin, message, code="refused")
    what = "a page of HTML" if words.startswith("<") else f"words: {words!r}"
    message = f"expected a DOC 2.0 answer (JSON) or a GKG 2.1 file ({_GKG_COLUMNS} tab-separated columns), got {what}"
    raise file_error(origin, message, code="wrong_format")


def _article(row: Any, origin: str, number: int, where: str) -> FeedItem:
    row = record(row, where)
    return _item(
        text_of(row, "title", where), text_of(row, "seendate", where), text_of(row, "url", where),
        text_of(row, "domain", where), {}, origin, number, where,
    )  # fmt: skip


def _gkg(row: list[str], origin: str, number: int, where: str) -> FeedItem:
    if len(row) < _GKG_COLUMNS:
        message = f"expected the {_GKG_COLUMNS} tab-separated columns of GKG 2.1, got {len(row)}"
        raise refuse("bad_value", message, file=where)
    _, _, title = row[_GKG_EXTRAS].partition("<PAGE_TITLE>")
    title, end, _ = title.partition("</PAGE_TITLE>")
    tone = row[_GKG_TONE].split(",")[0]
    return _item(
        unescaped(title) if end else "", row[_GKG_DATE], row[_GKG_URL], row[_GKG_SOURCE],
        {"gdelt_tone": tone} if tone else {}, origin, number, where,
    )  # fmt: skip


def _item(
    title: str,
    seen: str,
    url: str,
    source: str,
    attributes: Mapping[str, JsonValue],
    origin: str,
    number: int,
    where: str,
) -> FeedItem:
    # GDELT sets signs apart: "Alibaba ' s Qwen , explained".
    headline = re.sub(r" ([,.;:!?%)])", r"\1", re.sub(r" ' (s\b)", r"'\1", " ".join(title.split())))
    stated = stated_time(seen, UTC, where)
    if stated.precision != "minute":
        raise refuse("bad_time", f"expected a time such as 20250306T081500Z, got {seen[:40]!r}", file=where)
    at = stated.at
    return FeedItem(
        item_id=url or f"{at.isoformat()} {headline}", headline=headline, published_at=at, received_at=at,
        source=source, url=url, attributes=attributes, origin=f"{origin}:{number}",
    )  # fmt: skip
