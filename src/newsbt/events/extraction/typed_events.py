"""Events of a sentence by the types that are data: clause by clause, who does what to what."""

from __future__ import annotations

import re
from dataclasses import replace

from newsbt.domain.broader_types import BROADER
from newsbt.domain.folding import simplified
from newsbt.events.extraction.actors import auxiliary_before
from newsbt.events.extraction.analysis import Sentence, TextAnalysis
from newsbt.events.extraction.chinese_actors import chinese_actor
from newsbt.events.extraction.clauses import (
    Clause,
    ReadSentence,
    clauses_of,
    head_end,
    is_negated,
    nouns_of,
    triggers_of,
)  # fmt: skip
from newsbt.events.extraction.event_types import TypeWords
from newsbt.events.extraction.extraction_rules import ExtractionRules
from newsbt.events.extraction.stranger_names import Actor, is_reported
from newsbt.events.extraction.type_needs import TypedEvent, needed

__all__ = ["typed_event"]

_UNSURE = re.compile(
    r"\b(?:reportedly|may|might|could|would|should|considers?|considering|mulls?|weighs?|eyes|seeks?|in talks|hopes?"
    r"|wants?|ha(?:s|ve) to|likely|about to|prepar\w+|looks?|intends?|aims?)\b|或将|有望|考虑|洽谈|或于|可能"
)
# The last line: 尚未向明途供货 denies a verb that stands behind its party.
_NOT = re.compile(
    r"\b(?:not|n't|never|won't|isn't|doesn't|didn't|don't|can't|refuses|declines|fails|failed|delays)\b"
    r"|(?:没有|[未无]|不再|不|暂停|停止|拒绝|暂缓|否认|继续)$"
    r"|(?:没有|未(?!来)|暂[无不]|不会|从不|不再|不)(?:再)?(?:参与|[向与]|就(?!是)|对(?![称劲等外]))[^，,。；;]*$"
)
_PLANNED = re.compile(
    r"\b(?:to|plans?|planning|set|expected|ready|going)\b|(?:将|拟|计划|预告|即将)(?:于\S{0,8}|在\S{0,8}|(?:今年|明年|年内|下?周|下?[个]?月|本月|稍后|晚些|晚|早|底|初|些|时候|\d+月|内|前|后|中)+)?$"
)
_WITHIN = re.compile(r"(?:[数几两三\d]+(?:周|星期|天|日|个?月)|年|月)[之以]?内|明年|下(?:周|个?月|季度?)|未来")
_HOPED = re.compile("希望|寻求|呼吁|愿意|渴望|想要")
YIELDING = 35  # an event of a lower priority yields to one of a later clause
_SHOWN = ("announc", "unveil", "reveal", "debut", "present", "introduc", "show off")
_TOGETHER = ("携手", "联手", "联合", "合作", "共建")
_RELEASED = re.compile("发布|推出|开源|上线")
_ATTRIBUTED = re.compile(r"(?:[新下这一]一代|[一两三几多]款|[一首]个|的|最新|全新|首款)\s*$")
_TWO = re.compile(r"[A-Z][\w.&-]*(?: [A-Z][\w.&-]*)?, [A-Z][\w.&-]*(?: [A-Z][\w.&-]*)?$")  # Brightvale, Harbor sign
_SELF = re.compile(r"(?:we(?:'|’)?(?:re|ve| are| have)?\s(?:are |have )?(?:now |also |just )?$)", re.IGNORECASE)
_PLURAL = re.compile(r"\band\b|&|(?:[^s's]s)$", re.IGNORECASE)


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
    previous: Clause | None = None
    slight: TypedEvent | None = None
    for clause in clauses_of(scene):
        event, actor = _chinese(scene, clause, before) if scene.chinese else _english(scene, clause, before, previous)
        if event is not None and scene.chinese and not event.actor.known:
            written = analysis.text[event.actor.start : event.actor.end]  # it keeps its name as the text has it
            if simplified(written) == event.actor.name:
                event = replace(event, actor=replace(event.actor, name=written))
        if event is not None and event.type.priority >= YIELDING:
            return _narrowed(scene, event)
        slight = slight or event
        before, previous = actor, clause
    return slight


def _narrowed(scene: ReadSentence, event: TypedEvent) -> TypedEvent:
    """The event by a type that says more of it, where the sentence has one of the same actor: results that beat."""
    narrower = [one for one in scene.table.types.values() if BROADER.get(one.event) == event.type.event]
    if not narrower:
        return event
    for clause in clauses_of(scene):
        if clause.end <= event.actor.end:
            continue
        for start, end, type_, role, _ in triggers_of(scene, clause):
            others = (one for one in scene.named if event.actor.end <= one.start and one.end <= start)
            if type_ not in narrower or start < event.actor.end or any(one.kind == "company" for one in others):
                continue
            if role == "verbs" and _PREPOSED.search(scene.text[clause.start : start].rstrip()):
                continue  # toward the lower end
            if is_negated(
                scene, clause, type_, event.actor, clause.end if scene.chinese else head_end(scene, clause, end)
            ):
                continue
            if found := needed(scene, clause, type_, role, event.actor, start, end):
                return found
    return event


def _english(
    scene: ReadSentence, clause: Clause, before: Actor | None, previous: Clause | None
) -> tuple[TypedEvent | None, Actor | None]:
    text = scene.text
    last = before
    follows = last is not None or previous is not None
    leads: dict[int, tuple[int, str, bool, bool]] = {}
    for start, end, type_, word, form in triggers_of(scene, clause):
        role = word
        if start not in leads:
            leads[start] = _lead(text, clause.start, start)
        helping, helped, unsure, planned = leads[start]
        if unsure and not (_WOULD.fullmatch(helped) and _SPEECH.search(scene.folded, clause.start, helping)):
            continue  # but said that it would
        if not type_.future and "will" in helped and scene.folded.startswith(_SHOWN, start):
            continue  # what will be shown is not there yet
        if planned and not (type_.future or re.search(r"\bwill\b", helped)):
            continue
        subject_end = helping
        reported = "noun" in type_.needs or "noun_before" in type_.needs
        if reported:
            nouns = [one.start for one in nouns_of(clause, type_, clause.start, start)]
            if nouns and scene.text[clause.start : nouns[0]].strip():
                subject_end = min(subject_end, nouns[0])
                if speaking := _SPEAKING.search(scene.folded, clause.start, subject_end):
                    subject_end = speaking.start()
            elif nouns and _is_behind_a_colon(text, clause.start, nouns[0]):
                subject_end = nouns[0]
            elif "noun_before" in type_.needs:
                continue  # shares rise and fall too
            elif scene.folded[start:end] in ("up", "down", "flat"):
                continue  # of a figure alone: profit up, but not plays down
        actor = None
        passive, agent = _agent(scene, clause, end, helped) if form == "ed" and not type_.periods else (False, None)
        if passive or agent is not None:
            actor, role = agent, "passive"
        elif _SELF.search(text[clause.start : start]) or (
            form in ("ing", "") and not text[clause.start : start].strip(" '\"‘“")
        ):
            actor = _maker_after(scene, end, clause.end)
        elif text[clause.start : helping].rstrip().endswith(",") and form in ("s", "ed"):
            actor = scene.subject(clause.start, subject_end)
            actor = actor or _first_known(scene, clause, last)
        elif _is_finite(text, clause, start, end, form, role, helped):
            actor = scene.subject(clause.start, subject_end, reported=reported)
        speech = _SPEECH.search(scene.folded, clause.start, subject_end) if actor is None else None
        if speech is not None and (type_.future or (not planned and not re.search(r"\b(?:will|would)\b", helped))):
            actor = scene.subject(clause.start, speech.start())
        if actor is None and follows and _refers_back(text[clause.start : subject_end], reported=reported):
            actor = last or _of_clause(scene, previous)
        elif actor is None and (reported or role == "pattern") and _is_behind_a_colon(text, clause.start, subject_end):
            actor = _of_clause(scene, previous)
        if actor is None:
            continue
        last = actor
        if role == "pattern" and type_.periods and _names_another(scene, actor, start, end):
            continue  # whose shares rise as another's results beat reports nothing
        if is_negated(
            scene, clause, type_, actor, head_end(scene, clause, end - (role == "alone" or not type_.takes_object))
        ):
            continue
        event = needed(scene, clause, type_, role, actor, start, end)
        if event is not None:
            return event, actor
    return None, last


def _names_another(scene: ReadSentence, actor: Actor, start: int, end: int) -> bool:
    """Whether text[start:end] names a company other than the actor."""
    inside = (one for one in scene.named if start <= one.start and one.end <= end)
    return any(one.kind == "company" and one.name != actor.name for one in inside)


def _lead(text: str, start: int, verb: int) -> tuple[int, str, bool, bool]:
    """Where the helping words before an English verb begin, themselves, and whether they negate or doubt, or plan."""
    helping = auxiliary_before(text, start, verb)
    helped = text[helping:verb].lower()
    if not helped:
        return helping, helped, False, False
    unsure = _NOT.search(helped) is not None or _UNSURE.search(helped) is not None
    return helping, helped, unsure, _PLANNED.search(helped) is not None


# X announced today that it has ...: X is who did it.
_SPEECH = re.compile(
    r"\s(?:has )?(?:announced|said|says|announces|confirmed|revealed|disclosed|reported)(?: [\w-]+){0,3}?(?: that)?"
    r" (?:it|they|the company|the firm|the startup)(?:'s|'ve)?\s*$"
)
_SPEAKING = re.compile(r"\s(?:says|said|reports|reported)(?: on \w+day)?(?: that)?(?: its?)?\s*$")
_WOULD = re.compile(r"\s*would\s*")
_BACK = re.compile(r"\s*(?:it|they|and|but)?\s*(?:also|now|then)?\s*$", re.IGNORECASE)


def _refers_back(subject: str, *, reported: bool) -> bool:
    """Whether the subject of an English clause is that of the one before it: a pronoun, or a figure of its company."""
    if _BACK.match(subject):
        return subject.strip() != ""
    return reported and is_reported(subject)


def _is_behind_a_colon(text: str, start: int, at: int) -> bool:
    """Whether nothing but a colon, and the clause before it, stands before `at`: Harbor: signing of an agreement."""
    return not text[start:at].strip() and text[:start].rstrip().endswith(":")


def _of_clause(scene: ReadSentence, clause: Clause | None) -> Actor | None:
    """The name that a clause without a verb of any type begins with."""
    if clause is None:
        return None
    return scene.subject(clause.start, clause.end, reported=True)


def _first_known(scene: ReadSentence, clause: Clause, before: Actor | None) -> Actor | None:
    """The known name that a clause begins with: X does this, launches that."""
    one = next((one for one in scene.named if one.start - clause.start <= 1), None)
    if one is None:
        return before
    after = scene.text[one.end : one.end + 12].split()
    if not after or after[0].lower().strip("'’,") in ("s", "stock", "shares", "investor", "investors"):
        return None
    return Actor(one.start, one.end, one.name, one.kind, True, one.product)


_BE = re.compile(r"\b(?:be|been|being|is|are|was|were)\b")
_BY_NAME = re.compile(r"\s+by\s+(?=[A-Z])")


def _agent(scene: ReadSentence, clause: Clause, end: int, helped: str) -> tuple[bool, Actor | None]:
    """Whether the participle that ends at `end` is passive by its helping words, and who does it: X is bought by Y, or
    as headlines have it, X bought by Y."""
    passive = _BE.search(helped) is not None
    by = re.compile(r"\s+(?:by|to)\s+").match(scene.text, end, end + 6) if passive else _BY_NAME.match(scene.text, end)
    if by is None:
        return False, None
    return passive, scene.subject(by.end(), _until(scene.text, by.end(), clause.end))


def _until(text: str, start: int, end: int) -> int:
    found = re.search(r"\s(?:for|in|at|on|to|as|after|with|from)\b|[,:;(]", text[start:end])
    return start + found.start() if found else end


def _maker_after(scene: ReadSentence, start: int, end: int) -> Actor | None:
    """Introducing X: the maker of X announces it."""
    product = next((one for one in scene.products if start <= one.start < min(end, start + 60)), None)
    if product is None:
        return None
    return Actor(product.start, product.end, product.maker, "company", True, product)


_IS = re.compile(r"\s(?:is|are|was|were|has|have|will|could|may|might|would)\b", re.IGNORECASE)
_ANOTHER_VERB = re.compile(r"\s(?:put|hit|threaten|leave|left|force|push|weigh|loom|take|make|spark|spur|drive)\b")
_PREPOSED = re.compile(r"\b(?:towards?|by|for|of|on|the|an?|its|in|at|with|from|than|as|amid)$", re.IGNORECASE)


def _is_finite(text: str, clause: Clause, start: int, end: int, form: str, role: str, helped: str) -> bool:
    """Whether an English verb's form can have the words before it as its subject."""
    if role in ("alone", "pattern") or text[start:end].lower() in ("up", "down", "flat"):
        return True
    before = text[clause.start : start].rstrip(" '\"‘“")
    if not before:
        return False
    if form == "ing":
        return (
            re.search(r"\b(?:is|are|was|were|begins|starts|be|been)\b|['’](?:s|re)\b", helped) is not None
            or re.search(r"['’]re\s*$|\b(?:is|are)\s*$", before + " ") is not None
        )
    if form in ("base", "ed") and (_IS.match(text, end) or _PREPOSED.search(before)):
        return False  # a noun or adjective: Tax Cut Is ..., toward the Lower End
    if form == "s" and (_IS.match(text, end) or _ANOTHER_VERB.match(text, end)):
        return False  # US sanctions put ...
    if form == "base":
        return (
            re.search(r"\b(?:to|will|can|may|now|also)\b", helped) is not None
            or _PLURAL.search(before) is not None
            or _TWO.match(before) is not None
            or text[start : start + 1].isupper()
            or not text[start : start + 1].isalpha()
        )
    return True


def _chinese(scene: ReadSentence, clause: Clause, before: Actor | None) -> tuple[TypedEvent | None, Actor | None]:
    text = scene.text
    last = before
    for start, end, type_, role, _ in triggers_of(scene, clause):
        lead = text[clause.start : start]
        if scene.folded[start:end] in _TOGETHER and _RELEASED.search(scene.folded, end, clause.end):
            continue  # who releases something together makes no deal by it
        if scene.folded[start:end] == "发布" and scene.folded.startswith("会", end):
            continue  # a meeting, whatever is shown there
        if scene.folded[start:end] == "开源" and _ATTRIBUTED.search(lead):
            continue  # an open model of theirs: what follows says what it does
        if _NOT.search(lead) or _UNSURE.search(lead[-8:]) or _HOPED.search(lead):
            continue
        planned = _PLANNED.search(lead[-12:]) is not None
        if not type_.future and _WITHIN.search(lead[-10:]):
            continue
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
        elif actor is None and role == "alone" and not lead.strip():
            actor = _maker_after(scene, end, clause.end)
        if actor is None:
            continue
        last = actor
        if is_negated(scene, clause, type_, actor, clause.end):
            continue
        event = needed(scene, clause, type_, role, actor, start, end)
        if event is not None:
            return event, last
    return None, last


def _rest(piece: str) -> str:
    """What of the words before a verb could still be a subject."""
    return re.sub(r"[并还也已又同时正式宣布将拟与和同\s]|达成|为|其|在[^，]*", "", piece)
