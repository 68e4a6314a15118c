"""From files, folders and plain text to items of news: txt, html, JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from pathlib import Path
from typing import Any

from newsbt.domain.table_files import file_error
from newsbt.events.extraction.item import (
    MAX_HEADLINE,
    NewsItem,
    RefusedItem,
    Span,
    check_headline,
    check_size,
    clean,
    known_from,
    refuse,
)
from newsbt.events.extraction.published import Stated, agree, parse_time, refused_in

__all__ = ["MAX_BYTES", "article_files", "parse_item", "parse_text", "read_item"]

MAX_BYTES = 10 * 1024 * 1024
SUFFIXES = (".txt", ".md", ".html", ".htm", ".xhtml", ".json")

_LINE = re.compile(r"(?P<key>[A-Za-z][A-Za-z _-]{1,20}|[\u4e00-\u9fff]{2,6})\s*[:：]\s*(?P<value>\S.*?)\s*")
_PUBLISHED = ("published", "published at", "published on", "date", "publication date", "posted", "posted on", "pubdate",
              "发布时间", "发布日期", "发布于", "时间", "日期", "发表时间")  # fmt: skip
_DATELINE = ("dateline", "place", "地点", "电头")
_SOURCE = ("source", "来源")
_URL = ("url", "link", "链接")
_OTHER = ("author", "by", "updated", "updated at", "modified", "作者", "责任编辑", "更新时间", "编辑")
_HEAD_LINES = 12  # lines about the text stand among its first ones

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
        if not path.is_dir():
            if not path.exists():
                raise file_error(path, "there is no such file or folder")
            yield path
            continue
        found = sorted(one for one in path.rglob("*") if one.is_file() and one.suffix.lower() in SUFFIXES)
        # A JSON file beside an article of the same name describes it and is no article itself.
        stems = {one.with_suffix("") for one in found if one.suffix.lower() != ".json"}
        kept = [one for one in found if one.suffix.lower() != ".json" or one.with_suffix("") not in stems]
        if not kept:
            raise file_error(path, f"the folder holds no article ({', '.join(SUFFIXES)})")
        yield from kept


def read_item(path: Path, zone: tzinfo | None = None) -> NewsItem:
    """One article from a file; its name's ending says how to read it.

    Raises
    ------
    RefusedItem
        The file is too large, in an unknown encoding, holds no text, or does not say when it was published.
    """
    size = _size(path)
    if size > MAX_BYTES:
        message = f"the file has {size / 2**20:,.0f} MB, and one article may have {MAX_BYTES // 2**20} MB; split it"
        raise refuse("too_large", message, file=str(path))
    text = _decoded(path)
    suffix = path.suffix.lower()
    if suffix in (".html", ".htm", ".xhtml"):
        from newsbt.events.extraction.html import parse_html

        return parse_html(text, origin=str(path), item_id=path.stem, zone=zone)
    if suffix == ".json":
        return parse_json(text, origin=str(path), item_id=path.stem, zone=zone)
    return parse_text(text, origin=str(path), item_id=path.stem, zone=zone)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise refuse("unreadable_file", f"the file cannot be read: {error.strerror}", file=str(path)) from None


def _decoded(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise refuse("unreadable_file", f"the file cannot be read: {error.strerror}", file=str(path)) from None
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refuse("encoding", "the file is UTF-16; save it as UTF-8", file=str(path))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = (
            f"the byte 0x{raw[error.start]:02x} is not UTF-8, so the file is in another encoding or in several"
            " (GBK and Big5 are usual for Chinese); save it as UTF-8"
        )
        raise refuse("encoding", message, file=str(path), line=line) from None


def parse_item(text: str, *, origin: str = "", item_id: str = "", zone: tzinfo | None = None) -> NewsItem:
    """An item from text of unknown kind (such as stdin): JSON, HTML or plain text, told by its first characters.

    Raises
    ------
    RefusedItem
    """
    start = text.lstrip("\ufeff \t\r\n")[:200].lower()
    if start.startswith("{"):
        return parse_json(text, origin=origin, item_id=item_id, zone=zone)
    if re.match(r"<(?:!doctype|html|head|body|\?xml|article|div|script)\b", start):
        from newsbt.events.extraction.html import parse_html

        return parse_html(text, origin=origin, item_id=item_id, zone=zone)
    return parse_text(text, origin=origin, item_id=item_id, zone=zone)


def parse_text(text: str, *, origin: str = "", item_id: str = "", zone: tzinfo | None = None) -> NewsItem:
    """An item from plain text: a headline, lines such as ``Published: 2025-03-06T16:45:00+08:00``, and a body.

    Raises
    ------
    RefusedItem
        No text, no time, an unclear time, or two times.
    """
    check_size(text, origin)
    plain = clean(text)
    lines = list(_lines(plain))
    at = next((n for n, (start, end) in enumerate(lines) if _about(plain[start:end]) is None), None)
    if at is None:
        raise refuse("empty", "the item has no headline and no text", file=origin or None)
    headline = Span.of(plain, *lines[at])
    check_headline(headline.text, origin)
    about: dict[str, list[tuple[int, Span]]] = {}
    body_at = headline.end
    for number, (start, end) in enumerate(lines[:_HEAD_LINES]):
        found = _about(plain[start:end])
        if found is None:
            if number > at:
                break
            continue
        kind, first, last = found
        about.setdefault(kind, []).append((number, Span.of(plain, start + first, start + last)))
        body_at = max(body_at, end)
    stated = [_stated(span, zone, origin, plain) for _, span in about.get("published", [])]
    when = agree(stated, origin or None)
    published = next(span for (_, span), one in zip(about["published"], stated, strict=True) if one is when)
    start = body_at + len(plain[body_at:]) - len(plain[body_at:].lstrip())
    end = max(start, len(plain.rstrip()))
    return NewsItem(
        text=plain,
        headline=headline,
        body=Span.of(plain, start, end),
        published_at=when.at,
        published=published,
        time_precision=when.precision,
        received_at=known_from(when.at, when.precision),
        dateline=about["dateline"][0][1] if "dateline" in about else None,
        item_id=item_id,
        source=about["source"][0][1].text if "source" in about else "",
        url=about["url"][0][1].text if "url" in about else "",
        origin=origin,
    )


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Places of the lines that are not blank, without the blanks around them."""
    at = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            start = at + line.index(stripped)
            yield start, start + len(stripped)
        at += len(line) + 1


def _about(line: str) -> tuple[str, int, int] | None:
    """What a line says about the text, and where in the line its value stands; None for a line of the text itself."""
    match = _LINE.fullmatch(line) if len(line) <= MAX_HEADLINE else None
    if match is None:
        return None
    key = match["key"].strip().lower().replace("_", " ").replace("-", " ")
    for kind, names in (
        ("published", _PUBLISHED), ("dateline", _DATELINE), ("source", _SOURCE), ("url", _URL), ("other", _OTHER)
    ):  # fmt: skip
        if key in names:
            return kind, match.start("value"), match.end("value")
    return None


def _stated(span: Span, zone: tzinfo | None, origin: str, text: str) -> Stated:
    try:
        return parse_time(span.text, zone)
    except RefusedItem as error:
        raise refused_in(error, origin or None, text.count("\n", 0, span.start) + 1) from None


def parse_json(text: str, *, origin: str = "", item_id: str = "", zone: tzinfo | None = None) -> NewsItem:
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
    return item_of_mapping(found, origin=origin, item_id=item_id, zone=zone)


def item_of_mapping(
    values: Mapping[str, Any], *, origin: str = "", item_id: str = "", zone: tzinfo | None = None
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
            parse_time(value, zone)
            for key in _KEYS["published"]
            if isinstance(value := values.get(key), str) and value.strip()
        ]
        when = agree(stated, file)
        received = text_of("received")
        received_at = parse_time(received, zone).at if received else known_from(when.at, when.precision)
    except RefusedItem as error:
        raise error if error.problem.file else refused_in(error, file) from None
    return NewsItem.of(
        text_of("headline"),
        text_of("body"),
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
    paths: Iterable[Path | str], zone: tzinfo | None = None
) -> Iterator[tuple[Path, NewsItem | RefusedItem]]:
    """Each article of files and folders, or why it cannot be used, one at a time.

    Raises
    ------
    DataError
        A path does not exist, or a folder holds no article.
    """
    for path in article_files(paths):
        try:
            yield path, read_item(path, zone)
        except RefusedItem as error:
            yield path, error
