"""What a run cannot fill for want of an exchange rate (C1), told beforehand."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from newsbt._typing import Ints
from newsbt.domain.fx_table import FxTable
from newsbt.prices.quality import Doubt
from newsbt.simulation.entry_rows import Sizing
from newsbt.steps.event_setup import EventSetup
from newsbt.steps.market_setup import MarketSetup
from newsbt.steps.strategy_signals import StrategyAnswer, traded_grid

__all__ = ["Wanted", "rate_doubts", "wanted_of"]


class Wanted(NamedTuple):
    """Cells that strategies want to buy or sell short in, one for each time: row and ticker (K,)."""

    row: Ints
    ticker: Ints


def rate_doubts(market: MarketSetup, table: FxTable | None, wanted: Wanted | None = None) -> list[Doubt]:
    """A doubt for each currency in which something trades before it has a rate; with `wanted`, how many entries that
    concerns."""
    if not market.fx.first_day:
        return []
    unknown = market.panel.tradable & ~market.fx.is_known
    items = market.universe.instruments
    missing = unknown & np.array([item.tradable and not item.is_index for item in items])
    found = []
    for c, currency in enumerate(market.fx.currencies):
        cells = missing & (market.fx.currency_of == c)
        tickers = np.flatnonzero(cells.any(axis=0))
        compared = [n for n in _benchmarks(market) if market.fx.currency_of[n] == c and unknown[:, n].any()]
        if not len(tickers) and not compared:
            continue
        sessions = len(np.unique(market.panel.dates[cells.any(axis=1)]))
        pair, first = currency + market.currency, market.fx.first_day[currency]
        begins = "there is no rate" if first is None else f"rates begin on {first}"
        refused = "entries there are refused `no_rate`"
        if wanted is not None:
            count = int(cells[wanted.row, wanted.ticker].sum())
            refused = f"{count:,} {'entry needs' if count == 1 else 'entries need'} one there and will be `no_rate`"
        message = f"{pair}: {begins}{_in(table)}"
        if len(tickers):
            message += (
                f", and {_named(market, tickers)} in {sessions} session{'s' if sessions > 1 else ''} without one "
                f"before; {refused}"
            )
        if compared:
            message += f"; the benchmark {items[compared[0]].ticker} is bought on the first day with one"
        found.append(Doubt(kind="no_rate", message=message))
    return found


def wanted_of(market: MarketSetup, news: EventSetup, answer: StrategyAnswer) -> Wanted:
    """Where a strategy's signals of events want entries, and where a grid's signal is new."""
    grid = answer.signal.array
    if grid is None:
        frame = answer.signal.events
        assert frame is not None
        placed = market.placer.signals(frame, news.events, news.placement, news.close_rows, Sizing(weight=1.0))
        return Wanted(placed.entries.row, placed.entries.ticker)
    followed = np.vstack([np.zeros((1, grid.shape[1])), traded_grid(market.universe, grid)[:-1]])
    before = np.vstack([np.zeros((1, grid.shape[1])), followed[:-1]])
    row, ticker = np.nonzero((followed != 0.0) & (followed != before))
    return Wanted(row, ticker)


def _benchmarks(market: MarketSetup) -> list[int]:
    return [] if market.benchmark is None else [market.universe.position[market.benchmark]]


def _named(market: MarketSetup, tickers: Ints) -> str:
    first = market.panel.tickers[tickers[0]]
    return f"{first} trades" if len(tickers) == 1 else f"{first} and {len(tickers) - 1} more trade"


def _in(table: FxTable | None) -> str:
    names = [] if table is None else [Path(file).name for file in table.files]
    return f" in {', '.join(names)}" if names else ""
