"""Which index hedges which instrument, and a strategy's books with their hedges."""

from __future__ import annotations

import numpy as np

from newsbt._typing import Bools, Ints
from newsbt.analysis.hedging import PEERS, HedgeBook, Hedges, hedge_book
from newsbt.domain.ledger import Ledger
from newsbt.steps.market_setup import MarketSetup

__all__ = ["BENCHMARK", "SECTOR_INDEX", "hedge_of", "hedge_warning", "timing_hedges", "usual_hedge"]

BENCHMARK, SECTOR_INDEX = "benchmark", "sector_index"


def usual_hedge(market: MarketSetup) -> str:
    """What `hedged_return` is hedged with where the strategy does not say: the benchmark, else the sector indices."""
    return SECTOR_INDEX if market.benchmark is None else BENCHMARK


def hedge_of(market: MarketSetup, ledger: Ledger, which: str) -> HedgeBook:
    """The hedges of every lot in a ledger, with the benchmark or with each instrument's sector index."""
    return hedge_book(ledger, market.panel, market.fx, _indices(market, which))


def timing_hedges(market: MarketSetup, own: str | None) -> Hedges:
    """What a strategy's timing is tested beside: its `own` hedge where it has one.

    Else, for each ticker, the first that has a price of the benchmark, its sector index, and the mean of the other
    tickers of its market.
    """
    panel = market.panel
    priced: Bools = np.asarray(np.isfinite(panel.close).any(axis=0))
    index = np.full(len(priced), -1, dtype=np.int64)
    for which in (BENCHMARK, SECTOR_INDEX) if own is None else (own,):
        named = _indices(market, which)
        index = np.where((index < 0) & (named >= 0) & priced[named], named, index)
    if own is None:
        index[index < 0] = PEERS
    peers = np.array([not item.is_index for item in market.universe.instruments]) & priced
    return Hedges(panel=panel, fx=market.fx, index_of=index, peers=peers)


def hedge_warning(book: HedgeBook, which: str) -> str:
    """What a row of the table says when its equity is that of the hedged book."""
    index = "the benchmark" if which == BENCHMARK else "each instrument's sector index"
    text = (
        f"hedged: equity and metrics are those of the book beside a short of beta x {index}, without costs and cash "
        "for it"
    )
    if book.unhedged:
        text += f"; {book.unhedged} of {len(book.beta)} lots have no index with a price and stand without"
    return text


def _indices(market: MarketSetup, which: str) -> Ints:
    universe = market.universe
    count = len(universe.instruments)
    if which == BENCHMARK:
        column = -1 if market.benchmark is None else universe.position[market.benchmark]
        return np.full(count, column, dtype=np.int64)
    return np.array([universe.position.get(item.sector_index, -1) for item in universe.instruments], dtype=np.int64)
