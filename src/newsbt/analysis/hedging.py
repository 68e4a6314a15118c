"""The hedged book: every lot beside a short of beta x index over the same interval.

The hedge of a lot is opened with it and closed with it, part by part. Its size is beta x the lot's entry notional, on
the other side, and is not adjusted in between; its price is the index's last open or close at or before the fill's
instant, dividends and splits put back, in account currency. It uses no cash, pays no costs, changes no fill and no
size, and is what a trader would have had beside the book by selling the index itself: an upper bound of what a tradable
hedge leaves.

Beta is the slope of the ticker's returns on the index's by least squares, both in account currency and from close to
close, over the 120 rows before the entry's row, where both have two closes in a row; 1 where there are fewer than 30
such pairs or the index did not move. Rows of the run alone count: in its first thirty, beta is 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from newsbt._typing import Bools, Floats, Ints
from newsbt.analysis.hedge_prices import HedgePrices, IndexQuotes, PeerQuotes, changes, total_changes
from newsbt.domain.joined_ledgers import JoinedLedgers
from newsbt.domain.ledger import Ledger
from newsbt.domain.market_panel import MarketPanel
from newsbt.markets.fx import FxRates

__all__ = ["LEAST_PAIRS", "PEERS", "WINDOW_ROWS", "HedgeBook", "Hedges", "betas", "hedge_book", "spans"]

WINDOW_ROWS = 120
LEAST_PAIRS = 30
PEERS = -2  # in place of an index: the mean of the other tickers of the same market


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeBook:
    """What the hedges of L lots brought: `pnl` (L,) and `value` (T,) at each row's close, account currency.

    `beta` (L,) is NaN where a lot has no index, or the index no price at the lot's entry; such a lot is not hedged.
    """

    pnl: Floats
    value: Floats
    beta: Floats

    @property
    def unhedged(self) -> int:
        return int(np.isnan(self.beta).sum())

    def beside(self, ledger: Ledger) -> Ledger:
        """The ledger with its hedges: equity and each lot's profit gain theirs, fills and cash are as before."""
        lots = ledger.lots.copy()
        lots["pnl"] += self.pnl
        return replace(ledger, lots=lots, equity=ledger.equity + self.value)


def hedge_book(ledger: Ledger, panel: MarketPanel, fx: FxRates, index_of: Ints) -> HedgeBook:
    """Hedge every lot of a ledger.

    Parameters
    ----------
    index_of : ndarray of shape (N,)
        The column of the index that hedges each ticker, -1 for none, `PEERS` for the other tickers of its market.

    Returns
    -------
    HedgeBook
        `value`'s last entry is the sum of `pnl`.
    """
    return Hedges(panel=panel, fx=fx, index_of=index_of).book(ledger)


@dataclass(frozen=True, kw_only=True)
class Hedges:
    """The hedges of many ledgers of one market: prices and betas are worked out once.

    `index_of` is as in :func:`hedge_book`; `peers` (N,) are the tickers that others may be hedged with.
    """

    panel: MarketPanel
    fx: FxRates
    index_of: Ints
    peers: Bools | None = None
    _prices: dict[int, HedgePrices] = field(default_factory=dict, repr=False)
    _betas: dict[int, tuple[Bools, Floats]] = field(default_factory=dict, repr=False)

    def book(self, ledger: Ledger) -> HedgeBook:
        """Hedge every lot of a ledger."""
        pnl, beta, value = self._worked(JoinedLedgers.of([ledger]))
        return HedgeBook(pnl=pnl, value=value[0], beta=beta)

    def values(self, joined: JoinedLedgers) -> Floats:
        """(A, T): what the hedges of every lot brought each of A ledgers, as `HedgeBook.value` has it."""
        return self._worked(joined)[2]

    def _worked(self, joined: JoinedLedgers) -> tuple[Floats, Floats, Floats]:
        """What `HedgeBook` has, of all ledgers: pnl (L,), beta (L,) and value (A, T)."""
        lots = joined.lots
        pnl, beta, value = np.zeros(len(lots.ticker)), np.full(len(lots.ticker), np.nan), np.zeros(joined.equity.shape)
        index = self.index_of[lots.ticker]
        for s in np.unique(index[index != -1]).tolist():
            prices = self._prices_of(s)
            entry_price = prices.at(lots.entry_at, lots.entry_row, lots.ticker)
            mine = np.flatnonzero((index == s) & np.isfinite(entry_price))
            if not len(mine):
                continue
            beta[mine] = self._beta(s, lots.ticker[mine], lots.entry_row[mine])
            pnl[mine], brought = _short(joined, self._shares_made, mine, beta[mine], entry_price[mine], prices)
            value += brought
        return pnl, beta, value

    @cached_property
    def _shares_made(self) -> Floats:
        """(T, N): what splits have made of one share of row 0, those of the row itself counted."""
        if not self.panel.has_actions.any():
            return np.broadcast_to(np.ones(1), self.panel.shape)
        return np.cumprod(self.panel.split, axis=0, dtype=np.float64)

    def _prices_of(self, s: int) -> HedgePrices:
        if s not in self._prices:
            self._prices[s] = self._read(s)
        return self._prices[s]

    def _read(self, s: int) -> HedgePrices:
        if s != PEERS:
            return IndexQuotes.of(self.panel, self.fx, s)
        return PeerQuotes.of(self.panel, self.fx, self.panel.has_prices if self.peers is None else self.peers)

    def _beta(self, s: int, ticker: Ints, row: Ints) -> Floats:
        rows, count = self.panel.shape
        known, slopes = self._betas.setdefault(s, (np.zeros(count, dtype=bool), np.empty((count, rows + 1))))
        for n in np.unique(ticker[~known[ticker]]).tolist():
            own, market = total_changes(self.panel, self.fx, n), changes(self._prices_of(s).closes(n))
            slopes[n] = _trailing_slopes(own, market)
            known[n] = True
        found: Floats = slopes[ticker, row]
        return found


def _short(
    joined: JoinedLedgers, shares_made: Floats, mine: Ints, beta: Floats, entry_price: Floats, prices: HedgePrices
) -> tuple[Floats, Floats]:
    """What hedges of these lots brought: by lot (K,), and by ledger and row (A, T) up to each close."""
    lots, of, (ledgers, rows) = joined.lots.chosen(mine), joined.of_lot[mine], joined.equity.shape
    ticker = lots.ticker
    sign = np.where(lots.quantity > 0, 1.0, -1.0)
    units = -sign * beta * lots.entry_notional / entry_price
    number = np.full(len(joined.of_lot), -1, dtype=np.int64)
    number[mine] = np.arange(len(mine))
    fills = joined.fills.chosen(number[joined.fills.lot] >= 0)
    lot = number[fills.lot]
    # Shares of one lot are counted in those of row 0, so that a split in between changes nothing.
    shares = fills.quantity / shares_made[fills.row, fills.ticker]
    is_exit = fills.side != sign[lot]
    entered = np.bincount(lot[~is_exit], weights=shares[~is_exit], minlength=len(mine))
    lot, fills, shares = lot[is_exit], fills.chosen(is_exit), shares[is_exit]
    gone = units[lot] * shares / entered[lot]
    taken = gone * (prices.at(fills.at, fills.row, fills.ticker) - entry_price[lot])
    # A lot that a split took away has no last fill; its hedge ends with it, at that row's mark.
    left = units - np.bincount(lot, weights=gone, minlength=len(mine))
    closed = lots.exit_row >= 0
    ended = np.flatnonzero(closed & (np.abs(left) > 1e-9 * np.abs(units)))
    end_row = lots.exit_row[ended]
    taken_at_end = left[ended] * (prices.mark(end_row, ticker[ended]) - entry_price[ended])
    # Each hedge counts by what it has gained: one whose price has not moved is exactly 0.
    until = np.where(closed, lots.exit_row, rows)
    part, row = spans(np.append(lots.entry_row, fills.row), np.append(until, until[lot]))
    units, entry_price = np.append(units, -gone)[part], np.append(entry_price, entry_price[lot])[part]
    gains = units * (prices.mark(row, np.append(ticker, fills.ticker)[part]) - entry_price)
    lot_of_part = np.append(np.arange(len(mine)), lot)[part]
    pnl = np.zeros(len(mine)) + np.bincount(lot, weights=taken, minlength=len(mine))
    pnl[ended] += taken_at_end
    last = row == rows - 1
    pnl += np.bincount(lot_of_part[last], weights=gains[last], minlength=len(mine))

    def by_row(lot: Ints, row: Ints, weights: Floats) -> Floats:
        sums = np.bincount(of[lot] * rows + row, weights=weights, minlength=ledgers * rows)
        return sums.astype(np.float64, copy=False).reshape(ledgers, rows)

    realised = by_row(np.append(lot, ended), np.append(fills.row, end_row), np.append(taken, taken_at_end))
    value: Floats = np.cumsum(realised, axis=1, dtype=np.float64) + by_row(lot_of_part, row, gains)
    return pnl, value


def spans(start: Ints, stop: Ints) -> tuple[Ints, Ints]:
    """Whole numbers from `start` (K,) up to `stop` (K,), each with the number of its span."""
    length = np.maximum(stop - start, 0)
    part = np.repeat(np.arange(len(start)), length)
    offset = np.arange(len(part)) - np.repeat(np.cumsum(length) - length, length)
    return part, start[part] + offset


def betas(panel: MarketPanel, fx: FxRates, ticker: Ints, index: int, row: Ints) -> Floats:
    """(K,): beta of each ticker on one index from the rows before `row` (K,)."""
    market = total_changes(panel, fx, index)
    found = np.ones(len(ticker))
    for n in np.unique(ticker).tolist():
        mine = ticker == n
        found[mine] = _trailing_slopes(total_changes(panel, fx, n), market)[row[mine]]
    return found


def _trailing_slopes(own: Floats, market: Floats) -> Floats:
    """(T + 1,): the slope of `own` (T,) on `market` (T,) over the window before each row, 1 where it has too little."""
    pairs: Bools = np.isfinite(own) & np.isfinite(market)
    x, y = np.where(pairs, market, 0.0), np.where(pairs, own, 0.0)
    sums = np.cumsum(np.vstack([pairs.astype(np.float64), x, y, x * x, x * y]), axis=1)
    sums = np.hstack([np.zeros((5, 1)), sums])
    row = np.arange(len(own) + 1)
    count, sx, sy, sxx, sxy = sums - sums[:, np.maximum(row - WINDOW_ROWS, 0)]
    spread = sxx - sx * sx / np.maximum(count, 1.0)
    enough = (count >= LEAST_PAIRS) & (spread > 1e-12 * np.maximum(sxx, 1e-12))
    slope = (sxy - sx * sy / np.maximum(count, 1.0)) / np.where(enough, spread, 1.0)
    return np.where(enough, slope, 1.0)
