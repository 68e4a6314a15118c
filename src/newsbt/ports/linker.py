"""The contracts of linkers: ``linker: {use: ...}``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol, runtime_checkable

from newsbt.domain.announcement import Announcement
from newsbt.domain.entity import Universe
from newsbt.domain.link import Link

__all__ = ["IssuerLinking", "Linker", "Linking", "ThemeLinking"]


@runtime_checkable
class Linking(Protocol):
    """What links single announcements in a universe, as of the day each one became known."""

    def link(self, item: Announcement, on: date) -> Iterable[Link]:
        """The instruments that an announcement touches, direct links first.

        Parameters
        ----------
        on : date
            The UTC day of `known_at`; relations and listings count as they stood then.
        """
        ...


@runtime_checkable
class IssuerLinking(Protocol):
    """A linking that reaches an issuer's own listings: without this method `Reach.issuer` answers none."""

    def issuer(self, item: Announcement, on: date) -> Iterable[int]:
        """Columns of the issuer's own listings on a day, also of an announcement that names other tickers."""
        ...


@runtime_checkable
class ThemeLinking(Protocol):
    """A linking that reaches the members of themes: without this method `Reach.theme` answers none."""

    def theme(self, item: Announcement, on: date, themes: Sequence[str]) -> Iterable[int]:
        """Columns of the instruments that belong to one of the themes on a day; no theme named: of all."""
        ...


@runtime_checkable
class Linker(Protocol):
    """A frozen dataclass whose fields are its parameters; `newsbt.testing.check_linker` proves one fit.

    What `linking` answers may be an `IssuerLinking` and a `ThemeLinking` too. They are asked by the strategies that
    look there, event by event (`Reach`), so that what a theme reaches stands in no table of links.
    """

    def linking(self, universe: Universe, hops: int) -> Linking:
        """What links single announcements in a universe.

        Parameters
        ----------
        hops : int
            How many relations away links may reach, at least 1.
        """
        ...
