"""A sentence cut into clauses, with the words of the types of events in each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from newsbt.domain.phrases import Found
from newsbt.events.extraction.actors import is_titled, named_in
from newsbt.events.extraction.analysis import Sentence, TextAnalysis
from newsbt.events.extraction.chinese_actors import colon_name
from newsbt.events.extraction.event_types import TRIGGERS, EventType, TypeTable, TypeWords, Word
from newsbt.events.extraction.extraction_rules import ExtractionRules

__all__ = ["REACH", "Clause", "ReadSentence", "clauses_of", "is_negated", "nouns_of", "triggers_of"]

REACH = 90  # characters behind a verb within which stands what it is about
_CLAUSES = 6  # clauses of a sentence that are read
_ENGLISH_END = re.compile(  # begins with one set of characters, which is what makes the search quick
    r"[\s.;:!?](?:(?<=\s)\s*(?:[—–|]\s+|--?\s|·\s)|(?<=[;:!?])\s"
    r"|(?<=\.)(?<!Inc\.)(?<!Corp\.)(?<!Ltd\.)(?<!\bCo\.)(?<!\bNo\.)(?<!\bSt\.)(?<!\bMr\.)(?<!\bDr\.)(?<!\bvs\.)"
    r"(?<![A-Z]\.)\s)"
)
_ASIDE = re.compile(r"[^—–:]{2,40}?\s[—–]\s[^—–:]{3,50}?\s[—–]\s")
_CHINESE_END = re.compile(
    r"[，。；！？!?;\n]|,\s?|(?<=[\u3400-\u9fff])[：:]|\s(?=[\u3400-\u9fff]{2})(?<=[\u3400-\u9fff”’)）%]\s)"
)
_LEAD = re.compile(
    r"(?:(?:update|refile|correct\w*|press|breaking(?: news)?|brief|exclusive|video|watch)(?: ?\d+)?"
    r"\s?(?:--?|:|\u2014)\s*)+",
    re.IGNORECASE,
)
_TRAIL = re.compile(
    r"\s+-\s+[\w .,&'-]{2,40}?(?:\(\s*(?:nasdaq|nyse|otc)\w*:.*)?$|\(\s*(?:nasdaq|nyse)\w*:.*$", re.IGNORECASE
)
_SWITCH = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Clause:
    """text[start:end] with the words of types in it; `name` is the place of a name that stood before a colon."""

    start: int
    end: int
    words: tuple[Found[tuple[Word, ...]], ...]
    colon: tuple[int, int] | None = None


class ReadSentence:
    """A sentence with the names, products and table of types that its clauses are read by."""

    def __init__(self, analysis: TextAnalysis, sentence: Sentence, rules: ExtractionRules, found: TypeWords) -> None:
        self.text = analysis.text
        self.folded = analysis.folded
        self.sentence = sentence
        self.rules = rules
        self.table: TypeTable = rules.event_types
        start = sentence.start
        self.words = (
            [Found(one.start + start, one.end + start, one.value) for one in found.words] if start else found.words
        )
        self.patterns = found.patterns
        self.products = sentence.products
        self.named = named_in(sentence.mentions, sentence.products)
        self.chinese = _SWITCH.search(analysis.text, sentence.start, sentence.end) is not None
        self.titled = not self.chinese and is_titled(analysis.text[sentence.start : sentence.end])


def clauses_of(scene: ReadSentence) -> Iterator[Clause]:
    start, end = scene.sentence.start, scene.sentence.end
    colon: tuple[int, int] | None = None
    if scene.chinese:
        first, last, after = colon_name(scene.text, start, end)
        if after:
            colon, start = (first, last), after
    else:
        if lead := _LEAD.match(scene.text, start, end):
            start = lead.end()
        if trail := _TRAIL.search(scene.text, start, end):
            end = trail.start()
    breaks = _CHINESE_END if scene.chinese else _ENGLISH_END
    at = start
    aside = None if scene.chinese else _ASIDE.match(scene.text, start, end)
    for number in range(_CLAUSES):
        found = breaks.search(scene.text, aside.end() if aside and not number else at, end)
        stop = found.start() if found else end
        if scene.text[at:stop].strip():
            inside = tuple(one for one in scene.words if at <= one.start and one.end <= stop)
            yield Clause(at, stop, inside, colon)
        if found is None:
            return
        at = found.end()


def is_negated(clause: Clause, one: EventType) -> bool:
    return any(word.type is one and word.role == "negations" for found in clause.words for word in found.value)


def nouns_of(clause: Clause, one: EventType, start: int, end: int) -> list[Found[tuple[Word, ...]]]:
    return [
        found
        for found in clause.words
        if start <= found.start
        and found.end <= end
        and any(word.type is one and word.role == "nouns" for word in found.value)
    ]


def triggers_of(scene: ReadSentence, clause: Clause) -> Iterator[tuple[int, int, EventType, str, str]]:
    """Words and patterns that may announce, in the order of the text and, at one place, of the types' priority."""
    found = [
        (one.start, -word.type.priority, one.end, word.type, word.role, word.form)
        for one in clause.words
        for word in one.value
        if word.role in TRIGGERS
    ]
    piece = scene.folded[clause.start : clause.end]
    for type_, pattern in scene.patterns:
        if match := pattern.search(piece):
            found.append(
                (clause.start + match.start(), -type_.priority, clause.start + match.end(), type_, "alone", "")
            )
    found.sort(key=lambda one: one[:3])
    for start, _, end, type_, role, form in found:
        yield start, end, type_, role, form
