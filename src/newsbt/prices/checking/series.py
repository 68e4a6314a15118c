"""One ticker's rows in order of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from newsbt._typing import Bools, Days, Floats, Instants, Ints
from newsbt.domain.entity import Instrument
from newsbt.domain.findings import Finding, spans
from newsbt.domain.market_panel import carried_prices
from newsbt.domain.price_table import PRICES, PriceTable
from newsbt.prices.splits import STORED, SplitDoubt

__all__ = ["Series", "grouped_rows", "series_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """R rows of one ticker in order of time.

    `rows` (R,) are their indices in the table, `when` (R,) sessions or bar starts, `day` (R,) the local day of each,
    `minute` (R,) its local minute of the day where bars are intraday; `prices` (R, 4) are open, high, low, close.
    `reference` (R,) is the last close before, less dividend and split, or the given `prev_close`. `acts` (R,) are rows
    with a split, `splits` doubts about those, `explained` (R,) the rows whose moves they explain; `is_stored` says that
    they were pulled, so that no key of the config says what their numbers are.
    """

    item: Instrument
    rows: Ints
    when: Days | Instants
    day: Days
    minute: Ints
    prices: Floats
    volume: Floats
    reference: Floats
    acts: Bools
    splits: tuple[SplitDoubt, ...]
    explained: Bools
    is_stored: bool

    @property
    def close(self) -> Floats:
        found: Floats = self.prices[:, 3]
        return found

    @property
    def is_flat(self) -> Bools:
        found: Bools = (self.prices == self.prices[:, :1]).all(axis=1)
        return found

    @property
    def is_priced(self) -> Bools:
        return np.asarray(np.isfinite(self.prices).all(axis=1))

    def repeats(self) -> Bools:
        """(R,): rows with the four prices of the row before."""
        same = np.zeros(len(self.day), dtype=np.bool_)
        same[1:] = (self.prices[1:] == self.prices[:-1]).all(axis=1)
        return same

    def finding(self, kind: str, which: Bools | Ints, text: str, count: int | None = None) -> Finding:
        """A finding about some rows, or one that is counted as `count`; `text` follows the ticker."""
        indices = np.flatnonzero(which) if which.dtype == np.bool_ else which
        return Finding(
            kind=kind,
            ticker=self.item.ticker,
            date=str(self.day[indices[0]]),
            count=len(indices) if count is None else count,
            message=f"{self.item.ticker} {text}",
            row=int(self.rows[indices[0]]),
        )

    def days_of(self, which: Bools) -> str:
        """The days of some rows in words."""
        days = np.unique(self.day)
        return spans(np.unique(self.day[which]), days)


def grouped_rows(table: PriceTable) -> Iterator[tuple[int, Ints]]:
    """Each ticker code that has rows, with those, in order of time."""
    code, when = table.ticker_code, table.when.view(np.int64)
    order: Ints = np.arange(len(code), dtype=np.int64)
    if len(code) > 1 and not bool(((code[1:] > code[:-1]) | ((code[1:] == code[:-1]) & (when[1:] >= when[:-1]))).all()):
        order = np.lexsort((when, code)).astype(np.int64)
    bounds = np.searchsorted(code[order], np.arange(len(table.tickers) + 1))
    for k in range(len(table.tickers)):
        if bounds[k] < bounds[k + 1]:
            yield k, order[bounds[k] : bounds[k + 1]]


def series_of(
    table: PriceTable, rows: Ints, item: Instrument, day: Days, minute: Ints, splits: tuple[SplitDoubt, ...]
) -> Series:  # fmt: skip
    """Some rows of a table as a series; `day` and `minute` (R,) are local ones of all rows of the table."""
    values = {name: array[rows] for name, array in table.values.items()}
    close = values["close"]
    dividend = np.nan_to_num(values["dividend"]) if "dividend" in values else np.zeros(len(rows))
    split = np.nan_to_num(values["split"], nan=1.0) if "split" in values else np.ones(len(rows))
    reference = (carried_prices(np.nan, close, dividend, split)[:-1] - dividend) / split
    given = values.get("prev_close")
    if given is not None:
        reference = np.where(np.isfinite(given), given, reference)
    prices = np.column_stack([values[name] for name in PRICES])
    explained = np.isin(rows, [row for doubt in splits for row in doubt.rows]) if splits else np.zeros(len(rows), bool)
    return Series(
        item,
        rows,
        table.when[rows],
        day[rows],
        minute[rows] if len(minute) else minute,
        prices,
        values["volume"],
        reference,
        split != 1.0,
        splits,
        explained,
        bool(table.splits) and table.splits[int(table.source_code[rows[0]])] == STORED,
    )
