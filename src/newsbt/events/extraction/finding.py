"""All claims of a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from newsbt.events.extraction.analysis import TextAnalysis
from newsbt.events.extraction.authorities import controls, policies
from newsbt.events.extraction.claims import ZONES, Claim, Scene
from newsbt.events.extraction.extraction_rules import ExtractionRules
from newsbt.events.extraction.finances import guidance, partnerships, spending
from newsbt.events.extraction.releases import releases

__all__ = ["find_claims", "main_company"]

_FINDERS: tuple[Callable[[Scene], Iterator[Claim]], ...] = (
    releases, spending, controls, policies, partnerships, guidance,
)  # fmt: skip


def find_claims(analysis: TextAnalysis, rules: ExtractionRules) -> list[Claim]:
    """All claims of a text, in its order."""
    main = main_company(analysis)
    found: list[Claim] = []
    for sentence in analysis.sentences:
        if sentence.cues:
            scene = Scene(analysis, sentence, rules, main)
            for finder in _FINDERS:
                found.extend(finder(scene))
    return found


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
