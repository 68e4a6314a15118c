"""What labellers answer of a text: what it announces and which words say so, or why nobody can tell."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from newsbt.domain.showing import brief
from newsbt.domain.text_spans import NewsText, Span

__all__ = ["KINDS", "OTHER_LANGUAGE", "UNLABELLED", "NoLabel", "TextLabel", "label_fault"]

KINDS = ("announcement", "followup", "denial", "delay", "rumour", "opinion", "wrap", "none")
UNLABELLED: Final = "unlabelled"  # the event type, and the kind, of a text that its labeller could not label
OTHER_LANGUAGE = "language"  # why: the text is at fault, not the labeller, so that no run stops there


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLabel:
    """What a text announces.

    Attributes
    ----------
    kind : str
        One of :data:`KINDS`: ``announcement``, or what else the text is; ``none`` abstains.
    event_type, issuer, subject : str
        Empty unless it is an announcement or a follow-up. `issuer` is the company's usual name; the words of the text
        that name it are ``evidence["issuer"]``.
    rivals : tuple of str
    tickers : tuple of str or None
        None: the listings that the issuer's name stands for, on the day of the text.
    mentioned : tuple of str
        Other names in the text.
    ambiguous : tuple of Span
        Names of which nobody can tell what they mean here.
    contaminated : tuple of str
        The headline's names, where the body has none of them and was left out.
    sentiment : float
        In [-1, 1]; NaN where nobody can tell.
    score : float
        How sure the labeller is, in [0, 1]; NaN where it does not say.
    evidence : mapping of str to tuple of Span
        For a field the pieces of the text that gave it. An announcement has those of ``issuer``.

    Examples
    --------
    >>> from newsbt import Span, TextLabel
    >>> text = "Alibaba unveils Qwen3"
    >>> one = TextLabel(kind="announcement", issuer="Alibaba", evidence={"issuer": (Span.of(text, 0, 7),)})
    >>> one.evidence["issuer"][0].text
    'Alibaba'
    """

    kind: str
    event_type: str = ""
    issuer: str = ""
    subject: str = ""
    rivals: tuple[str, ...] = ()
    tickers: tuple[str, ...] | None = None
    mentioned: tuple[str, ...] = ()
    ambiguous: tuple[Span, ...] = ()
    contaminated: tuple[str, ...] = ()
    sentiment: float = math.nan
    score: float = math.nan
    evidence: Mapping[str, tuple[Span, ...]] = field(default_factory=lambda: MappingProxyType({}))

    __repr__ = brief

    @property
    def abstains(self) -> bool:
        """Whether it leaves the text to the next labeller of a chain."""
        return self.kind == "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoLabel:
    """Why a text has no label.

    Attributes
    ----------
    reason : str
        One word to count: ``busy``, ``invented``, ...
    message : str
        A sentence that says what to do.

    Examples
    --------
    >>> from newsbt import NoLabel
    >>> NoLabel(reason="busy", message="the model answers nobody at the moment; run it again").reason
    'busy'
    """

    reason: str
    message: str

    __repr__ = brief


def label_fault(label: TextLabel, text: NewsText) -> str:
    """What is wrong with a label of a text, in one sentence; empty where it keeps to the contract."""
    if label.kind not in KINDS:
        return f"kind is one of {', '.join(KINDS)}, not {label.kind!r}"
    for name, value, least in (("sentiment", label.sentiment, -1.0), ("score", label.score, 0.0)):
        if not (math.isnan(value) or least <= value <= 1.0):
            return f"{name} is a number from {least:g} to 1, or NaN, not {value!r}"
    for name, spans in (*label.evidence.items(), ("ambiguous", label.ambiguous)):
        for span in spans:
            if not 0 <= span.start <= span.end or text.text[span.start : span.end] != span.text:
                return f"the words that give its {name} are not in the text: {span.text[:80]!r}"
    if label.kind == "announcement":
        for name in ("event_type", "issuer"):
            if not getattr(label, name):
                return f"an announcement without {name}"
        if not label.evidence.get("issuer"):
            return "an announcement without the words that name its issuer (evidence['issuer'])"
    return ""
