"""What a text tells beside its own story: companies it names, moves of prices it reports, other catalysts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from newsbt.domain.aliases import Mention
from newsbt.events.extraction.analysis import Sentence, TextAnalysis
from newsbt.events.extraction.claims import Claim
from newsbt.events.extraction.extract import Extractor
from newsbt.events.extraction.extraction_result import Extraction
from newsbt.events.extraction.finding import find_claims
from newsbt.events.extraction.news_item import NewsItem, Span
from newsbt.events.extraction.rule_texts import packaged_text, rule_mapping

__all__ = ["Background", "Catalyst", "Move", "NamedCompany", "background_of"]

_FIGURE = re.compile(r"(\d+(?:\.\d+)?)\s?(?:%|％|percent\b|per cent\b|pct\b)")
_UP = re.compile(
    r"\b(?:rose|rises?|rising|risen|gain(?:s|ed|ing)?|jump(?:s|ed|ing)?|surg(?:e|es|ed|ing)|soar(?:s|ed|ing)?|climb(?:s|ed|ing)?"
    r"|advanc(?:e|es|ed|ing)|add(?:s|ed|ing)?|up|higher|rall(?:y|ies|ied|ying)|rebound(?:s|ed)?|leap(?:s|ed|t)?)\b"
    r"|涨|上扬|攀升|走高|飙升|[上回]升|升(?=\s?\d)"
)
_DOWN = re.compile(
    r"\b(?:fell|falls?|falling|fallen|los(?:e|es|t|ing)|drop(?:s|ped|ping)?|slid(?:e|es|ing)?|slip(?:s|ped)?|declin(?:e|es|ed|ing)"
    r"|down|lower|tumbl(?:e|es|ed|ing)|plung(?:e|es|ed|ing)|sank|sinks?|slump(?:s|ed)?|shed(?:s|ding)?|retreat(?:s|ed)?)\b"
    r"|跌|下挫|走低|回落|重挫"
)
# Figures of these are no prices.
_OTHERS = re.compile(
    r"\b(?:revenue|profit|sales|earnings|income|margin|users|growth|gdp|output|exports|stake|market share|tariffs?"
    r"|accuracy)\b"
    r"|营收|净利|利润|收入|销售|用户|同比|关税|占比|持股"
)
_REACH = 90  # characters from a name to what it did


@dataclass(frozen=True, slots=True)
class NamedCompany:
    """A company that a text names beside its issuer, its listings on that day, and the words that name it first."""

    name: str
    tickers: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Move:
    """A move of a price that the text itself reports: it is past. `direction` is 1 or -1, `percent` None where only
    that is told."""

    name: str
    tickers: tuple[str, ...]
    direction: int
    percent: float | None
    span: Span


@dataclass(frozen=True, slots=True)
class Catalyst:
    """Something else that may have moved prices: `kind` is a type of event or one of ``rules/catalysts.yaml``, `name`
    who is behind it, empty where nobody is named."""

    kind: str
    name: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """All of it, in the order of the text."""

    companies: tuple[NamedCompany, ...] = ()
    moves: tuple[Move, ...] = ()
    catalysts: tuple[Catalyst, ...] = ()


def background_of(extractor: Extractor, item: NewsItem, answer: Extraction) -> Background:
    """What a text tells beside the story that it was understood to tell."""
    analysis = extractor.reader.analyse(item)

    def tickers(name: str) -> tuple[str, ...]:
        return extractor.aliases.tickers(name, analysis.on)

    companies: dict[str, NamedCompany] = {}
    for mention in _certain(analysis):
        if mention.kind == "company" and mention.name != answer.issuer:
            span = Span.of(analysis.text, mention.start, mention.end)
            companies.setdefault(mention.name, NamedCompany(mention.name, tickers(mention.name), span))
    moves: dict[str, Move] = {}
    indices = {one.name for one in _certain(analysis) if one.kind == "index"}
    for sentence in analysis.sentences:
        for name, direction, percent, span in _moves(analysis, sentence):
            if name not in indices and not tickers(name):
                continue  # it has no price
            known = moves.get(name)
            if known is None or (known.percent is None and percent is not None):
                moves[name] = Move(name, tickers(name), direction, percent, span)
    return Background(
        companies=tuple(companies.values()),
        moves=tuple(moves.values()),
        catalysts=tuple(_catalysts(analysis, extractor, answer)),
    )


def _certain(analysis: TextAnalysis) -> Iterator[Mention]:
    return (one for sentence in analysis.sentences for one in sentence.mentions if one.certain)


def _moves(analysis: TextAnalysis, sentence: Sentence) -> Iterator[tuple[str, int, float | None, Span]]:
    """Who moved, which way, by how much, and the words from the name to there."""
    folded = analysis.folded
    named = [one for one in sentence.mentions if one.certain and one.kind in ("company", "index")]
    before = 0
    for k, one in enumerate(named):
        until = named[k + 1].start if k + 1 < len(named) else sentence.end
        until = min(until, one.end + _REACH)
        figure = _FIGURE.search(folded, one.end, until)
        stop = until if figure is None else min(until, figure.end() + 12)
        way = _direction(folded, one.end, stop, sentence)
        if _OTHERS.search(folded, one.end, figure.end() if figure else stop):
            before = 0
            continue
        if figure is not None and (way or before):
            before = way or before
            yield one.name, before, float(figure[1]), Span.of(analysis.text, one.start, figure.end())
        elif way and figure is None and not _FIGURE.search(folded, one.end, sentence.end):
            yield one.name, way, None, Span.of(analysis.text, one.start, stop)


def _direction(folded: str, start: int, stop: int, sentence: Sentence) -> int:
    """1 or -1 by the first word that says so; 0 where none does."""
    found = [(match.start(), sign) for pattern, sign in ((_UP, 1), (_DOWN, -1))
             if (match := pattern.search(folded, start, min(stop, sentence.end)))]  # fmt: skip
    return min(found)[1] if found else 0


def _catalysts(analysis: TextAnalysis, extractor: Extractor, answer: Extraction) -> Iterator[Catalyst]:
    own = [span for spans in (answer.evidence.get("event_type", ()), answer.evidence.get("is_announcement", ()))
           for span in spans]  # fmt: skip
    seen: set[tuple[str, str]] = {(answer.event_type, answer.issuer)}
    taken: set[tuple[str, int]] = set()
    claims: Sequence[Claim] = ()
    if analysis.language != "other":
        claims = find_claims(analysis, extractor.rules, None)  # also what is no part of the headline's event
    for claim in claims:
        makers = {one.maker for one in claim.objects}
        if (claim.event_type, claim.issuer) in seen or answer.issuer in makers:
            continue
        sentence = claim.sentence
        seen.add((claim.event_type, claim.issuer))
        taken.add((claim.event_type, sentence.start))
        yield Catalyst(claim.event_type, claim.issuer, Span.of(analysis.text, sentence.start, sentence.end))
    for kind, patterns in _topics():
        for sentence in analysis.sentences:
            if any(sentence.start <= span.start < sentence.end for span in own) or (kind, sentence.start) in taken:
                continue
            if any(one.search(analysis.folded, sentence.start, sentence.end) for one in patterns):
                named = next((one.name for one in sentence.mentions if one.certain and one.kind != "index"), "")
                yield Catalyst(kind, named, Span.of(analysis.text, sentence.start, sentence.end))
                break


@cache
def _topics() -> Sequence[tuple[str, tuple[re.Pattern[str], ...]]]:
    found = rule_mapping("catalysts.yaml", packaged_text("catalysts.yaml"))
    return [
        (kind, tuple(re.compile(str(one)) for one in listed))
        for kind, listed in found.items()
        if isinstance(listed, list)
    ]
