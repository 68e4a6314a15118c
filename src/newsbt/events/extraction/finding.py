"""All claims of a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from newsbt.domain.aliases import Mention
from newsbt.events.extraction.analysis import Cue, Sentence, TextAnalysis
from newsbt.events.extraction.authorities import agency_of, controls, policies
from newsbt.events.extraction.claims import ZONES, Claim, Scene, claim_of
from newsbt.events.extraction.extraction_rules import ExtractionRules
from newsbt.events.extraction.finances import guidance, partnerships, spending
from newsbt.events.extraction.releases import releases
from newsbt.events.extraction.type_needs import TypedEvent
from newsbt.events.extraction.typed_events import typed_event

__all__ = ["find_claims", "headline_claim", "main_company"]

_FINDERS: tuple[Callable[[Scene], Iterator[Claim]], ...] = (
    releases, spending, controls, policies, partnerships, guidance,
)  # fmt: skip


# What a text's first paragraph tells as often of other days and companies: the finders that know it decide.
_BACKGROUND = ("partnership", "policy", "export_control", "capex_plan")


def find_claims(analysis: TextAnalysis, rules: ExtractionRules, event: TypedEvent | None) -> list[Claim]:
    """All claims of a text, in its order. `event` is what its headline announces by its grammar."""
    main = main_company(analysis)
    found: list[Claim] = [] if event is None else [headline_claim(event, analysis, rules)]
    for sentence in analysis.sentences:
        if sentence.zone == 0 and (event is not None or len(analysis.sentences) == 1):
            continue
        if sentence.cues:
            scene = Scene(analysis, sentence, rules, main)
            for finder in _FINDERS:
                found.extend(finder(scene))
        if sentence.zone == 1 and event is None:
            lead = typed_event(analysis, sentence, rules)
            if lead is not None and lead.type.event not in _BACKGROUND:
                found.append(_claim(lead, analysis, sentence, rules))
    if event is not None:  # the body says more of what the headline announces; what else it tells is its background
        announced = (found[0].event_type, found[0].issuer)
        found = [one for one in found if (one.event_type, one.issuer) == announced]
    return found


def headline_claim(event: TypedEvent, analysis: TextAnalysis, rules: ExtractionRules) -> Claim:
    """The claim of an event in the headline. Words of time may name the period told of, not its age."""
    head = analysis.headline
    near = tuple(
        one
        for one in head.days
        if one.start < event.end or not re.search(r"[,;，；。]", analysis.folded[event.end : one.start])
    )  # words of time behind the clause are of what it is compared with
    claim = _claim(event, analysis, head if len(near) == len(head.days) else replace(head, days=near), rules)
    age = None if event.type.periods else claim.age
    return replace(claim, age=age, planned=False, of_headline=True)


def _claim(event: TypedEvent, analysis: TextAnalysis, sentence: Sentence, rules: ExtractionRules) -> Claim:
    actor = Mention(event.actor.start, event.actor.end, event.actor.name, event.actor.kind)
    if event.type.event == "policy":
        actor = agency_of(analysis, actor, rules)
    return claim_of(
        analysis,
        sentence,
        Cue(event.start, event.end, f"{event.type.event}.typed"),
        event.type.event,
        actor.name,
        1.0,
        actor=actor,
        objects=event.objects,
    )


def main_company(analysis: TextAnalysis) -> str:
    """The company that a text is about: the one named most, early mentions counting more; empty if there is none."""
    weights: dict[str, float] = {}
    for sentence in analysis.sentences:
        weight = ZONES[min(sentence.zone, 4)]
        for mention in sentence.mentions:
            if mention.kind == "company" and mention.certain:
                weights[mention.name] = weights.get(mention.name, 0.0) + weight
        for product in sentence.products:
            weights[product.maker] = weights.get(product.maker, 0.0) + weight / 2
    return max(weights, key=lambda name: weights[name], default="")
