"""Claims: who is said to have announced what, each from one sentence, with its weight and its age."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsbt.domain.aliases import Mention
from newsbt.events.extraction.analysis import Cue, Sentence, TextAnalysis
from newsbt.events.extraction.extraction_rules import ExtractionRules
from newsbt.events.extraction.products import Product

__all__ = [
    "BY", "FUTURE", "JOINTS", "REACH", "ZONES", "Claim", "Scene", "claim_of", "name_before", "pronoun_between",
    "refers_back", "stranger_before",
]  # fmt: skip

# How much a sentence counts by its place: headline, then the paragraphs.
ZONES = (3.0, 2.5, 1.5, 1.0, 0.6)
_EVER = 1_000_000
_PERIOD = 31  # days: what lies further back in a report of results is the period it is compared with
REACH = 140  # characters between a verb and its object

FUTURE = re.compile(
    r"\b(?:will|may|might|could|would|should|can|plans? to|planned to|expects? to|aims? to|intends? to|hopes? to"
    r"|wants? to|meant to|set to|about to|due to|yet to|ready to|not|never|nor|no|n't|without|if|before|until|to)"
    r"\s+(?:\w+ly\s+|be\s+|have\s+)?$"
    r"|(?:将|拟|计划|打算|准备|或|即将|未|没有|不|有望|要|预计|可能|希望|曾|何时|等待|待)(?:会|于|在|正式|尽早|提前|年底)?$"
)
JOINTS = (",", "and", "&", ", and", "、", "和", "与", "及", "以及")
BY = re.compile(r"\s*(?:\w+ ){0,3}?by ")
_HAD = re.compile(r"\bhad (?:\w+ly )?$")
_RELATIVE = re.compile(r"\b(?:which|who|whose)\b[^,.]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One reading of one sentence.

    `age` is in days before the article, None where the sentence does not say; `planned` marks what is yet to come,
    `of_headline` what the headline announces by its grammar.
    """

    event_type: str
    issuer: str
    weight: float
    sentence: Sentence
    cue: Cue
    actor: Mention | None = None
    objects: tuple[Product, ...] = ()
    age: int | None = None
    planned: bool = False
    past_perfect: bool = False
    of_headline: bool = False

    @property
    def zone(self) -> int:
        return self.sentence.zone


@dataclass(frozen=True, slots=True)
class Scene:
    """A sentence of a text, and what is needed to read it. `main` is the company that the text is about."""

    analysis: TextAnalysis
    sentence: Sentence
    rules: ExtractionRules
    main: str


def _age(sentence: Sentence, cue: Cue, longest: int) -> int | None:
    """The age that the nearest word of time gives, of those within a number of days."""
    past = [day for day in sentence.days if -1 <= day.age <= longest]
    if not past:
        return None
    return min(past, key=lambda day: min(abs(day.start - cue.end), abs(cue.start - day.end))).age


def name_before(
    analysis: TextAnalysis, sentence: Sentence, at: int, kinds: tuple[str, ...] = ("company",)
) -> Mention | None:
    """The last sure name before a place in the sentence."""
    sure = [one for one in sentence.mentions if one.end <= at and one.certain and one.kind in kinds]
    while len(sure) > 1 and analysis.folded[sure[-2].end : sure[-1].start].strip() in JOINTS:
        sure.pop()  # of A, B and C the first speaks for all
    return sure[-1] if sure else None


def pronoun_between(sentence: Sentence, start: int, end: int) -> bool:
    return any(start <= cue.start and cue.end <= end for cue in sentence.cued("pronoun"))


def refers_back(sentence: Sentence, cue: Cue) -> bool:
    """Whether a pronoun before the verb can be its subject."""
    return any(one.end <= cue.start for one in sentence.cued("pronoun"))


def claim_of(
    analysis: TextAnalysis,
    sentence: Sentence,
    cue: Cue,
    event_type: str,
    issuer: str,
    weight: float,
    *,
    actor: Mention | None = None,
    objects: tuple[Product, ...] = (),
) -> Claim:
    lead = analysis.folded[max(sentence.start, cue.start - 40) : cue.start]
    return Claim(
        event_type=event_type,
        issuer=issuer,
        weight=weight * ZONES[min(sentence.zone, 4)] * (0.5 if _RELATIVE.search(lead) else 1.0),
        sentence=sentence,
        cue=cue,
        actor=actor,
        objects=objects,
        age=_age(sentence, cue, _PERIOD if event_type == "earnings_guidance" else _EVER),
        planned=FUTURE.search(lead) is not None,
        past_perfect=_HAD.search(lead) is not None,
    )


_HAN_FILLER = re.compile(
    r"(?:正式|今日|今天|今晚|昨日|昨晚|凌晨|上午|下午|晚间?|当天|近日|日前|宣布|已经?|全新|重磅|首次|全面|同步|同时|率先"
    r"|再次|再|又|并|也|还|将|会|最新|刚刚|突然|官宣|独家|于|在|对外|面向|\d+月\d*日?|\d+日|周[一二三四五六日]"
    r"|[，,、：:；;\s\"“”‘’'《》【】（）()|丨·!！—-]|据\S{0,4}|介绍|消息|表示|称)+"
)


_ENGLISH_WORDS = """
the a an in on at today and but new just finally officially breaking update exclusive monday tuesday wednesday thursday
friday saturday sunday when as after chinese china's american us with for to of it its this that also january february
march april may june july august september october november december i ai
"""
_ENGLISH_FILLER = frozenset(_ENGLISH_WORDS.split())


def stranger_before(analysis: TextAnalysis, sentence: Sentence, cue: Cue) -> bool:
    """Whether a name that nobody knows stands before the verb: then it, not the product's maker, is the actor."""
    if refers_back(sentence, cue):
        return False
    start = max([one.end for one in sentence.products if one.end <= cue.start] + [sentence.start])
    if start > sentence.start:
        return False  # the product itself stands before the verb
    before = analysis.text[sentence.start : cue.start]
    if analysis.language == "zh":
        clause = re.split(r"[，。；！？,;!?]", before)[-1] or before
        return len(_HAN_FILLER.sub("", clause)) >= 2
    words = re.findall(r"[A-Za-z][\w'&.-]*", before)
    return any(word[0].isupper() and word.lower() not in _ENGLISH_FILLER for word in words)
