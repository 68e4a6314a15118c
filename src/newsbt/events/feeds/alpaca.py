"""Alpaca's news, which is Benzinga's: one JSON document with a list of items, or an item a line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo

from newsbt._plain import PlainValue
from newsbt.domain.cells import items as listed
from newsbt.errors import Problem
from newsbt.events.extraction.markup import plain_text
from newsbt.events.extraction.news_item import RefusedItem, refuse
from newsbt.events.feeds.documents import record, records, text_of
from newsbt.events.feeds.feed_item import FeedItem, Parsed, stated_time

__all__ = ["parse_alpaca"]


def parse_alpaca(data: bytes, origin: str, zone: tzinfo | None = None) -> Parsed:
    """The items under ``news``, with their symbols; `next_page` is the token of the next page, if there is one.

    Raises
    ------
    DataError
        The document is no JSON, or holds no list of items.
    """
    document, rows = records(data, origin, ("news", "data"))
    items: list[FeedItem] = []
    refused: list[Problem] = []
    for number, row in enumerate(rows, 1):
        try:
            items.append(_item(row, origin, number, zone))
        except RefusedItem as error:
            refused.append(error.problem)
    token = document.get("next_page_token") if isinstance(document, Mapping) else None
    return Parsed(items=tuple(items), refused=tuple(refused), next_page=str(token or ""))


def _item(row: PlainValue, origin: str, number: int, zone: tzinfo | None) -> FeedItem:
    where = f"{origin} (item {number})"
    row = record(row, where)
    headline = " ".join(plain_text(text_of(row, "headline", where) or text_of(row, "title", where)).split())
    written = text_of(row, "created_at", where)
    if not written:
        raise refuse("missing_value", "the item has no created_at", file=where)
    published = stated_time(written, zone, where)
    updated = text_of(row, "updated_at", where)
    source = text_of(row, "source", where) or "alpaca"
    number_of = row.get("id")
    url = text_of(row, "url", where)
    try:
        symbols = listed(row.get("symbols") or ())
    except ValueError as error:
        raise refuse("bad_value", f"symbols: {error}", file=where) from None
    return FeedItem(
        item_id=f"{source}-{number_of}" if number_of is not None else url or f"{published.at.isoformat()} {headline}",
        headline=headline,
        body=plain_text(text_of(row, "content", where) or text_of(row, "summary", where)),
        published_at=published.at,
        time_precision=published.precision,
        updated_at=stated_time(updated, zone, where).at if updated else None,
        source=source,
        url=url,
        tickers=symbols,
        origin=f"{origin}:{number}",
    )
