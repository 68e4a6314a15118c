"""How prices moved on the first tradable session of an event, and how much of that could still be had."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from newsbt._typing import Floats, Ints
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.results import Labels, StrategyResult
from newsbt.domain.run_context import RunContext
from newsbt.domain.run_documents import SharesJson
from newsbt.domain.total_prices import total_prices

__all__ = ["CAR_SESSIONS", "SignalledPairs", "rows_of_instants", "shares", "table_of_reactions"]

CAR_SESSIONS = 5  # CAR covers day 0 to this many sessions later
NO_MOVE = "the signalled tickers did not move the way of their signals, taken together"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalledPairs:
    """Events and tickers, K of each, as indices in ascending order; `row` is that of the first tradable bar, -1 where
    there is none; `size` is the largest |P&L| a strategy had on the pair, account currency."""

    event: Ints
    ticker: Ints
    row: Ints
    size: Floats


def rows_of_instants(panel: MarketPanel, instants: pd.Series, ticker: Ints) -> Ints:
    """(K,): the row of each ticker's market whose bar opens or closes at the instant, -1 for none."""
    clock = panel.clock
    at = pd.DatetimeIndex(pd.to_datetime(instants, utc=True)).tz_convert(None).to_numpy().astype("M8[ns]")
    found = np.full(len(at), -1, dtype=np.int64)
    market = panel.market_of[ticker]
    for m in np.unique(market[market >= 0]).tolist():
        rows = np.flatnonzero(~np.isnat(clock.close_at[:, m]))
        mine = np.flatnonzero((market == m) & ~np.isnat(at))
        index = np.searchsorted(clock.close_at[rows, m], at[mine])
        inside = index < len(rows)
        found[mine[inside]] = rows[index[inside]]
    return found


def table_of_reactions(
    pairs: SignalledPairs, labels: Labels, context: RunContext
) -> dict[tuple[int, int], list[float | None]]:
    """By (event, ticker): the reported move, its tradable part, and abnormal returns, as fractions or None.

    The reported move runs from the last close before the event was known to the close of the first tradable session,
    the tradable part from that session's open to the same close. `AR` is the return of day 0, the first session that
    closes after the event was known, less the benchmark's in the same row (market-adjusted: no beta); `CAR` its sum
    over day 0 to 5. Both are None without a benchmark or where either has no bar. Dividends and splits are put back.
    """
    panel = labels.panel
    prices = _prices(panel, np.append(pairs.ticker, context.benchmark))
    found: dict[tuple[int, int], list[float | None]] = {}
    for event, n, row in zip(pairs.event.tolist(), pairs.ticker.tolist(), pairs.row.tolist(), strict=True):
        if row < 0 or n not in prices:
            continue
        whole, part = _moves(labels, event, row, prices[n])
        ar, car = _abnormal(labels, event, prices[n], prices.get(context.benchmark))
        numbers = [_short(math.expm1(value)) for value in (whole, part)] + [_short(ar), _short(car)]
        if any(value is not None for value in numbers):
            found[event, n] = numbers
    return found


def shares(item: StrategyResult, labels: Labels) -> SharesJson:
    """How much of the move in the direction of a strategy's signals came after its first tradable open.

    `share` is the sum of signed log moves from open to close over that from the last close before the news to the
    same close, over all signalled pairs; None with a `reason` where the whole move is not positive.
    """
    frame = item.events[item.events["signal"].fillna(0.0) != 0.0]
    position = {ticker: n for n, ticker in enumerate(labels.panel.tickers)}
    ticker = np.array([position[name] for name in frame["ticker"]], dtype=np.int64)
    row = rows_of_instants(labels.panel, frame["first_tradable_at"], ticker)
    prices = _prices(labels.panel, ticker)
    sign = np.sign(frame["signal"].to_numpy(dtype=np.float64))
    whole = part = 0.0
    number = 0
    for name, n, t, side in zip(frame["event_id"], ticker.tolist(), row.tolist(), sign.tolist(), strict=True):
        if t < 0 or n not in prices:
            continue
        moves = _moves(labels, labels.events.position[name], t, prices[n])
        if all(math.isfinite(value) for value in moves):
            whole, part, number = whole + side * moves[0], part + side * moves[1], number + 1
    if not number:
        return {"pairs": 0, "share": None, "reason": "no signalled ticker had a bar on its first tradable session"}
    mean: SharesJson = {"pairs": number, "reported": _short(whole / number), "tradable": _short(part / number)}
    if whole <= 0.0:
        return {**mean, "share": None, "reason": NO_MOVE}
    return {**mean, "share": _short(part / whole)}


@dataclass(frozen=True, slots=True)
class _TickerPrices:
    """Total prices of a ticker of market `m`: `open`, `close` (T,), and the last close before each row (T + 1,)."""

    m: int
    open: Floats
    close: Floats
    before: Floats

    def returns(self, rows: Ints) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Floats = self.close[rows] / self.before[rows] - 1.0
        return found


def _prices(panel: MarketPanel, tickers: Ints) -> dict[int, _TickerPrices]:
    """By column, those of the tickers that have any."""
    found = {}
    for n in np.unique(tickers[tickers >= 0]).tolist():
        if panel.has_prices[n]:
            total = total_prices(panel, n)
            found[n] = _TickerPrices(int(panel.market_of[n]), total.open, total.close, total.last())
    return found


def _moves(labels: Labels, event: int, row: int, prices: _TickerPrices) -> tuple[float, float]:
    """Log moves to the close of `row`: from the last close before the event was known, and from the row's open."""
    known = labels.events.known_at[event]
    closed = np.flatnonzero(labels.panel.clock.close_at[: row + 1, prices.m] <= known)  # NaT compares false
    base = prices.before[closed[-1] + 1 if len(closed) else 0]
    return _log(prices.close[row], base), _log(prices.close[row], prices.open[row])


def _abnormal(labels: Labels, event: int, own: _TickerPrices, benchmark: _TickerPrices | None) -> tuple[float, float]:
    if benchmark is None:
        return math.nan, math.nan
    after = labels.panel.clock.close_at[:, own.m] > labels.events.known_at[event]
    rows = np.flatnonzero(after)[: CAR_SESSIONS + 1]
    if not len(rows):
        return math.nan, math.nan
    difference = own.returns(rows) - benchmark.returns(rows)
    total = float(np.nansum(difference)) if np.isfinite(difference).any() else math.nan
    return float(difference[0]), total


def _log(above: float, below: float) -> float:
    return math.log(above / below) if above > 0 and below > 0 else math.nan


def _short(value: float) -> float | None:
    return round(value, 5) if math.isfinite(value) else None
