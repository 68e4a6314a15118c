"""All claims of a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from newsbt.domain.aliases import Mention
from newsbt.events.extraction.analysis import Cue, TextAnalysis
from newsbt.events.extraction.authorities import agency_of, controls, policies
from newsbt.events.extraction.claims import ZONES, Claim, Scene, claim_of
from newsbt.events.extraction.extraction_rules import ExtractionRules
from newsbt.events.extraction.finances import guidance, partnerships, spending
from newsbt.events.extraction.releases import releases
from newsbt.events.extraction.typed_events import TypedEvent, typed_event

__all__ = ["find_claims", "headline_claim", "main_company"]

_FINDERS: tuple[Callable[[Scene], Iterator[Claim]], ...] = (
    releases, spending, controls, policies, partnerships, guidance,
)  # fmt: skip


def find_claims(analysis: TextAnalysis, rules: ExtractionRules) -> list[Claim]:
    """All claims of a text, in its order."""
    main = main_company(analysis)
    found: list[Claim] = []
    for sentence in analysis.sentences:
        if sentence.zone == 0:
            event = typed_event(analysis, sentence, rules)
            if event is not None:
                found.append(headline_claim(event, analysis, rules))
            if event is not None or len(analysis.sentences) == 1:
                continue
        if sentence.cues:
            scene = Scene(analysis, sentence, rules, main)
            for finder in _FINDERS:
                found.extend(finder(scene))
    return found


def headline_claim(event: TypedEvent, analysis: TextAnalysis, rules: ExtractionRules) -> Claim:
    """The claim of an event in the headline. Words of time in results name the period reported, not their age."""
    actor = Mention(event.actor.start, event.actor.end, event.actor.name, event.actor.kind)
    if event.type.name == "policy":
        actor = agency_of(analysis, actor, rules)
    claim = claim_of(
        analysis,
        analysis.headline,
        Cue(event.start, event.end, f"{event.type.name}.headline"),
        event.type.name,
        actor.name,
        1.0,
        actor=actor,
        objects=event.objects,
    )
    return replace(claim, age=None if event.type.name == "earnings_guidance" else claim.age, planned=False)


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
