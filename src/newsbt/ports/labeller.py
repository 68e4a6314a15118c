"""The contract of what says what texts announce: ``labeller: {use: ...}``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Protocol, runtime_checkable

from newsbt.domain.entity import Universe
from newsbt.domain.text_label import NoLabel, TextLabel
from newsbt.domain.text_spans import NewsText

__all__ = ["Labeller", "Labelling", "TellingLabelling", "TypesLabeller"]


@runtime_checkable
class Labeller(Protocol):
    """A frozen dataclass whose fields are its parameters. `newsbt.testing.check_labeller` proves one fit."""

    @property
    def made_by(self) -> str:
        """Who labels, with the version of a model."""
        ...

    @property
    def cutoff(self) -> date | None:
        """The last day of which it can have read; None where nobody knows, ``date.min`` where it knows texts only, as
        rules do."""
        ...

    @property
    def fingerprint(self) -> str:
        """A digest of all that its answers depend on beside the text: another one is another trial."""
        ...

    def labelling(self, universe: Universe | None) -> Labelling:
        """The labeller with the names of a universe; None: with those that it knows itself."""
        ...


@runtime_checkable
class TypesLabeller(Labeller, Protocol):
    """A labeller that asks for types of events: with this method it is told those that the config names."""

    def with_types(self, types: Path, extend: bool) -> Labeller:
        """The same labeller, with a file of types of events beside the usual ones, or (`extend` false) instead."""
        ...


class Labelling(Protocol):
    """A labeller at work."""

    def label(self, texts: Sequence[NewsText]) -> Sequence[TextLabel | NoLabel]:
        """What each text announces, in their order: a label, or why there is none."""
        ...


@runtime_checkable
class TellingLabelling(Labelling, Protocol):
    """A labelling that has something to tell beside the results."""

    def notices(self) -> tuple[str, ...]:
        """Sentences about what was labelled so far."""
        ...
