"""Claims of a release: of a model, or of a product, at a price, or of somebody else's put to use."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsbt.domain.aliases import Mention
from newsbt.events.extraction.analysis import Cue, Sentence, TextAnalysis
from newsbt.events.extraction.authorities import government_of
from newsbt.events.extraction.claims import (
    BY,
    FUTURE,
    JOINTS,
    REACH,
    Claim,
    Scene,
    claim_of,
    name_before,
    pronoun_between,
    refers_back,
    stranger_before,
)  # fmt: skip
from newsbt.events.extraction.products import Product

__all__ = ["releases"]

_NOUN_REACH = 60

# After a product's name: it is somebody's measure here, not what is released.
_RIVAL_AFTER = re.compile(
    r"(?:'s)?[- ](?:rivals?|like|style|killer|competitors?|challenger|alternative|maker|developer|owner|clone|class"
    r"|level|backed)\b|级|类|的?(?:对手|竞品|竞争)"
)
# After a noun such as model: what is released is a text or a course about it, or a car.
_STUDY = re.compile(
    r" [a-z\d]\b|.{0,12}?(?:专利|论文|报告|白皮书|课程|大赛|榜单)"
    r"|[\w ]{0,20}\b(?:papers?|patents?|reports?|stud(?:y|ies)|research|benchmarks?)\b"
)


def releases(scene: Scene) -> Iterator[Claim]:
    """What is released, by whom."""
    analysis, sentence = scene.analysis, scene.sentence
    compared = sentence.cued("comparison")
    governments = [one for one in sentence.mentions if one.kind == "government" and one.certain]
    if not governments:
        _, acting = government_of(analysis, sentence, scene.rules)
        governments = [acting] if acting is not None and acting.start == sentence.start else []
    integrations = {(cue.start, cue.end) for cue in sentence.cued("release.integrations")}
    cuts, nouns = sentence.cued("release.price_cuts"), sentence.cued("release.product_nouns")
    for cue in sentence.cued("release.strong", "release.weak", "release.passive", "release.price_cuts"):
        strong = cue.name != "release.weak"
        objects = _objects(analysis, sentence, cue, compared)
        actor = name_before(analysis, sentence, cue.start)
        by = BY.match(analysis.folded, cue.end)
        if by is not None:
            actor = next((one for one in sentence.mentions if one.start == by.end()), actor)
        if actor is not None and by is None and pronoun_between(sentence, actor.end, cue.start):
            actor = None
        cut = cue.name == "release.price_cuts"
        within = any(one.start <= cue.start and cue.end <= one.end for one in cuts)  # "makes ERNIE Speed free"
        if any(one.end <= cue.start for one in governments):
            continue
        if actor is None and by is None and cue.name != "release.passive" and stranger_before(analysis, sentence, cue):
            continue
        if objects:
            first = objects[0]
            if actor is None and (cue.start, cue.end) in integrations:
                actor = _product_before(sentence, cue, first)
            named = actor.name if actor is not None else first.maker
            if ((cue.start, cue.end) in integrations and cue.name == "release.weak") or named != first.maker:
                # Somebody puts another's product to use: an announcement of theirs, if the text says who they are.
                if actor is not None and named != first.maker and (cue.start, cue.end) in integrations:
                    yield claim_of(analysis, sentence, cue, "product_launch", named, 0.9, actor=actor, objects=objects)
                    continue
                if actor is None:
                    continue
            if cut and any(one.start < first.start for one in sentence.cued("release.strong")):
                continue  # the release that the price comes with is the event
            for_it = any(cue.end <= one.start and one.end <= first.start for one in nouns)  # a feature for a model
            event_type = (
                "product_launch" if cut or within or for_it else scene.rules.types.get(first.kind, "product_launch")
            )
            weight = (1.0 if strong else 0.8) * (1.0 if named == first.maker else 0.5)
            yield claim_of(analysis, sentence, cue, event_type, first.maker, 1.2 * weight, actor=actor, objects=objects)
            continue
        if cue.name == "release.passive" or not (strong or _shows_noun(analysis, sentence, cue, actor)):
            continue
        issuer = actor.name if actor is not None else scene.main if refers_back(sentence, cue) else ""
        if not issuer:
            continue
        noun = _noun(analysis, sentence, cue, compared)
        if noun is not None and _is_of_nothing(scene, cue.end, noun.end):
            continue
        if cut:
            yield claim_of(analysis, sentence, cue, "product_launch", issuer, 0.8, actor=actor)
        elif noun is not None:
            others = [one for one in sentence.mentions if cue.end <= one.start < noun.start and one.name != issuer]
            event_type = "model_release" if noun.name == "release.model_nouns" and not others else "product_launch"
            yield claim_of(analysis, sentence, cue, event_type, issuer, 0.7, actor=actor)


def _is_of_nothing(scene: Scene, start: int, end: int) -> bool:
    """Whether what a verb is about ends in something that is no product, such as jobs or a tender: the words that end
    a launch in a headline do in a body."""
    folded = scene.analysis.folded
    stop = next((k for k in range(end, min(scene.sentence.end, end + 40)) if folded[k] in "，,。.；;"), end)
    return any(
        word.type.event == "product_launch" and word.role == "negations" and not folded[start + one.start].isascii()
        for one in scene.rules.event_types.find(folded[start:stop]).words
        for word in one.value
    )


def _product_before(sentence: Sentence, cue: Cue, first: Product) -> Mention | None:
    """The maker of another product before the verb, which acts for it: Yuanbao takes in DeepSeek-R1."""
    before = [one for one in sentence.products if one.end <= cue.start and one.maker != first.maker]
    return Mention(before[-1].start, before[-1].end, before[-1].maker, "company") if before else None


def _shows_noun(analysis: TextAnalysis, sentence: Sentence, cue: Cue, actor: Mention | None) -> bool:
    """Whether a weak verb stands right after its actor and right before a model or product of theirs."""
    if actor is None or cue.start - actor.end > 12 or FUTURE.search(analysis.folded[actor.end : cue.start]):
        return False
    noun = _noun(analysis, sentence, cue, ())
    if noun is None or noun.start - cue.end > 40:
        return False
    return (
        re.match(
            r"\s+(?:a|an|the|its|new|first|two|three)\b|\s+\w+ plug-?ins?\b|了|新", analysis.folded[cue.end :][:24]
        )
        is not None
    )


def _objects(analysis: TextAnalysis, sentence: Sentence, cue: Cue, compared: tuple[Cue, ...]) -> tuple[Product, ...]:
    """What the verb is about: products after it up to a comparison; else the one before it (passive, relative)."""
    inside = [one for one in sentence.products if cue.start <= one.start and one.end <= cue.end]
    if inside:  # "made X available"
        return _joined(analysis, inside)
    if cue.name != "release.passive":
        reach = REACH if cue.name != "release.weak" else 60
        stop = min(
            [one.start for one in compared if one.start >= cue.end]
            + [one.start for one in sentence.cued("release.strong") if one.start >= cue.end]
            + [sentence.end, cue.end + reach]
        )
        after = [
            one
            for one in sentence.products
            if one.start >= cue.end and one.end <= stop and not _RIVAL_AFTER.match(analysis.folded, one.end)
        ]
        if after and not (cue.name == "release.weak" and _clause_between(analysis, cue.end, after[0].start)):
            return _joined(analysis, after)
    before = [one for one in sentence.products if one.end <= cue.start and cue.start - one.end <= 90]
    if before and cue.name != "release.weak" and not _other_actor(sentence, before[-1], cue):
        if re.search(r"[?？!！。]", analysis.folded[before[-1].end : cue.start]):
            return ()
        # After a comparison the product belongs to somebody else.
        if not any(one.end <= before[-1].start and before[-1].start - one.end < 40 for one in compared):
            return (before[-1],)
    return ()


def _clause_between(analysis: TextAnalysis, start: int, end: int) -> bool:
    between = analysis.folded[start:end]
    if re.search(r"\b(?:model|version|agent|chip|chatbot|app|assistant), $|(?:模型|新品)[，：]?$", between):
        return False  # "its first reasoning model, MiMo-7B"
    return re.search(r"[,;，；:：]| that | which ", between) is not None


def _other_actor(sentence: Sentence, product: Product, cue: Cue) -> bool:
    """A company between the product and the verb that does not make the product does something else."""
    return any(
        one.name != product.maker and one.start >= product.end and one.end <= cue.start
        for one in sentence.mentions
        if one.kind in ("company", "government")
    )


def _joined(analysis: TextAnalysis, products: list[Product]) -> tuple[Product, ...]:
    """The first product, and those of its maker joined to it by a comma or an and."""
    joined = [products[0]]
    for one in products[1:]:
        between = analysis.folded[joined[-1].end : one.start].strip()
        if one.maker == joined[0].maker and between in JOINTS:
            joined.append(one)
        else:
            break
    return tuple(joined)


def _noun(analysis: TextAnalysis, sentence: Sentence, cue: Cue, compared: tuple[Cue, ...]) -> Cue | None:
    stop = min([one.start for one in compared if one.start >= cue.end] + [cue.end + _NOUN_REACH])
    nouns = [
        one
        for one in sentence.cued("release.model_nouns", "release.product_nouns")
        if not _STUDY.match(analysis.folded, one.end)
    ]
    return next((one for one in nouns if cue.end <= one.start and one.end <= stop), None)
