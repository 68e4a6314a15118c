"""A labeller that is trained on the labels: each headline is answered by one that saw neither it nor a choice by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.headlines_real.cross_validation import nested
from benchmarks.headlines_real.labels import Answer, Label, Labeller
from benchmarks.headlines_real.texts import Headline
from newsbt.domain.broader_types import broad_type
from newsbt.domain.text_label import TextLabel
from newsbt.domain.text_spans import NewsText
from newsbt.events.extraction.extract import Extractor
from newsbt.events.labelling.learned import LearnedLabelling
from newsbt.events.labelling.rule_labeller import RulesLabelling
from newsbt.events.labelling.training import LabelledHeadline, train
from newsbt.ports import Labelling

__all__ = ["learned_on_headlines", "rules_then_learned"]

CHAINED = 0.8  # how sure the trained one must be of what the rules abstained on


def learned_on_headlines(
    labels: Sequence[Label], headlines: Mapping[str, Headline], extractor: Extractor, threshold: float | None = None
) -> dict[str, Answer]:
    """Answers by nested cross-validation: penalty and threshold (unless one is given) are chosen within each training
    set."""

    def fit(training: Sequence[Label], _: None) -> Labeller:
        rows = [
            LabelledHeadline(headlines[one.id].text, one.types[0] if one.is_event else "none", weight=one.weight)
            for one in training
            if one.counts
        ]
        model = train(rows)
        limit = model.card["threshold"] if threshold is None else threshold
        labelling = LearnedLabelling(model, limit, lambda: extractor)
        return lambda ids: answers_of(labelling, [headlines[key] for key in ids])

    return nested(labels, fit, [None])[0]


def rules_then_learned(
    labels: Sequence[Label], headlines: Mapping[str, Headline], extractor: Extractor
) -> dict[str, Answer]:
    """Answers of the chain: those of the trained one where the rules abstain and it is rather sure."""
    rules = RulesLabelling(extractor)
    found = learned_on_headlines(labels, headlines, extractor, CHAINED)
    for one in labels:
        (label,) = rules.label([_text(headlines[one.id])])
        if not label.abstains:
            found[one.id] = _answer(label)
    return found


def answers_of(labelling: Labelling, headlines: Sequence[Headline]) -> dict[str, Answer]:
    """What a labelling answers of headlines, by their ids."""
    labels = labelling.label([_text(one) for one in headlines])
    return {
        one.id: _answer(label) for one, label in zip(headlines, labels, strict=True) if isinstance(label, TextLabel)
    }


def _text(one: Headline) -> NewsText:
    return NewsText.of(" ".join(one.text.split()), published_at=one.published_at)


def _answer(label: TextLabel) -> Answer:
    return Answer(broad_type(label.event_type), label.issuer) if label.kind == "announcement" else Answer()
