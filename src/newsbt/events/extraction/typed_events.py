"""Events of a sentence by the types that are data: clause by clause, who does what to what."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsbt.events.extraction.actors import Actor, auxiliary_before, subject_actor
from newsbt.events.extraction.analysis import Sentence, TextAnalysis
from newsbt.events.extraction.chinese_actors import chinese_actor
from newsbt.events.extraction.clause_objects import chinese_object, english_object
from newsbt.events.extraction.clauses import (
    REACH,
    Clause,
    ReadSentence,
    clauses_of,
    is_negated,
    nouns_of,
    triggers_of,
)  # fmt: skip
from newsbt.events.extraction.event_types import EventType, TypeWords
from newsbt.events.extraction.extraction_rules import ExtractionRules
from newsbt.events.extraction.products import Product

__all__ = ["GOVERNING", "TypedEvent", "typed_event"]

_UNSURE = re.compile(
    r"\b(?:reportedly|may|might|could|would|should|considers?|considering|mulls?|weighs?|eyes|seeks?|in talks|hopes?"
    r"|wants?|likely|about to|prepar\w+|looks?|intends?|aims?)\b|或将|有望|考虑|洽谈|或于|可能"
)
# Behind a country's name: it stands for its government.
GOVERNING = re.compile(
    r"(?:'s )?(?:government|regulator|lawmaker|senat|house|congress|president|official|authorit|commerce|treasury"
    r"|administration|trade|justice|cabinet|top|antitrust|to|will|is|has|have|plans?"
    r"|政府|官方|当局|总统|国会|商务|司法|财政|正式|宣布|拟|将|已|正|计划|再|对|监管|$)|[^\w\s]"
)
_NOT = re.compile(
    r"\b(?:not|n't|never|won't|isn't|doesn't|didn't|don't|can't|refuses|declines|fails|failed|delays)\b"
    r"|(?:没有|未|不再|不|暂停|停止|拒绝|暂缓|否认)$"
)
_PLANNED = re.compile(
    r"\b(?:to|plans?|planning|set|expected|ready|going)\b|(?:将|拟|计划|预告|即将)(?:于\S{0,8}|在\S{0,8})?$"
)
_AMOUNT = re.compile(
    r"[$€£¥]\s?\d|\d[\d.,]*\s?(?:billion|million|trillion|bn|mn|m\b|b\b)|\d[\d.]*\s?(?:万亿|亿|千万|万)"
)
_FIGURE = re.compile(r"\d[\d.,]*\s?(?:%|percent|per cent|p\b|亿|万|倍)|[$€£¥]\s?\d|[一二三四五六七八九]成")
_OF_PRODUCTS = ("get", "got", "show", "hide", "can now")  # what a product gets is new; what a company gets is not
_TOGETHER = ("携手", "联手", "联合", "合作", "共建")
_RELEASED = re.compile("发布|推出|开源|上线")
_SELF = re.compile(r"(?:we(?:'|’)?(?:re|ve| are| have)?\s(?:are |have )?(?:now |also |just )?$)", re.IGNORECASE)
_PLURAL = re.compile(r"\band\b|&|(?:[^s's]s)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedEvent:
    """An event of one type: its actor, the word at text[start:end] that says it, and the products it is about."""

    type: EventType
    actor: Actor
    start: int
    end: int
    objects: tuple[Product, ...] = ()
    planned: bool = False


def typed_event(
    analysis: TextAnalysis, sentence: Sentence, rules: ExtractionRules, found: TypeWords | None = None
) -> TypedEvent | None:
    """What a sentence announces by the types of the rules: the first clause that announces something.

    `found`: the words of types in the sentence, where somebody has looked for them before.
    """
    in_sentence = rules.event_types.find(analysis.folded[sentence.start : sentence.end]) if found is None else found
    if not in_sentence.may_announce():
        return None
    scene = ReadSentence(analysis, sentence, rules, in_sentence)
    before: Actor | None = None
    for clause in clauses_of(scene):
        event, actor = (_chinese if scene.chinese else _english)(scene, clause, before)
        if event is not None:
            return event
        before = actor
    return None


def _english(scene: ReadSentence, clause: Clause, before: Actor | None) -> tuple[TypedEvent | None, Actor | None]:
    text = scene.text
    for start, end, type_, role, form in triggers_of(scene, clause):
        if is_negated(clause, type_):
            continue
        helping = auxiliary_before(text, clause.start, start)
        helped = text[helping:start].lower()
        if _NOT.search(helped) or _UNSURE.search(helped):
            continue
        planned = _PLANNED.search(helped) is not None
        if planned and not (type_.future or re.search(r"\bwill\b", helped)):
            continue
        subject_end = helping
        reported = "noun" in type_.needs
        if reported:
            nouns = [one.start for one in nouns_of(clause, type_, clause.start, start)]
            if nouns and scene.text[clause.start : nouns[0]].strip():
                subject_end = min(subject_end, nouns[0])
            elif scene.folded[start:end] in ("up", "down", "flat"):
                continue  # of a figure alone: profit up, but not plays down
        actor = None
        by = (
            re.match(r"\s+(?:by|to)\s+", text[end : end + 6])
            if form == "ed" and re.search(r"\b(?:be|been|is|are|was|were|being)\b", helped)
            else None
        )
        if by:
            actor = subject_actor(
                text, end + by.end(), _until(text, end + by.end(), clause.end), scene.named, titled=scene.titled
            )
        elif _SELF.search(text[clause.start : start]) or (
            form in ("ing", "") and not text[clause.start : start].strip(" '\"‘“")
        ):
            actor = _maker_after(scene, end, clause.end)
        elif text[clause.start : helping].rstrip().endswith(",") and form in ("s", "ed"):
            actor = subject_actor(text, clause.start, subject_end, scene.named, titled=scene.titled)
            actor = actor or _first_known(scene, clause, before)
        elif _is_finite(text, clause, start, end, form, role, helped):
            actor = subject_actor(text, clause.start, subject_end, scene.named, titled=scene.titled, reported=reported)
        if actor is None:
            continue
        event = _needed(scene, clause, type_, role, actor, start, end)
        if event is not None:
            return event, actor
    return None, before


def _first_known(scene: ReadSentence, clause: Clause, before: Actor | None) -> Actor | None:
    """The known name that a clause begins with: X does this, launches that."""
    one = next((one for one in scene.named if one.start - clause.start <= 1), None)
    if one is None:
        return before
    after = scene.text[one.end : one.end + 12].split()
    if not after or after[0].lower().strip("'’,") in ("s", "stock", "shares", "investor", "investors"):
        return None
    return Actor(one.start, one.end, one.name, one.kind, True, one.product)


def _until(text: str, start: int, end: int) -> int:
    found = re.search(r"\s(?:for|in|at|on|to|as|after|with|from)\b|[,:;(]", text[start:end])
    return start + found.start() if found else end


def _maker_after(scene: ReadSentence, start: int, end: int) -> Actor | None:
    """Introducing X: the maker of X announces it."""
    product = next((one for one in scene.products if start <= one.start < min(end, start + 60)), None)
    if product is None:
        return None
    return Actor(product.start, product.end, product.maker, "company", True, product)


def _is_finite(text: str, clause: Clause, start: int, end: int, form: str, role: str, helped: str) -> bool:
    """Whether an English verb's form can have the words before it as its subject."""
    if role == "alone" or text[start:end].lower() in ("up", "down", "flat"):
        return True
    before = text[clause.start : start].rstrip(" '\"‘“")
    if not before:
        return False
    if form == "ing":
        return (
            re.search(r"\b(?:is|are|was|were|begins|starts|be|been)\b|['’](?:s|re)\b", helped) is not None
            or re.search(r"['’]re\s*$|\b(?:is|are)\s*$", before + " ") is not None
        )
    if form == "base":
        return (
            re.search(r"\b(?:to|will|can|may|now|also)\b", helped) is not None
            or _PLURAL.search(before) is not None
            or text[start : start + 1].isupper()
            or not text[start : start + 1].isalpha()
        )
    return True


def _chinese(scene: ReadSentence, clause: Clause, before: Actor | None) -> tuple[TypedEvent | None, Actor | None]:
    text = scene.text
    last = before
    for start, end, type_, role, _ in triggers_of(scene, clause):
        if is_negated(clause, type_):
            continue
        lead = text[clause.start : start]
        if scene.folded[start:end] in _TOGETHER and _RELEASED.search(scene.folded, end, clause.end):
            continue  # who releases something together makes no deal by it
        if _NOT.search(lead) or _UNSURE.search(lead[-8:]):
            continue
        planned = _PLANNED.search(lead[-12:]) is not None
        if planned and not type_.future and not clause.colon and re.search(r"预告|即将|计划", lead[-12:]):
            continue
        subject_end = start
        if "noun" in type_.needs:
            nouns = [one.start for one in nouns_of(clause, type_, clause.start, start)]
            subject_end = min([start, *nouns])
        actor = chinese_actor(text, clause.start, subject_end, scene.named)
        if actor is not None and not actor.known and clause.start > scene.sentence.start + 24 and not clause.colon:
            actor = None  # a name that nobody knows is the subject of what comes first
        if clause.colon is not None and (actor is None or not actor.known):
            actor = chinese_actor(text, *clause.colon, scene.named, colon=True)
            if re.search(r"股东|实控人|控股方|一致行动", lead):
                actor = None
        elif actor is None and before is not None and not _rest(text[clause.start : subject_end]):
            actor = before
        if actor is None:
            continue
        last = actor
        event = _needed(scene, clause, type_, role, actor, start, end)
        if event is not None:
            return event, last
    return None, last


def _rest(piece: str) -> str:
    """What of the words before a verb could still be a subject."""
    return re.sub(r"[并还也已又同时正式宣布将拟与和同\s]|达成|为|其|在[^，]*", "", piece)


def _needed(
    scene: ReadSentence, clause: Clause, type_: EventType, role: str, actor: Actor, start: int, end: int
) -> TypedEvent | None:
    """The event, if the clause has all that its type needs."""
    government = actor.kind in ("government", "country")
    if ("government" in type_.needs) != government or actor.kind == "index":
        return None
    if (role == "weak" or "known" in type_.needs) and not actor.known:
        return None
    if role == "weak" and actor.product is None and scene.folded.startswith(_OF_PRODUCTS, start):
        return None
    if not actor.known and scene.table.triggers.find(scene.folded[actor.start : actor.end].partition(" ")[2]):
        return None  # a verb stands in it: it is no name
    piece = scene.text[clause.start : clause.end]
    if "amount" in type_.needs and not _AMOUNT.search(piece.lower()):
        return None
    if "figure" in type_.needs and not _FIGURE.search(piece.lower()):
        return None
    if role != "alone" and "noun" in type_.needs:
        near = [one for one in nouns_of(clause, type_, clause.start, clause.end) if one.start != start]
        if not any(-60 <= one.start - end <= (REACH if scene.chinese or government else 45) for one in near):
            return None
    if actor.kind == "country":
        after = scene.folded[actor.end : start].strip()
        if not GOVERNING.match(after):
            return None
        name = scene.rules.governments.get(actor.name, "")
        if not name:
            return None
        if type_.name == "export_control":
            name = scene.rules.authorities.get(name, name)
        actor = Actor(actor.start, actor.end, name, "government", True)
    if role != "alone" and type_.takes_object:
        if scene.chinese:
            found = chinese_object(scene, clause, type_, role, actor, start, end)
        else:
            found = english_object(scene, clause, type_, role, actor, end)
        if found is None:
            return None
        objects = found
    else:
        objects = ()
        if role == "alone" and type_.takes_object and type_.kinds:  # Meet X: the product that it is about
            if actor.product is None or actor.product.kind not in type_.kinds or actor.product.start < start:
                return None
            objects = (actor.product,)
    return TypedEvent(type=type_, actor=actor, start=start, end=end, objects=objects)
