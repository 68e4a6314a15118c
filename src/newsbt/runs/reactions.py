"""How prices moved on the first tradable session of an event, and how much of that could still be had."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from newsbt._typing import Floats, Ints
from newsbt.domain.context import RunContext
from newsbt.domain.market import MarketPanel
from newsbt.domain.results import Labels, StrategyResult

__all__ = ["CAR_SESSIONS", "Pairs", "rows_of_instants", "shares", "table_of_reactions"]

CAR_SESSIONS = 5  # CAR covers day 0 to this many sessions later
NO_MOVE = "the signalled tickers did not move the way of their signals, taken together"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Events and tickers, K of each, as places in ascending order; `row` is that of the first tradable bar, -1 where
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
        place = np.searchsorted(clock.close_at[rows, m], at[mine])
        inside = place < len(rows)
        found[mine[inside]] = rows[place[inside]]
    return found


def table_of_reactions(pairs: Pairs, labels: Labels, context: RunContext) -> dict[tuple[int, int], list[Any]]:
    """By (event, ticker): the reported move, its tradable part, and abnormal returns, as fractions or None.

    The reported move runs from the last close before the event was known to the close of the first tradable session,
    the tradable part from that session's open to the same close. `AR` is the return of day 0, the first session that
    closes after the event was known, less the benchmark's in the same row (market-adjusted: no beta); `CAR` its sum
    over day 0 to 5. Both are None without a benchmark or where either has no bar.
    """
    panel = labels.panel
    found: dict[tuple[int, int], list[Any]] = {}
    for event, n, row in zip(pairs.event.tolist(), pairs.ticker.tolist(), pairs.row.tolist(), strict=True):
        if row < 0 or not panel.has_prices[n]:
            continue
        whole, part = _moves(labels, event, n, row)
        ar, car = _abnormal(labels, event, n, context.benchmark)
        numbers = [_short(math.expm1(value)) for value in (whole, part)] + [_short(ar), _short(car)]
        if any(value is not None for value in numbers):
            found[event, n] = numbers
    return found


def shares(item: StrategyResult, labels: Labels) -> dict[str, Any]:
    """How much of the move in the direction of a strategy's signals came after its first tradable open.

    `share` is the sum of signed log moves from open to close over that from the last close before the news to the
    same close, over all signalled pairs; None with a `reason` where the whole move is not positive.
    """
    frame = item.events[item.events["signal"].fillna(0.0) != 0.0]
    position = {ticker: n for n, ticker in enumerate(labels.panel.tickers)}
    ticker = np.array([position[name] for name in frame["ticker"]], dtype=np.int64)
    row = rows_of_instants(labels.panel, frame["first_tradable_at"], ticker)
    sign = np.sign(frame["signal"].to_numpy(dtype=np.float64))
    whole = part = 0.0
    number = 0
    for name, n, t, side in zip(frame["event_id"], ticker.tolist(), row.tolist(), sign.tolist(), strict=True):
        if t < 0 or not labels.panel.has_prices[n]:
            continue
        moves = _moves(labels, labels.events.position[name], n, t)
        if all(math.isfinite(value) for value in moves):
            whole, part, number = whole + side * moves[0], part + side * moves[1], number + 1
    if not number:
        return {"pairs": 0, "share": None, "reason": "no signalled ticker had a bar on its first tradable session"}
    mean = {"pairs": number, "reported": _short(whole / number), "tradable": _short(part / number)}
    if whole <= 0.0:
        return {**mean, "share": None, "reason": NO_MOVE}
    return {**mean, "share": _short(part / whole)}


def _moves(labels: Labels, event: int, n: int, row: int) -> tuple[float, float]:
    """Log moves to the close of `row`: from the last close before the event was known, and from the row's open."""
    panel, clock = labels.panel, labels.panel.clock
    known, m = labels.events.known_at[event], int(panel.market_of[n])
    closed = np.flatnonzero(clock.close_at[: row + 1, m] <= known)  # NaT compares false
    base = float(panel.mark[closed[-1], n]) if len(closed) else float(panel.close_before[n])
    start = int(closed[-1]) + 1 if len(closed) else 0
    base /= float(np.prod(panel.split[start : row + 1, n]))
    close, opened = float(panel.close[row, n]), float(panel.open[row, n])
    return _log(close, base), _log(close, opened)


def _abnormal(labels: Labels, event: int, n: int, benchmark: int) -> tuple[float, float]:
    panel = labels.panel
    if benchmark < 0 or not panel.has_prices[benchmark]:
        return math.nan, math.nan
    m = int(panel.market_of[n])
    rows = np.flatnonzero(panel.clock.close_at[:, m] > labels.events.known_at[event])[: CAR_SESSIONS + 1]
    if not len(rows):
        return math.nan, math.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        own = panel.close[rows, n] * panel.split[rows, n] / panel.reference[rows, n] - 1.0
        market = panel.close[rows, benchmark] / panel.reference[rows, benchmark] - 1.0
    difference = own - market
    total = float(np.nansum(difference)) if np.isfinite(difference).any() else math.nan
    return float(difference[0]), total


def _log(above: float, below: float) -> float:
    return math.log(above / below) if above > 0 and below > 0 else math.nan


def _short(value: float) -> float | None:
    return round(value, 5) if math.isfinite(value) else None
