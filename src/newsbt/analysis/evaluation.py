"""From a ledger to one row of the results table: metrics with reasons, counts, warnings."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from newsbt._typing import Days, Floats, Ints
from newsbt.analysis.event_clusters import independent_dates
from newsbt.analysis.ledger_metrics import ledger_metrics
from newsbt.analysis.measure import Measure, Metrics, undefined
from newsbt.analysis.performance import return_metrics
from newsbt.domain.entries import Entries
from newsbt.domain.index_sets import among, distinct
from newsbt.domain.ledger import Ledger, Outcome
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.metric_table import MetricValue
from newsbt.domain.metrics import keys_of, unless_computed
from newsbt.domain.returns import session_returns, why_no_returns, why_no_sharpe

__all__ = ["Evaluation", "evaluate", "last_rows", "lot_warning", "of_ledger", "queue_warning", "traded_events"]

# What is not given of an account that was hardly in the market (docs/methods.md).
OF_SHARPE = tuple(key for key in keys_of("moments") if key.startswith("sharpe") or key == "psr")

F = TypeVar("F", bound=Callable[[Ledger], float])

OF_LEDGER: dict[str, Callable[[Ledger], float]] = {}


def of_ledger(key: str) -> Callable[[F], F]:
    """Makes a function of the books the metric `key`, of which the table of metrics has the entry."""

    def keep(function: F) -> F:
        OF_LEDGER[key] = function
        return function

    return keep


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """`metrics` with `reasons` for undefined ones, and the `counts` of R5."""

    metrics: Mapping[str, MetricValue]
    reasons: Mapping[str, str]
    counts: Mapping[str, int]

    def number(self, key: str) -> float:
        """A metric that is a number, or a count; NaN where it is undefined."""
        value = self.counts[key] if key in self.counts else self.metrics[key]
        return float(value) if isinstance(value, float | int) else math.nan


def last_rows(dates: Days) -> Ints:
    """Rows that end a session: metrics and equity.parquet are by session (T9)."""
    ends = np.ones(len(dates), dtype=np.bool_)
    ends[:-1] = dates[1:] != dates[:-1]
    return np.flatnonzero(ends)


def evaluate(
    ledger: Ledger,
    panel: MarketPanel,
    *,
    benchmark: Floats | None,
    periods_per_year: float,
    events: Mapping[str, int],
    unfillable: Measure,
) -> Evaluation:
    """Metrics and counts of one strategy.

    Parameters
    ----------
    benchmark : ndarray of shape (sessions,), optional
        The benchmark's returns by session.
    periods_per_year : float
        Sessions a year.
    events : mapping
        The run's `events` and `events_linked`.
    unfillable : Measure
        What refused entries would have earned, as a fraction of the initial cash.
    """
    rows = last_rows(panel.dates)
    equity = ledger.equity[rows]
    dates = panel.dates[rows]
    returns = session_returns(equity, ledger.initial_cash)
    # Without a position both are 0; of an equity of zero or less there is no fraction.
    held, base = ledger.gross[rows] != 0.0, np.where(equity > 0, equity, np.nan)
    gross = np.where(held, ledger.gross[rows] / base, 0.0)
    net = np.where(held, (equity - ledger.cash[rows]) / base, 0.0)
    closed = ledger.lots[ledger.lots["exit_row"] >= 0]
    fills = ledger.fills
    account = np.append(ledger.initial_cash, equity)
    metrics = return_metrics(
        returns, dates, benchmark, periods_per_year=periods_per_year, equity=account
    ) | ledger_metrics(
        equity=equity,
        fill_notional=fills["quantity"] * fills["price_account"],
        gross_exposure=gross,
        net_exposure=net,
        trade_pnl=closed["pnl"],
        periods_per_year=periods_per_year,
        lost=why_no_returns(returns, dates),
    )
    if few := why_no_sharpe(returns):
        metrics |= Metrics.of({key: undefined(few) for key in OF_SHARPE if key not in metrics.reasons})
    metrics |= Metrics.of({key: undefined(why) for key, why in unless_computed().items()})
    metrics |= Metrics.of({key: Measure(float(compute(ledger))) for key, compute in OF_LEDGER.items()})
    metrics |= Metrics.of({"unfillable_return": unfillable})
    if benchmark is None:
        metrics |= Metrics.of({key: undefined("no benchmark") for key in keys_of("benchmark")})
    counts = _counts(ledger, panel, events)
    values: dict[str, MetricValue] = dict(metrics.values)
    for key in keys_of("count"):
        if key in values:
            counts[key] = int(metrics.number(key))
            del values[key]
    return Evaluation(metrics=values, reasons=dict(metrics.reasons), counts=counts)


@of_ledger("final_equity")
def _final_equity(ledger: Ledger) -> float:
    return float(ledger.equity[-1])


@of_ledger("total_costs")
def _total_costs(ledger: Ledger) -> float:
    return ledger.total_costs


@of_ledger("slippage_cost")
def _slippage_cost(ledger: Ledger) -> float:
    return ledger.slippage_cost


@of_ledger("borrow_cost")
def _borrow_cost(ledger: Ledger) -> float:
    return ledger.borrow_cost


@of_ledger("dividends")
def _dividends(ledger: Ledger) -> float:
    return ledger.dividends


@of_ledger("gross_return")
def _gross_return(ledger: Ledger) -> float:
    return (float(ledger.equity[-1]) + (ledger.total_costs + ledger.slippage_cost)) / ledger.initial_cash - 1.0


@of_ledger("stale_marks")
def _stale_marks(ledger: Ledger) -> float:
    return float(ledger.stale.sum())


def _counts(ledger: Ledger, panel: MarketPanel, events: Mapping[str, int]) -> dict[str, int]:
    """R5's counts, in its words."""
    lots = ledger.lots
    traded, dates = traded_events(ledger, panel)
    return {
        **events,
        "events_traded": traded,
        "event_dates": dates,
        "fills": len(ledger.fills),
        "refusals": len(ledger.refusals),
        "trades": int((lots["exit_row"] >= 0).sum()),
        "open_trades": int((lots["exit_row"] < 0).sum()),
    }


def traded_events(ledger: Ledger, panel: MarketPanel) -> tuple[int, int]:
    """How many events were traded, and on how many independent dates."""
    lots = ledger.lots
    traded = distinct(lots["event"][lots["event"] >= 0])
    return traded, independent_dates(lots, panel.market_of, panel.clock)


def lot_warning(ledger: Ledger) -> str | None:
    """Says what to do where more than half of the entries came to less than the smallest order (X15)."""
    few, wanted = int((ledger.outcome == Outcome.BELOW_ONE_LOT).sum()), len(ledger.outcome)
    if few * 2 <= wanted:
        return None
    return (
        f"{few:,} of {wanted:,} entries came to less than one lot: its share of the account does not pay for the "
        "smallest order; a larger `account.cash` or `position.weight` does, or `lot_size` is wrong"
    )


def queue_warning(ledger: Ledger, entries: Entries) -> str | None:
    """Says so when the order of the queue (X5) and not the signal decided who was bought.

    That is: an entry was refused or cut for lack of cash or places, in a row in which another one with no stronger
    signal was filled before it.
    """
    rows = ledger.refusals
    short = rows[rows["is_entry"] & np.isin(rows["reason"], (Outcome.CASH, Outcome.MAX_POSITIONS))]
    if not len(short) or not len(entries):
        return None
    columns = 1 + int(max(entries.ticker.max(), short["ticker"].max()))
    events = 2 + int(max(entries.event.max(), short["event"].max()))  # -1 belongs to none

    def keys(row: Ints, ticker: Ints, event: Ints) -> Ints:
        return (row * columns + ticker) * events + event + 1

    filled = ledger.outcome == Outcome.FILLED
    weakest = np.full(int(entries.row.max()) + 1, np.inf)
    np.fmin.at(weakest, entries.row[filled], entries.weight[filled])
    wanted = among(
        keys(entries.row, entries.ticker, entries.event), keys(short["row"], short["ticker"], short["event"])
    )
    passed_over = int((wanted & (weakest[entries.row] <= entries.weight)).sum())
    if not passed_over:
        return None
    return (
        f"{passed_over} of {len(entries)} entries were refused or cut because cash or places had gone to others with "
        "no stronger signal: the order of the queue, not the signal, decided who was bought; more account.cash, a "
        "smaller position.weight or position.event_weight lets all of them in"
    )
