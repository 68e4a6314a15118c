"""One story, one event: items of one issuer, type and subject within a window are one announcement in versions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from newsbt.domain.announcement import Announcement
from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.broader_types import broad_type
from newsbt.domain.company_names import plain_company
from newsbt.domain.entity import Universe
from newsbt.domain.folding import fold

if TYPE_CHECKING:
    from newsbt.events.extraction.analysis import Reader
    from newsbt.events.story_marks import StoryMarks

__all__ = ["company_of", "one_event_a_story", "versions_of"]

_SIGNS = re.compile(r"[\W_]+")
_OF_PERIODS = ("earnings", "guidance")
_VAGUE = frozenset({
    "cooperation", "partnership", "acquisition", "merger", "deal", "agreement", "investment", "stake", "contract",
    "order", "policy", "plan", "model", "app", "合作", "战略合作", "收购", "并购", "投资", "协议", "合同", "模型",
    "大模型",
})  # fmt: skip


def company_of(universe: Universe | None) -> Callable[[str], tuple[str, tuple[str, ...]]]:
    """What tells whether two issuers are one company, with the company's names: its listings, else its name without its
    legal form."""
    known: dict[str, tuple[str, tuple[str, ...]]] = {}

    def company(issuer: str) -> tuple[str, tuple[str, ...]]:
        if issuer not in known:
            columns = () if universe is None else universe.listings(issuer)
            plain = plain_company(issuer)
            listed = [] if universe is None else [universe.instruments[n] for n in columns]
            names = (name for one in listed for name in (one.name, one.company, *one.aliases, plain_company(one.name)))
            known[issuer] = (f"\0{columns[0]}" if columns else plain, (issuer, plain, *filter(None, names)))
        return known[issuer]

    return company


@dataclass(frozen=True, slots=True)
class _Earlier:
    """An earlier item that a later one may tell again."""

    item: Announcement
    names: tuple[str, ...]
    story: str
    began: datetime
    subject: str


class _Comparing:
    """Says whether two items of one company and kind of news tell one story; headlines are read where that decides."""

    def __init__(self) -> None:
        self._marks: dict[str, StoryMarks] = {}

    def is_again(self, one: _Earlier, other: _Earlier) -> bool:
        if one.subject and other.subject:
            return one.subject == other.subject
        mentioned = frozenset(one.item.mentioned), frozenset(other.item.mentioned)
        if all(mentioned) and mentioned[0].isdisjoint(mentioned[1]):
            return False
        from newsbt.events.story_marks import is_one_story

        return is_one_story(self._marks_of(one), self._marks_of(other))

    def _marks_of(self, one: _Earlier) -> StoryMarks:
        found = self._marks.get(one.item.event_id)
        if found is None:
            from newsbt.events.story_marks import marks_of

            found = self._marks[one.item.event_id] = marks_of(one.item.headline, one.names, _reader())
        return found


@cache
def _reader() -> Reader:
    """What finds the names in a headline: those of newsbt's own table, a company's own names being left out."""
    from newsbt.events.extraction.extract import Extractor

    return Extractor().reader


def versions_of(
    items: Iterable[tuple[Announcement, timedelta | None]],
    company: Callable[[str], tuple[str, tuple[str, ...]]] | None = None,
) -> dict[str, str]:
    """The event id of the first of its story for each item that tells one again.

    Parameters
    ----------
    items
        With the window of each: it tells again what began no longer before it became known; None: it tells nothing
        again, and may be the first.
    company
        What is the same for two issuers that are one, with its names; None: by their names without legal forms.

    Notes
    -----
    Two items of one issuer and type (or the wider type of which theirs are parts) are one story when they have one
    subject, but for signs and case, whatever their words, language or source; or, where one has no subject, when their
    headlines have enough in common (:mod:`~newsbt.events.story_marks`) and do not name different companies. A story is
    known when its first item is; what comes later never changes where an item belongs.
    """
    company = company or company_of(None)
    comparing = _Comparing()
    earlier: dict[tuple[str, str], list[_Earlier]] = {}
    found: dict[str, str] = {}
    longest = timedelta(0)
    ordered = sorted(items, key=lambda pair: (pair[0].known_at(), pair[0].event_id))
    for _, window in ordered:
        longest = max(longest, window or longest)
    for item, window in ordered:
        at, subject = item.known_at(), _subject(item)
        key, names = company(item.issuer)
        shelf = earlier.setdefault((key, broad_type(item.event_type)), [])
        shelf[:] = [one for one in shelf if one.began >= at - longest]
        new = _Earlier(item, names, item.event_id, at, subject)
        if window is not None:
            first = next((one for one in shelf if one.began >= at - window and comparing.is_again(one, new)), None)
            if first is not None:
                found[item.event_id] = first.story
                new = replace(new, story=first.story, began=first.began)
        shelf.append(new)
    return found


def _subject(item: Announcement) -> str:
    """What an item is about, but for signs and case; empty where that tells nothing apart: a deal without its partner,
    results without a period, whose figures say which they are as little."""
    from newsbt.events.story_marks import states_a_period

    subject = _SIGNS.sub("", fold(item.subject))
    vague = broad_type(item.event_type).startswith(_OF_PERIODS) and not states_a_period(item.subject)
    return "" if vague or subject in _VAGUE else subject


def one_event_a_story(
    batch: AnnouncementBatch, windows: Mapping[str, timedelta], universe: Universe | None
) -> AnnouncementBatch:
    """The batch without the versions of its stories: `versions` has those of each first item, `merged` counts them.

    `windows` has the window of each item that may be left out, by event id.
    """
    if not windows:
        return batch
    pairs = ((item, windows.get(item.event_id)) for item in batch.announcements)
    again = versions_of(pairs, company_of(universe))
    if not again:
        return batch
    versions: dict[str, list[str]] = {}
    for event_id, story in again.items():
        versions.setdefault(story, []).append(event_id)
    return replace(
        batch,
        announcements=tuple(item for item in batch.announcements if item.event_id not in again),
        merged=batch.merged + len(again),
        versions={story: tuple(ids) for story, ids in versions.items()},
    )
