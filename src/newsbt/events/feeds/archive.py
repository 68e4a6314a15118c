"""A growing file of announcements that `newsbt events import` writes: old versions stay, revised items come anew."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from newsbt._plain import PlainValue
from newsbt.domain.announcement import Announcement
from newsbt.domain.cells import instant
from newsbt.domain.input_files import file_error, kind_of
from newsbt.domain.output_files import unwritable, write_whole
from newsbt.domain.table_files import read_text
from newsbt.domain.text_label import UNLABELLED
from newsbt.errors import Problem
from newsbt.events.extraction.news_item import RefusedItem
from newsbt.events.feeds.announcing import Announcer
from newsbt.events.feeds.feed_item import FeedItem
from newsbt.owners import locked

__all__ = ["Imported", "import_items"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did: announcements written new or as revisions, items known before, items that announce nothing,
    items that cannot be used, and how many of those written have no label."""

    added: int
    revised: int
    unchanged: int
    silent: int
    unlabelled: int
    refused: tuple[Problem, ...]


@dataclass(slots=True)
class _Last:
    version: int
    content: str
    known_at: datetime
    is_unlabelled: bool = False


def import_items(
    items: Iterable[FeedItem], archive: Path, announcer: Announcer, *, now: datetime, stamp: bool = False
) -> Imported:
    """Add items to an archive of announcements, a JSON object a line, written whole or not at all.

    Of processes that import into one archive at once, each waits for the others; one that is killed holds nobody up.

    An item that the archive has with the same words is left as it is; only one that could not be labelled is tried
    again, and becomes its next version where it can. One with other words becomes its next version,
    known when it was revised; where the source does not say, or says an instant at which the last version was already
    known, from `now` on.

    Parameters
    ----------
    now : datetime
        When this import happens, aware.
    stamp : bool
        Whether new items count as received now: for an archive that grows by regular imports. Otherwise the source's
        own times are believed.

    Raises
    ------
    DataError
        The archive is no such file, or cannot be written.
    """
    if kind_of(archive) not in ("", "file"):
        raise file_error(archive, f"expected an archive, this is a {kind_of(archive)}", code="unwritable")
    real = Path(os.path.realpath(archive))  # the same lock by whatever name
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        with locked(real):
            return _import(items, archive, announcer, now, stamp=stamp)
    except OSError as error:
        raise unwritable(archive, error) from None


def _import(items: Iterable[FeedItem], archive: Path, announcer: Announcer, now: datetime, *, stamp: bool) -> Imported:
    """Add items to an archive that nobody else changes meanwhile."""
    old = read_text(archive) if archive.exists() and archive.stat().st_size else ""
    last = _versions(old, archive)
    lines: list[str] = []
    added = revised = unchanged = silent = unlabelled = 0
    refused: list[Problem] = []
    for item in items:
        before = last.get(item.item_id)
        same = before is not None and before.content == item.content_hash
        if before is not None and same and not before.is_unlabelled:
            unchanged += 1
            continue
        version = _stamped(item, before, now, stamp=stamp)
        try:
            found = announcer.announce(version)
        except RefusedItem as error:
            refused.append(error.problem)
            continue
        if found is None:
            silent += 1
            continue
        has_none = found.event_type == UNLABELLED
        if same and has_none:
            unchanged += 1
            continue
        unlabelled += has_none
        last[item.item_id] = _Last(version.version, item.content_hash, version.known_from, has_none)
        lines.append(json.dumps(_plain(found, item.content_hash), ensure_ascii=False))
        if before is None:
            added += 1
        else:
            revised += 1
    if lines:
        ended = old if not old or old.endswith("\n") else old + "\n"
        write_whole(archive, (part.encode() for part in (ended, "\n".join(lines), "\n")), "import")
    return Imported(
        added=added, revised=revised, unchanged=unchanged, silent=silent, unlabelled=unlabelled,
        refused=tuple(refused),
    )  # fmt: skip


def _stamped(item: FeedItem, before: _Last | None, now: datetime, *, stamp: bool) -> FeedItem:
    if before is None:
        return replace(item, received_at=now if stamp else item.received_at, version=1)
    known = item.known_from
    late = stamp or known <= before.known_at
    return replace(item, version=before.version + 1, received_at=max(now, known) if late else item.received_at)


def _versions(text: str, archive: Path) -> dict[str, _Last]:
    found: dict[str, _Last] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            known = instant(row["received_at"])
            if known is None:
                raise ValueError("no received_at")
            item_id, version = str(row["item_id"]), int(row["version"])
            seen = found.get(item_id)
            if seen is None or version > seen.version:
                found[item_id] = _Last(version, str(row["content_hash"]), known, row.get("event_type") == UNLABELLED)
        except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError) as error:
            message = f"the line is none that `newsbt events import` writes ({error}); give another --out"
            raise file_error(archive, message, code="bad_value", line=number) from None
    return found


def _plain(found: Announcement, content: str) -> Mapping[str, PlainValue]:
    row: dict[str, PlainValue] = {
        "event_id": found.event_id,
        "published_at": found.published_at.isoformat(),
        "received_at": None if found.received_at is None else found.received_at.astimezone(UTC).isoformat(),
        "time_precision": found.time_precision,
        "event_type": found.event_type,
        "issuer": found.issuer,
        "subject": found.subject,
        "rivals": list(found.rivals),
        "headline": found.headline,
        "body": found.body,
        "source": found.source,
        "url": found.url,
        "sentiment": None if math.isnan(found.sentiment) else found.sentiment,
        "relevance": None if math.isnan(found.relevance) else found.relevance,
        "tickers": list(found.tickers),
        "mentioned": list(found.mentioned),
    }
    further = {name: value for name, value in found.attributes.items() if name not in row}
    return {**row, **further, "content_hash": content}
