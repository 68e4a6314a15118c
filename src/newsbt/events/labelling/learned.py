"""A labeller that was trained on labelled headlines; it needs nothing that trained it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from newsbt.domain.entity import Universe
from newsbt.domain.folding import fold
from newsbt.domain.text_label import TextLabel
from newsbt.domain.text_spans import NewsText, Span
from newsbt.events.extraction.analysis import language_of
from newsbt.events.extraction.extract import Extractor
from newsbt.events.labelling.learned_model import NOTHING, LearnedModel
from newsbt.ports import Labelling

__all__ = ["Learned", "LearnedLabelling"]

ACTORS = ("company", "government")


@dataclass(frozen=True, kw_only=True)
class Learned:
    """A model of `newsbt events train`: the type by the characters of the headline alone, the issuer by its names.

    The issuer is the first company or authority that the headline names, or the maker of a product that stands before;
    where nobody is known, and in languages other than English and Chinese, it abstains.

    Parameters
    ----------
    model : str or Path
        The archive, such as ``model.npz``, with its card ``model.json`` beside it.
    threshold : float, optional
        How probable it must be that a headline announces something, in (0, 1); by default the card's.
    """

    model: str | Path
    threshold: float | None = None

    def __post_init__(self) -> None:
        if self.threshold is not None and not 0.0 < self.threshold < 1.0:
            raise ValueError(f"threshold is a number between 0 and 1, not {self.threshold:g}")

    @property
    def made_by(self) -> str:
        return f"{self._model.card['made_by']} {self._model.digest[:8]}"

    @property
    def cutoff(self) -> date | None:
        return self._model.cutoff

    @property
    def fingerprint(self) -> str:
        return self._model.digest if self.threshold is None else f"{self._model.digest} {self.threshold!r}"

    def labelling(self, universe: Universe | None) -> Labelling:
        limit = self._model.card["threshold"] if self.threshold is None else self.threshold
        return LearnedLabelling(self._model, limit, partial(Extractor, universe))

    @cached_property
    def _model(self) -> LearnedModel:
        return LearnedModel.read(Path(self.model))


@dataclass(frozen=True)
class LearnedLabelling:
    """A model with the names of a universe, read when something is first announced; that is from `threshold` on."""

    model: LearnedModel
    threshold: float
    read_names: Callable[[], Extractor]

    def label(self, texts: Sequence[NewsText]) -> list[TextLabel]:
        shares = self.model.probabilities([one.headline.text for one in texts])
        classes = self.model.card["classes"]
        nothing = classes.index(NOTHING)
        announced = 1.0 - shares[:, nothing]
        shares[:, nothing] = 0.0
        best = shares.argmax(axis=1).tolist() if len(texts) else []
        found = []
        for text, k, score, silent in zip(
            texts, best, announced.tolist(), (announced < self.threshold).tolist(), strict=True
        ):
            issuer = None if silent else self._issuer(text)
            if issuer is None:
                found.append(TextLabel(kind="none", score=1.0 - score if silent else np.nan))
                continue
            name, span = issuer
            found.append(
                TextLabel(
                    kind="announcement", event_type=classes[k], issuer=name, score=min(score, 1.0),
                    evidence={"issuer": (span,)},
                )
            )  # fmt: skip
        return found

    def _issuer(self, text: NewsText) -> tuple[str, Span] | None:
        """The first name of the headline that can act, and where it stands."""
        head = text.headline
        if language_of(head.text) == "other":
            return None
        named = self._names.reader.name_headline(head.text, fold(head.text), text.published_at.date()).headline
        acting = [(one.start, one.end, one.name) for one in named.mentions if one.certain and one.kind in ACTORS]
        acting += [(one.start, one.end, one.maker) for one in named.products if one.maker]
        if not acting:
            return None
        start, end, name = min(acting)
        return name, Span.of(text.text, head.start + start, head.start + end)

    @cached_property
    def _names(self) -> Extractor:
        return self.read_names()
