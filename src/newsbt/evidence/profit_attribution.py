"""From a strategy's books to its attribution: each lot and refused entry by type, relation, market, year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd

from newsbt._typing import Floats, Ints, Objects
from newsbt.analysis.contributions import UNATTRIBUTED, contributions
from newsbt.domain.entity import Universe
from newsbt.domain.evidence_documents import Attribution
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.object_arrays import objects
from newsbt.domain.results import Labels, StrategyResult
from newsbt.evidence.contract import Case, Evidence, RowEvidence, by_strategy
from newsbt.linking.links import SECTOR_INDEX
from newsbt.simulation.entry_rows import traded_columns
from newsbt.simulation.missed_returns import missed_values
from newsbt.simulation.reruns import Rerun
from newsbt.steps.event_setup import EventSetup
from newsbt.steps.market_setup import MarketSetup
from newsbt.steps.simulated_strategy import SimulatedStrategy

__all__ = ["ATTRIBUTION", "attribution", "parts_of"]

NO_LINK = "no link"  # the strategy chose the ticker by something else, such as its theme


def attribution(
    market: MarketSetup, news: EventSetup, books: SimulatedStrategy, rerun: Callable[[Sequence[Rerun]], Floats]
) -> Attribution:
    """Where the profit of a strategy came from (docs/methods.md); see `analysis.contributions`.

    `rerun` answers the total return of each of the strategy's reruns: those without single events.
    """
    ledger = books.ledger
    profit = float(ledger.equity[-1]) - ledger.initial_cash
    without = _without(news, books, rerun)
    return contributions(parts_of(market, news, books), profit, ledger.initial_cash, without)


def parts_of(market: MarketSetup, news: EventSetup, books: SimulatedStrategy) -> pd.DataFrame:
    """A row for each lot and each refused entry, as `analysis.contributions` wants them."""
    lots, refused = books.ledger.lots, books.ledger.refusals
    refused = refused[
        refused["is_entry"] & np.isfinite(refused["would_have_returned"]) & np.isfinite(refused["wanted"])
        & market.fx.is_known[refused["row"], refused["ticker"]]
    ]  # fmt: skip
    event = np.concatenate([lots["event"], refused["event"]])
    ticker = np.concatenate([lots["ticker"], refused["ticker"]])
    row = np.concatenate([lots["entry_row"], refused["row"]])
    nothing = np.zeros(len(refused))
    frame = {
        "event_id": Labels(panel=market.panel, events=news.events).event_column(event),
        "event_type": _event_types(news, event),
        "relation": _relations(market.universe, news, event, ticker),
        "market": objects([item.exchange for item in market.universe.instruments])[ticker],
        "year": _years(market.panel, news, event, row),
        "trades": np.concatenate([np.ones(len(lots)), nothing]).astype(np.int64),
    }
    frame |= {name: np.concatenate([lots[name], nothing]) for name in ("pnl", "costs", "slippage_cost")}
    missed = nothing if books.terms is None else missed_values(refused, books.terms)
    frame["unfillable"] = np.concatenate([np.zeros(len(lots)), missed])
    return pd.DataFrame(frame)


def _without(
    news: EventSetup, books: SimulatedStrategy, rerun: Callable[[Sequence[Rerun]], Floats]
) -> Callable[[Sequence[str]], Floats] | None:
    placed, terms = books.placed, books.terms
    if placed is None or terms is None:
        return None

    def without(event_ids: Sequence[str]) -> Floats:
        left_out = [news.events.position[event_id] for event_id in event_ids]
        return rerun([Rerun(terms=terms, entries=placed.entries, without=event) for event in left_out])

    return without


def _event_types(news: EventSetup, event: Ints) -> Objects:
    names = news.events.columns.event_type.made(lambda name: name or "(none)")
    return np.append(names, objects([UNATTRIBUTED]))[event]


def _relations(universe: Universe, news: EventSetup, event: Ints, ticker: Ints) -> Objects:
    """How each event is linked to the ticker that was traded for it; of several ways the shortest."""
    links, traded = news.links, traded_columns(universe)
    if not len(links.event):
        return np.where(event < 0, UNATTRIBUTED, NO_LINK).astype(object)
    width = len(universe.instruments)
    ways = links.event * width + traded[links.ticker]
    rank = links.links.numbers(lambda link: link.hop * 2 + (link.relation == SECTOR_INDEX))
    shortest = np.lexsort((rank, ways))  # stable: of equal ranks the first link
    wanted = event * width + ticker
    index = shortest[np.minimum(np.searchsorted(ways[shortest], wanted), len(ways) - 1)]
    names = links.links.made(lambda link: link.relation if link.hop < 2 else f"{link.relation}, {link.hop} hops")
    known = np.where(ways[index] == wanted, names[index], NO_LINK)
    return np.where(event < 0, UNATTRIBUTED, known)


def _years(panel: MarketPanel, news: EventSetup, event: Ints, row: Ints) -> Objects:
    """The year (UTC) in which the event became known; of what no event caused, that of the entry."""
    known = np.append(news.events.known_at.astype("M8[Y]"), np.datetime64("NaT", "Y"))[event]
    entered = panel.dates[row].astype("M8[Y]")
    years, codes = np.unique(np.where(np.isnat(known), entered, known).astype(np.int64), return_inverse=True)
    return objects([str(np.datetime64(year, "Y")) for year in years.tolist()])[codes]


def _of_strategy(case: Case, books: SimulatedStrategy, _row: StrategyResult) -> RowEvidence:
    prepared = case.prepared
    return RowEvidence(section=attribution(prepared.market, prepared.news, books, partial(case.total_returns, books)))


ATTRIBUTION = Evidence(name="attribution", find=by_strategy(_of_strategy), of_parts=True)
