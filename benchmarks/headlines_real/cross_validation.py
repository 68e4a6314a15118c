"""Nested cross-validation: answers for every text by a labeller that was trained, and tuned, without it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from benchmarks.headlines_real.labels import Answer, Label, Labeller
from benchmarks.headlines_real.scoring import score

__all__ = ["f_half", "fold_of", "nested"]

Setting = TypeVar("Setting")


def fold_of(key: str, folds: int, salt: str = "") -> int:
    """The fold of an id, by a hash: the same whatever else is in the set."""
    return int.from_bytes(hashlib.sha256(f"fold{salt}\n{key}".encode()).digest()[:8]) % folds


def f_half(labels: Sequence[Label], answers: Mapping[str, Answer]) -> float:
    """Precision and recall in one number that minds precision twice as much (F 0.5); 0 where nothing is right."""
    found = score(labels, answers)
    precision, recall = found.precision.value, found.recall.value
    if not precision > 0 or not recall > 0:
        return 0.0
    return 1.25 * precision * recall / (0.25 * precision + recall)


def nested(
    labels: Sequence[Label],
    fit: Callable[[Sequence[Label], Setting], Labeller],
    settings: Sequence[Setting],
    *,
    folds: int = 5,
    inner_folds: int = 4,
    merit: Callable[[Sequence[Label], Mapping[str, Answer]], float] = f_half,
) -> tuple[dict[str, Answer], list[Setting]]:
    """Answers for all labels, each by a labeller that saw neither its fold nor a setting chosen with it.

    For each fold the setting with the greatest merit over the answers of an inner cross-validation of the other folds
    is fitted to them (the first of equals), and answers the fold. With one setting nothing is chosen.

    Parameters
    ----------
    labels
        Ids are different.
    fit
        Trains on labels with one setting; what it returns is asked for ids that it did not see.
    settings
        At least one.

    Returns
    -------
    answers, chosen
        By id, and the setting of each fold that holds a label, in their order.
    """
    if not settings:
        raise ValueError("expected at least one setting, got none")
    answers: dict[str, Answer] = {}
    chosen: list[Setting] = []
    for train, test in _splits(labels, folds, "outer"):
        setting = settings[0]
        if len(settings) > 1:
            merits = []
            for one in settings:
                inner: dict[str, Answer] = {}
                for inner_train, inner_test in _splits(train, inner_folds, "inner"):
                    inner |= fit(inner_train, one)([label.id for label in inner_test])
                merits.append(merit(train, inner))
            setting = settings[merits.index(max(merits))]
        chosen.append(setting)
        answers |= fit(train, setting)([label.id for label in test])
    return answers, chosen


def _splits(labels: Sequence[Label], folds: int, salt: str) -> list[tuple[list[Label], list[Label]]]:
    by_fold = [fold_of(one.id, folds, salt) for one in labels]
    splits = [
        (
            [one for one, k in zip(labels, by_fold, strict=True) if k != fold],
            [one for one, k in zip(labels, by_fold, strict=True) if k == fold],
        )
        for fold in range(folds)
    ]
    return [(train, test) for train, test in splits if test]
