"""The contract of a source of announcements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from zoneinfo import ZoneInfo

from newsbt.disclosures.disclosure import Disclosure
from newsbt.disclosures.store_manifest import Span
from newsbt.domain.entity import Universe

__all__ = ["Answered", "Companies", "Company", "DisclosureSource"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A company as a source knows it: its id there, its name, and its listings in the universe."""

    key: str
    name: str
    tickers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Companies:
    """The companies of a universe that a source has, and the listings of its market that it does not know."""

    found: tuple[Company, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a source has of a company in a span of days. `is_believed` is false of an answer that may be a refusal in
    disguise, and is to be asked for again later; `silent` counts what announces nothing."""

    span: Span
    items: Sequence[Disclosure]
    is_believed: bool = True
    silent: int = 0


class DisclosureSource(Protocol):
    """A source of announcements."""

    @property
    def name(self) -> str:
        """Its name in the config and in the store."""
        ...

    @property
    def scope(self) -> str:
        """What of it is asked for; empty for all."""
        ...

    @property
    def zone(self) -> ZoneInfo:
        """Whose days it is asked about."""
        ...

    def companies(self, universe: Universe) -> Companies:
        """The companies of a universe, as the source knows them.

        Raises
        ------
        DataError
            The source cannot be asked, or answers in a shape that is not the known one.
        """
        ...

    def answers(self, company: Company, spans: Sequence[Span], *, again: bool) -> Iterator[Answered]:
        """What there is of a company in spans of days, in pieces that are complete each.

        Parameters
        ----------
        again
            Whether nothing was found before: then nothing is believed.

        Raises
        ------
        DataError
        """
        ...

    def probe(self, on: date) -> str:
        """Ask one small question, and say what came of it.

        Raises
        ------
        DataError
        """
        ...
