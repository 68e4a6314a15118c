"""Pairs of event and ticker that a study is made of: what the run linked, and what its strategies signalled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from newsbt._typing import Bools, Instants, Ints, Objects
from newsbt.domain.coded import alike, constant
from newsbt.domain.entity import Universe
from newsbt.domain.evidence_documents import TradedJson
from newsbt.domain.object_arrays import objects
from newsbt.steps.event_setup import EventSetup
from newsbt.steps.simulated_strategy import SimulatedStrategy

__all__ = ["Pairs", "instants_of", "link_pairs", "signal_pairs"]


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """K pairs of event and ticker, as indices, and the group of each; `of_signals` if a strategy signalled them, with
    what each group's lots made in `traded`."""

    event: Ints
    ticker: Ints
    group: Objects
    of_signals: bool = False
    traded: Mapping[str, TradedJson] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.event)


def link_pairs(universe: Universe, news: EventSetup, by: str = "both") -> Pairs:
    """All links of the run, by event type, link kind, both, issuer, market, or the side of the labels' cut-off."""
    links, items = news.links, news.events.columns
    kinds = links.links.map(lambda link: link.relation if link.hop < 2 else f"{link.relation}, {link.hop} hops")
    types, issuers = items.event_type.take(links.event), items.issuer.take(links.event)
    if by == "both":
        first, pair = alike((types.codes, kinds.codes), len(links.event))
        names = objects([f"{types[k]}, {kinds[k]}" for k in first.tolist()])[pair]
    elif by == "market":
        names = links.links.made(lambda link: universe.instruments[link.column].exchange)
    elif by == "cutoff":
        names = objects(sides_of_cutoff(news))[links.event]
    else:
        every = constant("all links", len(links.event))
        names = {"event_type": types, "relation": kinds, "issuer": issuers, "all": every}[by].array
    return Pairs(event=links.event, ticker=links.ticker, group=names)


def sides_of_cutoff(news: EventSetup) -> list[str]:
    """(E,): whether each event was known up to the end of the day (UTC) of the labels' cut-off, of several the last."""
    if not news.cutoffs:
        return ["no cut-off"] * len(news.events)
    after = known_after(news, news.cutoffs[-1]).tolist()
    return [f"{'after' if late else 'to'} {news.cutoffs[-1]}" for late in after]


def known_after(news: EventSetup, day: date) -> Bools:
    """(E,): whether each event was known only after the end of a day (UTC)."""
    return np.asarray(news.events.known_at >= np.datetime64(day) + np.timedelta64(1, "D"))


def signal_pairs(books: SimulatedStrategy) -> Pairs:
    """What a strategy signalled, longs and shorts apart; empty for a grid and for a strategy's own orders."""
    placed = books.placed
    if placed is None:
        none = np.empty(0, dtype=np.int64)
        return Pairs(event=none, ticker=none, group=objects([]), of_signals=True)
    keys = placed.event * (int(placed.ticker.max(initial=0)) + 1) + placed.ticker
    _, first = np.unique(keys, return_index=True)  # an index and its proxy are one
    first = np.sort(first)
    group = np.where(placed.signal[first] > 0, f"{books.name}: long", f"{books.name}: short").astype(object)
    return Pairs(
        event=placed.event[first], ticker=placed.ticker[first], group=group, of_signals=True, traded=_traded(books)
    )


def _traded(books: SimulatedStrategy) -> dict[str, TradedJson]:
    """What the lots of a strategy made on their notional, longs and shorts apart: mean net and gross returns."""
    lots = books.ledger.lots
    lots = lots[(lots["event"] >= 0) & (lots["entry_notional"] > 0)]
    found: dict[str, TradedJson] = {}
    for name, mine in (("long", lots[lots["quantity"] > 0]), ("short", lots[lots["quantity"] < 0])):
        net = mine["pnl"] / mine["entry_notional"]
        gross = (mine["pnl"] + mine["costs"] + mine["slippage_cost"]) / mine["entry_notional"]
        found[f"{books.name}: {name}"] = {
            "lots": len(mine),
            "net_return": float(net.mean()) if len(mine) else None,
            "gross_return": float(gross.mean()) if len(mine) else None,
        }
    return found


def instants_of(news: EventSetup) -> Instants:
    """(E,): when each event was out, its precision widened and no latency added (T1)."""
    return news.events.columns.known_at()
