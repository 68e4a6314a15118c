"""Whether a clause has all that its type of event needs: amounts, nouns, who governs, what is acted on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsbt.events.extraction.actors import GOVERNING
from newsbt.events.extraction.clause_objects import chinese_object, english_object, names_a_thing_of
from newsbt.events.extraction.clauses import REACH, Clause, ReadSentence, nouns_of
from newsbt.events.extraction.event_types import EventType
from newsbt.events.extraction.products import Product
from newsbt.events.extraction.stranger_names import Actor

__all__ = ["TypedEvent", "needed"]

_AMOUNT = re.compile(
    r"[$€£¥₹]\s?\d|\br[sm]\.? ?\d"
    r"|\d[\d.,]*\s?k?\s?(?:billion|million|trillion|crore|lakh|cr|bn|mn|m\b|b\b)|\d[\d.]*\s?(?:万亿|亿|千万|万)"
)
_FIGURE = re.compile(r"\d[\d.,]*\s?(?:%|percent|per cent|p\b|亿|万|倍)|[$€£¥]\s?\d|[一二三四五六七八九]成")
_CIRCUMSTANCE = re.compile(r"\b(?:amid|as|despite|after|while|following|when)\b")
_OF_PRODUCTS = ("get", "got", "show", "hide", "can now")  # what a product gets is new; what a company gets is not


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedEvent:
    """An event of one type: its actor, the word at text[start:end] that says it, and the products it is about."""

    type: EventType
    actor: Actor
    start: int
    end: int
    objects: tuple[Product, ...] = ()
    planned: bool = False


def _is_about(scene: ReadSentence, clause: Clause, type_: EventType, actor: Actor, start: int) -> bool:
    """Whether a clause has a noun of a type, a known product of its kinds, or something that its actor has made."""
    made = (one.kind in type_.kinds and clause.start <= one.start < clause.end for one in scene.products)
    if any(made) or nouns_of(clause, type_, clause.start, clause.end):
        return True
    return scene.chinese and "product" not in type_.needs and names_a_thing_of(scene, actor, start)


def _has_party(scene: ReadSentence, clause: Clause, actor: Actor, end: int) -> bool:
    """Whether the next name behind `end` is another known company, with few words before it."""
    after = next((one for one in scene.named if end <= one.start < clause.end), None)
    if after is None or after.kind != "company" or after.name == actor.name:
        return False
    return _FEW.fullmatch(scene.text[end : after.start]) is not None


_FEW = re.compile(r"\s*(?:[a-z][\w-]* ){0,3}")
_HELPED = re.compile(r"\s*(?:(?:is|was|are|were|has been|have been|to be|being|will be)\s+)?(?:now |just )?$")


def _done(
    scene: ReadSentence, clause: Clause, type_: EventType, actor: Actor, start: int
) -> tuple[Product, ...] | None:
    """What a passive verb at `start` is done to, of the clause before it; None where that is nothing of the type."""
    if not type_.takes_object or (type_.names and not type_.kinds):
        return ()
    if not type_.kinds:
        return () if nouns_of(clause, type_, clause.start, start) else None
    made = [one for one in scene.products if clause.start <= one.start and one.end <= start]
    if made:
        return (made[-1],) if made[-1].kind in type_.kinds and made[-1].maker == actor.name else None
    nouns = nouns_of(clause, type_, clause.start, start)
    return () if nouns and _HELPED.match(scene.folded, nouns[-1].end, start) else None


def needed(
    scene: ReadSentence, clause: Clause, type_: EventType, role: str, actor: Actor, start: int, end: int
) -> TypedEvent | None:
    """The event, if the clause has all that its type needs."""
    government = actor.kind in ("government", "country")
    if ("government" in type_.needs) != government or actor.kind == "index":
        return None
    if (role == "weak" or "known" in type_.needs) and not actor.known:
        return None
    owned = scene.folded.startswith(("'s ", "' "), actor.end)
    if role == "weak" and actor.product is None and not owned and scene.folded.startswith(_OF_PRODUCTS, start):
        return None
    if not actor.known and scene.table.triggers.find(scene.folded[actor.start : actor.end].partition(" ")[2]):
        return None  # a verb stands in it: it is no name
    piece = scene.text[clause.start : clause.end]
    if "amount" in type_.needs and not _AMOUNT.search(piece.lower()):
        return None
    if "figure" in type_.needs and not _FIGURE.search(piece.lower()):
        return None
    if "about" in type_.needs and not _is_about(scene, clause, type_, actor, start):
        return None
    if "party" in type_.needs and not _has_party(scene, clause, actor, end):
        return None
    if role not in ("alone", "pattern") and "noun" in type_.needs:
        stop = clause.end
        if not (scene.chinese or government) and (found := _CIRCUMSTANCE.search(scene.folded, end, clause.end)):
            stop = found.start()
        near = [one for one in nouns_of(clause, type_, clause.start, stop) if one.start != start]
        if not any(-60 <= one.start - end <= (REACH if scene.chinese or government else 45) for one in near):
            return None
    if actor.kind == "country":
        after = scene.folded[actor.end : start].strip()
        if not GOVERNING.match(after):
            return None
        name = scene.rules.governments.get(actor.name, "")
        if not name:
            return None
        if type_.event == "export_control":
            name = scene.rules.authorities.get(name, name)
        actor = Actor(actor.start, actor.end, name, "government", True)
    if "product" in type_.needs:
        made = actor.product or next((one for one in scene.products if actor.end <= one.start < start), None)
        if made is None and (type_.kinds == ("model",) or not nouns_of(clause, type_, actor.start, start)):
            return None
        if made is not None and made.kind == "model" and not made.versioned:
            another = type_.kinds != ("model",) and re.match(r"\s[A-Z][a-z]", scene.text[made.end : start])
            if not another:  # Claude Science is no Claude
                return None
        elif made is not None and made.kind not in type_.kinds:
            return None
        objects: tuple[Product, ...] = () if made is None else (made,)
    elif role == "pattern":
        objects = ()
    elif role == "passive":
        about = _done(scene, clause, type_, actor, start)
        if about is None:
            return None
        objects = about
    elif role != "alone" and type_.takes_object:
        if scene.chinese:
            about = chinese_object(scene, clause, type_, role, actor, start, end)
        else:
            about = english_object(scene, clause, type_, role, actor, end)
        if about is None:
            return None
        objects = about
    else:
        objects = ()
        if role == "alone" and type_.takes_object and type_.kinds:  # Meet X: the product that it is about
            if actor.product is None or actor.product.kind not in type_.kinds or actor.product.start < start:
                return None
            objects = (actor.product,)
    return TypedEvent(type=type_, actor=actor, start=start, end=end, objects=objects)
