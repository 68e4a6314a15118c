"""The events table of a strategy (R4): what it was linked to, said and did about each announcement that was read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from newsbt._typing import Bools, Floats, Instants, Ints, Objects
from newsbt.analysis.attribution import event_rows, reasons_of, untraded_rows
from newsbt.domain.entries import FillPoint
from newsbt.domain.index_sets import among
from newsbt.domain.ledger import Ledger, Outcome
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.object_arrays import objects
from newsbt.domain.results import Labels
from newsbt.linking.link_table import LinkTable
from newsbt.simulation.entry_rows import PlacedSignals, traded_columns
from newsbt.steps.event_setup import Dropped, EventSetup, outcomes_of
from newsbt.steps.market_setup import MarketSetup
from newsbt.steps.simulated_strategy import SimulatedStrategy

__all__ = ["event_table"]


@dataclass(frozen=True, slots=True)
class _Pairs:
    """(event, ticker) pairs that a strategy spoke of: K each."""

    event: Ints
    ticker: Ints
    signal: Floats
    first: Instants
    outcome: Ints


def event_table(market: MarketSetup, news: EventSetup, books: SimulatedStrategy) -> pd.DataFrame:
    """R4's rows: the links a strategy saw and the pairs it signalled or ordered, links of dropped events, and a row
    without a ticker for each announcement that neither has, by event."""
    links, labels = news.links, Labels(panel=market.panel, events=news.events)
    shown = _shown(links, books)
    weight = links.weight
    if books.placed is not None:
        pairs = _placed_pairs(market.panel, news, books.placed, books.ledger)
    elif books.grid is not None:
        pairs = _grid_pairs(market, news, books.grid, shown if books.read_news else np.zeros_like(shown))
    else:
        pairs = _refused_pairs(market.panel, books.ledger)
    traded = traded_columns(market.universe)[links.ticker]
    width = len(labels.tickers)
    as_traded = among(links.event * width + traded, pairs.event * width + pairs.ticker)
    ticker = np.where(as_traded, traded, links.ticker)
    rows = event_rows(
        books.name,
        labels,
        books.ledger,
        link_event=links.event[shown],
        link_ticker=ticker[shown],
        link_weight=weight[shown],
        link_first=news.link_first[shown],
        link_outcome=outcomes_of(news.link_row, news.link_first)[shown],
        signal_event=pairs.event,
        signal_ticker=pairs.ticker,
        signal=pairs.signal,
        signal_first=pairs.first,
        signal_outcome=pairs.outcome,
    )
    if books.kind != "strategy":
        return rows
    reported = np.zeros(len(news.events), dtype=bool)
    reported[links.event[shown]] = reported[pairs.event] = True
    lots = books.ledger.lots["event"]
    reported[lots[lots >= 0]] = True
    silent = (*_dropped_rows(news.dropped, labels, books), _unlinked_rows(news, books, ~reported))
    others = [part for part in silent if len(part)]
    return pd.concat([rows, *others]).sort_values("event_id", kind="stable", ignore_index=True) if others else rows


def _shown(links: LinkTable, books: SimulatedStrategy) -> Bools:
    """(L,): the links that a strategy sees."""
    if books.kind != "strategy":
        return np.zeros(len(links.event), dtype=np.bool_)
    return links.hop <= max(1, books.hops)


def _dropped_rows(dropped: Dropped, labels: Labels, books: SimulatedStrategy) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The links of the events outside the run, and those of them that have none."""
    name = books.name
    links, shown = dropped.links, np.flatnonzero(_shown(dropped.links, books))
    keys = links.event[shown] * len(labels.tickers) + links.ticker[shown]
    mine = shown[np.unique(keys, return_index=True)[1]]
    event = links.event[mine]
    ids, known_at = dropped.events.ids, dropped.events.known_at
    linked = untraded_rows(
        name, ids[event], labels.tickers[links.ticker[mine]],
        links.weight[mine], known_at[event],
        reasons_of(dropped.outcome[event]),
    )  # fmt: skip
    alone = np.setdiff1d(np.arange(len(ids)), event)
    return linked, _lone_rows(name, ids[alone], known_at[alone], [dropped.reasons[e] for e in alone.tolist()])


def _unlinked_rows(news: EventSetup, books: SimulatedStrategy, alone: Bools) -> pd.DataFrame:
    indices = np.flatnonzero(alone)
    events = news.events
    reasons = [news.reasons[e] for e in indices.tolist()]
    return _lone_rows(books.name, events.ids[indices], events.known_at[indices], reasons)


def _lone_rows(name: str, event_id: Objects, known_at: Instants, reasons: list[str]) -> pd.DataFrame:
    """Rows without a ticker; an event that is linked further away than the strategy looks has no reason of its own."""
    nothing = objects([None] * len(event_id))
    why = objects([reason or "no_link" for reason in reasons])
    return untraded_rows(name, event_id, nothing, np.full(len(event_id), np.nan), known_at, why)


def _opens(panel: MarketPanel, row: Ints, ticker: Ints, point: Ints | None = None) -> Instants:
    clock, market = panel.clock, panel.market_of[ticker]
    first = np.full(len(row), np.datetime64("NaT", "ns"))
    inside = row >= 0
    at = np.full(len(row), FillPoint.OPEN) if point is None else point
    first[inside] = FillPoint.first_instants(clock, row[inside], market[inside], at[inside])
    return first


def _placed_pairs(panel: MarketPanel, news: EventSetup, placed: PlacedSignals, ledger: Ledger) -> _Pairs:
    outcome = placed.outcome.copy()
    entered = placed.entry >= 0
    outcome[entered] = ledger.outcome[placed.entry[entered]]
    point = np.full(len(outcome), FillPoint.OPEN, dtype=np.int64)
    point[entered] = placed.entries.point[placed.entry[entered]]
    # A delayed signal's first tradable bar stays that of its event (S3); it fills in a later row.
    at_once = news.placement[placed.event, panel.market_of[placed.ticker]]
    first = _opens(panel, np.where(point == FillPoint.CLOSE, placed.row, at_once), placed.ticker, point)
    return _Pairs(placed.event, placed.ticker, placed.signal, first, outcome)


def _grid_pairs(market: MarketSetup, news: EventSetup, grid: Floats, shown: Bools) -> _Pairs:
    """Links with the grid's signal in the row in which each first counts (S3)."""
    links = news.links
    traded = traded_columns(market.universe)[links.ticker]
    row = news.link_row
    keep = shown & (row >= 0)
    event, ticker, row = links.event[keep], traded[keep], row[keep]
    signal = grid[np.maximum(row - 1, 0), ticker]
    outcome = np.full(len(event), Outcome.FILLED, dtype=np.int64)
    return _Pairs(event, ticker, signal, _opens(market.panel, row, ticker), outcome)


def _refused_pairs(panel: MarketPanel, ledger: Ledger) -> _Pairs:
    """Orders of a backtrader strategy's events that were refused, each pair with its first reason."""
    rows = ledger.refusals[(ledger.refusals["event"] >= 0) & (ledger.refusals["filled"] == 0)]
    keys = rows["event"] * len(panel.tickers) + rows["ticker"]
    rows = rows[np.sort(np.unique(keys, return_index=True)[1])]
    first = _opens(panel, rows["row"], rows["ticker"])
    return _Pairs(rows["event"], rows["ticker"], rows["side"].astype(np.float64), first, rows["reason"])
