"""What is kept of a variant: metrics, and the sums by block that the probability of overfitting needs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from newsbt._typing import Days, Floats, Ints
from newsbt.analysis.evaluation import session_returns
from newsbt.domain.ledger import Ledger

__all__ = ["METRICS", "Outcome", "measure"]

BLOCKS = 16
METRICS = (
    "total_return", "cagr", "volatility", "sharpe", "sortino", "max_drawdown", "calmar", "psr", "hit_rate",
    "profit_factor", "expectancy", "turnover", "exposure", "mean_gross", "final_equity", "total_costs", "slippage_cost",
    "gross_return", "trades", "refusals", "fills", "event_dates",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A variant that ran, or the `error` it ended with.

    `metrics` has `METRICS`, NaN where undefined. `per_bar_sharpe` is what a trial is judged by; `blocks` (4, S) are
    sums, squares, smallest and largest by block about `offset`, None where the run is shorter than five bars a block.
    """

    number: int
    key: str
    params: Mapping[str, Any]
    metrics: Mapping[str, float] = field(default_factory=dict)
    per_bar_sharpe: float = math.nan
    offset: float = math.nan
    blocks: Floats | None = None
    error: str = ""


def measure(ledger: Ledger, dates: Days, last_rows: Ints, periods_per_year: float) -> tuple[dict[str, float], Floats]:
    """The metrics of METHODS 1 that a sweep keeps, and the returns by session (n,).

    They are those of `analysis.evaluation`, computed without its reasons and dates: a test holds them together.
    """
    q = periods_per_year
    equity = ledger.equity[last_rows]
    returns = session_returns(equity, ledger.initial_cash)
    known = returns[np.isfinite(returns)]
    path = np.append(ledger.initial_cash, equity)
    drawdown = float((path / np.maximum.accumulate(path) - 1.0).min())
    growth = float(path[-1] / path[0])
    n = len(known)
    mean = float(known.mean()) if n else math.nan
    std = float(known.std(ddof=1)) if n > 1 and known.max() > known.min() else math.nan
    sharpe = mean / std
    down = math.sqrt(float((np.minimum(known, 0.0) ** 2).mean())) if n else math.nan
    cagr = growth ** (q / len(returns)) - 1.0 if growth > 0 else -1.0
    closed = ledger.lots["pnl"][ledger.lots["exit_row"] >= 0]
    won, lost = closed[closed > 0], closed[closed < 0]
    notional = float((ledger.fills["quantity"] * ledger.fills["price_account"]).sum())
    gross = np.where(equity > 0, ledger.gross[last_rows] / np.where(equity > 0, equity, 1.0), 0.0)
    costs, slippage = ledger.total_costs, ledger.slippage_cost
    owned = ledger.lots[ledger.lots["event"] >= 0]
    found = {
        "total_return": growth - 1.0,
        "cagr": cagr,
        "volatility": std * math.sqrt(q),
        "sharpe": sharpe * math.sqrt(q),
        "sortino": mean / down * math.sqrt(q) if down > 0 and n > 1 else math.nan,
        "max_drawdown": drawdown,
        "calmar": cagr / abs(drawdown) if drawdown < 0 else math.nan,
        "psr": _psr(known, sharpe),
        "hit_rate": len(won) / (len(won) + len(lost)) if len(won) + len(lost) else math.nan,
        "profit_factor": _ratio(float(won.sum()), -float(lost.sum())),
        "expectancy": float(closed.mean()) if len(closed) else math.nan,
        "turnover": notional / float(equity.mean()) * q / len(equity) if equity.mean() > 0 else math.nan,
        "exposure": float((gross > 0).mean()),
        "mean_gross": float(gross.mean()),
        "final_equity": float(equity[-1]),
        "total_costs": costs,
        "slippage_cost": slippage,
        "gross_return": (float(equity[-1]) - ledger.initial_cash + costs + slippage) / ledger.initial_cash,
        "trades": float(len(closed)),
        "refusals": float(len(ledger.refusals)),
        "fills": float(len(ledger.fills)),
        "event_dates": float(len(np.unique(dates[owned["entry_row"]]))),
    }
    return found, returns


def _ratio(gain: float, loss: float) -> float:
    if loss > 0:
        return gain / loss
    return math.inf if gain > 0 else math.nan


def _psr(returns: Floats, sharpe: float) -> float:
    from newsbt.analysis.inference import psr

    return float(psr(returns)) if math.isfinite(sharpe) else math.nan
