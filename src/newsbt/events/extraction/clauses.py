"""A sentence cut into clauses, with the words of the types of events in each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from newsbt.domain.folding import simplified
from newsbt.domain.phrases import Found
from newsbt.events.extraction.actors import is_titled, named_in, subject_actor
from newsbt.events.extraction.analysis import Sentence, TextAnalysis
from newsbt.events.extraction.chinese_actors import colon_name
from newsbt.events.extraction.event_types import TRIGGERS, EventType, TypeTable, TypeWords, Word
from newsbt.events.extraction.extraction_rules import ExtractionRules
from newsbt.events.extraction.stranger_names import Actor

__all__ = [
    "REACH", "Clause", "ReadSentence", "clauses_of", "head_end", "is_negated", "nouns_of", "triggers_of",
]  # fmt: skip

REACH = 90  # characters behind a verb within which stands what it is about
_CLAUSES = 6  # clauses of a sentence that are read
_ENGLISH_END = re.compile(  # begins with one set of characters, which is what makes the search quick
    r"[\s.;:!?](?:(?<=\s)\s*(?:[—–|]\s+|--?\s|·\s)|(?<=[;:!?])\s"
    r"|(?<=\.)(?<!Inc\.)(?<!Corp\.)(?<!Ltd\.)(?<!\bCo\.)(?<!\bNo\.)(?<!\bSt\.)(?<!\bMr\.)(?<!\bDr\.)(?<!\bvs\.)"
    r"(?<![A-Z]\.)\s)"
)
_ASIDE = re.compile(r"[^—–:]{2,40}?\s[—–]\s[^—–:]{3,50}?\s[—–]\s")
_CHINESE_END = re.compile(
    r"(?<!你好)[，。；！？!?;\n]|,\s?|(?<=[\u3400-\u9fff])[：:]|\s(?=[\u3400-\u9fff]{2})(?<=[\u3400-\u9fff”’)）%]\s)"
)
_LEAD = re.compile(
    r"(?:(?:update|refile|correct\w*|press|breaking(?: news)?|brief|exclusive|video|watch)(?: ?\d+)?"
    r"\s?(?:--?|:|\u2014)\s*)+",
    re.IGNORECASE,
)
# Where and when a text was sent, before its first words: SAN JOSE, Feb. 12 (Newswire) - Harbor ...
_DATELINE = re.compile(
    r"[A-Z][\w .,/'’-]{1,60}?"
    r"(?:,? ?(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.? \d{1,2}(?:,? \d{4})?)?"
    r"\s*(?:\([\w .]{2,40}\)|/\w+/)?\s*(?:(?<=[\d)/])\s*[-–—:]+|--|—|–)\s*(?=[A-Z])",
    re.IGNORECASE,
)
_TRAIL = re.compile(
    r"\s+-\s+[\w .,&'-]{2,40}?(?:\(\s*(?:nasdaq|nyse|otc)\w*:.*)?$|\(\s*(?:nasdaq|nyse)\w*:.*$", re.IGNORECASE
)
_HEAD_END = re.compile(
    r"[,;:—–(]|\s(?:for|in|on|to|with|at|as|after|amid|by|from|that|which|who|before|under"
    r"|via|using|when|while|despite|against|ahead|over|into|through|during|where|so|but|because|if|is|are)\b"
)
_WHILE = re.compile(
    r"(?<![Ss]uch)\s(?:[Aa]s|[Ww]hile)\s(?=(?:it|they)\s"
    r"|(?:(?:profit|revenue|sales|earnings)(?:\s(?:and|&)\s\w+)?|(?-i:[A-Z])[\w&.'’-]*(?:\s(?-i:[A-Z])[\w&.'’-]*){0,2})"
    r"\s(?:(?:beat|miss|rise|fall|top|cut|report|post|warn|raise|slash|lower|jump|drop|slump|double|climb|launch|unveil"
    r"|announce|debut|introduce|release|acquire|buy|commit|pledge|invest|sign|agree|open|expand|sell)(?:s|es)?)\b)",
    re.IGNORECASE,
)
# A listing in brackets behind a name, as press releases have it, says nothing of the clause: (NYSE: BABA; HKEX: 9988).
_LISTING = re.compile(
    r"[(（]\s*(?:(?:nyse|nasdaq|hkex|sehk|hkg|sse|szse|otc|tsx|lse|asx|amex)[\w /]{0,12}\s*[:：][^()（）]{1,40}"
    r"|[\w^]{1,6}\.[a-z]{1,2}|\d{6})\s*[)）]",
    re.IGNORECASE,
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
        self.text, self.folded = analysis.text, analysis.folded
        mentions = sentence.mentions
        for listing in _LISTING.finditer(analysis.text, sentence.start, sentence.end):
            blank = " " * len(listing.group())
            self.text = self.text[: listing.start()] + blank + self.text[listing.end() :]
            self.folded = self.folded[: listing.start()] + blank + self.folded[listing.end() :]
            mentions = tuple(one for one in mentions if not listing.start() <= one.start < listing.end())
        self.sentence = sentence
        self.rules = rules
        self.table: TypeTable = rules.event_types
        start = sentence.start
        self.words = (
            [Found(one.start + start, one.end + start, one.value) for one in found.words] if start else found.words
        )
        self.patterns = found.patterns
        self.products = sentence.products
        self.named = named_in(mentions, sentence.products)
        self.chinese = _SWITCH.search(analysis.text, sentence.start, sentence.end) is not None
        if self.chinese:
            self.text = simplified(self.text)
        self.titled = not self.chinese and is_titled(analysis.text[sentence.start : sentence.end])
        self._subjects: dict[tuple[int, int, bool], Actor | None] = {}

    def subject(self, start: int, end: int, *, reported: bool = False) -> Actor | None:
        """The name that text[start:end], the subject of an English clause, is; the verbs of a clause share it."""
        key = (start, end, reported)
        if key not in self._subjects:
            self._subjects[key] = subject_actor(
                self.text, start, end, self.named, titled=self.titled, reported=reported
            )
        return self._subjects[key]


def clauses_of(scene: ReadSentence) -> Iterator[Clause]:
    start, end = scene.sentence.start, scene.sentence.end
    colon: tuple[int, int] | None = None
    if scene.chinese:
        first, last, after = colon_name(scene.text, start, end)
        if after:
            colon, start = (first, last), after
    else:
        if lead := (_DATELINE if scene.sentence.zone else _LEAD).match(scene.text, start, end):
            start = lead.end()
        if trail := _TRAIL.search(scene.text, start, end):
            end = trail.start()
    breaks = _CHINESE_END if scene.chinese else _ENGLISH_END
    at = start
    aside = None if scene.chinese else _ASIDE.match(scene.text, start, end)
    for number in range(_CLAUSES):
        first = aside.end() if aside and not number else at
        found = breaks.search(scene.text, first, end)
        if not scene.chinese and (other := _WHILE.search(scene.text, first, found.start() if found else end)):
            found = other
        stop = found.start() if found else end
        if scene.text[at:stop].strip():
            inside = tuple(one for one in scene.words if at <= one.start and one.end <= stop)
            yield Clause(at, stop, inside, colon)
        if found is None:
            return
        at = found.end()


def is_negated(scene: ReadSentence, clause: Clause, one: EventType, actor: Actor, end: int) -> bool:
    """Whether a word that ends the type stands in the clause before `end`, where what its verb is about ends.

    Words inside of names are none, nor are English ones in a Chinese clause.
    """
    return any(
        word.type is one and word.role == "negations"
        for found in clause.words
        if actor.start <= found.start < end
        and not (scene.chinese and scene.folded[found.start].isascii())
        and not (actor.known and actor.start <= found.start < actor.end)
        and not any(name.start <= found.start and found.end <= name.end for name in scene.named)
        for word in found.value
    )


def head_end(scene: ReadSentence, clause: Clause, end: int) -> int:
    """Where what an English verb that ends at `end` is about ends: before its first preposition or comma."""
    stop = min(clause.end, end + REACH)
    found = _HEAD_END.search(scene.text, end + 1, stop)
    return found.start() if found else stop


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
                (clause.start + match.start(), -type_.priority, clause.start + match.end(), type_, "pattern", "")
            )
    found.sort(key=lambda one: one[:3])
    for start, _, end, type_, role, form in found:
        if not any(one.start <= start and end <= one.end for one in scene.named):  # a name says what it names
            yield start, end, type_, role, form
