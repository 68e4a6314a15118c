"""The contract of announcement readers: ``announcements: {use: ...}``."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path
from typing import Protocol, runtime_checkable

from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.entity import Universe

__all__ = ["AnnouncementReader", "TextReader", "UniverseReader"]


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


@runtime_checkable
class TextReader(Protocol):
    """An announcement reader that understands texts: with this method it is told the config's types of events."""

    def with_types(self, types: Path, extend: bool) -> AnnouncementReader:
        """The same reader, with a file of types of events beside the usual ones, or (`extend` false) instead."""
        ...
