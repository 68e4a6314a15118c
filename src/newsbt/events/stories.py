"""Stories: near-duplicate items of one event, found by MinHash; each item is compared with earlier ones only."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np

from newsbt.domain.announcement import Announcement
from newsbt.domain.entity import Universe
from newsbt.domain.folding import fold
from newsbt.errors import UnsupportedError
from newsbt.events.batch import AnnouncementBatch

__all__ = ["Dedupe", "Placed", "stories"]

PERMUTATIONS = 128  # the likeness of two items is estimated to about 1 / sqrt(128) at its worst
SEED = 1
LONG_BODY = 40  # words from which a body says more than the headline
MOST_WORDS = 400

_WORDS = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]|[^\\W_\u3400-\u4dbf\u4e00-\u9fff]+(?:[.\\-'][^\\W_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An item in its story: `story` is the event id of the story's first item.

    `novelty` is 1 less the likeness to the most alike earlier item of the same issuer inside the window, in [0, 1].
    """

    item: Announcement
    story: str
    novelty: float

    @property
    def is_first(self) -> bool:
        return self.story == self.item.event_id


@dataclass(frozen=True, slots=True)
class _Seen:
    at: datetime
    story: str
    story_began: datetime
    subject: str
    headline: Any
    body: Any


def stories(items: Iterable[Announcement], window: timedelta, threshold: float) -> Iterator[Placed]:
    """Place items in stories, in the order in which they became known (then of their ids).

    An item belongs to the story of the most alike earlier item, where that is at least `threshold` alike (Jaccard
    likeness of words and pairs of words, in headlines or in long bodies, whichever is greater) and the story began no
    longer than `window` before. Only items of one issuer, and not with different subjects, can be one story. What comes
    later never changes where an item belongs.

    Raises
    ------
    UnsupportedError
        datasketch is not installed.
    """
    minhash = _minhash()
    seen: dict[str, deque[_Seen]] = {}
    for item in sorted(items, key=lambda one: (one.known_at(), one.event_id)):
        at = item.known_at()
        earlier = seen.setdefault(item.issuer.casefold(), deque())
        while earlier and earlier[0].at < at - window:
            earlier.popleft()
        subject = fold(item.subject)
        headline, body = _signature(minhash, item.headline), _signature(minhash, item.body, LONG_BODY)
        best, likeness = None, 0.0
        nearest_of_all = 0.0
        for other in earlier:
            found = max(_likeness(headline, other.headline), _likeness(body, other.body))
            nearest_of_all = max(nearest_of_all, found)
            same = not subject or not other.subject or subject == other.subject
            if same and found >= threshold and found > likeness and other.story_began >= at - window:
                best, likeness = other, found
        story, began = (item.event_id, at) if best is None else (best.story, best.story_began)
        earlier.append(_Seen(at, story, began, subject, headline, body))
        yield Placed(item=item, story=story, novelty=1.0 - nearest_of_all)


@dataclass(frozen=True)
class Dedupe:
    """A reader whose stories keep their first item only; the others are counted in the batch's `merged`.

    The first item carries its `novelty`. How many followed is not told to strategies: it was not known then.
    """

    reader: Any
    window: timedelta
    threshold: float

    def with_universe(self, universe: Universe) -> Dedupe:
        """The same, its reader with the universe where it wants one."""
        wants = getattr(self.reader, "with_universe", None)
        return self if wants is None else replace(self, reader=wants(universe))

    def read(self, known_tickers: Container[str] | None = None) -> AnnouncementBatch:
        """Read, and merge what is told again."""
        batch: AnnouncementBatch = self.reader.read(known_tickers)
        placed = {one.item.event_id: one for one in stories(batch.announcements, self.window, self.threshold)}
        kept = tuple(
            replace(item, attributes=MappingProxyType({**item.attributes, "novelty": placed[item.event_id].novelty}))
            for item in batch.announcements
            if placed[item.event_id].is_first
        )
        return replace(batch, announcements=kept, merged=len(batch.announcements) - len(kept))


def _words(text: str) -> list[str]:
    """Words as they are compared: a Chinese character is one, versions such as v3.1 stay whole.

    >>> _words("Alibaba's Qwen2.5-Max 发布")
    ["alibaba's", 'qwen2.5-max', '发', '布']
    """
    return _WORDS.findall(fold(text))


def _signature(minhash: Any, text: str, fewest: int = 1) -> Any:
    """(PERMUTATIONS,) of a text's words and pairs of words; None for a text of fewer words."""
    words = _words(text)[:MOST_WORDS]
    if len(words) < fewest:
        return None
    pairs = [f"{one} {two}" for one, two in pairwise(words)]
    found = minhash(num_perm=PERMUTATIONS, seed=SEED)
    found.update_batch([part.encode() for part in {*words, *pairs}])
    return found.hashvalues


def _likeness(one: Any, other: Any) -> float:
    return 0.0 if one is None or other is None else float(np.count_nonzero(one == other)) / PERMUTATIONS


def _minhash() -> Any:
    try:
        from datasketch import MinHash
    except ModuleNotFoundError:
        raise UnsupportedError(
            "`dedupe` needs datasketch, which is not installed: pip install 'newsbt[news]'"
        ) from None
    return MinHash
