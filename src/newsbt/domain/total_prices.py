"""Total prices: what one share held since before the first row is worth, dividends and splits put back.

A dividend goes to the shares before a split in the same row (X19); it is cash until the row's close and buys shares
there. So the total return from one close to the next is (close x split + dividend) / close before - 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from newsbt._typing import Bools, Floats
from newsbt.domain.market_panel import MarketPanel, ex_price

__all__ = ["TotalPrices", "total_prices"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalPrices:
    """Total prices of one ticker or of several, in local currency.

    `before` () or (N,) is that of the last close before row 0; `open` and `close` are (T,) or (T, N), NaN where the
    panel has none.
    """

    before: Floats
    open: Floats
    close: Floats

    def last(self, seen: Bools | None = None) -> Floats:
        """(T + 1,) or (T + 1, N): the last total close before row 0, and up to and including each row.

        Closes count where they are finite and, if given, `seen`, of the shape of `close`.
        """
        close = self.close if seen is None else np.where(seen, self.close, np.nan)
        known: Floats = np.concatenate([self.before[np.newaxis], close])
        if known.ndim == 1:  # a frame takes longer to make than one ticker to fill
            return known[np.maximum.accumulate(np.where(np.isnan(known), 0, np.arange(len(known))))]
        found: Floats = pd.DataFrame(known).ffill().to_numpy()
        return found


def total_prices(panel: MarketPanel, columns: int | slice = slice(None)) -> TotalPrices:
    """The total prices of one column of a panel, or of several.

    Notes
    -----
    Where a ticker has an `adj_factor` other than 1, its total prices are prices x factor, and its dividends and splits,
    which the factor holds, do not count; `before` is NaN, as the factor there is not known. A dividend in a row without
    a close buys shares at the last close less itself.
    """
    opened, close, split = (array[:, columns] for array in (panel.open, panel.close, panel.split))
    before = np.asarray(panel.close_before[columns], dtype=np.float64)
    factor: Floats = panel.adj_factor[:, columns]
    adjusted = np.asarray((factor != 1.0).any(axis=0))
    plain = TotalPrices(
        before=np.where(adjusted, np.nan, before), open=np.asarray(opened * factor), close=np.asarray(close * factor)
    )
    if not panel.has_actions.any():
        return plain
    tables = [array[:, columns] for array in (panel.reference, panel.mark, panel.dividend)]
    opens, closes = opened.copy(), close.copy()
    flat = [array.reshape(len(close), -1) for array in (opens, closes, *tables, split)]
    for n in np.flatnonzero(((tables[2] != 0.0) | (split != 1.0)).reshape(len(close), -1).any(axis=0)).tolist():
        _put_back(*(array[:, n] for array in flat))
    return TotalPrices(
        before=plain.before, open=np.where(adjusted, plain.open, opens), close=np.where(adjusted, plain.close, closes)
    )


def _put_back(opens: Floats, closes: Floats, reference: Floats, mark: Floats, paid: Floats, split: Floats) -> None:
    """Make total prices of one ticker's `opens` and `closes` (T,), from one ex-date to the next.

    Between two of them a total price is what the first made of a share, times what the price has become since: a price
    that has not moved but for its ex-dates has one total price, to the last bit.
    """
    worth, at = 1.0, 1.0  # what a share of before row 0 is worth at the price `at`
    rows = np.flatnonzero((paid != 0.0) | (split != 1.0)).tolist()
    for t, end in zip(rows, [*rows[1:], len(closes)], strict=True):
        before = float(reference[t])
        if np.isfinite(before):
            worth, at = worth * (before / at), before
        after = float(mark[t])
        if np.isnan(after):
            continue  # never priced yet
        opens[t] = worth * ((opens[t] * split[t] + paid[t]) / at)
        if after == 0.0:
            worth *= float(split[t])
        else:
            if after != ex_price(at, paid[t], split[t]):
                worth *= float(after * split[t] + paid[t]) / at
            at = after
        inside = slice(t + 1, end)
        opens[inside], closes[t:end] = worth * (opens[inside] / at), worth * (closes[t:end] / at)
