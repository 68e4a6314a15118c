"""Texts taken apart by hand, for what judges them: made-up names, products and cue words, and claims about them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from newsbt.domain.aliases import Mention
from newsbt.events.extraction.analysis import Cue, Sentence, TextAnalysis
from newsbt.events.extraction.claims import Claim
from newsbt.events.extraction.products import Product

NAMES = {"Ann": "company", "Bob": "company", "Cat": "company", "Office": "government", "Norway": "country"}
_NAME = re.compile(rf"\b(?:{'|'.join(NAMES)})\b(?!-\w)")
_PRODUCT = re.compile(r"\b(?:Ann|Bob|Cat)-\w+\b")


def product(name: str, start: int = 0) -> Product:
    """One of Ann's is called Ann- something, one with a figure has a version, one that begins with X is a chip."""
    maker, _, code = name.partition("-")
    kind = "chip" if code.startswith("X") else "model"
    return Product(start, start + len(name), name, maker, kind, any(one.isdigit() for one in code))


def made_text(*paragraphs: str, cues: Mapping[str, str], language: str = "en", begins: int = 0) -> TextAnalysis:
    """The headline and what follows it, each on a line of its own; `cues` are phrases and the lists they stand in."""
    text, sentences = " " * begins, []
    phrases = re.compile("|".join(map(re.escape, sorted(cues, key=len, reverse=True))))
    for zone, paragraph in enumerate(paragraphs):
        for words in re.split(r"(?<=\.)\s+", paragraph):
            at = len(text)
            text += words + "\n"
            named = ((at + one.start(), at + one.end(), one[0]) for one in _NAME.finditer(words))
            cued = ((at + one.start(), at + one.end(), cues[one[0]]) for one in phrases.finditer(words))
            sentences.append(
                Sentence(
                    at, at + len(words), zone,
                    tuple(Mention(start, end, name, NAMES[name]) for start, end, name in named),
                    tuple(product(one[0], at + one.start()) for one in _PRODUCT.finditer(words)),
                    tuple(Cue(start, end, name) for start, end, name in cued),
                )
            )  # fmt: skip
    return TextAnalysis(
        text=text, folded=text.lower(), language=language, on=date(2025, 3, 6), sentences=tuple(sentences)
    )


def claim(text: TextAnalysis, words: str, issuer: str = "Ann", event_type: str = "partnership", **more: Any) -> Claim:
    """What the sentence with these words claims, by default with just the weight that is enough."""
    at = text.text.index(words)
    (sentence,) = (one for one in text.sentences if one.start <= at < one.end)
    standard = {"weight": 1.0, "sentence": sentence, "cue": Cue(at, at + len(words), "verb")}
    return Claim(event_type=event_type, issuer=issuer, **{**standard, **more})
