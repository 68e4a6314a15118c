"""Rivals that a text names: what the issuer's product is measured against."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsbt.events.extraction.analysis import Cue, Sentence, TextAnalysis
from newsbt.events.extraction.claims import Claim
from newsbt.events.extraction.news_item import Span
from newsbt.events.extraction.products import Product, plain_name

__all__ = ["Rival", "find_rivals"]

_REACH = 60
_LONG_AGO = 20  # days: a comparison dated earlier is history
_SAME_DAYS = 7  # days within which another maker's release is a rival of this one
_COMPANY_CUES = re.compile(r"undercut|compet|challeng|rival|take|叫板|对标|抗衡|挑战")


@dataclass(frozen=True, slots=True)
class Rival:
    """A rival product (or company, where no product is named) and the words that name it."""

    name: str
    span: Span


def find_rivals(analysis: TextAnalysis, issuer: str, claims: Sequence[Claim], others: Sequence[Claim]) -> list[Rival]:
    """Rivals in the order of the text, each once.

    Parameters
    ----------
    claims, others
        The claims of the story, and all claims: another maker's release of the same days is a rival of this one.
    """
    kinds = {_comparable(one.kind) for claim in claims for one in claim.objects} or {"software"}
    found: dict[str, Rival] = {}
    for sentence in analysis.sentences:
        for rival in (*_compared(analysis, sentence, issuer, kinds), *_released(analysis, sentence, issuer, others)):
            found.setdefault(plain_name(rival.name), rival)
    return sorted(found.values(), key=lambda one: one.span.start)


def _comparable(kind: str) -> str:
    return "software" if kind in ("model", "chat", "app", "agent") else kind


def _compared(analysis: TextAnalysis, sentence: Sentence, issuer: str, kinds: set[str]) -> Iterator[Rival]:
    for cue in sentence.cued("comparison"):
        if sentence.days and _nearest_age(sentence, cue) > _LONG_AGO:
            continue
        if _is_about_another(sentence, cue, issuer):
            continue
        rivals = [one for one in sentence.products if one.maker != issuer and _comparable(one.kind) in kinds]
        after = [one for one in rivals if one.start >= cue.end]
        taken = list(_chain(analysis, cue, after))
        if not taken:  # "its ChatGPT rival"
            taken = [one for one in rivals if 0 < cue.start - one.end <= 3]
        if not taken and analysis.language == "zh":
            # 与 X 相比, 对比 X: the rival may stand before the word.
            taken = [one for one in rivals if 0 <= cue.start - one.end <= 4]
        for product in taken:
            yield Rival(product.name, Span.of(analysis.text, product.start, product.end))
        if _COMPANY_CUES.search(analysis.folded[cue.start : cue.end]):
            yield from _companies(analysis, sentence, cue, issuer)


def _chain(analysis: TextAnalysis, cue: Cue, products: list[Product]) -> Iterator[Product]:
    """The product next to the cue and those that follow it in a list."""
    at = cue.end
    for product in products:
        between = analysis.folded[at : product.start]
        if len(between) > _REACH or re.search(r"\d|[;；。]", between.replace("o1", "")):
            return
        yield product
        at = product.end


def _companies(analysis: TextAnalysis, sentence: Sentence, cue: Cue, issuer: str) -> Iterator[Rival]:
    makers = {one.maker for one in sentence.products if one.start >= cue.end}
    for mention in sentence.mentions:
        if mention.kind == "company" and mention.certain and mention.start >= cue.end and mention.name != issuer:
            if mention.name in makers:
                for product in sentence.products:
                    if product.maker == mention.name and product.start >= cue.end:
                        yield Rival(product.name, Span.of(analysis.text, product.start, product.end))
            else:
                yield Rival(mention.name, Span.of(analysis.text, mention.start, mention.end))


def _nearest_age(sentence: Sentence, cue: Cue) -> int:
    return min(sentence.days, key=lambda day: min(abs(day.start - cue.end), abs(cue.start - day.end))).age


def _is_about_another(sentence: Sentence, cue: Cue, issuer: str) -> bool:
    """Whether somebody else's product or company is the subject of the comparison."""
    before = [(one.end, one.maker) for one in sentence.products if one.end <= cue.start]
    before += [(one.end, one.name) for one in sentence.mentions if one.end <= cue.start and one.kind == "company"]
    if not before:
        return False
    end, name = max(before)
    if name == issuer:
        return False
    # "... ahead of A and close to B": a cue that follows a rival's own comparison continues it.
    earlier = [one for one in sentence.cued("comparison") if one.end <= end]
    return not earlier


def _released(analysis: TextAnalysis, sentence: Sentence, issuer: str, others: Sequence[Claim]) -> Iterator[Rival]:
    for claim in others:
        if claim.sentence is not sentence or claim.issuer == issuer or claim.event_type != "model_release":
            continue
        if claim.age is None or not 0 <= claim.age <= _SAME_DAYS or claim.planned or claim.cue.name != "release.strong":
            continue
        for product in claim.objects:
            if product.versioned:
                yield Rival(product.name, Span.of(analysis.text, product.start, product.end))
