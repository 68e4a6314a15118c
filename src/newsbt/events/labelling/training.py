"""Training on labelled headlines: which characters go with which type of event, by scikit-learn."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median

import numpy as np

from newsbt._typing import Bools, Floats, Ints
from newsbt.domain.input_files import file_error, read_bytes
from newsbt.domain.size_limits import limit_of
from newsbt.domain.table_files import choose_columns, read_table
from newsbt.errors import DataError, missing_extra
from newsbt.events.labelling.hashed_ngrams import BITS, LONGEST, bucket_shares
from newsbt.events.labelling.learned_model import FORMAT, NOTHING, LearnedModel, ModelCard

__all__ = ["LabelledHeadline", "TrainingLabels", "read_training_labels", "train"]

SILENT = frozenset(("", NOTHING, "other_event", "rumour", "denial", "delay", "followup", "opinion", "wrap"))
COLUMNS = ("event_type", "published_at", "weight")
PENALTIES = (3.0, 30.0, 300.0)  # inverse, as scikit-learn's C
THRESHOLDS = (0.35, 0.5, 0.65, 0.8)
FOLDS = 5
LEAST_ROWS = 50
TRIM = 10.0  # times the median weight
NEVER = -30.0  # the bias of a class that no headline of a fold has


@dataclass(frozen=True, slots=True)
class LabelledHeadline:
    """A headline and its type of event, or ``none``; `weight` is how many headlines it stands for."""

    text: str
    event_type: str
    day: date | None = None
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class TrainingLabels:
    """What a table of labels holds: its headlines, how many rows say several things at once, and its digest."""

    rows: tuple[LabelledHeadline, ...]
    undecided: int
    digest: str = field(repr=False)


def read_training_labels(path: Path) -> TrainingLabels:
    """A table with `headline` and `event_type`, and perhaps `published_at` and `weight`.

    Of answers that are equally right (``a|b``) the first counts; a row for which nothing is one of them is left out, as
    nobody can learn from it. Types that are no event (rumour, denial, ...) and a blank are ``none``.

    Raises
    ------
    DataError
    """
    data = read_bytes(path, limit_of("labels"))
    table = read_table(path, limit=limit_of("labels"))
    chosen = choose_columns(path, table.columns, {}, ("headline", "event_type"), COLUMNS[1:])
    rows, undecided = [], 0
    for line, cells in zip(table.lines, table.rows, strict=True):
        values = dict(zip(table.columns, cells, strict=False))
        cell = {name: values.get(column, "").strip() for name, column in chosen.items()}
        types = [NOTHING if one.strip() in SILENT else one.strip() for one in cell["event_type"].split("|")]
        if NOTHING in types and set(types) != {NOTHING}:
            undecided += 1
            continue
        try:
            written = cell.get("published_at", "")
            day = date.fromisoformat(written[:10]) if written else None
            weight = float(cell.get("weight", "") or 1.0)
            if not (weight > 0 and math.isfinite(weight)):
                raise ValueError(f"expected a weight above 0, got {weight:g}")
        except ValueError as error:
            raise file_error(path, str(error), code="bad_value", line=line) from None
        if not cell["headline"]:
            raise file_error(path, "the row has no headline", code="missing_value", line=line)
        rows.append(LabelledHeadline(cell["headline"], types[0], day, weight))
    return TrainingLabels(rows=tuple(rows), undecided=undecided, digest=hashlib.sha256(data).hexdigest())


def train(
    labels: Sequence[LabelledHeadline], *, made_by: str = "learned", digest: str = "",
    penalties: Sequence[float] = PENALTIES, thresholds: Sequence[float] = THRESHOLDS,
) -> LearnedModel:  # fmt: skip
    """A model of labelled headlines.

    Logistic regression on hashed runs of characters; strength of the penalty and threshold are those whose precision
    and recall of the type, cross-validated, are best (F 0.5, which minds precision more). The card says how good that
    was: an optimist's figure, since two numbers were chosen by it.

    Raises
    ------
    DataError
        There are fewer than 50 headlines, or of one class only.
    UnsupportedError
        scikit-learn is not installed.
    """
    counts = Counter(one.event_type for one in labels)
    if len(labels) < LEAST_ROWS or len(counts) < 2 or NOTHING not in counts:
        raise DataError(
            f"expected {LEAST_ROWS} labelled headlines or more, some of them of a type and some {NOTHING}; there are "
            f"{len(labels)} ({', '.join(f'{name} {count}' for name, count in counts.most_common()) or 'no labels'})",
            code="no_data",
        )
    data = _Data.of(labels)
    best: tuple[float, float, float] | None = None
    measured: dict[tuple[float, float], tuple[float, float]] = {}
    for penalty in penalties:
        held_out = data.cross_validated(penalty)
        for threshold in thresholds:
            precision, recall = data.measure(held_out, threshold)
            measured[penalty, threshold] = precision, recall
            merit = 0.0 if not precision > 0 else 1.25 * precision * recall / (0.25 * precision + recall)
            if best is None or merit > best[0]:
                best = merit, penalty, threshold
    assert best is not None
    _, penalty, threshold = best
    weights, bias = data.fitted(penalty, np.ones(len(labels), dtype=bool))
    precision, recall = measured[penalty, threshold]
    days = [one.day for one in labels]
    card: ModelCard = {
        "format": FORMAT, "made_by": made_by,
        "cutoff": None if None in days else str(max(day for day in days if day is not None)),
        "classes": list(data.classes), "longest": LONGEST, "bits": BITS, "threshold": threshold,
        "inverse_penalty": penalty, "rows": dict(counts.most_common()),
        "cross_validation": {
            "precision_of_type": None if math.isnan(precision) else round(precision, 4),
            "recall_of_type": None if math.isnan(recall) else round(recall, 4),
        },
        "labels": digest, "arrays": "",
    }  # fmt: skip
    return LearnedModel(card=card, weights=weights, bias=bias)


@dataclass(frozen=True)
class _Data:
    """Headlines as numbers: the `buckets` of each between `starts`, its class in `target`, an index of `classes`, its
    `weight` and its `fold`, (T,)."""

    classes: tuple[str, ...]
    buckets: Ints
    starts: Ints
    target: Ints
    weight: Floats
    fold: Ints

    @classmethod
    def of(cls, labels: Sequence[LabelledHeadline]) -> _Data:
        classes = tuple(sorted({one.event_type for one in labels}))
        buckets, starts = bucket_shares([one.text for one in labels])
        number = {name: k for k, name in enumerate(classes)}
        most = TRIM * median(one.weight for one in labels)
        return cls(
            classes=classes,
            buckets=buckets,
            starts=starts,
            target=np.array([number[one.event_type] for one in labels], dtype=np.int64),
            weight=np.array([min(one.weight, most) for one in labels]),
            fold=np.array([_fold_of(one.text) for one in labels], dtype=np.int64),
        )

    def fitted(self, penalty: float, kept: Bools) -> tuple[Floats, Floats]:
        """Weights (2 ** BITS, C) and bias (C,) of a regression on some of the headlines."""
        from scipy.sparse import csr_matrix

        try:
            from sklearn.linear_model import LogisticRegression
        except ImportError as error:
            raise missing_extra(error, "training needs", "sklearn", "learn") from None
        counts = np.diff(self.starts)
        values = np.repeat(1.0 / np.sqrt(counts), counts)
        matrix = csr_matrix((values, self.buckets, self.starts), shape=(len(counts), 1 << BITS))
        # What one headline alone has says nothing of others, and is nobody's to find in the weights.
        shared = np.flatnonzero(np.bincount(self.buckets, minlength=1 << BITS) > 1)
        model = LogisticRegression(C=penalty, max_iter=500).fit(matrix[kept][:, shared], self.target[kept])
        weights = np.zeros((1 << BITS, len(self.classes)))
        bias = np.full(len(self.classes), NEVER)
        seen = model.classes_
        if len(seen) == 2:  # the log odds of the second one
            bias[seen[0]] = 0.0
            seen = seen[1:]
        weights[np.ix_(shared, seen)] = model.coef_.T
        bias[seen] = model.intercept_
        return weights, bias

    def cross_validated(self, penalty: float) -> Floats:
        """(T, C): probabilities of each headline's classes by a model that did not see its fold."""
        found = np.zeros((len(self.target), len(self.classes)))
        for fold in range(FOLDS):
            tested = self.fold == fold
            if not tested.any() or len(np.unique(self.target[~tested])) < 2:
                found[tested, self.classes.index(NOTHING)] = 1.0
                continue
            weights, bias = self.fitted(penalty, ~tested)
            for row in np.flatnonzero(tested).tolist():
                mine = self.buckets[self.starts[row] : self.starts[row + 1]]
                scores = weights[mine].sum(axis=0) / np.sqrt(len(mine)) + bias
                shares = np.exp(scores - scores.max())
                found[row] = shares / shares.sum()
        return found

    def measure(self, shares: Floats, threshold: float) -> tuple[float, float]:
        """Weighted precision and recall of the type; NaN where nothing is answered, or nothing to be found."""
        nothing = self.classes.index(NOTHING)
        given = 1.0 - shares[:, nothing] >= threshold
        others = shares.copy()
        others[:, nothing] = 0.0
        right = given & (others.argmax(axis=1) == self.target)
        event = self.target != nothing
        parts = [float(self.weight[one].sum()) for one in (right, given, event)]
        return parts[0] / parts[1] if parts[1] else math.nan, parts[0] / parts[2] if parts[2] else math.nan


def _fold_of(text: str) -> int:
    """By a hash of the headline, so that one that stands twice is in one fold."""
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "replace")).digest()[0] % FOLDS
