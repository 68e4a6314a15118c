"""From one text to what it announces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, tzinfo
from pathlib import Path
from typing import Protocol

from newsbt.domain.aliases import AliasBook
from newsbt.domain.entity import Universe
from newsbt.events.extraction.analysis import Reader, TextAnalysis
from newsbt.events.extraction.article_reading import parse_item, read_items
from newsbt.events.extraction.claims import Claim
from newsbt.events.extraction.contamination import body_left_out, names_that_the_body_lacks
from newsbt.events.extraction.extraction_result import Extraction, Rejection
from newsbt.events.extraction.extraction_rules import ExtractionRules, default_rules
from newsbt.events.extraction.finding import find_claims
from newsbt.events.extraction.news_item import NewsItem, RefusedItem, Span, without_headline
from newsbt.events.extraction.published import Stated
from newsbt.events.extraction.rivals import Rival, find_rivals
from newsbt.events.extraction.status import StatusVerdict, judge
from newsbt.events.extraction.subjects import Subject, find_subject
from newsbt.events.extraction.tone import sentiment_of
from newsbt.events.extraction.typed_events import typed_event

__all__ = ["Extractor", "ReadsItems", "Story", "extract", "extract_files", "story_of"]


class ReadsItems(Protocol):
    """Understands items of news: an :class:`Extractor`, or what a labeller makes of them."""

    def extract(self, item: NewsItem) -> Extraction: ...


class Extractor:
    """Extracts by one universe and one set of rules; build it once and use it for many texts.

    Parameters
    ----------
    universe : Universe, optional
        Gives names to its companies and, by the day of a text, their tickers. Without it the names are those of the
        rules alone, and nothing has a ticker.
    rules : Rules, optional
        None: the rules that come with newsbt.
    """

    def __init__(self, universe: Universe | None = None, rules: ExtractionRules | None = None) -> None:
        self.rules = default_rules() if rules is None else rules
        self.aliases = AliasBook(
            universe,
            self.rules.organisations,
            self.rules.contexts,
            without=self.rules.product_aliases,
            words=self.rules.words,
        )
        self.reader = Reader(self.rules, self.aliases)

    def extract(self, item: NewsItem | str, zone: tzinfo | None = None) -> Extraction:
        """What one text announces, with the words that say so.

        Parameters
        ----------
        item
            A :class:`NewsItem`, or text: a headline, a line ``Published: ...`` and a body; HTML; or a JSON object.
        zone
            The zone of times without offset; None refuses them.

        Raises
        ------
        RefusedItem
            The text has no headline or no clear time, or is too large.
        """
        if isinstance(item, str):
            item = parse_item(item, zone=zone)
        if not item.headline.text:
            raise without_headline(item)
        analysis = self.reader.analyse(item)
        event = typed_event(analysis, analysis.headline, self.rules) if analysis.language != "other" else None
        foreign = names_that_the_body_lacks(analysis, event)
        if foreign:
            analysis = body_left_out(analysis)
        claims = find_claims(analysis, self.rules, event) if analysis.language != "other" else []
        verdict = judge(analysis, claims, self.rules)
        story = story_of(analysis, verdict, claims, self.rules)
        day = item.published_at.date()
        issuer = story.issuer
        tickers = self.tickers_of(issuer, verdict.claims, day)
        sentiment, words = sentiment_of(analysis, verdict.claims)
        evidence = dict(story.evidence)
        if words:
            evidence["sentiment"] = words
        return replace(
            Extraction.of_item(item, verdict.kind, analysis.language, evidence),
            issuer=issuer,
            event_type=story.event_type,
            subject=story.subject,
            rivals=tuple(one.name for one in story.rivals),
            tickers=tickers,
            mentioned=_mentioned(analysis, issuer),
            contaminated=foreign,
            ambiguous=tuple(
                Span.of(item.text, one.start, one.end)
                for sentence in analysis.sentences
                for one in sentence.mentions
                if not one.certain
            ),
            sentiment=sentiment,
        )

    def tickers_of(self, issuer: str, claims: Sequence[Claim], on: date) -> tuple[str, ...]:
        """The issuer's listings on a day; where it has none, those of the makers of what its claims are about."""
        if not issuer:
            return ()
        listed = self.aliases.tickers(issuer, on)
        if listed or not on_another(issuer, claims):
            return listed
        makers = dict.fromkeys(one.maker for claim in claims for one in claim.objects)
        return tuple(dict.fromkeys(one for maker in makers for one in self.aliases.tickers(maker, on)))


def on_another(issuer: str, claims: Sequence[Claim]) -> bool:
    """Whether the claims are about products that the issuer does not make, such as the chips of a licence rule."""
    return any(one.maker != issuer for claim in claims for one in claim.objects)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The fields that come from the claims; all empty where the text announces nothing."""

    issuer: str = ""
    event_type: str = ""
    subject: str = ""
    rivals: Sequence[Rival] = ()
    evidence: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)


def story_of(analysis: TextAnalysis, verdict: StatusVerdict, claims: Sequence[Claim], rules: ExtractionRules) -> Story:
    """What the claims of a verdict say, with the words that say it."""
    reasons = (verdict.evidence,) if verdict.evidence else ()
    if not verdict.claims:
        return Story(evidence={"is_announcement": reasons} if reasons else {})
    best = max(verdict.claims, key=lambda one: one.weight)
    issuer, acting = _issuer(analysis, verdict.claims, rules)
    subject = find_subject(analysis, verdict.claims, rules)
    rivals: Sequence[Rival] = ()
    if verdict.kind == "announcement" and best.event_type in ("model_release", "product_launch"):
        rivals = find_rivals(analysis, issuer, verdict.claims, claims)
    cue = Span.of(analysis.text, best.cue.start, best.cue.end)
    evidence: dict[str, tuple[Span, ...]] = {
        "is_announcement": reasons or (cue,),
        "event_type": (cue,),
        "issuer": (acting,),
    }
    if subject.name and subject.span is not None:
        evidence["subject"] = (subject.span,)
    if rivals:
        evidence["rivals"] = tuple(one.span for one in rivals)
    return Story(issuer=issuer, event_type=best.event_type, subject=_text(subject), rivals=rivals, evidence=evidence)


def _text(subject: Subject) -> str:
    return " ".join(subject.name.split())


def _issuer(analysis: TextAnalysis, claims: Sequence[Claim], rules: ExtractionRules) -> tuple[str, Span]:
    """The issuer of a story and the words that name it; on trade controls the authority where the text names it."""
    name = claims[0].issuer
    if claims[0].event_type == "export_control" and name in rules.authorities:
        authority = rules.authorities[name]
        by_name = any(
            claim.actor is not None and claim.actor.kind == "government" for claim in claims
        )  # fmt: skip
        if not by_name:
            for sentence in analysis.sentences:
                for mention in sentence.mentions:
                    if mention.name == authority:
                        return authority, Span.of(analysis.text, mention.start, mention.end)
            acting = next(one.actor for one in claims if one.actor is not None)
            return authority, Span.of(analysis.text, acting.start, acting.end)
    for claim in sorted(claims, key=lambda one: -one.weight):
        if claim.actor is not None and claim.actor.name == name:
            return name, Span.of(analysis.text, claim.actor.start, claim.actor.end)
    for sentence in analysis.sentences:
        for mention in sentence.mentions:
            if mention.name == name:
                return name, Span.of(analysis.text, mention.start, mention.end)
        for product in sentence.products:
            if product.maker == name:
                return name, Span.of(analysis.text, product.start, product.end)
    cue = claims[0].cue
    return name, Span.of(analysis.text, cue.start, cue.end)


def _mentioned(analysis: TextAnalysis, issuer: str) -> tuple[str, ...]:
    names = (
        one.name
        for sentence in analysis.sentences
        for one in sentence.mentions
        if one.certain and one.kind != "country" and one.name != issuer
    )
    return tuple(dict.fromkeys(names))


def extract(
    item: NewsItem | str,
    universe: Universe | None = None,
    rules: ExtractionRules | None = None,
    zone: tzinfo | None = None,
) -> Extraction:
    """What one text announces. For many texts build an :class:`Extractor` once.

    Raises
    ------
    RefusedItem
        The text has no headline or no clear time, or is too large.
    """
    return Extractor(universe, rules).extract(item, zone)


def extract_files(
    paths: Iterable[Path | str],
    universe: Universe | None = None,
    rules: ExtractionRules | None = None,
    zone: tzinfo | None = None,
    published: Stated | None = None,
    max_mb: float | None = None,
    reading: ReadsItems | None = None,
) -> list[Extraction | Rejection]:
    """What articles in files and folders announce, in the order of the paths and of the names in a folder.

    Articles that nobody can read or date are rejections, with the reason. `published` is when those were published that
    do not say so; `max_mb` are the megabytes that are read of one, instead of the usual ones; `reading` stands in
    for the rules and the universe.

    Raises
    ------
    DataError
        A path does not exist, or a folder holds no article.
    """
    extractor = Extractor(universe, rules) if reading is None else reading
    answers: list[Extraction | Rejection] = []
    for path, item in read_items(paths, zone, published, max_mb):
        if isinstance(item, RefusedItem):
            answers.append(Rejection(origin=str(path), problem=item.problem))
            continue
        try:
            answers.append(extractor.extract(item))
        except RefusedItem as error:
            answers.append(Rejection(origin=str(path), problem=error.problem))
    return answers
