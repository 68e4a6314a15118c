"""The labeller that is used where a config names none: the rules of extraction."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from newsbt.digests import digest_of, file_digest
from newsbt.domain.entity import Universe
from newsbt.domain.text_label import OTHER_LANGUAGE, NoLabel, TextLabel
from newsbt.domain.text_spans import NewsText
from newsbt.events.extraction.extract import Extractor
from newsbt.events.extraction.extraction_rules import rules_with
from newsbt.events.extraction.news_item import NewsItem
from newsbt.ports import Labelling

__all__ = ["Rules", "RulesLabelling"]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The rules of extraction (docs/news.md): words, names and clauses, without any training."""

    _types: Path | None = field(init=False, default=None, repr=False)
    _extend: bool = field(init=False, default=True, repr=False)

    @property
    def made_by(self) -> str:
        return f"rules {self.fingerprint[:8]}"

    @property
    def cutoff(self) -> date:
        return date.min

    @property
    def fingerprint(self) -> str:
        own = () if self._types is None else (file_digest(self._types), self._extend)
        return digest_of([_digest_of_rules(), *own])

    def with_types(self, types: Path, extend: bool) -> Rules:
        """The same rules, with a file of types of events beside the usual ones or instead of them."""
        other = copy.copy(self)
        vars(other).update(_types=types, _extend=extend)
        return other

    def labelling(self, universe: Universe | None) -> Labelling:
        own = None if self._types is None else rules_with(self._types, extend=self._extend)
        return RulesLabelling(Extractor(universe, own))


@dataclass(frozen=True, slots=True)
class RulesLabelling:
    """The rules with the names of a universe."""

    extractor: Extractor

    def label(self, texts: Sequence[NewsText]) -> list[TextLabel | NoLabel]:
        return [self._label(one) for one in texts]

    def _label(self, text: NewsText) -> TextLabel | NoLabel:
        item = NewsItem(
            text=text.text, headline=text.headline, body=text.body, published_at=text.published_at, published=None,
            received_at=text.published_at,
        )  # fmt: skip
        found = self.extractor.extract(item)
        if found.language == "other":
            message = "it is in another language than English and Chinese, which the rules read"
            return NoLabel(reason=OTHER_LANGUAGE, message=message)
        evidence = {name: spans for name, spans in found.evidence.items() if name != "headline"}
        return TextLabel(
            kind=found.kind,
            event_type=found.event_type,
            issuer=found.issuer,
            subject=found.subject,
            rivals=found.rivals,
            tickers=found.tickers,
            mentioned=found.mentioned,
            ambiguous=found.ambiguous,
            contaminated=found.contaminated,
            sentiment=found.sentiment,
            evidence=MappingProxyType(evidence),
        )


@cache
def _digest_of_rules() -> str:
    digest = hashlib.sha256()
    folder = files("newsbt.events.extraction") / "rules"
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        if one.name.endswith((".csv", ".yaml")):
            digest.update(f"{one.name}\0".encode() + one.read_bytes() + b"\0")
    return digest.hexdigest()
