"""Total prices: what one share held since before the first row is worth, dividends and splits put back.

A dividend goes to the shares before a split in the same row (X19); it is cash until the row's close and buys shares
there. So the total return from one close to the next is (close x split + dividend) / close before - 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from newsbt._typing import Bools, Floats
from newsbt.domain.market import MarketPanel

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
        found: Floats = pd.DataFrame(np.concatenate([self.before[np.newaxis], close])).ffill().to_numpy()
        return found.reshape((len(close) + 1, *close.shape[1:]))


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
    paid = panel.dividend[:, columns]
    with np.errstate(invalid="ignore", divide="ignore"):
        bought_at = panel.mark[:, columns]
        bought = np.where((paid != 0.0) & (bought_at > 0.0), paid / bought_at, 0.0)
    shares = np.cumprod(split + bought, axis=0)
    held = np.concatenate([np.ones_like(shares[:1]), shares[:-1]])
    return TotalPrices(
        before=plain.before,
        open=np.where(adjusted, plain.open, held * (opened * split + paid)),
        close=np.where(adjusted, plain.close, shares * close),
    )
