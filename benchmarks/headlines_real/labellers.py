"""Labellers to be measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.headlines_real.labels import EVENT_TYPES, Answer
from benchmarks.headlines_real.texts import Headline
from newsbt.domain.broader_types import broad_type
from newsbt.events.extraction.extract import Extractor
from newsbt.events.extraction.headlines import classify_headlines
from newsbt.events.extraction.news_item import NewsItem

__all__ = ["rules_on_headlines", "rules_on_texts"]


def answer_of(event_type: str, issuer: str) -> Answer:
    """An announcement by the wider type; one of a type beside the seven, such as a dividend, says nothing of these."""
    wide = broad_type(event_type)
    return Answer(wide, issuer) if wide in EVENT_TYPES else Answer()


def rules_on_headlines(headlines: Sequence[Headline], extractor: Extractor) -> dict[str, Answer]:
    """The rules of extraction, each headline a text of its own; what is no announcement gets the empty answer."""
    answers: dict[str, Answer] = {}
    rows = ((one.id, one.published_at, one.text) for one in headlines)
    for batch in classify_headlines(rows, extractor):
        for row in batch.select(["id", "kind", "event_type", "issuer"]).to_pylist():
            is_event = row["kind"] == "announcement"
            answers[row["id"]] = answer_of(row["event_type"], row["issuer"]) if is_event else Answer()
    return answers


def rules_on_texts(items: Mapping[str, NewsItem], extractor: Extractor) -> dict[str, Answer]:
    """The rules of extraction on full texts."""
    answers: dict[str, Answer] = {}
    for key, item in items.items():
        found = extractor.extract(item)
        answers[key] = answer_of(found.event_type, found.issuer) if found.is_announcement else Answer()
    return answers
