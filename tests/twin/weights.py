"""X23: what a signal of 1 asks for, by what is known before the session in which it is placed."""

from __future__ import annotations

from datetime import date
from math import sqrt
from statistics import stdev

from .scenario import ByVolatility, Scenario


def weight_of(scenario: Scenario, ticker: str, t: int) -> float | None:
    """The share of equity, None where nobody knows."""
    by = scenario.position.weight
    if not isinstance(by, ByVolatility):
        return by
    returns = daily_returns(scenario, ticker, scenario.row_date(t))[-by.window :]
    if len(returns) < by.window:
        return None
    moves = stdev(returns)
    if moves <= 1e-9:
        return None
    return min(by.max_weight, by.target / (moves * sqrt(252)))


def daily_returns(scenario: Scenario, ticker: str, before: date) -> list[float]:
    """Total returns from the last traded close of one session to that of the next in which it traded, of the sessions
    before a day."""
    keys = [key for key in scenario.rows if (ticker, key) in scenario.bars]
    rows = [(key, scenario.row_date(scenario.rows.index(key))) for key in keys]
    rows = [(key, on) for key, on in rows if on < before]
    last = {on: key for key, on in rows if is_traded(scenario, ticker, key)}  # of a session the last
    found: list[float] = []
    price, grown, begun = 0.0, 1.0, False
    for key, on in rows:
        bar = scenario.bars[ticker, key]
        if bar.close is not None:
            if begun:
                grown *= (bar.close * bar.split + bar.dividend) / price
            price = bar.close
        elif begun:
            left = (price - bar.dividend) / bar.split
            grown *= bar.split if left <= 0 else 1.0
            price = left if left > 0 else price
        if last.get(on) == key:
            if begun:
                found.append(grown - 1)
            grown, begun = 1.0, True
    return found


def is_traded(scenario: Scenario, ticker: str, key) -> bool:
    """T4."""
    bar = scenario.bars[ticker, key]
    index = any(item.ticker == ticker and item.is_index for item in scenario.instruments)
    whole = None not in (bar.open, bar.high, bar.low, bar.close)
    return whole and (index or bar.volume is None or bar.volume > 0)
