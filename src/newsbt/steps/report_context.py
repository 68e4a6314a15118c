"""What the page of a run tells beside its numbers: names, links and clocks."""

from __future__ import annotations

from functools import partial

import numpy as np

from newsbt.domain.run_context import LinkWords, RunContext
from newsbt.linking.link_table import LinkTable
from newsbt.steps.event_setup import EventSetup
from newsbt.steps.market_setup import MarketSetup

__all__ = ["context_of"]


def context_of(market: MarketSetup, news: EventSetup) -> RunContext:
    """The context of everything that was prepared."""
    return RunContext(
        instruments=market.universe.instruments,
        links_of=partial(_links_of, news.links),
        zones={mic: market.rulebook.exchange(mic).time_zone for mic in market.panel.clock.markets},
        benchmark=-1 if market.benchmark is None else market.universe.position[market.benchmark],
    )


def _links_of(table: LinkTable, event: int) -> tuple[LinkWords, ...]:
    first, last = np.searchsorted(table.event, (event, event + 1)).tolist()
    return tuple(
        LinkWords(ticker=link.column, relation=link.relation, hop=link.hop, weight=link.weight, path=link.path)
        for link in (table.links[k] for k in range(first, last))
    )
