"""Many phrases found in a text at once, by Aho-Corasick, with word boundaries where the script has words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

import ahocorasick_rs

from newsbt.domain.folding import fold, is_word

__all__ = ["Found", "PhraseMatcher"]

T = TypeVar("T")


class Found(NamedTuple, Generic[T]):
    """A phrase at text[start:end], and what it stands for."""

    start: int
    end: int
    value: T


class PhraseMatcher(Generic[T]):
    """Finds phrases without case; of overlapping ones the longest, of equally long ones the first.

    A phrase that begins or ends with a letter or digit of an alphabet must not touch a further one there; Chinese
    needs no boundary. A phrase given more than once keeps all its values. The table is built once, in time linear in
    the phrases; a search is linear in the text.
    """

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        values: dict[str, list[T]] = {}
        for phrase, value in phrases:
            folded = fold(phrase.strip())
            if folded:
                values.setdefault(folded, []).append(value)
        self._phrases = tuple(values)
        self._values = [tuple(found) for found in values.values()]
        self._head = [is_word(phrase[0]) for phrase in values]
        self._tail = [is_word(phrase[-1]) for phrase in values]
        self._automaton = ahocorasick_rs.AhoCorasick(list(values)) if values else None

    @property
    def phrases(self) -> tuple[str, ...]:
        """The phrases, folded, each once."""
        return self._phrases

    def stands_in(self, folded: str) -> bool:
        """Whether any phrase stands in a text, whatever is around it: the quickest answer for texts without any."""
        return self._automaton is not None and bool(self._automaton.find_matches_as_indexes(folded))

    def find(self, folded: str, *, loose_end: bool = False) -> list[Found[tuple[T, ...]]]:
        """Matches in the order of the text, none overlapping another.

        Parameters
        ----------
        folded : str
            The text after :func:`~newsbt.domain.folding.fold`.
        loose_end : bool
            Let a match end inside a word: for names that versions are glued to.
        """
        if self._automaton is None:
            return []
        size = len(folded)
        found = []
        for which, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if self._head[which] and start and is_word(folded[start - 1]):
                continue
            if self._tail[which] and not loose_end and end < size and is_word(folded[end]):
                continue
            found.append((start, -end, which))
        if not found:
            return []
        found.sort()
        kept: list[Found[tuple[T, ...]]] = []
        free = 0
        for start, negative_end, which in found:
            if start >= free:
                free = -negative_end
                kept.append(Found(start, free, self._values[which]))
        return kept
