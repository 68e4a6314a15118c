"""From files, folders and plain text to items of news: txt, html, JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from pathlib import Path

from newsbt._plain import JsonValue
from newsbt.domain.input_files import file_error, kind_of, read_bytes
from newsbt.domain.size_limits import limit_of
from newsbt.errors import DataError
from newsbt.events.extraction.markup import without_markup
from newsbt.events.extraction.news_item import NewsItem, RefusedItem, check_size, known_from, refuse
from newsbt.events.extraction.plain_text import parse_text
from newsbt.events.extraction.published import Stated, agree, parse_time, refused_in

__all__ = ["article_files", "parse_item", "parse_json", "read_item", "read_items"]

SUFFIXES = (".txt", ".md", ".html", ".htm", ".xhtml", ".json")

_KEYS = {
    "headline": ("headline", "title"),
    "body": ("body", "text", "content", "summary"),
    "published": ("published_at", "article_published_at", "published", "date", "pubDate", "created_at"),
    "received": ("received_at",),
    "dateline": ("dateline",),
    "source": ("source", "publisher"),
    "url": ("url", "link"),
    "id": ("event_id", "id", "item_id"),
}


def article_files(paths: Iterable[Path | str]) -> Iterator[Path]:
    """Files as given, and those in folders (and their folders) that end like articles, in the order of their names.

    Raises
    ------
    DataError
        A path does not exist, or a folder holds no article.
    """
    for given in paths:
        path = Path(given)
        kind = kind_of(path)
        if kind != "folder":
            if not kind:
                raise file_error(path, "there is no such file or folder", code="missing_file")
            if kind != "file":
                raise file_error(path, f"expected a file or folder, this is a {kind}", code="not_a_file")
            yield path
            continue
        found = sorted(one for one in path.rglob("*") if one.is_file() and one.suffix.lower() in SUFFIXES)
        # A JSON file beside an article of the same name describes it and is no article itself.
        stems = {one.with_suffix("") for one in found if one.suffix.lower() != ".json"}
        kept = [one for one in found if one.suffix.lower() != ".json" or one.with_suffix("") not in stems]
        if not kept:
            raise file_error(path, f"the folder holds no article ({', '.join(SUFFIXES)})", code="missing_file")
        yield from kept


def read_item(
    path: Path, zone: tzinfo | None = None, published: Stated | None = None, max_mb: float | None = None
) -> NewsItem:
    """One article from a file; its name's ending says how to read it.

    `zone` is that of times without offset, `published` when an article was published that does not say so, and `max_mb`
    are the megabytes that are read of it, unpacked, instead of the usual ones.

    Raises
    ------
    RefusedItem
        The file is too large, in an unknown encoding, holds no text, or does not say when it was published.
    """
    text = _decoded(path, max_mb)
    suffix = path.suffix.lower()
    if suffix in (".html", ".htm", ".xhtml"):
        from newsbt.events.extraction.html_text import parse_html

        return parse_html(text, origin=str(path), item_id=path.stem, zone=zone, published=published)
    if suffix == ".json":
        return parse_json(text, origin=str(path), item_id=path.stem, zone=zone, published=published)
    return parse_text(text, origin=str(path), item_id=path.stem, zone=zone, published=published)


def _decoded(path: Path, max_mb: float | None) -> str:
    try:
        raw = read_bytes(path, limit_of("article", max_mb))
    except DataError as error:
        (problem,) = error.problems
        raise RefusedItem(str(problem), [problem]) from None
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refuse("not_utf8", "the file is UTF-16; save it as UTF-8", file=str(path))
    if b"\0" in raw[:1000]:
        raise refuse("wrong_format", "expected a text, this one holds NUL bytes, as no text does", file=str(path))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = (
            f"the byte 0x{raw[error.start]:02x} is not UTF-8, so the file is in another encoding or in several"
            " (GBK and Big5 are usual for Chinese); save it as UTF-8"
        )
        raise refuse("not_utf8", message, file=str(path), line=line) from None


def parse_item(
    text: str, *, origin: str = "", item_id: str = "", zone: tzinfo | None = None, published: Stated | None = None
) -> NewsItem:
    """An item from text of unknown kind (such as stdin): JSON, HTML or plain text, told by its first characters.

    Raises
    ------
    RefusedItem
    """
    start = text.lstrip("\ufeff \t\r\n")[:200].lower()
    if start.startswith("{"):
        return parse_json(text, origin=origin, item_id=item_id, zone=zone, published=published)
    if re.match(r"<(?:!doctype|html|head|body|\?xml|article|div|script)\b", start):
        from newsbt.events.extraction.html_text import parse_html

        return parse_html(text, origin=origin, item_id=item_id, zone=zone, published=published)
    return parse_text(text, origin=origin, item_id=item_id, zone=zone, published=published)


def parse_json(
    text: str, *, origin: str = "", item_id: str = "", zone: tzinfo | None = None, published: Stated | None = None
) -> NewsItem:
    """An item from a JSON object with a headline (or title), a time of publication and perhaps a body.

    Raises
    ------
    RefusedItem
    """
    check_size(text, origin)
    try:
        found = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise refuse("bad_value", f"expected a JSON object: {reason}", file=origin or None) from None
    if not isinstance(found, dict):
        message = f"expected a JSON object with headline and published_at, got a {type(found).__name__}"
        raise refuse("bad_value", message, file=origin or None)
    return item_of_mapping(found, origin=origin, item_id=item_id, zone=zone, published=published)


def item_of_mapping(
    values: Mapping[str, JsonValue],
    *,
    origin: str = "",
    item_id: str = "",
    zone: tzinfo | None = None,
    published: Stated | None = None,
) -> NewsItem:
    """An item from a mapping with the keys that feeds use: headline or title, body, published_at, received_at, url."""

    def text_of(kind: str) -> str:
        for key in _KEYS[kind]:
            value = values.get(key)
            if isinstance(value, str) and value.strip():
                return value.strip()
            if value is not None and not isinstance(value, str):
                message = f"expected text under {key!r}, got {str(value)[:60]}"
                raise refuse("bad_value", message, file=origin or None)
        return ""

    file = origin or None
    try:
        stated = [
            parse_time(value, zone, published)
            for key in _KEYS["published"]
            if isinstance(value := values.get(key), str) and value.strip()
        ]
        when = agree(stated, file, published)
        received = text_of("received")
        received_at = parse_time(received, zone).at if received else known_from(when.at, when.precision)
    except RefusedItem as error:
        raise error if error.problem.file else refused_in(error, file) from None
    return NewsItem.of(
        text_of("headline"),
        without_markup(text_of("body")),
        published_at=when.at,
        time_precision=when.precision,
        received_at=max(received_at, when.at),
        dateline=text_of("dateline"),
        item_id=text_of("id") or item_id,
        source=text_of("source"),
        url=text_of("url"),
        origin=origin,
    )


def read_items(
    paths: Iterable[Path | str],
    zone: tzinfo | None = None,
    published: Stated | None = None,
    max_mb: float | None = None,
) -> Iterator[tuple[Path, NewsItem | RefusedItem]]:
    """Each article of files and folders, or why it cannot be used, one at a time.

    Raises
    ------
    DataError
        A path does not exist, or a folder holds no article.
    """
    for path in article_files(paths):
        try:
            yield path, read_item(path, zone, published, max_mb)
        except RefusedItem as error:
            yield path, error
