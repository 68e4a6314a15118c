"""What hedges cost: the total prices of an index, or of the other tickers of a market, in account currency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from newsbt._typing import Bools, Floats, Instants, Ints
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.total_prices import total_prices
from newsbt.markets.fx import FxRates

__all__ = ["HedgePrices", "IndexQuotes", "PeerQuotes", "changes", "total_changes"]

NO_INSTANT = np.iinfo(np.int64).min


class HedgePrices(Protocol):
    """What hedges cost: total prices in account currency, of one index or of each ticker's own."""

    def at(self, instants: Instants, row: Ints, ticker: Ints, /) -> Floats:
        """(K,): the price at fills of tickers, NaN where there is none yet."""

    def mark(self, row: Ints, ticker: Ints, /) -> Floats:
        """(K,): the price at the closes of rows."""

    def closes(self, ticker: int, /) -> Floats:
        """(T,): closes on which a ticker's beta is measured, NaN where there is none."""


def total_changes(panel: MarketPanel, fx: FxRates, n: int) -> Floats:
    """(T,): total returns from the close of the row before, NaN where either close is missing."""
    return changes(total_prices(panel, n).close * fx.mark_rate[:, fx.currency_of[n]])


def changes(value: Floats) -> Floats:
    out = np.full(len(value), np.nan)
    out[1:] = value[1:] / value[:-1] - 1.0
    return out


@dataclass(frozen=True, slots=True)
class IndexQuotes:
    """What an index was at, total prices in account currency: its opens and closes in order of their instants (Q,), its
    mark (T,) at each row's close and the closes (T,) that there were."""

    instants: Ints
    prices: Floats
    marks: Floats
    close: Floats

    @classmethod
    def of(cls, panel: MarketPanel, fx: FxRates, s: int) -> IndexQuotes:
        clock, m, currency = panel.clock, int(panel.market_of[s]), int(fx.currency_of[s])
        found = total_prices(panel, s)
        opens = found.open * fx.fill_rate[:, currency]
        closes = found.close * fx.mark_rate[:, currency]
        before = float(found.before) * float(fx.fill_rate[0, currency])
        instants = np.concatenate([_whole(clock.open_at[:, m]), _whole(clock.close_at[:, m])])
        prices = np.concatenate([opens, closes])
        known = np.isfinite(prices) & (instants != NO_INSTANT)
        instants, prices = instants[known], prices[known]
        order = np.argsort(instants, kind="stable")
        return cls(
            np.append(NO_INSTANT, instants[order]),
            np.append(before, prices[order]),
            found.last()[1:] * fx.mark_rate[:, currency],
            closes,
        )

    def at(self, instants: Instants, _row: Ints, _ticker: Ints, /) -> Floats:
        """The last quote at or before each instant."""
        found: Floats = self.prices[np.searchsorted(self.instants, _whole(instants), side="right") - 1]
        return found

    def mark(self, row: Ints, _ticker: Ints, /) -> Floats:
        found: Floats = self.marks[row]
        return found

    def closes(self, _ticker: int, /) -> Floats:
        return self.close


@dataclass(frozen=True, slots=True)
class PeerQuotes:
    """For each ticker the equal-weighted mean of the other tickers of its market, rebalanced at every close.

    What a unit of it was worth at each row's open and close (T, N), NaN for a ticker without peers, and the closes'
    instants (T, N). `whole` (T, N) are closes of the mean with the ticker itself, on which betas are measured: those
    are 1 on average, so that what a market has in common is hedged whole. Betas on the others alone fall short of it
    by the others' own noise.
    """

    opens: Floats
    closed: Floats
    close_at: Ints
    whole: Floats

    @classmethod
    def of(cls, panel: MarketPanel, fx: FxRates, peers: Bools) -> PeerQuotes:
        found = total_prices(panel)
        currency = fx.currency_of
        close = found.close * fx.mark_rate[:, currency]
        last = found.last()[:-1] * np.vstack([fx.mark_rate[:1], fx.mark_rate[:-1]])[:, currency]
        at_open = _means_of_others(panel, peers, found.open * fx.fill_rate[:, currency] / last - 1.0)
        at_close = _means_of_others(panel, peers, close / last - 1.0)
        closes = _compounded(at_close)
        before = np.vstack([np.ones((1, closes.shape[1])), closes[:-1]])
        whole = _compounded(_means_of_others(panel, peers, close / last - 1.0, with_own=True))
        return cls(before * (1.0 + at_open), closes, _whole(panel.clock.close_at)[:, panel.market_of], whole)

    def at(self, instants: Instants, row: Ints, ticker: Ints, /) -> Floats:
        at_close = _whole(instants) == self.close_at[row, ticker]
        return np.where(at_close, self.closed[row, ticker], self.opens[row, ticker])

    def mark(self, row: Ints, ticker: Ints, /) -> Floats:
        found: Floats = self.closed[row, ticker]
        return found

    def closes(self, ticker: int, /) -> Floats:
        found: Floats = self.whole[:, ticker]
        return found


def _compounded(changes: Floats) -> Floats:
    found: Floats = np.cumprod(1.0 + changes, axis=0, dtype=np.float64)
    return found


def _means_of_others(panel: MarketPanel, peers: Bools, changes: Floats, *, with_own: bool = False) -> Floats:
    """(T, N): the mean change of the other tickers of each one's market, or of them and itself; 0 where none of them
    has one, NaN where there are no others."""
    found = np.full(changes.shape, np.nan)
    known = np.isfinite(changes)
    values = np.where(known, changes, 0.0)
    for m in range(len(panel.clock.markets)):
        mine = np.flatnonzero((panel.market_of == m) & panel.has_prices)
        counts = known[:, mine] & peers[mine]
        parts = np.where(counts, values[:, mine], 0.0)
        others = counts.sum(axis=1, keepdims=True) - (0 if with_own else counts)
        means = (parts.sum(axis=1, keepdims=True) - (0.0 if with_own else parts)) / np.maximum(others, 1)
        alone = peers[mine].sum() - peers[mine] < 1
        found[:, mine] = np.where(alone, np.nan, np.where(others > 0, means, 0.0))
    return found


def _whole(instants: Instants) -> Ints:
    return np.asarray(instants.astype("M8[ns]").view("i8"), dtype=np.int64)
