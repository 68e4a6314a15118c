"""Precision and recall over made-up labels, worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from benchmarks.headlines_real.cross_validation import f_half, fold_of, nested
from benchmarks.headlines_real.labels import Answer, Label, Labeller, half_of, same_issuer
from benchmarks.headlines_real.scoring import score, score_by, trimmed


def label(key: str, types: str, issuers: str = "", weight: float = 1.0, language: str = "en") -> Label:
    return Label(key, tuple(types.split("|")), tuple(filter(None, issuers.split("|"))), "s", weight, language)


# The median weight is 1.5, so that of f counts as 15.
LABELS = [
    label("a", "model_release", "Alibaba", 1, "zh"),
    label("b", "product_launch|none", "Google", 2),
    label("c", "none", "", 1),
    label("d", "partnership", "Meta|AMD", 2),
    label("e", "model_release|other_event", "MiniMax", 1, "zh"),
    label("f", "earnings_guidance", "Snap", 100),
    label("g", "other_event", "", 1, "zh"),
    label("h", "product_launch|partnership", "Samsung", 3),
]
ANSWERS = {
    "a": Answer("model_release", "阿里巴巴"),
    "b": Answer("product_launch", "Google"),
    "c": Answer("policy", "Apple"),
    "d": Answer("partnership", "AMD"),
    "e": Answer(),
    "f": Answer(),
    "g": Answer(),
    "h": Answer("partnership", "Sony"),
}


def test_weights_are_trimmed_at_ten_times_their_median() -> None:
    assert trimmed(one.weight for one in LABELS) == [1, 2, 1, 2, 1, 15, 1, 3]
    assert trimmed([]) == []


def test_a_row_that_allows_none_counts_in_neither() -> None:
    found = score(LABELS, ANSWERS)
    assert (found.rows, found.given, found.right, found.expected, found.found) == (7, 4, 2, 4, 2)
    assert found.precision.value == pytest.approx((1 + 2) / (1 + 1 + 2 + 3))
    assert found.recall.value == pytest.approx((1 + 2) / (1 + 2 + 15 + 3))
    assert score(LABELS, {**ANSWERS, "b": Answer("policy", "Google")}) == found


@pytest.mark.parametrize(
    ("said", "precision"),
    [
        (Answer("model_release", "MiniMax"), 4 / 8),
        (Answer("model_release", "Zhipu"), 3 / 8),
        (Answer("partnership", "MiniMax"), 3 / 8),
    ],
    ids=["right", "issuer", "type"],
)
def test_a_row_that_allows_another_label_is_missed_by_nobody(said: Answer, precision: float) -> None:
    found = score(LABELS, {**ANSWERS, "e": said})
    assert found.precision.value == pytest.approx(precision)
    assert found.recall == score(LABELS, ANSWERS).recall


def test_either_of_two_types_is_right() -> None:
    for event_type in ("product_launch", "partnership"):
        found = score(LABELS, {**ANSWERS, "h": Answer(event_type, "Samsung Electronics")})
        assert found.precision.value == pytest.approx(6 / 7)
        assert found.recall.value == pytest.approx(6 / 21)


def test_scores_by_type_and_language() -> None:
    found = score_by(LABELS, ANSWERS)
    assert found["all"] == score(LABELS, ANSWERS)
    assert found["partnership"].precision.value == pytest.approx(2 / 5)
    assert found["partnership"].recall.value == 1.0
    assert found["product_launch"].expected == 1 and found["product_launch"].recall.value == 0.0
    assert math.isnan(found["product_launch"].precision.value)
    assert found["zh"].precision.value == 1.0 and found["zh"].recall.value == 1.0
    assert found["en"].precision.value == pytest.approx(2 / 6)
    assert found["en"].recall.value == pytest.approx(2 / 20)


def test_intervals_hold_the_share_and_one_another() -> None:
    many = [label(f"{k}", "policy" if k % 3 else "none", "FTC" if k % 3 else "", 1 + k % 4) for k in range(120)]
    answers = {one.id: Answer("policy", "FTC") if int(one.id) % 2 else Answer() for one in many}
    found = score(many, answers)
    for share in (found.precision, found.recall):
        assert share.low95 < share.low80 < share.value < share.high80 < share.high95
    # 40 of 60 unweighted: the error is about sqrt(0.67 0.33 / 60) = 0.06, a little more with weights.
    assert 2 * 1.2816 * 0.05 < found.precision.high80 - found.precision.low80 < 2 * 1.2816 * 0.08
    assert score(many, answers) == found
    sure = score(many, {one.id: Answer("policy", "FTC") if one.is_event else Answer() for one in many})
    assert (sure.precision.low95, sure.recall.low95) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("given", "expected", "same"),
    [
        ("Google", "Alphabet Inc.", True),
        ("Thinking Machines Lab", "Thinking Machines", True),
        ("McDonald’s Corp", "McDonald's", True),
        ("中联重科股份有限公司", "中联重科", True),
        ("*ST众和", "ST众和", True),
        ("Apple", "Apple Hospitality", False),
        ("Meta", "Metaplanet", False),
        ("", "Apple", False),
        ("AI", "AI", True),
    ],
)
def test_issuers_are_compared_as_names_of_companies(given: str, expected: str, same: bool) -> None:
    assert same_issuer(given, expected) is same


def memory(train: Sequence[Label], right: bool) -> Labeller:
    """Answers from a key in the id, wrongly unless `right`, and refuses ids that it was trained on."""
    seen = {one.id for one in train}

    def answers(ids: Sequence[str]) -> dict[str, Answer]:
        assert not seen & set(ids)
        return {key: Answer("policy", "FTC" if right else "SEC") if "event" in key else Answer() for key in ids}

    return answers


def test_nested_cross_validation_never_asks_for_what_was_seen() -> None:
    labels = [label(f"{'event' if k % 2 else 'none'} {k}", "policy" if k % 2 else "none", "FTC") for k in range(40)]
    asked: list[int] = []

    def fit(train: Sequence[Label], right: bool) -> Labeller:
        asked.append(len(train))
        return memory(train, right)

    answers, chosen = nested(labels, fit, [False, True], folds=4, inner_folds=3)
    assert set(answers) == {one.id for one in labels}
    assert chosen == [True] * 4
    assert f_half(labels, answers) == 1.0
    assert len(asked) == 4 * (2 * 3 + 1) and max(asked) < len(labels)
    alone, only = nested(labels, fit, [False], folds=4)
    assert only == [False] * 4 and f_half(labels, alone) == 0.0
    with pytest.raises(ValueError, match="at least one setting"):
        nested(labels, fit, [])


def test_folds_and_halves_are_hashes_of_the_id() -> None:
    keys = [f"h{k:03d}" for k in range(300)]
    assert [fold_of(key, 5) for key in keys[:8]] == [fold_of(key, 5) for key in ("x", *keys)][1:9]
    sizes = [sum(fold_of(key, 5) == k for key in keys) for k in range(5)]
    assert min(sizes) > 40 and sum(sizes) == 300
    assert 120 < sum(half_of(key) == "open" for key in keys) < 180
