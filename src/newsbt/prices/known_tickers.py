"""Tickers of prices, in whatever form their source writes them, as the universe writes them."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace

import numpy as np

from newsbt._typing import Ints
from newsbt.domain.price_table import PriceTable, repeated
from newsbt.domain.table_files import file_error
from newsbt.domain.ticker_forms import AmbiguousTickerError, meant_by

__all__ = ["as_known", "with_known"]


def as_known(
    written: Sequence[str], codes: Ints, known: Container[str] | None, source: str
) -> tuple[tuple[str, ...], Ints]:
    """Tickers as the universe writes them, or as they are written where it has none, each once, and the codes (R,) of
    rows into them; a code of -1 stays.

    Raises
    ------
    DataError
        Several instruments may be meant.
    """
    try:
        tickers = tuple(meant_by(one, known) or one for one in written)
    except AmbiguousTickerError as error:
        raise file_error(source, str(error), code="ambiguous_ticker") from None
    index = {ticker: k for k, ticker in enumerate(dict.fromkeys(tickers))}
    if len(index) < len(tickers):
        codes = np.array([*(index[ticker] for ticker in tickers), -1], dtype=np.int64)[codes]
    return tuple(index), codes


def with_known(table: PriceTable, known: Container[str]) -> PriceTable:
    """A table of a user's own reader with the universe's tickers; those of other readers have them already."""
    if all(ticker in known for ticker in table.tickers):
        return table
    source = table.sources[0].name if table.sources else "prices"
    tickers, codes = as_known(table.tickers, table.ticker_code, known, source)
    known_table = replace(table, tickers=tickers, ticker_code=codes)
    again, first = repeated(known_table)
    if len(tickers) < len(table.tickers) and len(again):
        one, other = (table.tickers[table.ticker_code[rows[0]]] for rows in (first, again))
        message = f"{one!r} and {other!r} are one instrument and have rows of one time; leave one out"
        raise file_error(source, message, code="duplicate")
    return known_table
