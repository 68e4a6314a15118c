"""A model that was trained on labelled headlines: an archive of two arrays, a card beside it, nothing to execute."""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypedDict

import numpy as np

from newsbt._typing import Floats
from newsbt.domain.input_files import file_error, kind_of, read_bytes
from newsbt.domain.output_files import unwritable, write_whole
from newsbt.domain.shapes import wrong_shape
from newsbt.domain.size_limits import limit_of
from newsbt.errors import DataError
from newsbt.events.labelling.hashed_ngrams import BITS, LONGEST, bucket_shares
from newsbt.owners import locked

__all__ = ["FORMAT", "NOTHING", "LearnedModel", "ModelCard", "card_path"]

FORMAT = 1
NOTHING = "none"  # the class of what announces nothing
_ARRAYS = ("weights", "bias")


class ModelCard(TypedDict):
    """What stands in the JSON file beside the arrays."""

    format: int
    made_by: str
    cutoff: str | None  # the last day of a headline that it was trained on
    classes: list[str]
    longest: int
    bits: int
    threshold: float
    inverse_penalty: float
    rows: dict[str, int]  # by class
    cross_validation: dict[str, float | None]
    labels: str  # SHA-256 of the labels' bytes
    arrays: str  # and of the archive's


def card_path(model: Path) -> Path:
    """The card of a model's archive: of the same name, ending in .json."""
    return model.with_suffix(".json")


def _card_ahead(model: Path) -> Path:
    """Where the card lies of an archive that is about to be, or was just, put in place of another."""
    return model.with_name(f".{model.stem}.next.json")


def _is_of(card: Path, archive: str) -> bool:
    """Whether there is a card, and of the archive of this digest."""
    try:
        found = json.loads(read_bytes(card, limit_of("map"))) if kind_of(card) else None
    except (DataError, ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("arrays") == archive


@dataclass(frozen=True, eq=False)
class LearnedModel:
    """Classes by a softmax over sums of weights: `weights` are (2 ** BITS, C), `bias` (C,)."""

    card: ModelCard
    weights: Floats
    bias: Floats

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """(T, C): how probable each class of the card is for each text."""
        if not texts:
            return np.empty((0, len(self.bias)))
        buckets, starts = bucket_shares(texts)
        counts = np.diff(starts)
        sums = np.add.reduceat(self.weights[buckets], starts[:-1], axis=0)
        scores = sums / np.sqrt(counts)[:, None] + self.bias
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(scores / scores.sum(axis=1, keepdims=True), dtype=np.float64)

    @property
    def cutoff(self) -> date | None:
        """The last day of a headline that it was trained on; None where nobody says."""
        day = self.card["cutoff"]
        return None if day is None else date.fromisoformat(day)

    @property
    def digest(self) -> str:
        """A hash of the arrays and of what makes classes of them."""
        own = {name: value for name, value in self.card.items() if name in ("arrays", "classes", "threshold")}
        return hashlib.sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()

    def write(self, path: Path) -> None:
        """Archive and card, both or none: until the new card lies beside the new archive, it lies under a hidden name.

        Raises
        ------
        DataError
        """
        archive = io.BytesIO()
        np.savez(archive, weights=self.weights.astype(np.float32), bias=self.bias.astype(np.float32))
        data = archive.getvalue()
        card: ModelCard = {**self.card, "arrays": hashlib.sha256(data).hexdigest()}
        text = [json.dumps(card, indent=1, ensure_ascii=False).encode(), b"\n"]
        try:
            with locked(path):
                write_whole(_card_ahead(path), text, "model")
                write_whole(path, [data], "model")
                write_whole(card_path(path), text, "model")
                _card_ahead(path).unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(path, error) from None

    @classmethod
    def read(cls, path: Path) -> LearnedModel:
        """A model as :meth:`write` left it.

        Raises
        ------
        DataError
            A file is missing, damaged, or of another version; archive and card are not one model's.
        """
        data = read_bytes(path, limit_of("model"))
        digest = hashlib.sha256(data).hexdigest()
        beside = card_path(path) if not _is_of(_card_ahead(path), digest) else _card_ahead(path)
        try:
            found = json.loads(read_bytes(beside, limit_of("map")))
            if fault := wrong_shape(found, ModelCard):
                raise ValueError(fault)
            card: ModelCard = found
            version, named, classes = card["format"], card["arrays"], card["classes"]
            shape = (1 << BITS, len(classes))
            sound = version == FORMAT and card["bits"] == BITS and card["longest"] == LONGEST
            sound &= math.isfinite(card["threshold"]) and classes.count(NOTHING) == 1
            if card["cutoff"] is not None:
                date.fromisoformat(card["cutoff"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise file_error(
                beside, f"this is no card of a model ({error!r}); train it again", code="wrong_format"
            ) from None
        if not sound:
            raise file_error(beside, "the model is of another version of newsbt; train it again", code="wrong_format")
        if named != digest:
            raise file_error(
                path, f"the archive is not the one that {beside.name} belongs to; copy both", code="wrong_format"
            )
        arrays = _arrays(path, data)
        weights, bias = (arrays[name] for name in _ARRAYS)
        if (
            weights.shape != shape
            or bias.shape != shape[1:]
            or not (np.isfinite(weights).all() and np.isfinite(bias).all())
        ):
            message = f"expected numbers of the shape {shape}, not {weights.shape}; train it again"
            raise file_error(path, message, code="wrong_format")
        return cls(card=card, weights=weights, bias=bias)


def _arrays(path: Path, data: bytes) -> Mapping[str, Floats]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            limit_of("model").check(sum(one.file_size for one in archive.infolist()))
        with np.load(io.BytesIO(data), allow_pickle=False) as found:
            return {name: np.asarray(found[name], dtype=np.float32) for name in _ARRAYS}
    except Exception as error:  # whatever a damaged archive makes of NumPy
        raise file_error(
            path, f"this is no archive of a model ({error}); train it again", code="wrong_format"
        ) from None
