"""Prices as they were traded, of those that providers give: the newest of each ticker and day, later splits put back.

A split-adjusted number holds every split between its day and the instant at which it was pulled. Those are the splits
that the same pull states for later days: a row that was pulled before a split, beside one pulled after it, is put back
by its own pull's splits, and both come out as traded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from newsbt._typing import Bools, Days, Floats, Instants, Ints
from newsbt.domain.price_table import PRICES
from newsbt.errors import DataError, Problem
from newsbt.price_store.pulled import PRICE_VALUES

__all__ = ["GivenPrices", "TradedPrices", "as_given", "later_splits", "newest_traded", "off_by_rounding", "put_back"]

STATED = ("previous_close", "dividend", "split")  # a row without one has that of an older pull which states it
# What a provider's numbers may be off by: single precision has a relative 6e-8, six decimals an absolute 5e-7.
_RELATIVE, _ABSOLUTE = 1.2e-7, 5e-7
_DECIMALS = (2, 3, 4)
_CLEAR = 0.1  # of a step of that many decimals: an error that large leaves open which of them is meant


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TradedPrices:
    """R rows, one a ticker and day, in that order; `ticker` (R,) points into `tickers`, `row` (R,) into the table whose
    rows they are. `values` are open, high, low, close, volume, previous_close, dividend and split, (R,) each."""

    tickers: tuple[str, ...]
    ticker: Ints
    day: Days
    values: Mapping[str, Floats]
    row: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GivenPrices:
    """The columns of a store's table, by ticker, day and pull: R rows as providers gave them. `holds_splits` and
    `holds_dividends` (R,) say what each row's numbers are adjusted for."""

    tickers: tuple[str, ...]
    ticker: Ints
    day: Days
    pulled_at: Instants
    provider: tuple[str, ...]
    provider_code: Ints
    holds_splits: Bools
    holds_dividends: Bools
    values: Mapping[str, Floats]


def as_given(table: pa.Table) -> GivenPrices:
    """The columns of a table as :meth:`PriceStore.read` gives it."""
    tickers, ticker = _coded(table, "ticker")
    providers, provider = _coded(table, "provider")
    words, adjusted = _coded(table, "adjusted")
    return GivenPrices(
        tickers=tickers,
        ticker=ticker,
        day=table.column("date").to_numpy().astype("datetime64[D]"),
        pulled_at=table.column("pulled_at").to_numpy().astype("datetime64[us]"),
        provider=providers,
        provider_code=provider,
        holds_splits=np.array([word == "splits" for word in words] + [False])[adjusted],
        holds_dividends=np.array([word == "splits+dividends" for word in words] + [False])[adjusted],
        values={name: table.column(name).to_numpy().astype(np.float64) for name in PRICE_VALUES},
    )


def _coded(table: pa.Table, name: str) -> tuple[tuple[str, ...], Ints]:
    found = table.column(name).combine_chunks().dictionary_encode()
    return tuple(found.dictionary.to_pylist()), found.indices.to_numpy().astype(np.int64)


def later_splits(given: GivenPrices) -> Floats:
    """(R,): the splits that each row's numbers hold, multiplied: those that its own pull states for later days."""
    factor = np.ones(len(given.ticker))
    order = np.lexsort((given.day, given.pulled_at, given.ticker))
    ticker, pull, split = given.ticker[order], given.pulled_at[order], given.values["split"][order]
    begins = np.concatenate(([True], (ticker[1:] != ticker[:-1]) | (pull[1:] != pull[:-1])))
    start = np.flatnonzero(begins)[np.cumsum(begins) - 1]
    for k in np.flatnonzero(np.isfinite(split) & (split != 0.0) & (split != 1.0)).tolist():
        factor[order[start[k] : k]] *= split[k]
    factor[~given.holds_splits] = 1.0
    return factor


def newest_traded(table: pa.Table) -> TradedPrices:
    """The newest row of each ticker and day, as it was traded.

    Prices and volume are those of the newest pull that has a price, the previous close, dividend and split each those
    of the newest that states one. Rows without a price behind a ticker's last one, such as of a later split, are none.

    Parameters
    ----------
    table : pyarrow.Table
        Rows as :meth:`newsbt.price_store.PriceStore.read` gives them.

    Raises
    ------
    DataError
        A newest row is adjusted for dividends, which nobody can put back.
    """
    given = as_given(table)
    rows = len(given.ticker)
    if not rows:
        return TradedPrices(tickers=(), ticker=given.ticker, day=given.day, values=given.values, row=given.ticker)
    ends = np.concatenate(((given.ticker[1:] != given.ticker[:-1]) | (given.day[1:] != given.day[:-1]), [True]))
    cell = np.cumsum(np.concatenate(([False], ends[:-1])))  # of ticker and day, to which each row belongs
    priced = np.logical_or.reduce([np.isfinite(given.values[name]) for name in PRICES])
    newest = np.flatnonzero(ends)
    newest[cell[priced]] = np.flatnonzero(priced)  # the last one stays: pulls are in order
    _refuse_dividends(given, newest)
    factor = later_splits(given)
    values = {name: put_back(name, given.values[name], factor, given.holds_splits) for name in PRICE_VALUES}
    found = {name: values[name][newest] for name in PRICE_VALUES if name not in STATED}
    for name in STATED:
        stated = np.flatnonzero(np.isfinite(values[name]))
        found[name] = np.full(len(newest), np.nan)
        found[name][cell[stated]] = values[name][stated]
    ticker, has_price = given.ticker[newest], priced[newest]
    last = np.full(len(given.tickers), -1)
    last[ticker[has_price]] = np.flatnonzero(has_price)
    kept = np.arange(len(newest)) <= last[ticker]
    return TradedPrices(
        tickers=given.tickers, ticker=ticker[kept], day=given.day[newest][kept],
        values={name: array[kept] for name, array in found.items()}, row=newest[kept],
    )  # fmt: skip


def _refuse_dividends(given: GivenPrices, newest: Ints) -> None:
    bad = newest[given.holds_dividends[newest]]
    if len(bad):
        names = sorted({given.tickers[code] for code in given.ticker[bad].tolist()})
        shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        k = int(bad[0])
        message = (
            f"{shown}: what {given.provider[int(given.provider_code[k])]} gave on {given.pulled_at[k]}Z is adjusted "
            "for dividends, and no traded price can be made of it; pull it unadjusted"
        )
        problem = Problem(code="adjusted_prices", message=message)
        raise DataError(str(problem), [problem])


def off_by_rounding(name: str, traded: Floats, factor: Floats) -> Floats:
    """(R,): by how much a number of a column may be off which was put back from one that its provider rounded."""
    if name == "volume":
        return 1.0 + _RELATIVE * np.abs(traded)
    return _RELATIVE * np.abs(traded) + _ABSOLUTE * factor


def put_back(name: str, given: Floats, factor: Floats, holds_splits: Bools) -> Floats:
    """Numbers of a column, (R,), as they were before the splits they hold; others as they are.

    A price, or a dividend, that is a decimal of at most four places but for what a provider's own rounding may be off
    by is that decimal; a volume is whole.
    """
    if name == "split":
        return given
    if name == "volume":
        return np.where(holds_splits & (factor != 1.0), np.round(given / factor), given)
    exact = given * factor
    error = off_by_rounding(name, exact, factor)
    found, is_open = exact.copy(), holds_splits & np.isfinite(exact)
    for decimals in _DECIMALS:
        rounded = np.round(exact, decimals)
        near = is_open & (error < _CLEAR * 10.0**-decimals) & (np.abs(rounded - exact) <= error)
        found[near] = rounded[near]
        is_open &= ~near
    return found
