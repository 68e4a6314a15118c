"""A scenario with a strategy that is asked row by row, as `newsbt.run` takes it: tables, a strategy, a config."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

import newsbt

from .compare import label
from .result import TwinResult
from .scenario import Bar, Key, Scenario
from .sessions import bars_of


class Fall(newsbt.StepStrategy):
    def signal_at(self, t: int, past: newsbt.PastView) -> np.ndarray:
        answer = np.zeros(len(past.tickers))
        for n, is_index in enumerate(past.instruments["board"] == "index"):
            closes = past.close[:, n][~np.isnan(past.close[:, n])]
            if is_index:
                continue
            answer[n] = 0.25
            if len(closes) > 1 and closes[-1] < closes[-2]:
                answer[n] = 0.5
            elif len(closes) > 1 and closes[-1] > closes[-2] * 1.03:
                answer[n] = -0.25
        return answer


class Heard(newsbt.StepStrategy):
    def signal_at(self, t: int, past: newsbt.PastView) -> np.ndarray:
        total = past.links.groupby("ticker")["sentiment"].sum()
        return (0.5 * pd.Series(past.tickers).map(total)).fillna(0.0).clip(-1.0, 1.0).to_numpy()


STRATEGIES = {"fall": Fall, "news": Heard}


def run_whole(scenario: Scenario, engine: str) -> TwinResult:
    """The books of the one strategy."""
    execution, position = scenario.execution, scenario.position
    costs = {"use": execution.costs}
    if execution.costs == "flat":
        costs |= {"commission_bps": execution.commission_bps, "minimum": execution.minimum}
    slippage = {"use": "bps", "bps": execution.slippage_bps}
    if execution.half_spread_ticks:
        slippage = {"use": "half_spread", "ticks": execution.half_spread_ticks}
    result = newsbt.run(
        {"name": "world", "period": {"start": scenario.row_date(0), "end": scenario.row_date(len(scenario.rows) - 1)}},
        prices=_prices(scenario),
        announcements=_news(scenario),
        instruments=pd.DataFrame([_instrument(asdict(item)) for item in scenario.instruments]),
        fx={f"{code}{scenario.currency}": dated[-1][1] for code, dated in scenario.fx.items()} or None,
        strategies={"S": STRATEGIES[scenario.step]()},
        position={
            "mode": "target", "weight": position.weight, "rebalance": position.rebalance,
            "min_trade": position.min_trade, "max_positions": position.max_positions,
        },
        cash=scenario.cash,
        currency=scenario.currency,
        execution={
            "engine": engine, "latency": "0", "costs": costs, "slippage": slippage,
            "participation": execution.participation, "market_rules": execution.market_rules,
            "on_short_cash": "reject" if execution.reject_short_cash else "reduce", "borrow_bps": execution.borrow_bps,
        },
        evaluation={"placebo": 0, "bootstrap": 0},
        baselines=[],
    )  # fmt: skip
    (row,) = result.strategies
    dates = [scenario.row_date(t) for t in range(len(scenario.rows))]
    return label(
        row.ledger, list(row.labels.tickers), [item.event_id for item in row.labels.events.announcements], dates, {}
    )


def _instrument(row: dict) -> dict:
    return {**row, "name": row["ticker"], "sector": "", "themes": "", "aliases": ""}


def _prices(scenario: Scenario) -> pd.DataFrame:
    rows = []
    for item in scenario.instruments:
        before = scenario.close_before.get(item.ticker)
        if before is not None:
            on = scenario.row_date(0) - timedelta(days=3)
            key = bars_of(item.exchange, on)[-1].open_at if scenario.intraday else on
            rows.append(_row(item.ticker, key, Bar(before, before, before, before)))
    rows += [_row(ticker, key, bar) for (ticker, key), bar in scenario.bars.items()]
    return pd.DataFrame(rows)


def _row(ticker: str, key: Key, bar: Bar) -> dict:
    at: dict[str, datetime | date] = {"bar_start" if isinstance(key, datetime) else "date": key}
    return {"ticker": ticker, **at, **{name: value for name, value in asdict(bar).items() if name != "prev_close"}}


def _news(scenario: Scenario) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "event_id": item.event_id, "published_at": item.published_at, "event_type": "news", "issuer": "Nobody",
                "headline": "x", "tickers": list(item.tickers), "sentiment": item.sentiment,
                "relevance": item.relevance,
            }
            for item in scenario.news
        ]
    )  # fmt: skip
