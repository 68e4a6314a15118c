"""Labellers one after the other: where one abstains, the next is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from newsbt.digests import digest_of
from newsbt.domain.entity import Universe
from newsbt.domain.text_label import NoLabel, TextLabel
from newsbt.domain.text_spans import NewsText
from newsbt.ports import Labeller, Labelling, TellingLabelling

__all__ = ["Chain"]


@dataclass(frozen=True, kw_only=True)
class Chain:
    """Asks each of `of` what those before it abstained on (kind ``none``) or could not label; the last answer counts.

    A text that one of them could not label, and all after it abstain on, has no label: nobody knows what it is.
    """

    of: tuple[Labeller, ...]

    def __post_init__(self) -> None:
        if not self.of:
            raise ValueError("a chain needs at least one labeller")

    @property
    def made_by(self) -> str:
        return ", then ".join(one.made_by for one in self.of)

    @property
    def cutoff(self) -> date | None:
        days = [one.cutoff for one in self.of]
        return None if None in days else max(day for day in days if day is not None)

    @property
    def fingerprint(self) -> str:
        return digest_of([one.fingerprint for one in self.of])

    def labelling(self, universe: Universe | None) -> Labelling:
        return _ChainLabelling(tuple(one.labelling(universe) for one in self.of))


@dataclass(frozen=True, slots=True)
class _ChainLabelling:
    parts: tuple[Labelling, ...]

    def label(self, texts: Sequence[NewsText]) -> list[TextLabel | NoLabel]:
        answers = list(self.parts[0].label(texts))
        for part in self.parts[1:]:
            open_ = [k for k, one in enumerate(answers) if isinstance(one, NoLabel) or one.abstains]
            for k, found in zip(open_, part.label([texts[k] for k in open_]), strict=True):
                failed = isinstance(answers[k], NoLabel) and not isinstance(found, NoLabel) and found.abstains
                answers[k] = answers[k] if failed else found
        return answers

    def notices(self) -> tuple[str, ...]:
        return tuple(notice for part in self.parts if isinstance(part, TellingLabelling) for notice in part.notices())
