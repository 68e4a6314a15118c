"""From books to a row of the results table and the tables behind it."""

from __future__ import annotations

import math
from collections import Counter
from functools import partial

import numpy as np
import pandas as pd

from newsbt._typing import Floats
from newsbt.analysis.attribution import signal_rows
from newsbt.analysis.evaluation import evaluate, last_rows
from newsbt.analysis.inference import stationary_bootstrap
from newsbt.analysis.measure import Measure, undefined
from newsbt.analysis.user_metrics import own_values, why_undefined
from newsbt.config.models import EvaluationConfig
from newsbt.domain.ledger import Ledger, Outcome
from newsbt.domain.results import Labels, StrategyResult
from newsbt.domain.returns import session_returns, why_no_returns, why_no_sharpe
from newsbt.domain.text_columns import TextColumn
from newsbt.kernels.code_wait import work_seconds
from newsbt.simulation.account_terms import AccountTerms
from newsbt.simulation.missed_returns import missed_values
from newsbt.steps.event_record import event_table
from newsbt.steps.event_setup import EventSetup
from newsbt.steps.hedge import hedge_of, hedge_warning, usual_hedge
from newsbt.steps.market_setup import MarketSetup
from newsbt.steps.prepare import PreparedRun
from newsbt.steps.refusal_sentences import explanations
from newsbt.steps.simulated_strategy import SimulatedStrategy

__all__ = ["result_of"]


def result_of(
    prepared: PreparedRun, books: SimulatedStrategy, market_returns: Floats | None, *, began: float
) -> StrategyResult:
    """Evaluate the books; `began` is when the strategy's work started, by `work_seconds`."""
    config, market, news = prepared.components.config, prepared.market, prepared.news
    panel, labels = market.panel, Labels(panel=market.panel, events=news.events)
    ledger = books.ledger
    hedged = _hedged_return(market, books)
    found = evaluate(
        ledger,
        panel,
        benchmark=market_returns,
        periods_per_year=market.periods_per_year,
        events={"events": news.rows_read, "events_linked": news.linked} if books.kind == "strategy" else {},
        unfillable=Measure(0.0) if books.terms is None else _unfillable(ledger, books.terms),
    )
    own = own_values(ledger)
    returns = session_returns(ledger.equity[last_rows(panel.dates)], ledger.initial_cash)
    lost = why_no_returns(returns, panel.dates[last_rows(panel.dates)])
    interval, why_no_interval = _sharpe_interval(
        config.evaluation, market.periods_per_year, returns, lost or why_no_sharpe(returns)
    )
    engine = books.engine or config.execution.engine
    return StrategyResult(
        name=books.name,
        engine="none" if books.kind == "benchmark" else engine,
        kind=books.kind,
        metrics={**found.metrics, **interval, "hedged_return": hedged, **own},
        reasons={
            **found.reasons,
            **why_no_interval,
            **why_undefined(own),
            "hedged_return": _why_unhedged(books, hedged),
        },
        counts=found.counts,
        ledger=ledger,
        labels=labels,
        signals_of=partial(_signal_table, labels, books),
        events_of=partial(event_table, market, news, books),
        explained=None if books.terms is None else partial(_explanations, market, news, books),
        warnings=(*_warnings(books), *_lost_warning(ledger, lost)),
        analyzers=books.analyzers,
        source_hash=books.source_hash,
        seconds=work_seconds() - began,
    )


def _hedged_return(market: MarketSetup, books: SimulatedStrategy) -> float:
    """The total return of the books with their hedges, the usual ones where the strategy asks for none; NaN where there
    is nothing to hedge with."""
    if books.kind != "strategy":
        return math.nan
    ledger = books.ledger
    if books.hedges is None:
        hedges = hedge_of(market, ledger, usual_hedge(market))
        if len(hedges.beta) and hedges.unhedged == len(hedges.beta):
            return math.nan
        ledger = hedges.beside(ledger)
    return ledger.total_return


def _warnings(books: SimulatedStrategy) -> tuple[str, ...]:
    if books.hedge is None or books.hedges is None:
        return books.warnings
    return (*books.warnings, hedge_warning(books.hedges, books.hedge))


def _lost_warning(ledger: Ledger, lost: str) -> list[str]:
    """Says that more was lost than there was."""
    if not lost:
        return []
    return [
        f"{lost}: all of the account was lost, and the run went on with what was held (the least was "
        f"{float(ledger.equity.min()):,.0f}); returns, costs and drawdowns are those of the books, and what is made of "
        "returns by session, such as the Sharpe ratio, is undefined"
    ]


def _sharpe_interval(
    evaluation: EvaluationConfig, periods_per_year: float, returns: Floats, why: str
) -> tuple[dict[str, float], dict[str, str]]:
    """The 95 % interval of the annual Sharpe ratio by stationary bootstrap, and why there is none."""
    low, high, reason = math.nan, math.nan, "switched off (evaluation.bootstrap: 0)"
    if why:
        reason = why
    elif evaluation.bootstrap:
        found = stationary_bootstrap(returns, "sharpe", draws=evaluation.bootstrap, seed=evaluation.seed)
        annual = math.sqrt(periods_per_year)
        low, high = (float(end) * annual for end in found.interval)
        reason = found.reason or "undefined"
    interval = {"sharpe_low": low, "sharpe_high": high}
    return interval, {key: reason for key, value in interval.items() if math.isnan(value)}


def _why_unhedged(books: SimulatedStrategy, hedged: float) -> str:
    if not math.isnan(hedged):
        return ""
    return "no index with a price to hedge with" if books.kind == "strategy" else "not a strategy that was chosen"


def _unfillable(ledger: Ledger, terms: AccountTerms) -> Measure:
    """What the entries that were refused whole would have earned, as a fraction of the initial cash."""
    refused = ledger.refusals[ledger.refusals["is_entry"] & (ledger.refusals["filled"] == 0)]
    values = missed_values(refused, terms)
    unknown = np.isnan(values)
    if not unknown.any():
        return Measure(float(values.sum()) / ledger.initial_cash)
    reasons = Counter(Outcome(code).word.replace("_", " ") for code in refused["reason"][unknown].tolist())
    listed = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    return undefined(f"what {unknown.sum()} of {len(refused)} refused entries would have earned is unknown: {listed}")


def _explanations(market: MarketSetup, news: EventSetup, books: SimulatedStrategy) -> TextColumn:
    assert books.terms is not None
    return explanations(market, news, books.ledger, books.terms)


def _signal_table(labels: Labels, books: SimulatedStrategy) -> pd.DataFrame:
    none = np.empty(0, dtype=np.int64)
    if books.placed is not None:
        placed = books.placed
        return signal_rows(books.name, labels, placed.event, placed.ticker, placed.signal, placed.row)
    if books.grid is not None:
        before = np.vstack([np.zeros((1, books.grid.shape[1])), books.grid[:-1]])
        row, ticker = np.nonzero(books.grid != before)
        return signal_rows(books.name, labels, np.full(len(row), -1), ticker, books.grid[row, ticker], row)
    return signal_rows(books.name, labels, none, none, np.empty(0), none)
