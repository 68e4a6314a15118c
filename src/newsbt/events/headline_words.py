"""The words by which two headlines of one company are told to be one story: what is left without its names and without
words that any headline may have."""

from __future__ import annotations

import re
from collections.abc import Iterable

from newsbt.domain.folding import fold

__all__ = ["content_words", "share_a_story"]

LEAST_SHARED = 2
LEAST_SHARE = 0.4  # of the shorter headline's words

_LATIN = re.compile(r"[a-z][a-z'&]+|\d[\d.,]*%?")
_HAN = re.compile("[\u4e00-\u9fff]+")
_ENDINGS = ("ing", "ed", "es", "s")
_COMMON_WORDS = """
a an the of to in on for and or with by from at as is are was be been its it that this after over amid says say said new
will has have had up down update more than into out not no his her their about us report reports reportedly sources
source exclusive breaking first could may would plan plans planned deal deals company inc corp ltd group market markets
shares stock stocks news year years day week
"""
_COMMON = frozenset(_COMMON_WORDS.split())


def content_words(headline: str, names: Iterable[str] = ()) -> frozenset[str]:
    """Folded words of a headline without their endings, and pairs of Chinese characters; without some names.

    >>> sorted(content_words("Alibaba releases QwQ-32B model", ["Alibaba"]))
    ['32', 'model', 'qwq', 'releas']
    """
    text = fold(headline)
    for name in sorted(map(fold, names), key=len, reverse=True):
        if len(name) > 1:
            text = text.replace(name, " ")
    found = set()
    for word in _LATIN.findall(text):
        plain = word.strip("'.,").removesuffix("'s").replace(",", "")
        if plain and plain not in _COMMON:
            found.add(_stem(plain) if plain[0].isalpha() else plain)
    for run in _HAN.findall(text):
        found |= {run[i : i + 2] for i in range(len(run) - 1)}
    return frozenset(found)


def share_a_story(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two headlines of one company share enough of the shorter one's words to tell one story."""
    shared = len(one & other)
    return shared >= LEAST_SHARED and shared >= LEAST_SHARE * min(len(one), len(other))


def _stem(word: str) -> str:
    return next((word[: -len(end)] for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= 3), word)
