"""Articles from HTML pages, by trafilatura (the optional extra ``news``)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from newsbt._plain import JsonValue
from newsbt.errors import missing_extra
from newsbt.events.extraction.news_item import NewsItem, RefusedItem, check_size, clean, refuse
from newsbt.events.extraction.published import Stated, agree, parse_time, refused_in

__all__ = ["parse_html"]

# Metadata that say when an article was published. Times of change are not among them.
_META = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "date",
    "dc.date", "dc.date.issued", "dcterms.created", "dcterms.issued", "pubdate", "publishdate", "publish_date",
    "publish-date", "parsely-pub-date", "sailthru.date", "weibo:article:create_at", "publication_date",
)  # fmt: skip


def parse_html(
    text: str, *, origin: str = "", item_id: str = "", zone: tzinfo | None = None, published: Stated | None = None
) -> NewsItem:
    """The article of a page: headline and time from its metadata, body by trafilatura.

    `zone` is that of times without offset, `published` when a page was published that does not say so.

    Raises
    ------
    UnsupportedError
        trafilatura is not installed.
    RefusedItem
        The page holds no text but scripts, no time, or two times.
    """
    check_size(text, origin)
    try:
        import trafilatura
        from lxml import etree
        from lxml import html as lxml_html
    except ImportError as error:
        raise missing_extra(error, "HTML pages are read by", "trafilatura", "news") from None
    file = origin or None
    try:
        page = lxml_html.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", clean(text)))
    except (etree.LxmlError, ValueError) as error:
        raise refuse("wrong_format", f"the page is not HTML: {error}", file=file) from None
    body = trafilatura.extract(page, include_comments=False, include_tables=False, favor_recall=True) or ""
    if len("".join(body.split())) < 40:
        message = (
            "the page holds no article text, only scripts, menus or nothing; save the page as the browser shows it"
        )
        raise refuse("empty_file", message, file=file)
    headline = _headline(page)
    try:
        when = agree(_times(page, zone, published), file, published)
    except RefusedItem as error:
        raise error if error.problem.file else refused_in(error, file) from None
    lines = [line for line in body.split("\n") if line.strip() and line.strip() != headline]
    return NewsItem.of(
        headline,
        "\n\n".join(lines),
        published_at=when.at,
        time_precision=when.precision,
        item_id=item_id,
        url=_first(page.xpath("//link[@rel='canonical']/@href")),
        source=_first(page.xpath("//meta[@property='og:site_name']/@content")),
        origin=origin,
    )


def _first(found: list[JsonValue]) -> str:
    return " ".join(str(found[0]).split()) if found else ""


def _headline(page: Any) -> str:
    for path in ("//meta[@property='og:title']/@content", "//h1", "//title"):
        for found in page.xpath(path):
            written = found if isinstance(found, str) else found.text_content()
            if written.strip():
                return " ".join(written.split())
    return ""


def _times(page: Any, zone: tzinfo | None, published: Stated | None) -> Iterator[Stated]:
    written: list[str] = []
    for meta in page.xpath("//meta[@content]"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        if name in _META:
            written.append(meta.get("content"))
    for script in page.xpath("//script[@type='application/ld+json']/text()"):
        written += _published_in(script)
    written += page.xpath("//time[@itemprop='datePublished']/@datetime")
    if not any(one.strip() for one in written):
        # Only where the metadata are silent does the page's own time element count.
        written += page.xpath("//article//time/@datetime | //main//time/@datetime")[:1]
    for one in dict.fromkeys(one.strip() for one in written):
        if one:
            yield parse_time(one, zone, published)


def _published_in(script: str) -> list[str]:
    try:
        found = json.loads(script)
    except (ValueError, RecursionError):
        return []
    waiting, times = [found], []
    for _ in range(10_000):
        if not waiting:
            break
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            if isinstance(one.get("datePublished"), str):
                times.append(one["datePublished"])
            waiting += [one[key] for key in ("@graph", "mainEntity") if key in one]
    return times
