"""The check of labellers, and what it finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from newsbt.domain.entity import Universe
from newsbt.domain.text_label import NoLabel, TextLabel
from newsbt.domain.text_spans import NewsText, Span
from newsbt.events.labelling.chain import Chain
from newsbt.events.labelling.rule_labeller import Rules
from newsbt.testing import check_labeller, news_texts

TEXTS = news_texts()[:4]


@pytest.mark.parametrize("labeller", [Rules(), Chain(of=(Rules(), Rules()))])
def test_what_is_built_in_is_fit(labeller: Rules | Chain) -> None:
    answers = check_labeller(labeller)
    assert [one.kind for one in answers if isinstance(one, TextLabel)][:6] == [
        "announcement", "denial", "announcement", "announcement", "announcement", "none",
    ]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class FirstWord:
    """Says that whoever the first word names has announced something."""

    changes: dict[str, object] = field(default_factory=dict)
    made_by: str = "first word 1"
    cutoff: date | None = None
    fingerprint: str = "1"

    def labelling(self, universe: Universe | None) -> FirstWord:
        return self

    def label(self, texts: Sequence[NewsText]) -> list[TextLabel | NoLabel]:
        return [self._one(text) for text in texts]

    def _one(self, text: NewsText) -> TextLabel:
        word = text.headline.text.split()[0]
        evidence = {"issuer": (Span.of(text.text, 0, len(word)),)}
        found = TextLabel(kind="announcement", event_type="thing", issuer=word, evidence=evidence, score=0.5)
        return replace(found, **self.changes)


def test_a_labeller_of_ones_own_is_proved() -> None:
    assert len(check_labeller(FirstWord())) == len(news_texts())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "guess"}, "kind is one of announcement"),
        ({"score": 2.0}, "score is a number from 0 to 1"),
        ({"sentiment": -7.0}, "sentiment is a number from -1 to 1"),
        ({"evidence": {"issuer": (Span(0, 5, "Nvidia"),)}}, "the words that give its issuer are not in the text"),
        ({"evidence": {}}, "without the words that name its issuer"),
        ({"issuer": ""}, "an announcement without issuer"),
    ],
)
def test_a_label_that_breaks_the_contract_is_named(changes: dict[str, object], message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        check_labeller(FirstWord(changes=changes), TEXTS)


def test_a_labeller_that_changes_its_mind_or_loses_texts_is_named() -> None:
    class Counting(FirstWord):
        def _one(self, text: NewsText) -> TextLabel:
            object.__setattr__(self, "made_by", self.made_by + "1")
            return replace(super()._one(text), subject=self.made_by)

    with pytest.raises(AssertionError, match="another way by itself, or the second time"):
        check_labeller(Counting(), TEXTS)

    class Losing(FirstWord):
        def label(self, texts: Sequence[NewsText]) -> list[TextLabel | NoLabel]:
            return super().label(texts)[1:]

    with pytest.raises(AssertionError, match="3 answers for 4 texts"):
        check_labeller(Losing(), TEXTS)


def test_who_labels_and_from_what_must_be_said() -> None:
    with pytest.raises(AssertionError, match="made_by names who labels"):
        check_labeller(FirstWord(made_by=" "), TEXTS)
    with pytest.raises(AssertionError, match="fingerprint is a digest"):
        check_labeller(FirstWord(fingerprint=""), TEXTS)
    with pytest.raises(AssertionError, match="expected a date or None"):
        check_labeller(FirstWord(cutoff="2024-10-01"), TEXTS)  # type: ignore[arg-type]
