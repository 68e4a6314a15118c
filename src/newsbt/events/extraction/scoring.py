"""How right extraction is, by field, on articles for which somebody wrote down what a reader should get."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from newsbt.events.extraction.article_reading import read_item
from newsbt.events.extraction.extract import Extractor
from newsbt.events.extraction.extraction_result import Extraction
from newsbt.events.extraction.news_item import RefusedItem
from newsbt.events.extraction.products import plain_name

__all__ = ["FIELDS", "Score", "score_folder"]

FIELDS = ("is_announcement", "issuer", "event_type", "subject", "rivals", "language", "time")
_SMALL = frozenset(("the", "a", "an", "of", "for", "on", "in", "to", "and", "its", "over", "at"))


@dataclass
class Score:
    """Counts over articles: `right` answers, values `given`, `expected`, and those `hit`."""

    articles: int = 0
    right: int = 0
    given: int = 0
    expected: int = 0
    hit: int = 0

    def add(self, given: set[str], expected: set[str], hit: int | None = None) -> bool:
        found = len(given & expected) if hit is None else hit
        right = found == len(given) == len(expected)
        self.articles += 1
        self.right += right
        self.given += len(given)
        self.expected += len(expected)
        self.hit += found
        return right

    @property
    def precision(self) -> float:
        return self.hit / self.given if self.given else 1.0

    @property
    def recall(self) -> float:
        return self.hit / self.expected if self.expected else 1.0


def words(name: str) -> set[str]:
    return {word for word in re.findall(r"[a-z\d.]+|[\u4e00-\u9fff]", name.lower()) if word not in _SMALL}


def score_folder(folder: Path, extractor: Extractor) -> tuple[dict[str, Score], list[str]]:
    """Scores by field, and a line for each wrong answer.

    ``NAME.json`` beside ``NAME.txt`` has `is_announcement, issuer, event_type, model, rivals, lang,
    article_published_at`, null where there is none, and perhaps lists `accept_issuer, accept_event_type,
    accept_model` of further right answers. ``subject (words)`` also takes a subject that shares half of its words
    with the expected one.
    """
    scores = {name: Score() for name in (*FIELDS, "subject (words)")}
    wrong: list[str] = []
    for path in sorted(folder.glob("*.txt")):
        expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        try:
            answer = extractor.extract(read_item(path))
        except RefusedItem as error:
            wrong.append(f"{path.stem}: refused, {error}")
            for score in scores.values():
                score.add(set(), {"an answer"})
            continue
        for name, given, right in _compared(answer, expected):
            scores[name].add(given, right)
            if given != right and name in FIELDS:
                wrong.append(
                    f"{path.stem}: {name}: got {sorted(given) or 'nothing'}, expected {sorted(right) or 'nothing'}"
                )
    return scores, wrong


def _compared(answer: Extraction, expected: dict[str, Any]) -> Iterable[tuple[str, set[str], set[str]]]:
    def one(given: str, field: str) -> tuple[set[str], set[str]]:
        first = plain_name(expected.get(field) or "")
        value = plain_name(given)
        accepted = {plain_name(other) for other in expected.get(f"accept_{field}", ())}
        return ({value} - {""}, {value if value in accepted else first} - {""})

    yield "is_announcement", {str(answer.is_announcement)}, {str(expected["is_announcement"])}
    yield ("issuer", *one(answer.issuer, "issuer"))
    yield ("event_type", *one(answer.event_type, "event_type"))
    given, right = one(answer.subject, "model")
    yield "subject", given, right
    alternatives = [expected.get("model") or "", *expected.get("accept_model", ())]
    near = any(_near(answer.subject, other) for other in alternatives)
    yield "subject (words)", given, given if near else right
    yield "rivals", {plain_name(name) for name in answer.rivals}, {plain_name(name) for name in expected["rivals"]}
    yield "language", {answer.language}, {expected["lang"]}
    stated = datetime.fromisoformat(expected["article_published_at"])
    yield "time", {answer.published_at.isoformat()}, {stated.isoformat()}


def _near(given: str, expected: str) -> bool:
    some, other = words(given), words(expected)
    return bool(some and other) and len(some & other) * 2 >= min(len(some), len(other))
