"""Versions of items: a revised item is a new one, known at its revision and not before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from newsbt.errors import Problem
from newsbt.events.feeds.feed_item import FeedItem

__all__ = ["versioned"]


def versioned(items: Iterable[FeedItem]) -> tuple[list[FeedItem], list[Problem]]:
    """The versions of all items, each under its number, in the order of the source; and those that have no place.

    Of one item, versions are ordered by when they could be had. One that says the same as the version before it is no
    new version and is left out. Two that differ and could be had at one instant cannot be ordered: the second is
    refused (``duplicate_event_id``).
    """
    by_id: dict[str, list[tuple[int, FeedItem]]] = {}
    for index, item in enumerate(items):
        by_id.setdefault(item.item_id, []).append((index, item))
    found: list[tuple[int, FeedItem]] = []
    problems: list[Problem] = []
    for versions in by_id.values():
        kept: list[FeedItem] = []
        for index, item in sorted(versions, key=lambda pair: (pair[1].known_from, pair[0])):
            if kept and item.content_hash == kept[-1].content_hash:
                continue
            if kept and item.known_from == kept[-1].known_from:
                file, _, line = item.origin.rpartition(":")
                message = (
                    f"{item.item_id!r} stands twice with different words and the same time; a revised item needs its "
                    "own updated_at"
                )
                number = int(line) if line.isdigit() else None
                problems.append(
                    Problem(code="duplicate_event_id", message=message, file=file or item.origin, line=number)
                )
                continue
            kept.append(replace(item, version=len(kept) + 1))
            found.append((index, kept[-1]))
    found.sort(key=lambda pair: pair[0])
    return [item for _, item in found], problems
