"""Whose prices a file without a column of tickers holds: what its name says."""

from __future__ import annotations

from pathlib import Path

from newsbt.domain.table_files import file_error
from newsbt.domain.ticker_forms import KnownTickers, ticker_words

__all__ = ["named_ticker", "tickers_in_name"]


def named_ticker(file: Path | str, stem: str, known: KnownTickers | None) -> tuple[str, tuple[str, ...]]:
    """The ticker that a file's name without its ending says, all of it or the one word of it that is a ticker of the
    universe, and what to note of that; the name itself where it says none.

    Raises
    ------
    DataError
        Two words of the name are tickers.
    """
    if known is None or known.meant_or_none(stem):
        return stem, ()
    found = tickers_in_name(stem, known)
    if len(found) > 1:
        message = f"nothing says whose prices these are: the name may mean {' or '.join(found)}"
        raise file_error(file, f"{message}; say it with `ticker`, or in the file's name alone", code="which_ticker")
    return (found[0], (f"ticker {found[0]} by the file's name",)) if found else (stem, ())


def tickers_in_name(stem: str, known: KnownTickers | None) -> list[str]:
    """The tickers of the universe that words of a name are."""
    if known is None:
        return []
    words = ticker_words(stem, lambda word: bool(known.meant_or_none(word)))
    return list(dict.fromkeys(map(known.meant_or_none, words)))
