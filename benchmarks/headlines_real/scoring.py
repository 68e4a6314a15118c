"""Precision and recall of a labeller over weighted labels, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from benchmarks.headlines_real.labels import EVENT_TYPES, Answer, Label

__all__ = ["Interval", "Score", "score", "score_by", "trimmed"]

TRIM = 10.0
DRAWS = 4_000
SEED = 20_261_130

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A share in [0, 1], and the middle 80 % and 95 % of its bootstrap; NaN where nothing counts."""

    value: float
    low80: float
    high80: float
    low95: float
    high95: float


@dataclass(frozen=True, slots=True)
class Score:
    """How right a labeller is on `rows` labels.

    `given` answers were an event, `right` of them of the right type by the right issuer; `expected` labels are events,
    and `found` of these were answered rightly. Counts are of rows; precision and recall are weighted.
    """

    rows: int
    given: int
    right: int
    expected: int
    found: int
    precision: Interval
    recall: Interval


def trimmed(weights: Iterable[float]) -> list[float]:
    """The weights, none of them above ten times their median.

    >>> trimmed([1.0, 2.0, 3.0, 100.0, 2.0])
    [1.0, 2.0, 3.0, 20.0, 2.0]
    """
    values = list(weights)
    most = TRIM * median(values) if values else 0.0
    return [min(value, most) for value in values]


def score(
    labels: Sequence[Label],
    answers: Mapping[str, Answer],
    *,
    given: Callable[[Label, Answer], bool] = lambda _label, _answer: True,
    expected: Callable[[Label], bool] = lambda _label: True,
) -> Score:
    """Score the answers, one for each label's id.

    Weights are trimmed over all `labels`. `given` and `expected` narrow which answers precision looks at, and which
    labels recall does. Precision is the weight of right answers among that of answers which name an event, recall that
    of labels answered rightly among that of labels which are events. A label that allows ``none`` beside an event
    counts in neither; one that allows another label that is no event is missed by nobody, but a wrong answer to it is
    wrong.

    The bootstrap draws rows with their weights, as many as there are, without regard to strata: wider than the truth
    rather than narrower.
    """
    weights = np.array(trimmed(one.weight for one in labels))
    said = [answers[one.id] for one in labels]
    is_given = np.array(
        [one.counts and what.event_type in EVENT_TYPES and given(one, what)
         for one, what in zip(labels, said, strict=True)], dtype=bool
    )  # fmt: skip
    right = np.array([what.is_right(one) for one, what in zip(labels, said, strict=True)], dtype=bool)
    event = np.array([one.is_event and expected(one) for one in labels], dtype=bool)
    rng = np.random.default_rng(SEED)
    times = rng.multinomial(len(labels), np.full(len(labels), 1 / max(len(labels), 1)), size=DRAWS) * weights
    return Score(
        rows=sum(one.counts for one in labels),
        given=int(is_given.sum()),
        right=int((is_given & right).sum()),
        expected=int(event.sum()),
        found=int((event & right).sum()),
        precision=_share(is_given & right, is_given, weights, times),
        recall=_share(event & right, event, weights, times),
    )


def _share(part: NDArray[np.bool_], whole: NDArray[np.bool_], weights: Floats, times: Floats) -> Interval:
    if not whole.any():
        return Interval(*[float("nan")] * 5)
    shares = (times @ part)[(below := times @ whole) > 0] / below[below > 0]
    low80, high80, low95, high95 = np.quantile(shares, (0.1, 0.9, 0.025, 0.975))
    value = weights[part].sum() / weights[whole].sum()
    return Interval(float(value), float(low80), float(high80), float(low95), float(high95))


def score_by(labels: Sequence[Label], answers: Mapping[str, Answer]) -> dict[str, Score]:
    """Scores over all, by type and by language.

    By type, precision is that of the answers of the type, and recall that of the labels whose first type it is.
    """
    scores = {"all": score(labels, answers)}
    for name in EVENT_TYPES:
        scores[name] = score(
            labels,
            answers,
            given=lambda _label, what, name=name: what.event_type == name,  # type: ignore[misc]
            expected=lambda one, name=name: one.types[0] == name,  # type: ignore[misc]
        )
    for language in sorted({one.language for one in labels} - {""}):
        scores[language] = score(
            labels,
            answers,
            given=lambda one, _what, language=language: one.language == language,  # type: ignore[misc]
            expected=lambda one, language=language: one.language == language,  # type: ignore[misc]
        )
    return scores
