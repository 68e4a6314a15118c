"""Texts with their names replaced, and how a model's labels change by it: what it remembers of a company may speak."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from newsbt.domain.folding import fold
from newsbt.domain.text_label import TextLabel
from newsbt.domain.text_spans import NewsText, Span
from newsbt.events.extraction.extract import Extractor

__all__ = ["Mask", "MaskedComparison", "masked"]

WORDS = {"company": "Company", "government": "Authority", "index": "Index"}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Mask:
    """A text with its names replaced; `names` are those that stand behind ``Company A`` and the like."""

    text: NewsText
    names: dict[str, str]


def masked(text: NewsText, extractor: Extractor, issuer: Span | None = None) -> Mask:
    """A text in which companies, authorities, indices and products that the extractor knows, and the words that name
    the issuer, have a letter instead of their name: the same letter for the same one, in headline and body."""
    letters: dict[str, str] = {}

    def replaced(part: str) -> str:
        pieces, at = [], 0
        for start, end, kind, name in sorted(_named(part, extractor, issuer, text.published_at.date())):
            if start < at:
                continue
            if name not in letters:
                count = sum(one.startswith(f"{kind} ") for one in letters.values())
                letters[name] = f"{kind} {LETTERS[count] if count < len(LETTERS) else count + 1}"
            pieces += [part[at:start], letters[name]]
            at = end
        return "".join((*pieces, part[at:]))

    headline, body = replaced(text.headline.text), replaced(text.body.text)
    hidden = NewsText.of(headline, body, published_at=text.published_at)
    return Mask(hidden, {letter: name for name, letter in letters.items()})


def _named(part: str, extractor: Extractor, issuer: Span | None, on: date) -> Iterator[tuple[int, int, str, str]]:
    """Start, end, the word that stands for it, and the name, of everything with a name."""
    found = extractor.reader.name_headline(part, fold(part), on).headline
    for mention in found.mentions:
        yield mention.start, mention.end, WORDS.get(mention.kind, "Company"), mention.name
    for product in found.products:
        yield product.start, product.end, "Product", product.name
    if issuer is not None and not extractor.aliases.find(issuer.text):
        at = part.find(issuer.text)
        while at >= 0:
            yield at, at + len(issuer.text), "Company", issuer.text
            at = part.find(issuer.text, at + 1)


@dataclass(slots=True)
class MaskedComparison:
    """How many texts were asked about again without their names, how many of these had no answer then, and what of
    the labels was another: kind, type, issuer, or the sign of the sentiment."""

    texts: int = 0
    unanswered: int = 0
    changed: int = 0
    by_field: Counter[str] = field(default_factory=Counter)

    def add(self, plain: TextLabel, hidden: TextLabel | None, names: dict[str, str]) -> None:
        """Compare a label with that of the masked text, whose names are behind `names`."""
        self.texts += 1
        if hidden is None:
            self.unanswered += 1
            return
        issuer = names.get(hidden.issuer, hidden.issuer)
        mine = {"kind": plain.kind, "type": plain.event_type, "issuer": plain.issuer, "sign": _sign(plain.sentiment)}
        other = {"kind": hidden.kind, "type": hidden.event_type, "issuer": issuer, "sign": _sign(hidden.sentiment)}
        differing = [name for name in mine if mine[name] != other[name]]
        self.changed += bool(differing)
        self.by_field.update(differing)

    def sentence(self, made_by: str) -> str:
        """What there is to say of it, beside the results."""
        parts = ", ".join(f"{name} {self.by_field[name]}" for name in ("kind", "type", "issuer", "sign"))
        silent = f"; {self.unanswered} had no answer" if self.unanswered else ""
        return (
            f"with names replaced, {made_by} labels {self.changed:,} of {self.texts:,} texts otherwise ({parts})"
            f"{silent}: so far what it remembers of the names may speak"
        )


def _sign(sentiment: float) -> str:
    return "unknown" if math.isnan(sentiment) else "+" if sentiment > 0 else "-" if sentiment < 0 else "0"
