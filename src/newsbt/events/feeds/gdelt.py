"""GDELT: article lists of its DOC 2.0 interface (JSON), and files of its Global Knowledge Graph 2.1 (tab-separated).

GDELT says when it saw an article, to the quarter of an hour, and not when the article was published. What it saw then
was out by then: both times of an item are that instant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from newsbt.errors import Problem
from newsbt.events.extraction.item import RefusedItem, refuse
from newsbt.events.feeds.documents import decoded, records, text_of
from newsbt.events.feeds.item import FeedItem, Parsed
from newsbt.events.feeds.markup import unescaped

__all__ = ["parse_gdelt"]

_GKG_COLUMNS = 27
_GKG_DATE, _GKG_SOURCE, _GKG_URL, _GKG_TONE, _GKG_EXTRAS = 1, 3, 4, 15, 26
_SEEN = re.compile(r"(\d{8})T?(\d{6})Z?")


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


def _article(row: Any, origin: str, number: int, where: str) -> FeedItem:
    if not isinstance(row, Mapping):
        raise refuse("bad_value", f"expected a JSON object, got {str(row)[:60]!r}", file=where)
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
    title: str, seen: str, url: str, source: str, attributes: Mapping[str, Any], origin: str, number: int, where: str
) -> FeedItem:
    # GDELT sets signs apart: "Alibaba ' s Qwen , explained".
    headline = re.sub(r" ([,.;:!?%)])", r"\1", re.sub(r" ' (s\b)", r"'\1", " ".join(title.split())))
    if not headline:
        raise refuse("missing_value", "the item has no title", file=where)
    match = _SEEN.fullmatch(seen)
    try:
        at = datetime.strptime("".join(match.groups()), "%Y%m%d%H%M%S").replace(tzinfo=UTC) if match else None
    except ValueError:
        at = None
    if at is None:
        raise refuse("bad_time", f"expected a date such as 20250306T081500Z, got {seen[:40]!r}", file=where)
    return FeedItem(
        item_id=url or f"{at.isoformat()} {headline}", headline=headline, published_at=at, received_at=at,
        source=source, url=url, attributes=attributes, origin=f"{origin}:{number}",
    )  # fmt: skip
