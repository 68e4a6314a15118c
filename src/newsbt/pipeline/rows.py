"""From books to a row of the results table and the tables behind it."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from newsbt._typing import Floats, Ints
from newsbt.analysis.attribution import event_rows, signal_rows
from newsbt.analysis.evaluation import evaluate, last_rows, session_returns
from newsbt.analysis.hedging import HedgeBook
from newsbt.analysis.inference import stationary_bootstrap
from newsbt.domain.ledger import Ledger, Outcome
from newsbt.domain.results import Labels, StrategyResult
from newsbt.pipeline.explaining import explanations
from newsbt.pipeline.hedging import hedge_of, hedge_warning, usual_hedge
from newsbt.pipeline.own_metrics import own_values, why_undefined
from newsbt.pipeline.preparing import Prepared
from newsbt.simulation.placing import PlacedSignals, traded_places
from newsbt.simulation.terms import Terms

__all__ = ["Books", "result_of"]


@dataclass(frozen=True, kw_only=True)
class Books:
    """What one strategy's simulation left, and what it was asked: signals of events, a grid, or orders of its own.

    Where the strategy asks for a `hedge`, `ledger` is that of the hedged book, `hedges` what stands beside its lots.
    """

    name: str
    kind: str
    ledger: Ledger
    terms: Terms | None = None
    placed: PlacedSignals | None = None
    grid: Floats | None = None
    hops: int = 1
    hedge: str | None = None
    hedges: HedgeBook | None = None
    engine: str | None = None
    warnings: tuple[str, ...] = ()
    analyzers: Mapping[str, Any] = field(default_factory=dict)
    source_hash: str = ""


def result_of(prepared: Prepared, books: Books, market_returns: Floats | None, *, began: float) -> StrategyResult:
    """Evaluate the books; `began` is when the strategy's work started, by `time.perf_counter`."""
    counts = prepared.summary.counts
    ledger = books.ledger
    hedged = _hedged_return(prepared, books)
    found = evaluate(
        ledger,
        prepared.panel,
        benchmark=market_returns,
        periods_per_year=prepared.periods_per_year,
        events={key: counts[key] for key in ("events", "events_linked")} if books.kind == "strategy" else {},
        refused_value=None if books.terms is None else _refused_value(ledger, books.terms),
    )
    own = own_values(ledger)
    interval, why_no_interval = _sharpe_interval(prepared, ledger)
    engine = books.engine or prepared.components.config.execution.engine
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
        labels=prepared.labels,
        signals_of=partial(_signal_table, prepared.labels, books),
        events_of=partial(_event_table, prepared, books),
        explained=None if books.terms is None else partial(_explanations, prepared, books),
        warnings=_warnings(books),
        analyzers=books.analyzers,
        source_hash=books.source_hash,
        seconds=time.perf_counter() - began,
    )


def _hedged_return(prepared: Prepared, books: Books) -> float:
    """The total return of the books with their hedges, the usual ones where the strategy asks for none; NaN where there
    is nothing to hedge with."""
    if books.kind != "strategy":
        return math.nan
    ledger = books.ledger
    if books.hedges is None:
        hedges = hedge_of(prepared, ledger, usual_hedge(prepared))
        if len(hedges.beta) and hedges.unhedged == len(hedges.beta):
            return math.nan
        ledger = hedges.beside(ledger)
    return ledger.total_return


def _warnings(books: Books) -> tuple[str, ...]:
    if books.hedge is None or books.hedges is None:
        return books.warnings
    return (*books.warnings, hedge_warning(books.hedges, books.hedge))


def _sharpe_interval(prepared: Prepared, ledger: Ledger) -> tuple[dict[str, float], dict[str, str]]:
    """The 95 % interval of the annual Sharpe ratio by stationary bootstrap, and why there is none."""
    evaluation = prepared.components.config.evaluation
    low, high, reason = math.nan, math.nan, "switched off (evaluation.bootstrap: 0)"
    if evaluation.bootstrap:
        returns = session_returns(ledger.equity[last_rows(prepared.panel.dates)], ledger.initial_cash)
        found = stationary_bootstrap(returns, "sharpe", draws=evaluation.bootstrap, seed=evaluation.seed)
        annual = math.sqrt(prepared.periods_per_year)
        low, high = (float(end) * annual for end in found.interval)
        reason = found.reason or "undefined"
    interval = {"sharpe_low": low, "sharpe_high": high}
    return interval, {key: reason for key, value in interval.items() if math.isnan(value)}


def _why_unhedged(books: Books, hedged: float) -> str:
    if not math.isnan(hedged):
        return ""
    return "no index with a price to hedge with" if books.kind == "strategy" else "not a strategy that was chosen"


def _refused_value(ledger: Ledger, terms: Terms) -> float:
    """What the entries that were refused whole would have earned, account currency, without costs."""
    rows = ledger.refusals
    rows = rows[np.isfinite(rows["would_have_returned"]) & np.isfinite(rows["wanted"])]
    at_open = terms.panel.open[rows["row"], rows["ticker"]]
    price = np.where(rows["at_close"], terms.panel.close[rows["row"], rows["ticker"]], at_open)
    rate = terms.fx.fill_rate[rows["row"], terms.fx.currency_of[rows["ticker"]]]
    return float((rows["wanted"] * price * rate * rows["would_have_returned"]).sum())


def _explanations(prepared: Prepared, books: Books) -> list[str]:
    assert books.terms is not None
    return explanations(prepared, books.ledger, books.terms)


def _signal_table(labels: Labels, books: Books) -> pd.DataFrame:
    none = np.empty(0, dtype=np.int64)
    if books.placed is not None:
        placed = books.placed
        return signal_rows(books.name, labels, placed.event, placed.ticker, placed.signal, placed.row)
    if books.grid is not None:
        before = np.vstack([np.zeros((1, books.grid.shape[1])), books.grid[:-1]])
        row, ticker = np.nonzero(books.grid != before)
        return signal_rows(books.name, labels, np.full(len(row), -1), ticker, books.grid[row, ticker], row)
    return signal_rows(books.name, labels, none, none, np.empty(0), none)


@dataclass(frozen=True, slots=True)
class _Pairs:
    """(event, ticker) pairs that a strategy spoke of: K each."""

    event: Ints
    ticker: Ints
    signal: Floats
    first: np.ndarray[Any, Any]
    outcome: Ints


def _event_table(prepared: Prepared, books: Books) -> pd.DataFrame:
    """R4's rows: the links a strategy saw and the pairs it signalled or ordered."""
    links = prepared.links
    of_strategy = books.kind == "strategy"
    shown = np.array([of_strategy and link.hop <= max(1, books.hops) for link in links.links], dtype=bool)
    weight = np.array([link.weight for link in links.links], dtype=np.float64)
    if books.placed is not None:
        pairs = _placed_pairs(prepared, books.placed, books.ledger)
    elif books.grid is not None:
        pairs = _grid_pairs(prepared, books.grid, shown)
    else:
        pairs = _refused_pairs(prepared, books.ledger)
    spoken = set(zip(pairs.event.tolist(), pairs.ticker.tolist(), strict=True))
    traded = traded_places(prepared.universe)[links.ticker]
    as_traded = [pair in spoken for pair in zip(links.event.tolist(), traded.tolist(), strict=True)]
    ticker = np.where(np.array(as_traded, dtype=bool), traded, links.ticker)
    return event_rows(
        books.name,
        prepared.labels,
        books.ledger,
        link_event=links.event[shown],
        link_ticker=ticker[shown],
        link_weight=weight[shown],
        link_first=prepared.link_first[shown],
        signal_event=pairs.event,
        signal_ticker=pairs.ticker,
        signal=pairs.signal,
        signal_first=pairs.first,
        signal_outcome=pairs.outcome,
    )


def _opens(prepared: Prepared, row: Ints, ticker: Ints, at_close: Ints | None = None) -> np.ndarray[Any, Any]:
    clock, market = prepared.panel.clock, prepared.panel.market_of[ticker]
    first = np.full(len(row), np.datetime64("NaT", "ns"))
    inside = row >= 0
    first[inside] = clock.open_at[row[inside], market[inside]]
    if at_close is not None:
        closing = inside & (at_close > 0)
        first[closing] = clock.close_at[row[closing], market[closing]]
    return first


def _placed_pairs(prepared: Prepared, placed: PlacedSignals, ledger: Ledger) -> _Pairs:
    outcome = placed.outcome.copy()
    entered = placed.entry >= 0
    outcome[entered] = ledger.outcome[placed.entry[entered]]
    closes = np.zeros(len(outcome), dtype=np.int64)
    closes[entered] = placed.entries.at_close[placed.entry[entered]]
    first = _opens(prepared, placed.row, placed.ticker, closes)
    return _Pairs(placed.event, placed.ticker, placed.signal, first, outcome)


def _grid_pairs(prepared: Prepared, grid: Floats, shown: np.ndarray[Any, Any]) -> _Pairs:
    """Links with the grid's signal in the row in which each first counts (S3)."""
    links = prepared.links
    traded = traded_places(prepared.universe)[links.ticker]
    row = prepared.link_row
    keep = shown & (row >= 0)
    event, ticker, row = links.event[keep], traded[keep], row[keep]
    signal = grid[np.maximum(row - 1, 0), ticker]
    outcome = np.full(len(event), Outcome.FILLED, dtype=np.int64)
    return _Pairs(event, ticker, signal, _opens(prepared, row, ticker), outcome)


def _refused_pairs(prepared: Prepared, ledger: Ledger) -> _Pairs:
    """Orders of a backtrader strategy's events that were refused, each pair with its first reason."""
    rows = ledger.refusals[(ledger.refusals["event"] >= 0) & (ledger.refusals["filled"] == 0)]
    keys = rows["event"] * len(prepared.panel.tickers) + rows["ticker"]
    rows = rows[np.sort(np.unique(keys, return_index=True)[1])]
    first = _opens(prepared, rows["row"], rows["ticker"])
    return _Pairs(rows["event"], rows["ticker"], rows["side"].astype(np.float64), first, rows["reason"])
