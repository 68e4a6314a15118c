"""The contract of readers of exchange rates: ``fx: {use: ...}``."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from newsbt.domain.fx_table import FxTable

__all__ = ["FxReader"]


@runtime_checkable
class FxReader(Protocol):
    """A frozen dataclass whose fields are its parameters; `newsbt.testing.check_fx` proves one fit."""

    def read(self) -> FxTable:
        """The rates of every pair, by day.

        Raises
        ------
        DataError
            The source cannot be used, or a row is bad and the reader was not told to skip it.
        """
        ...
