"""What price files hold: rows, spans and columns of each ticker."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from newsbt._typing import Ints
from newsbt.domain.command_documents import PriceContent
from newsbt.domain.price_table import OPTIONAL_VALUES, PRICES, VALUES, PriceTable

__all__ = ["contents"]


def contents(tables: Sequence[PriceTable]) -> list[PriceContent]:
    """A mapping for each ticker: rows, first and last, interval, columns with values, rows without price or volume."""
    found: dict[str, PriceContent] = {}
    for table in tables:
        counts = np.bincount(table.ticker_code, minlength=len(table.tickers))
        for code, ticker in enumerate(table.tickers):
            if counts[code]:
                found[ticker] = _content(table, ticker, np.flatnonzero(table.ticker_code == code))
    return [found[ticker] for ticker in sorted(found)]


def _content(table: PriceTable, ticker: str, rows: Ints) -> PriceContent:
    when = np.sort(table.when[rows])
    values = {name: array[rows] for name, array in table.values.items()}
    priced = np.logical_and.reduce([np.isfinite(values[name]) for name in PRICES])
    return {
        "ticker": ticker,
        "rows": len(rows),
        "first": _instant(when[0]),
        "last": _instant(when[-1]),
        "interval_seconds": table.interval_ns // 10**9 if table.intraday else None,
        "columns": [name for name in (*VALUES, *OPTIONAL_VALUES) if name in values and np.isfinite(values[name]).any()],
        "without_price": int((~priced).sum()),
        "without_volume": int((priced & ~(values["volume"] > 0)).sum()),
    }


def _instant(value: np.datetime64) -> str:
    return str(value) if value.dtype == np.dtype("M8[D]") else f"{value.astype('M8[s]')}Z"
