"""Rows that several sources have of one ticker and time: whether they say the same."""

from __future__ import annotations

import numpy as np

from newsbt._typing import Bools, Ints
from newsbt.domain.price_table import PRICES, PriceTable

__all__ = ["beside_earlier", "disagreements"]

SAME = 1e-4  # up to this share of a price two vendors round differently
MOST_PAIRS = 5


def _differ(table: PriceTable, again: Ints, first: Ints) -> Bools:
    """(K, 4): which of a row's prices are others than those of the earlier row; a blank differs from none."""
    prices = np.stack([table.values[name] for name in PRICES], axis=1)
    with np.errstate(invalid="ignore"):
        result: Bools = np.abs(prices[again] - prices[first]) > SAME * np.abs(prices[first])
    return result


def beside_earlier(table: PriceTable, row: int, earlier: int) -> str:
    """What a row says otherwise than the earlier one of its ticker and time.

    Returns
    -------
    str
        Such as ``, with close 408.2 in place of 400.2``; empty where the prices are the same.
    """
    differ = _differ(table, np.array([row]), np.array([earlier]))[0]
    if not differ.any():
        return ""
    name = "close" if differ[PRICES.index("close")] else PRICES[int(np.flatnonzero(differ)[0])]
    values = table.values[name]
    return f", with {name} {float(values[row])!r} in place of {float(values[earlier])!r}"


def disagreements(table: PriceTable, again: Ints, first: Ints) -> tuple[str, ...]:
    """A sentence for each ticker and two sources that disagree in rows of one time.

    Parameters
    ----------
    again, first : ndarray of shape (K,)
        Rows whose ticker and time an earlier row has, and that row.
    """
    apart = table.source_code[again] != table.source_code[first]
    again, first = again[apart], first[apart]
    if not len(again):
        return ()
    keys = np.stack([table.ticker_code[again], table.source_code[first], table.source_code[again]], axis=1)
    pairs, pair_of = np.unique(keys, axis=0, return_inverse=True)
    differ = _differ(table, again, first).any(axis=1)
    found: list[str] = []
    for k, (ticker, one, other) in enumerate(pairs.tolist()):
        rows = np.flatnonzero((pair_of.ravel() == k) & differ)
        if len(rows) and len(found) < MOST_PAIRS:
            row, earlier = int(again[rows[0]]), int(first[rows[0]])
            shared = int((pair_of.ravel() == k).sum())
            found.append(
                f"{table.tickers[ticker]}: {table.sources[one].name} and {table.sources[other].name} disagree in "
                f"{len(rows):,} of {shared:,} rows that both have, first on {table.when[row]}"
                f"{beside_earlier(table, row, earlier)}; the rows of the first count: leave one file out"
            )
    return tuple(found)
