"""What the page of a run tells beside its numbers: names, links and clocks."""

from __future__ import annotations

from newsbt.domain.run_context import LinkWords, RunContext
from newsbt.steps.event_setup import EventSetup
from newsbt.steps.market_setup import MarketSetup

__all__ = ["context_of"]


def context_of(market: MarketSetup, news: EventSetup) -> RunContext:
    """The context of everything that was prepared."""
    links = news.links
    return RunContext(
        instruments=market.universe.instruments,
        links=tuple(
            LinkWords(
                event=int(event),
                ticker=link.column,
                relation=link.relation,
                hop=link.hop,
                weight=link.weight,
                path=link.path,
            )
            for event, link in zip(links.event.tolist(), links.links, strict=True)
        ),
        zones={mic: market.rulebook.exchange(mic).time_zone for mic in market.panel.clock.markets},
        benchmark=-1 if market.benchmark is None else market.universe.position[market.benchmark],
    )
