"""Items from plain text: a headline, lines about the text such as ``Published: ...``, and a body."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from newsbt.domain.written_times import UnclearTimeError, read_time
from newsbt.domain.zone_names import SeveralZonesError, UnclearZoneError
from newsbt.events.extraction.markup import without_markup
from newsbt.events.extraction.news_item import (
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

__all__ = ["parse_text"]

_LINE = re.compile(r"(?P<key>[A-Za-z][A-Za-z _-]{1,20}|[\u4e00-\u9fff]{2,6})\s*[:：]\s*(?P<value>\S.*?)\s*")
_UNMARKED = re.compile(r"(?P<key>(?:last )?(?:published|updated|posted))\s+(?P<value>\S.*?)\s*", re.IGNORECASE)
_APART = re.compile(r"\s*[|·•]\s*")  # Published ... | Updated ...

_KINDS = {
    "published": ("published", "published at", "published on", "date", "publication date", "posted", "posted on",
                  "pubdate", "发布时间", "发布日期", "发布于", "时间", "日期", "发表时间"),
    "updated": ("updated", "updated at", "updated on", "last updated", "last updated on", "last updated at",
                "modified", "更新时间", "更新于", "更新日期"),
    "dateline": ("dateline", "place", "地点", "电头"),
    "source": ("source", "来源"),
    "url": ("url", "link", "链接"),
    "other": ("author", "by", "作者", "责任编辑", "编辑"),
}  # fmt: skip
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names}

_HEAD_LINES = 12  # lines about the text stand among its first ones
_LONGEST_TIME = 80  # characters of a line that is nothing but a time
_BYLINES = 3  # short lines that may stand between a headline and such a line


@dataclass(frozen=True, slots=True)
class _About:
    """What a piece of a line says about the text: its kind, its line's number, and where its value stands."""

    kind: str
    number: int
    span: Span


def parse_text(
    text: str, *, origin: str = "", item_id: str = "", zone: tzinfo | None = None, published: Stated | None = None
) -> NewsItem:
    """An item from plain text: a headline, lines such as ``Published: 2025-03-06T16:45:00+08:00``, and a body.

    Where no line says when it was published, a line near the headline that is nothing but a time does, and where there
    is none, a line ``Updated: ...``. A text is known from its update on where it has one. `published` is when a text
    was published that does not say so.

    Raises
    ------
    RefusedItem
        No text, no time, an unclear time, or two times.
    """
    check_size(text, origin)
    plain = without_markup(clean(text))
    lines = list(_lines(plain))
    head = [list(_about(plain, number, *line)) for number, line in enumerate(lines)]
    if not any(one.kind == "published" for items in head[:_HEAD_LINES] for one in items):
        head = _with_bare_time(plain, lines, head)
    at = next((number for number, items in enumerate(head) if not items), None)
    if at is None and not any(one.kind in ("published", "bare", "updated") for items in head for one in items):
        raise refuse("missing_value", "the item has no headline and no text", file=origin or None)
    headline = Span(0, 0, "") if at is None else Span.of(plain, *lines[at])
    check_headline(headline.text, origin)
    about: dict[str, list[_About]] = {}
    body_at = headline.end
    for number, items in enumerate(head[:_HEAD_LINES]):
        if not items and number > (at or 0) and not any(one.kind == "bare" for later in head[number:] for one in later):
            break
        for one in items:
            about.setdefault("published" if one.kind == "bare" else one.kind, []).append(one)
            body_at = max(body_at, lines[number][1])

    def read(one: _About) -> Stated:
        try:
            return parse_time(one.span.text, zone, published)
        except RefusedItem as error:
            raise refused_in(error, origin or None, plain.count("\n", 0, one.span.start) + 1) from None

    updates = [(read(one), one) for one in about.get("updated", [])]
    stated = [(read(one), one) for one in about.get("published", [])] or updates
    when = agree([time for time, _ in stated], origin or None, published)
    start = body_at + len(plain[body_at:]) - len(plain[body_at:].lstrip())
    end = max(start, len(plain.rstrip()))

    def first(kind: str) -> Span | None:
        return about[kind][0].span if kind in about else None

    source, url = first("source"), first("url")
    return NewsItem(
        text=plain,
        headline=headline,
        body=Span.of(plain, start, end),
        published_at=when.at,
        published=next((one.span for time, one in stated if time is when), None),
        time_precision=when.precision,
        received_at=max(known_from(time.at, time.precision) for time in (when, *(time for time, _ in updates))),
        dateline=first("dateline"),
        item_id=item_id,
        source=source.text if source else "",
        url=url.text if url else "",
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


def _about(text: str, number: int, start: int, end: int) -> Iterator[_About]:
    """What a line says about the text; nothing for a line of the text itself."""
    if number >= _HEAD_LINES or end - start > MAX_HEADLINE:
        return
    at = start
    for piece in _APART.split(text[start:end]) if _UNMARKED.match(text[start:end]) else [text[start:end]]:
        begins = text.index(piece, at)
        at = begins + len(piece)
        match = _LINE.fullmatch(piece)
        if match is None:
            match = _UNMARKED.fullmatch(piece)
            if match is None or not _is_time(match["value"]):
                continue
        kind = _KIND_OF.get(match["key"].strip().lower().replace("_", " ").replace("-", " "))
        if kind is not None:
            yield _About(kind, number, Span.of(text, begins + match.start("value"), begins + match.end("value")))


def _with_bare_time(text: str, lines: Sequence[tuple[int, int]], head: Sequence[list[_About]]) -> list[list[_About]]:
    """The lines about a text with the first one near the headline that is nothing but a time, if there is one."""
    found = list(head)
    others = 0
    for number, (start, end) in enumerate(lines[:_HEAD_LINES]):
        if head[number]:
            continue
        if end - start <= _LONGEST_TIME and _is_time(text[start:end]):
            found[number] = [_About("bare", number, Span.of(text, start, end))]
            break
        others += 1
        if others > 1 + _BYLINES or (others > 1 and end - start > _LONGEST_TIME):
            break
    return found


def _is_time(written: str) -> bool:
    """Whether a line is nothing but a time, if one of several zones."""
    try:
        read_time(written)
    except SeveralZonesError:
        return True
    except (UnclearTimeError, UnclearZoneError):
        return False
    return True
