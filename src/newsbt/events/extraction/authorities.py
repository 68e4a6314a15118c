"""Claims of those who govern: controls of trade, and policy."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsbt.domain.aliases import Mention
from newsbt.events.extraction.analysis import Sentence, TextAnalysis
from newsbt.events.extraction.claims import BY, REACH, Claim, Scene, claim_of
from newsbt.events.extraction.extraction_rules import ExtractionRules

__all__ = ["agency_of", "controls", "government_of", "policies"]


def government_of(analysis: TextAnalysis, sentence: Sentence, rules: ExtractionRules) -> tuple[str, Mention | None]:
    """Who acts for a government in a sentence: an authority by name, or a country's name that stands for it."""
    named = next((one for one in sentence.mentions if one.kind == "government" and one.certain), None)
    if named is not None:
        return named.name, named
    for mention in sentence.mentions:
        if mention.kind == "country" and mention.certain and _acts(analysis, mention):
            government = rules.governments.get(mention.name, "")
            return government, Mention(mention.start, mention.end, government, "country")
    return "", None


def _acts(analysis: TextAnalysis, country: Mention) -> bool:
    """Whether a country's name stands for its government: not US shares, not 美国股市."""
    return (
        re.match(
            r" (?:shares|stocks?|listed|market|close|clients?|tech|firms?|trad)|[-']|[股市企]",
            analysis.folded[country.end :][:12],
        )
        is None
    )


def controls(scene: Scene) -> Iterator[Claim]:
    """Who restricts or allows whose trade."""
    analysis, sentence = scene.analysis, scene.sentence
    nouns = sentence.cued("export_control.nouns")
    chips = [one for one in sentence.products if one.kind == "chip"]
    cues = sentence.cued("export_control.strong", "export_control.ease")
    if not cues or not (nouns or chips):
        return
    government, actor = government_of(analysis, sentence, scene.rules)
    if (actor is not None and government.endswith("China")) or government.endswith("(China)"):
        government = ""
    if not government:
        company = next((one for one in sentence.mentions if one.kind == "company" and one.certain), None)
        if company is None or not chips:
            return
        government, actor = company.name, company
    for cue in cues:
        spans = [(one.start, one.end) for one in nouns] + [(one.start, one.end) for one in chips]
        near = any(abs(start - cue.end) <= REACH or abs(cue.start - end) <= REACH for start, end in spans)
        if near and not any(one.start <= cue.start and cue.end <= one.end for one in nouns if one.name == cue.name):
            yield claim_of(
                analysis, sentence, cue, "export_control", government, 1.0, actor=actor, objects=tuple(chips)
            )
            return


def policies(scene: Scene) -> Iterator[Claim]:
    """Which authority sets which rule."""
    analysis, sentence = scene.analysis, scene.sentence
    nouns = sentence.cued("policy.nouns")
    for cue in sentence.cued("policy.strong"):
        by = BY.match(analysis.folded, cue.end)
        governments = [one for one in sentence.mentions if one.kind == "government" and one.certain]
        actor = next((one for one in governments if one.start <= cue.start or by is not None), None)
        if actor is None:
            _, actor = government_of(analysis, sentence, scene.rules)
            if actor is None or actor.start > cue.start or cue.start - actor.end > 20:
                continue
            if analysis.language == "zh" and cue.start - actor.end > 4:
                continue
            actor = agency_of(analysis, actor, scene.rules)
        near = [
            one for one in nouns if abs(one.start - cue.end) <= REACH and (one.start, one.end) != (cue.start, cue.end)
        ]
        if near:
            yield claim_of(
                analysis, sentence, cue, "policy", actor.name, 1.0, actor=actor, objects=sentence.products[:1]
            )
            return


def agency_of(analysis: TextAnalysis, actor: Mention, rules: ExtractionRules) -> Mention:
    """The authority that a text names first for the country that acts, under the country's place in the text."""
    agencies = rules.agencies.get(actor.name, ())
    for sentence in analysis.sentences:
        for mention in sentence.mentions:
            if mention.name in agencies and mention.certain:
                return Mention(actor.start, actor.end, mention.name, "government")
    return actor
