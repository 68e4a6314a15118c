"""The sentiment of what is announced, by words; how shares moved does not count."""

from __future__ import annotations

import math
from collections.abc import Sequence

from newsbt.events.extraction.analysis import TextAnalysis
from newsbt.events.extraction.claims import Claim
from newsbt.events.extraction.news_item import Span

__all__ = ["sentiment_of"]

# On trade controls the words of the claim itself say whether they tighten or ease.
_POSITIVE = ("sentiment.positive", "export_control.ease")
_NEGATIVE = ("sentiment.negative", "export_control.strong")


def sentiment_of(analysis: TextAnalysis, claims: Sequence[Claim]) -> tuple[float, tuple[Span, ...]]:
    """Sentiment in [-1, 1] and the words it comes from; NaN and no words where nothing says anything.

    Notes
    -----
    ``(p - n) / (p + n + 1)`` with p and n the positive and negative words of the headline, the first paragraph and the
    sentences of the claims, those about prices left out. The one in the denominator keeps a single word from being
    certain. Nobody need be named. Of a language that the rules do not read nothing is known.
    """
    controls = any(claim.event_type == "export_control" for claim in claims)
    claimed = {claim.sentence.start for claim in claims}
    if analysis.language == "other":
        return math.nan, ()
    positive: list[Span] = []
    negative: list[Span] = []
    for sentence in analysis.sentences:
        if sentence.zone > 1 and sentence.start not in claimed:
            continue
        if sentence.cued("prices") and sentence.start not in claimed:
            continue
        counted: set[int] = set()
        for cue in sentence.cued(*_POSITIVE, *_NEGATIVE):
            if cue.start in counted or (cue.name.startswith("export_control") and not controls):
                continue
            counted.add(cue.start)
            side = positive if cue.name in _POSITIVE else negative
            side.append(Span.of(analysis.text, cue.start, cue.end))
    total = len(positive) + len(negative)
    if not total:
        return math.nan, ()
    return (len(positive) - len(negative)) / (total + 1), (*positive, *negative)
