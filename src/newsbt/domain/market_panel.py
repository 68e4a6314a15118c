"""Prices on a common grid of rows, and the clock that says when each cell could be traded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from newsbt._typing import Bools, Days, Floats, Instants, Ints
from newsbt.domain.showing import brief

__all__ = ["Clock", "MarketPanel", "carried_prices", "ex_price", "frozen", "frozen_array"]

A = TypeVar("A", bound=np.ndarray)

NO_INSTANT = np.datetime64("NaT", "ns")
PRICE_UNITS = 1e8  # prices are decimals of at most eight places
ROUNDING = 4 * float(np.finfo(np.float64).eps)


def frozen_array(values: npt.ArrayLike | Sequence[date], dtype: npt.DTypeLike) -> Any:
    """A C-ordered, read-only array; the caller's own array stays writable."""
    array = np.array(values, dtype=dtype, order="C", copy=True)
    array.setflags(write=False)
    return array


def frozen(own: A) -> A:
    """The caller's own array, read-only from now on and not copied."""
    own.setflags(write=False)
    return own


def ex_price(price: Any, dividend: Any, split: Any) -> Any:
    """What a price becomes where its ticker goes ex: less the dividend, then divided by the split (X19).

    Numbers or arrays of one shape, local currency. Where the result is a price of at most eight decimals but for
    rounding, it is that price: 1.2 after three shares for one is 0.4, to the last bit what a source writes as 0.4.
    """
    exact = (price - dividend) / split
    written = np.rint(exact * PRICE_UNITS) / PRICE_UNITS
    return np.where(np.abs(written - exact) * split <= ROUNDING * np.abs(price), written, exact)


def carried_prices(before: npt.ArrayLike, close: Floats, dividend: Floats, split: Floats) -> Floats:
    """The last close before a first row and at the end of each row, carried through rows without a close.

    Parameters
    ----------
    before : float or ndarray of shape (N,)
        The last close before the first row, NaN where there is none.
    close, dividend, split : ndarray of shape (T,) or (T, N)
        NaN, 0 and 1 where there is none.

    Returns
    -------
    ndarray of shape (T + 1,) or (T + 1, N)
        NaN before the first close; 0 where a dividend in a row without a close is as large as the last close.
    """
    known = np.concatenate([np.broadcast_to(before, (1, *close.shape[1:])), close])
    last, unknown = known.reshape(len(known), -1), ~np.isfinite(close).reshape(len(close), -1)
    for t in np.flatnonzero(unknown.any(axis=1)).tolist():
        np.copyto(last[t + 1], last[t], where=unknown[t])
    if not (_holds_other(dividend, 0.0) or _holds_other(split, 1.0)):
        return last.reshape(known.shape)
    acts = ((dividend != 0.0) | (split != 1.0)).reshape(len(close), -1)
    for t, n in np.argwhere(acts & unknown).tolist():
        cell = np.unravel_index(n, close.shape[1:])
        carried = max(float(ex_price(last[t, n], dividend[t, *cell], split[t, *cell])), 0.0)
        later = np.flatnonzero(~unknown[t:, n])
        end = t + 1 + int(later[0]) if len(later) else len(last)
        last[t + 1 : end, n] = carried
    return last.reshape(known.shape)


def _holds_other(grid: Floats, value: float) -> bool:
    """Whether a grid holds anything else: one that is a single value, laid out over all cells, is looked at once."""
    one = grid[(slice(0, 1),) * grid.ndim] if not any(grid.strides) else grid
    return bool((one != value).any())


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """When the T rows of a run open and close in each of its M markets, in UTC.

    `dates` (T,) is the session each row belongs to, ascending; daily runs have one row a session, intraday runs
    one row a bar. `open_at`, `close_at` (T, M) are the first and last instants of the row in each market, NaT
    where the market has no session (or no bar time) in that row. `cutoff_at` (T, M) is the latest `known_at` that
    is in time for an entry at the row's open: T2. `session_of` (T, M) numbers each market's own sessions from 0,
    -1 where it has none. `previous_cutoff_at` (M,) is the cut-off of the last bar before row 0, so that T5 can
    tell `before_period` from row 0; NaT where the calendar starts later.
    """

    markets: tuple[str, ...]
    dates: Days
    open_at: Instants
    close_at: Instants
    cutoff_at: Instants
    session_of: Ints
    previous_cutoff_at: Instants
    intraday: bool = False

    __repr__ = brief

    def __post_init__(self) -> None:
        rows, markets = self.open_at.shape
        assert self.dates.shape == (rows,) and markets == len(self.markets)
        for array in (self.close_at, self.cutoff_at, self.session_of):
            assert array.shape == (rows, markets)
        assert self.previous_cutoff_at.shape == (markets,)

    def __len__(self) -> int:
        return len(self.dates)


@dataclass(frozen=True, kw_only=True)
class MarketPanel:
    """Bars of N tickers on the T rows of a clock; columns follow the universe, whether or not a ticker has prices.

    Attributes
    ----------
    tickers : tuple of str, market_of : ndarray of shape (N,)
        And which of the clock's markets each is of.
    clock : Clock
        When each row opens and closes in each market.
    open, high, low, close : ndarray of shape (T, N), local currency
        NaN where there is no bar.
    volume : ndarray of shape (T, N), shares
    tradable : ndarray of shape (T, N), bool
        T4.
    has_prices : ndarray of shape (N,), bool
        Whether a ticker has any bar.
    close_before : ndarray of shape (N,), local currency
        The last finite close before row 0 (NaN: none), carried to it: the reference price of row 0.
    dividend : ndarray of shape (T, N), cash per share
        0 where none (X19).
    split : ndarray of shape (T, N), new shares for one old
        1 where none (X19).
    prev_close : ndarray of shape (T, N), local currency
        The exchange's reference price, NaN where not given (X8).
    adj_factor : ndarray of shape (T, N)
        Serves returns only.
    """

    tickers: tuple[str, ...]
    market_of: Ints
    clock: Clock
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    tradable: Bools
    close_before: Floats
    dividend: Floats
    split: Floats
    prev_close: Floats
    adj_factor: Floats
    has_prices: Bools = field()

    __repr__ = brief

    def __post_init__(self) -> None:
        shape = (len(self.clock), len(self.tickers))
        for name in (
            "open", "high", "low", "close", "volume", "tradable", "dividend", "split", "prev_close", "adj_factor",
        ):  # fmt: skip
            array = getattr(self, name)
            assert array.shape == shape, f"{name} is {array.shape}, expected {shape}"
            assert not array.flags.writeable, f"{name} must be read-only"
        for name in ("market_of", "close_before", "has_prices"):
            assert getattr(self, name).shape == (shape[1],), name
        bars = self.tradable
        for name in ("open", "high", "low", "close"):
            assert not (bars & ~np.isfinite(getattr(self, name))).any(), f"a tradable bar without a finite {name}"

    @property
    def dates(self) -> Days:
        return self.clock.dates

    @property
    def shape(self) -> tuple[int, int]:
        return self.open.shape

    @cached_property
    def _carried(self) -> Floats:
        """(T + 1, N): :func:`carried_prices`."""
        result = carried_prices(self.close_before, self.close, self.dividend, self.split)
        result.setflags(write=False)
        return result

    @cached_property
    def reference(self) -> Floats:
        """(T, N): the last finite close before each row, NaN where there has been none.

        A dividend or split in a row without a close has been taken out; those of the row itself have not.
        """
        before = self._carried[:-1]
        if (before == 0.0).any():
            before = np.where(before == 0.0, np.nan, before)
            before.setflags(write=False)
        return before

    @cached_property
    def mark(self) -> Floats:
        """(T, N): what a position is marked at: the last finite close up to and including each row, less the dividends
        and divided by the splits that rows without a close have had since."""
        return self._carried[1:]

    @cached_property
    def has_actions(self) -> Bools:
        """(T,): rows with a dividend or a split of any ticker."""
        result: Bools = np.zeros(self.shape[0], dtype=np.bool_)
        if _holds_other(self.dividend, 0.0) or _holds_other(self.split, 1.0):
            result = ((self.dividend != 0.0) | (self.split != 1.0)).any(axis=1)
        result.setflags(write=False)
        return result

    @cached_property
    def bar_number(self) -> Ints:
        """(T, N): how many tradable bars each ticker has had up to and including the row."""
        result = np.cumsum(self.tradable, axis=0, dtype=np.int64)
        result.setflags(write=False)
        return result

    @cached_property
    def session_number(self) -> Ints:
        """(T, N): how many sessions with a tradable bar each ticker has had up to and including the row's own."""
        if not self.clock.intraday:
            return self.bar_number
        session = self.clock.session_of[:, self.market_of]
        result = np.zeros(self.shape, dtype=np.int64)
        seen = np.zeros(self.shape[1], dtype=np.int64)
        last = np.full(self.shape[1], -1, dtype=np.int64)
        for t in range(self.shape[0]):
            fresh = self.tradable[t] & (session[t] != last)
            seen += fresh
            last = np.where(self.tradable[t], session[t], last)
            result[t] = seen
        result.setflags(write=False)
        return result
