"""The contract of price readers: ``prices: {use: ...}``."""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Mapping
from pathlib import Path
from typing import Protocol, runtime_checkable

from newsbt._plain import JsonValue
from newsbt.domain.price_table import PriceTable

__all__ = ["KeptPriceReader", "PriceReader", "with_bad_rows"]


@runtime_checkable
class PriceReader(Protocol):
    """A frozen dataclass whose fields are its parameters; `newsbt.testing.check_provider` proves one fit.

    With a parameter `on_bad_row`, ``error`` or ``skip``, it is told by ``newsbt data check`` what to do with bad rows.
    What a DataFrame holds, ``newsbt.FramePrices(frame=...).read(known_tickers)`` makes such a table of.
    """

    def read(self, known_tickers: Container[str] | None = None) -> PriceTable:
        """All rows, checked one by one.

        Parameters
        ----------
        known_tickers : container of str or None
            The universe's tickers; rows of others are counted and left out. None keeps all rows.

        Raises
        ------
        DataError
            The source cannot be used, or a row is bad and the reader was not told to skip it.
        """
        ...


@runtime_checkable
class KeptPriceReader(Protocol):
    """A price reader that reads files and nothing else: with these methods the panel made of its rows is kept, and a
    later run that names the same rows need not read them again."""

    def files(self) -> tuple[Path, ...]:
        """The files that it reads, sorted."""
        ...

    def identity(self) -> Mapping[str, JsonValue] | None:
        """All that decides what it makes of the bytes of its files, as values that JSON can say: a name that no other
        reader and no other version of its code has, and its options. None: nobody can tell, and nothing is kept."""
        ...


def with_bad_rows(reader: PriceReader, on_bad_row: str) -> PriceReader:
    """The same price reader with another rule for bad rows; itself where it has no parameter of that name."""
    if dataclasses.is_dataclass(reader) and any(
        one.init and one.name == "on_bad_row" for one in dataclasses.fields(reader)
    ):
        return dataclasses.replace(reader, on_bad_row=on_bad_row)
    return reader
