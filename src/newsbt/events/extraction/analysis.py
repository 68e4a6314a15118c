"""A text taken apart: its sentences with the names, products, cue words and words of time in each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from newsbt.domain.aliases import AliasBook, Mention
from newsbt.domain.folding import fold
from newsbt.domain.phrases import PhraseMatcher
from newsbt.events.extraction.days import DayWord, day_words
from newsbt.events.extraction.extraction_rules import ExtractionRules
from newsbt.events.extraction.news_item import NewsItem
from newsbt.events.extraction.products import Names, Product, ProductFinder

__all__ = ["Cue", "Reader", "Sentence", "TextAnalysis", "language_of"]

_ABBREVIATED = """
inc co corp ltd no mr ms mrs dr st vs jan feb mar apr aug sept oct nov dec u.s u.k a.m p.m e.g i.e approx gen sen rep
"""
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())
_BREAK = re.compile(r"[.!?]['\")\]]*(?=\s|$)|[。！？；]['”’」』）)]*|\n+")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")
_KANA = re.compile("[\u3040-\u30ff\uac00-\ud7af]+")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_ENGLISH_WORDS = """
the of to and in a is for on with as its that by at from after an be are was has have will it this over new up down not
into how why what who you your says said more than amid but or i we our can out about
"""
_FOREIGN_WORDS = """
der die und das für mit von ist le la les des et en el los las una para que con il di per della auf ein eine du dans
pour sur del por het een van voor em uma não
un une avec aux ses leur nouveau nouvelle lance annonce signe ventes hausse baisse troisième premier
den dem einem einer eines neue neuer neues neuen nach bei im zum zur wird werden sich vor baut stellt senkt hebt
mehr als su sus al lo e y compra vende anuncia nuevo nueva nuevos millones entre hasta gli che dei nel nella nuovo
nuova lancia os as do dos da das na com seu sua bilhões milhões novo nova trimestre op nieuwe jaar naar met dit bij
och med på av att till yang dan dari untuk baru pada akan dengan uuden og til
"""
# of names in English headlines too
_NAMES_TOO = """
die la le el en des van con per du as do sur von di al lo e y na da op den vor dan met till os las del un et premier dei
com av
"""
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_FOREIGN = frozenset(_FOREIGN_WORDS.split())
_BOTH = frozenset(_NAMES_TOO.split())
# A small word with a letter that English has in names and a few borrowed words alone.
_MARKED = re.compile(
    r"(?<![\w'’-])(?!caf|r[ée]sum|na[ïi]ve|clich|fa[çc]ade|d[ée]cor|fianc|prot|expos|sauté|touch|déjà)"
    r"[a-z]*[à-öø-ÿœğışłńśźżęą]\w*"
)


# An announcement stands at the beginning of its text. What follows is not read, and a sentence beyond this length is
# no sentence: so the time that a text takes is bounded, whatever is in it.
_READ = 20_000
_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Cue:
    """A word of the rules at text[start:end]; `name` says which list it stands in."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence at text[start:end]. `zone`: 0 the headline, then 1, 2, ... for the body's paragraphs."""

    start: int
    end: int
    zone: int
    mentions: tuple[Mention, ...] = ()
    products: tuple[Product, ...] = ()
    cues: tuple[Cue, ...] = ()
    days: tuple[DayWord, ...] = ()

    def cued(self, *names: str) -> tuple[Cue, ...]:
        return tuple(cue for cue in self.cues if cue.name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAnalysis:
    """All that the rules look at."""

    text: str
    folded: str
    language: str
    on: date
    sentences: tuple[Sentence, ...] = field(default_factory=tuple)

    @property
    def headline(self) -> Sentence:
        return self.sentences[0]

    def opening(self) -> Iterator[Sentence]:
        """The headline and the first paragraph."""
        return (one for one in self.sentences if one.zone <= 1)


class Reader:
    """Takes texts apart by one set of rules and one book of aliases."""

    def __init__(self, rules: ExtractionRules, aliases: AliasBook) -> None:
        self.rules = rules
        self.aliases = aliases
        self.products = ProductFinder(rules)
        self._anybody = PhraseMatcher((one, None) for one in (*aliases.phrases, *self.products.phrases))

    def names_anybody(self, folded: str) -> bool:
        """Whether a text may name somebody that the tables know."""
        return self._anybody.stands_in(folded)

    def analyse(self, item: NewsItem) -> TextAnalysis:
        text = item.text[: max(item.body.start, item.headline.end) + _READ]
        folded = fold(text)
        head = (item.headline.start, min(item.headline.end, item.headline.start + _LONGEST), 0)
        spans = [head, *_body_sentences(text, item.body.start, min(item.body.end, len(text)))]
        mentions, products = self._names(text, folded)
        cues = self._cues(folded, mentions, products)
        on = item.published_at.date()
        sentences = []
        for start, end, zone in spans:
            sentences.append(
                Sentence(
                    start,
                    end,
                    zone,
                    tuple(one for one in mentions if start <= one.start and one.end <= end),
                    tuple(one for one in products if start <= one.start and one.end <= end),
                    tuple(one for one in cues if start <= one.start and one.end <= end),
                    tuple(day_words(folded, start, end, on)),
                )
            )
        return TextAnalysis(
            text=text,
            folded=folded,
            language=language_of(item.headline.text, item.body.text),
            on=on,
            sentences=tuple(sentences),
        )

    def name_headline(self, text: str, folded: str, on: date) -> TextAnalysis:
        """A headline alone, which is one sentence (cleaned text without line ends), with its names and products."""
        mentions, products = self._names(text, folded)
        sentence = Sentence(0, len(text), 0, tuple(mentions), tuple(products))
        return TextAnalysis(text=text, folded=folded, language=language_of(text), on=on, sentences=(sentence,))

    def cue_headline(self, named: TextAnalysis, *, dated: bool) -> TextAnalysis:
        """The same with its cues and, where it is to be dated, words of time."""
        head = named.headline
        cues = tuple(self._cues(named.folded, head.mentions, head.products))
        days = tuple(day_words(named.folded, 0, head.end, named.on)) if dated else ()
        return replace(named, sentences=(replace(head, cues=cues, days=days),))

    def _names(self, text: str, folded: str) -> tuple[list[Mention], list[Product]]:
        mentions = self.aliases.find(text, folded)
        names = self.products.names(folded)
        if not mentions and not names:
            return [], []
        products = self.products.find(text, folded, mentions, names)
        # A company's name inside a product's is the product; one that ends where the product begins stays.
        mentions = [
            one for one in mentions if not any(other.start <= one.start and one.end <= other.end for other in products)
        ]
        mentions = [*mentions, *self._makers(text, folded, mentions, products, names)]
        mentions.sort(key=lambda one: one.start)
        return mentions, products

    def _cues(self, folded: str, mentions: Sequence[Mention], products: Sequence[Product]) -> list[Cue]:
        taken = [(one.start, one.end) for one in products]
        taken += [(one.start, one.end) for one in mentions if one.kind == "company"]
        cues = [Cue(start, end, name) for start, end, names in self.rules.cues.find(folded) for name in names]
        cues = [one for one in cues if not any(start <= one.start and one.end <= end for start, end in taken)]
        for name, pattern in self.rules.cue_patterns:
            cues += [Cue(one.start(), one.end(), name) for one in pattern.finditer(folded)]
        cues.sort(key=lambda one: one.start)
        return cues

    def _makers(
        self, text: str, folded: str, mentions: list[Mention], products: list[Product], names: Names
    ) -> Iterator[Mention]:
        """A family's name without a version, such as Qwen, stands for its maker."""
        for start, end, maker in self.products.makers(text, folded, names):
            if not any(one.start < end and start < one.end for one in mentions) and not any(
                one.start < end and start < one.end for one in products
            ):
                yield Mention(start, end, maker, "company")


def _body_sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    zone = 0
    at = start
    fresh = True
    for match in _BREAK.finditer(text, start, end):
        paragraph = match.group().startswith("\n")
        if not paragraph and match.group().startswith(".") and _is_abbreviation(text, match.start(), at):
            continue
        stop = match.start() if paragraph else match.end()
        while stop - at > _LONGEST:
            if text[at : at + _LONGEST].strip():
                zone += fresh
                fresh = False
                yield (*_trim(text, at, at + _LONGEST), zone)
            at += _LONGEST
        if text[at:stop].strip():
            if fresh:
                zone += 1
                fresh = False
            yield (*_trim(text, at, stop), zone)
        if paragraph:
            fresh = True
        at = match.end()
    zone += fresh
    for first in range(at, end, _LONGEST):
        if text[first : min(first + _LONGEST, end)].strip():
            yield (*_trim(text, first, min(first + _LONGEST, end)), zone)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def _is_abbreviation(text: str, dot: int, at: int) -> bool:
    word = re.search(r"[A-Za-z.]+$", text[max(at, dot - 8) : dot])
    if word is None:
        return False
    lowered = word.group().lower()
    if lowered in ("a.m", "p.m"):  # these may well end a sentence: a capital after them decides
        return not re.match(r"\.\s+[A-Z]", text[dot : dot + 8])
    return lowered in _ABBREVIATIONS or (len(lowered) == 1 and lowered != "i")


def language_of(headline: str, body: str = "") -> str:
    """``en``, ``zh`` or ``other``, by script and by the small words of the commonest languages.

    >>> language_of("智谱开源GLM-4.5模型"), language_of("Alibaba unveils Qwen3"), language_of("アリババがQwen3を公開")
    ('zh', 'en', 'other')
    """
    sample = f"{headline}\n{body[:4000]}" if body else headline
    if sample.isascii():
        han = kana = other = 0
        latin = 1
    else:
        han, kana, latin = (sum(map(len, pattern.findall(sample))) for pattern in (_HAN, _KANA, _LATIN))
        other = sum(map(len, _LETTERS.findall(sample))) - han - kana - latin
    if (kana > 2 and kana * 8 > han) or other > latin + han:
        return "other"
    # A Chinese character says about as much as three letters.
    if han * 3 > latin:
        return "zh"
    words = sample.lower().split()
    marked = not sample.isascii() and _MARKED.search(sample) is not None
    if _FOREIGN.isdisjoint(words) and not marked:
        return "en"
    english = sum(word in _ENGLISH for word in words)
    foreign = [word for word in words if word in _FOREIGN]
    plainly = marked or not _BOTH.issuperset(foreign)
    many = len(foreign) + marked
    return "other" if many > english and (many > 3 or (plainly and (many > 1 or not english))) else "en"
