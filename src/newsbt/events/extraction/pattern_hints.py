"""Words of which a regular expression needs one to match: what tells quickly that it does not."""

from __future__ import annotations

import re
from collections.abc import Sequence

import ahocorasick_rs

__all__ = ["PatternFilter", "needed_words"]

_LITERAL = re.compile(r"[a-z0-9 '%\-\u3400-\u9fff]*")
_LEAST = 3  # letters of a word; of Chinese ones 2


def needed_words(pattern: str) -> tuple[str, ...]:
    """Beginnings of words one of which stands wherever a pattern matches; empty where nobody can say.

    Looked at are letters outside of groups, and groups of alternatives that are neither nested nor optional.

    >>> needed_words(r"\\b(?:rises?|falls) (?:on|as) \\w+"), needed_words(r"x|(?:abc|def)"), needed_words(r"(?:abc)?d")
    (('rise', 'falls'), (), ())
    >>> needed_words(r"\\binvest(?:s|ed)? [^;]+ in"), needed_words(r"abcd?|e"), needed_words(r"abcd{100} x")
    (('invest',), (), ('abc',))
    """
    best: tuple[str, ...] = ()
    groups, letters = _top_level(pattern)
    listed = [tuple(_beginning(one) for one in _alternatives(content)) for content in groups]
    for words in (*listed, *((one,) for one in letters)):
        if all(len(one) >= (_LEAST if one.isascii() else _LEAST - 1) for one in words) and _size(words) > _size(best):
            best = words
    return best


def _size(words: tuple[str, ...]) -> int:
    return min(map(len, words), default=0)


def _top_level(pattern: str) -> tuple[list[str], list[str]]:
    """What stands in the plain groups at a pattern's top level, and the runs of letters outside of all groups; nothing
    where alternatives stand there too."""
    depth, at, start = 0, 0, 0
    groups: list[str] = []
    letters = [""]
    while at < len(pattern):
        one = pattern[at]
        if one in "\\[":
            letters.append("")
            at = at + 2 if one == "\\" else pattern.index("]", at + 2) + 1
            continue
        if one == "(":
            depth += 1
            start = at if depth == 1 else start
        elif one == ")":
            depth -= 1
            if not depth and pattern.startswith("(?:", start) and pattern[at + 1 : at + 2] not in ("?", "*", "{"):
                groups.append(pattern[start + 3 : at])
        elif one == "|" and not depth:
            return [], []
        if not depth:
            if one in "?*{":
                letters[-1] = letters[-1][:-1]
                at = pattern.index("}", at) if one == "{" else at
            if _LITERAL.fullmatch(one):
                letters[-1] += one
            else:
                letters.append("")
        at += 1
    return groups, letters


def _alternatives(content: str) -> list[str]:
    found, depth, start = [], 0, 0
    for at, one in enumerate(content):
        depth += (one == "(") - (one == ")")
        if one == "|" and not depth:
            found.append(content[start:at])
            start = at + 1
    return [*found, content[start:]]


def _beginning(alternative: str) -> str:
    match = _LITERAL.match(alternative)
    word = match.group() if match else ""
    return word[:-1] if alternative[len(word) : len(word) + 1] in ("?", "*", "{") else word


class PatternFilter:
    """Tells of many patterns which may match a text, by one pass over it."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._always = [k for k, one in enumerate(patterns) if not needed_words(one)]
        by_word: dict[str, list[int]] = {}
        for k, one in enumerate(patterns):
            for word in needed_words(one):
                by_word.setdefault(word, []).append(k)
        self._of_word = list(by_word.values())
        self._words = ahocorasick_rs.AhoCorasick(list(by_word)) if by_word else None

    def candidates(self, folded: str) -> list[int]:
        """Numbers of the patterns that may match, in their order."""
        found = set(self._always)
        if self._words is not None:
            for which, _, _ in self._words.find_matches_as_indexes(folded, overlapping=True):
                found.update(self._of_word[which])
        return sorted(found)
