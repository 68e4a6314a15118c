"""The contract of announcement readers: ``announcements: {use: ...}``."""

from __future__ import annotations

from collections.abc import Container
from typing import Protocol, runtime_checkable

from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.entity import Universe

__all__ = ["AnnouncementReader", "UniverseReader"]


@runtime_checkable
class AnnouncementReader(Protocol):
    """A frozen dataclass whose fields are its parameters; `newsbt.testing.check_reader` proves one fit."""

    def read(self, known_tickers: Container[str] | None = None) -> AnnouncementBatch:
        """All announcements, in the order of their rows, with what was left out and why.

        Parameters
        ----------
        known_tickers : container of str or None
            The universe's tickers, against which `tickers` are checked; None checks nothing.

        Raises
        ------
        DataError
            The source cannot be used, or a row is bad and the reader was not told to skip it.
        """
        ...


@runtime_checkable
class UniverseReader(Protocol):
    """An announcement reader that looks issuers up: with this method it is handed the universe before it reads."""

    def with_universe(self, universe: Universe) -> AnnouncementReader:
        """The same reader, with a universe."""
        ...
