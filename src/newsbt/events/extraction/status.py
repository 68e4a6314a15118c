"""Whether a text announces something: weighs its claims against what denies, delays, doubts or comments them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from newsbt.events.extraction.actors import GOVERNING
from newsbt.events.extraction.analysis import Cue, Sentence, TextAnalysis
from newsbt.events.extraction.claims import Claim
from newsbt.events.extraction.extraction_rules import ExtractionRules
from newsbt.events.extraction.news_item import Span
from newsbt.events.extraction.products import plain_name

__all__ = ["StatusVerdict", "judge"]

_ENOUGH = 1.0  # the weight that a claim and its repetitions need together
_AUTHORITY = re.compile(r"部门|监管|\bregulators?\b|\bministry\b|\bgovernment\b|\blawmakers\b")
_SUBJECT = 24  # characters of a headline within which its subject stands
_HAN_SUBJECT = 8  # the same in Chinese
_RELEASES = ("model_release", "product_launch")
_STATES = ("policy", "export_control")
_COMING = re.compile(
    r"预告|即将|将于|计划|有望|或将|欲|准备|\b(?:will soon|plans? to|set to|about to|teases?|teased)\b"
)
_MEANWHILE = re.compile(r"\s(?:as|while|amid|after|even as) (?!sources\b)\S")
_DEPTH = 3  # paragraphs within which an announcement is made


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusVerdict:
    """What kind of text it is, the claims that its fields come from (none for most kinds), and the words for it."""

    kind: str
    claims: tuple[Claim, ...] = ()
    evidence: Span | None = None


@dataclass(frozen=True, slots=True)
class _Story:
    """Claims of one issuer and event type."""

    issuer: str
    claims: tuple[Claim, ...]
    weight: float


def judge(analysis: TextAnalysis, claims: Iterable[Claim], rules: ExtractionRules) -> StatusVerdict:
    """The kind of a text: one of :data:`~newsbt.domain.text_label.KINDS`."""
    listed = list(claims)
    if not listed and not any(one.mentions or one.products for one in analysis.sentences):
        return StatusVerdict(kind="none")  # it names nobody that the rules or the universe know
    recent = [one for one in listed if _is_fresh(one, listed, rules)]
    fresh = _stories([one for one in recent if one.of_headline or _is_of_headline(one, analysis, listed)], analysis)
    stale = _stories([one for one in listed if not _is_fresh(one, listed, rules) and not one.planned], analysis)
    best = fresh[0] if fresh and fresh[0].weight >= _ENOUGH else None
    head = analysis.headline
    lead = [one for one in analysis.sentences if one.zone == 1]
    first = lead[:2]

    for kind in ("denial", "delay"):
        if cue := _cue(kind, head, *first):
            return StatusVerdict(kind=kind, evidence=_span(analysis, cue))
        if span := _pattern(kind, analysis, rules, *first[:1]):
            return StatusVerdict(kind=kind, evidence=span)
    dated_lead = best is not None and any(
        one.zone <= 1 and one.age is not None and (one.objects or one.event_type != "model_release")
        for one in best.claims
    )
    if (cue := _cue("rumour", head)) and not _is_of_another_clause(cue, listed, analysis):
        return StatusVerdict(kind="rumour", evidence=_span(analysis, cue))
    if span := _pattern("rumour", analysis, rules):
        return StatusVerdict(kind="rumour", evidence=span)
    if cue := _cue("rumour", *lead[:1]):
        return StatusVerdict(kind="rumour", evidence=_span(analysis, cue))
    past = stale[0] if best is None and stale and stale[0].weight >= _ENOUGH else None
    is_known = past is not None and _named(past.issuer, analysis)
    if past is not None and is_known and not _cue("opinion", head) and _pattern("opinion", analysis, rules) is None:
        cue = _cue("followup", head, *first)
        return StatusVerdict(kind="followup", claims=past.claims, evidence=_span(analysis, cue) if cue else None)
    if not dated_lead:
        opinion = _cue("opinion", head)
        if opinion and _follows(opinion, listed):
            opinion = None
        span = _span(analysis, opinion) if opinion else _pattern("opinion", analysis, rules)
        if span is None and not any(one.zone <= 1 for one in (best.claims if best else ())):
            opinion = _cue("opinion", *lead)
            span = _span(analysis, opinion) if opinion else None
        if span is not None:
            return StatusVerdict(kind="opinion", evidence=span)
    if (cue := _cue("wrap", head)) and not (
        _follows(cue, listed) or _is_of_shares(cue, listed) or _about_company(best, analysis)
    ):
        return StatusVerdict(kind="wrap", evidence=_span(analysis, cue))
    if best is not None and any(one.zone <= _DEPTH for one in best.claims):
        return StatusVerdict(kind="announcement", claims=best.claims)
    if past is not None:
        cue = _cue("followup", head, *first)
        return StatusVerdict(kind="followup", claims=past.claims, evidence=_span(analysis, cue) if cue else None)
    return StatusVerdict(kind="none")


def _follows(cue: Cue, claims: Iterable[Claim]) -> bool:
    """Whether a headline's claim stands before a cue: what comes then is told of what was announced."""
    return any(one.of_headline and one.cue.end <= cue.start for one in claims)


def _is_of_shares(cue: Cue, claims: Iterable[Claim]) -> bool:
    """Whether a headline's actor stands before a cue of a market: Harbor shares gain as its profit jumps."""
    actors = [one.actor for one in claims if one.of_headline and one.event_type == "earnings_guidance"]
    return any(one is not None and one.end <= cue.start for one in actors)


def _is_of_another_clause(cue: Cue, claims: Iterable[Claim], analysis: TextAnalysis) -> bool:
    """Whether a headline's claim stands before a cue and is not what it doubts: launches X as rivals weigh a sale."""
    before = [one for one in claims if one.of_headline and one.cue.end <= cue.start]
    if not before or analysis.language == "zh":
        return bool(before)
    between = analysis.folded[max(one.cue.end for one in before) : cue.start]
    return _MEANWHILE.search(between) is not None


def _is_of_headline(claim: Claim, analysis: TextAnalysis, claims: Iterable[Claim]) -> bool:
    """Whether the headline names who a claim of the body is about: else the body tells another story, or another
    article stands in it."""
    head = analysis.headline
    near = head.start + (_HAN_SUBJECT if analysis.language == "zh" else max(_SUBJECT, (head.end - head.start) // 3))
    names = {one.name for one in head.mentions if one.start < near} | {
        one.maker for one in head.products if one.start < near
    }
    names |= {one.issuer for one in claims if one.of_headline}
    in_headline = claim.zone == 0 and (claim.event_type in _STATES or _named(claim.issuer, analysis))
    if claim.issuer in names or in_headline:
        return not (claim.event_type in _RELEASES and _COMING.search(analysis.folded, head.start, head.end))
    return claim.event_type in _STATES and (
        any(one.kind == "government" for one in head.mentions)
        or any(one.kind == "country" and GOVERNING.match(analysis.folded, one.end) for one in head.mentions)
        or _AUTHORITY.search(analysis.folded, head.start, head.end) is not None
    )


def _is_fresh(claim: Claim, claims: list[Claim], rules: ExtractionRules) -> bool:
    """Whether a claim tells of these days: by its own words of time, or by other claims of the same."""
    if claim.planned and claim.event_type not in (
        "capex_plan",
        "partnership",
        "earnings_guidance",
        "export_control",
        "policy",
    ):
        return False
    if claim.of_headline and claim.age is None:
        return True  # what else the body dates is its background
    if claim.age is not None:
        return -1 <= claim.age <= rules.fresh_days
    if claim.past_perfect:
        return False
    ages = [
        one.age
        for one in claims
        if one.age is not None and one.issuer == claim.issuer and one.event_type == claim.event_type
        and (not claim.objects or not one.objects or _share(claim, one))
    ]  # fmt: skip
    return not ages or min(map(abs, ages)) <= rules.fresh_days


def _share(claim: Claim, other: Claim) -> bool:
    names = {plain_name(one.name) for one in claim.objects}
    return any(plain_name(one.name) in names for one in other.objects)


def _stories(claims: list[Claim], analysis: TextAnalysis) -> list[_Story]:
    grouped: dict[tuple[str, str], list[Claim]] = {}
    for claim in claims:
        grouped.setdefault((claim.issuer, claim.event_type), []).append(claim)
    stories = []
    for (issuer, event_type), found in grouped.items():
        # The same sentence told twice is one claim.
        by_sentence: dict[int, float] = {}
        for claim in found:
            at = claim.sentence.start
            by_sentence[at] = max(by_sentence.get(at, 0.0), claim.weight)
        weight = sum(by_sentence.values())
        if event_type == "model_release" and analysis.headline.cued("release.model_nouns") and _named(issuer, analysis):
            weight += 1.5
        if any(claim.age is not None for claim in found):
            weight *= 1.2
        if event_type in ("model_release", "product_launch") and any(claim.objects for claim in found):
            weight *= 1.3
        stories.append(_Story(issuer, tuple(found), weight))
    return sorted(stories, key=lambda one: -one.weight)


def _named(issuer: str, analysis: TextAnalysis) -> bool:
    head = analysis.headline
    return any(one.name == issuer for one in head.mentions) or any(one.maker == issuer for one in head.products)


def _about_company(story: _Story | None, analysis: TextAnalysis) -> bool:
    """Whether the story stands in the headline or the lead, or the headline names its company."""
    if story is None or all(one.zone == 0 and not one.objects for one in story.claims):
        return False
    return _named(story.issuer, analysis) or any(one.zone <= 1 and one.age is not None for one in story.claims)


def _cue(name: str, *sentences: Sentence) -> Cue | None:
    return next((cue for sentence in sentences for cue in sentence.cued(name)), None)


def _span(analysis: TextAnalysis, cue: Cue) -> Span:
    return Span.of(analysis.text, cue.start, cue.end)


def _pattern(kind: str, analysis: TextAnalysis, rules: ExtractionRules, *more: Sentence) -> Span | None:
    """A pattern of the kind in the headline, or in further sentences."""
    for sentence in (analysis.headline, *more):
        folded = analysis.folded[sentence.start : sentence.end]
        for pattern in rules.patterns[kind]:
            if match := pattern.search(folded):
                return Span.of(analysis.text, sentence.start + match.start(), sentence.start + match.end())
    return None
