"""Stories: near-duplicate items of one event, found by MinHash; each item is compared with earlier ones only."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from newsbt._typing import Floats
from newsbt.domain.announcement import Announcement
from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.folding import fold
from newsbt.errors import missing_extra
from newsbt.ports import AnnouncementReader

if TYPE_CHECKING:
    import datasketch

__all__ = ["Dedupe", "StoryItem", "stories"]

PERMUTATIONS = 128  # the likeness of two items is estimated to about 1 / sqrt(128) at its worst
SEED = 1
LONG_BODY = 40  # words from which a body says more than the headline
MOST_WORDS = 400

_WORDS = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]|[^\\W_\u3400-\u4dbf\u4e00-\u9fff]+(?:[.\\-'][^\\W_]+)*")

Hashes: TypeAlias = NDArray[np.uint64]
Signatures: TypeAlias = tuple[Hashes | None, Hashes | None]  # of the headline, of a long body


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryItem:
    """An item in its story: `story` is the event id of the story's first item.

    `novelty` is 1 less the likeness to the most alike earlier item of the same issuer inside the window, in [0, 1].
    """

    item: Announcement
    story: str
    novelty: float

    @property
    def is_first(self) -> bool:
        return self.story == self.item.event_id


class _Shelf:
    """The items of one issuer that may still be compared with, oldest first: their signatures in arrays."""

    def __init__(self) -> None:
        self.signatures = [np.zeros((8, PERMUTATIONS), dtype=np.uint64) for _ in range(2)]
        self.has_signature = np.zeros((8, 2), dtype=np.bool_)
        self.items: list[tuple[datetime, str, datetime, str]] = []  # known at, story, story began at, subject
        self.first = 0

    def forget(self, before: datetime) -> None:
        """Leave out what was known before an instant."""
        while self.first < len(self.items) and self.items[self.first][0] < before:
            self.first += 1
        if self.first > 64 and self.first * 2 > len(self.items):
            kept = slice(self.first, len(self.items))
            count = kept.stop - kept.start
            self.has_signature[:count] = self.has_signature[kept].copy()
            for array in self.signatures:
                array[:count] = array[kept].copy()
            self.items, self.first = self.items[kept], 0

    def likeness(self, signatures: Signatures) -> Floats:
        """Of each item that is left to one: in headlines or in bodies, whichever is greater."""
        kept = slice(self.first, len(self.items))
        best: Floats = np.zeros(kept.stop - kept.start)
        for k, signature in enumerate(signatures):
            if signature is not None and len(best):
                alike = np.count_nonzero(self.signatures[k][kept] == signature, axis=1) / PERMUTATIONS
                best = np.maximum(best, np.where(self.has_signature[kept, k], alike, 0.0))
        return best

    def add(self, item: tuple[datetime, str, datetime, str], signatures: Signatures) -> None:
        index = len(self.items)
        if index == len(self.has_signature):
            self.signatures = [np.concatenate([array, np.zeros_like(array)]) for array in self.signatures]
            self.has_signature = np.concatenate([self.has_signature, np.zeros_like(self.has_signature)])
        for k, signature in enumerate(signatures):
            self.has_signature[index, k] = signature is not None
            if signature is not None:
                self.signatures[k][index] = signature
        self.items.append(item)


def stories(items: Iterable[Announcement], window: timedelta, threshold: float) -> Iterator[StoryItem]:
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
    shelves: dict[str, _Shelf] = {}
    for item in sorted(items, key=lambda one: (one.known_at(), one.event_id)):
        at, subject = item.known_at(), fold(item.subject)
        shelf = shelves.setdefault(item.issuer.casefold(), _Shelf())
        shelf.forget(at - window)
        signatures = (_signature(minhash, item.headline), _signature(minhash, item.body, LONG_BODY))
        alike = shelf.likeness(signatures)
        story, began = item.event_id, at
        likeness = 0.0
        for k in np.flatnonzero(alike >= threshold).tolist():
            _, its_story, its_beginning, its_subject = shelf.items[shelf.first + k]
            same = not subject or not its_subject or subject == its_subject
            if same and alike[k] > likeness and its_beginning >= at - window:
                story, began, likeness = its_story, its_beginning, float(alike[k])
        shelf.add((at, story, began, subject), signatures)
        yield StoryItem(item=item, story=story, novelty=1.0 - float(alike.max(initial=0.0)))


@dataclass(frozen=True)
class Dedupe:
    """A reader whose stories keep their first item only; the others are counted in the batch's `merged`.

    The first item carries its `novelty`. How many followed is not told to strategies: it was not known then.
    """

    reader: AnnouncementReader
    window: timedelta
    threshold: float

    def read(self, known_tickers: Container[str] | None = None) -> AnnouncementBatch:
        """Read, and merge what is told again."""
        batch = self.reader.read(known_tickers)
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


def _signature(minhash: type[datasketch.MinHash], text: str, fewest: int = 1) -> Hashes | None:
    """(PERMUTATIONS,) of a text's words and pairs of words; None for a text of fewer words."""
    words = _words(text)[:MOST_WORDS]
    if len(words) < fewest:
        return None
    pairs = [f"{one} {two}" for one, two in pairwise(words)]
    found = minhash(num_perm=PERMUTATIONS, seed=SEED)
    found.update_batch([part.encode() for part in {*words, *pairs}])
    values: Hashes = found.hashvalues
    return values


def _minhash() -> type[datasketch.MinHash]:
    try:
        from datasketch import MinHash
    except ImportError as error:
        raise missing_extra(error, "`dedupe` needs", "datasketch", "news") from None
    found: type[datasketch.MinHash] = MinHash
    return found
