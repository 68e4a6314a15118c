"""The events of a run: linked, and placed on the market's rows; those outside of it are kept for the records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np

from newsbt._typing import Bools, Instants, Ints
from newsbt.assembly import Components
from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.coded import Coded, coded
from newsbt.domain.entity import Universe
from newsbt.domain.event_table import EventTable
from newsbt.domain.index_sets import distinct
from newsbt.domain.ledger import Outcome
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.news_sign import LateSigns
from newsbt.domain.showing import brief
from newsbt.errors import ConfigError
from newsbt.events.extraction.type_signs import type_signs
from newsbt.linking.link_table import LinkTable, link_table
from newsbt.linking.linking import Linked, link_all
from newsbt.linking.place_links import place_links
from newsbt.markets.clock import AFTER, BEFORE, close_rows, place
from newsbt.ports import Linking
from newsbt.ports.conformance import lacking
from newsbt.simulation.entry_rows import traded_columns
from newsbt.steps.market_setup import MarketSetup
from newsbt.steps.run_inputs import RunInputs

__all__ = ["Dropped", "EventSetup", "link_events", "link_news", "outcomes_of"]


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """D events that lie outside of the run (T5), their links, and what `outcome` (D,) says of each: before or after it.
    `reasons` are as in `EventSetup`."""

    events: EventTable
    links: LinkTable
    outcome: Ints
    reasons: Coded[str]

    __repr__ = brief

    @property
    def counts(self) -> Mapping[str, int]:
        """How many there are, by reason."""
        found = {code.word: int((self.outcome == code).sum()) for code in (Outcome.BEFORE_PERIOD, Outcome.AFTER_PERIOD)}
        return {word: count for word, count in found.items() if count}

    def none(self) -> Dropped:
        """The same without any event."""
        empty = np.empty(0, dtype=np.int64)
        events = EventTable(announcements=(), known_at=np.empty(0, dtype="M8[ns]"))
        return Dropped(events=events, links=link_table([]), outcome=empty, reasons=coded(()))


@dataclass(frozen=True, kw_only=True)
class EventSetup:
    """The E events of a run and their L links on the market's rows, with what was dropped.

    `link_market` (L,) is the market in which each link trades, `placement` and `close_rows` are (E, M), `link_row` and
    `link_first` (L,), as `linking.place_links` has them. `reasons` (E,) say why an event has no link, the empty string
    where it has some. `linker` is what a linker's ``linking`` answered, `cutoffs` are the knowledge cut-offs of labels
    that were made elsewhere, and `rows_read` counts the announcements that were read, with bad rows.
    """

    events: EventTable
    links: LinkTable
    link_market: Ints
    link_row: Ints
    link_first: Instants
    placement: Ints
    close_rows: Ints | None
    reasons: Coded[str]
    dropped: Dropped
    linker: Linking
    cutoffs: tuple[date, ...]
    rows_read: int

    __repr__ = brief

    @property
    def linked(self) -> int:
        """How many events have links."""
        return distinct(self.links.event)


def link_news(components: Components, universe: Universe, batch: AnnouncementBatch) -> tuple[Linking, Linked]:
    """The run's linking, and all announcements through it."""
    linker = components.linker.linking(universe, components.hops)
    fault = lacking(linker, Linking)
    if fault:
        message = f"what {type(components.linker).__name__}.linking() answers does not fit: {fault}"
        raise ConfigError.of([components.problem("component_failed", "linker", message)])
    return linker, link_all(linker, batch.announcements, universe, components.config.execution.latency)


def link_events(components: Components, inputs: RunInputs, market: MarketSetup) -> EventSetup:
    """Link all announcements and place them on the market's rows; those outside are dropped (T5)."""
    universe, panel, batch = market.universe, market.panel, inputs.batch
    linker, linked = link_news(components, universe, batch)
    signs = LateSigns(partial(type_signs, components.types, extend=components.config.extraction.extend))
    every = EventTable(announcements=linked.items, known_at=linked.known_at, type_signs=signs)
    known_at = linked.known_at
    placement = place(known_at, panel.clock)
    same_close = components.config.execution.entry == "same_close"
    closes = close_rows(known_at, panel.clock, market.rulebook) if same_close else None
    found = linked.links
    begins = found.event, markets_of(found, universe, panel)
    priced = np.unique(panel.market_of[panel.has_prices])  # where an event without links could be traded
    lone = np.bincount(found.event, minlength=len(every)) == 0

    def of_events(cells: Bools) -> Bools:
        """(E,): whether any of an event's markets has a true cell in an (E, M) table."""
        any_linked: Bools = np.bincount(found.event, weights=cells[begins], minlength=len(every)) > 0
        return np.where(lone, cells[:, priced].any(axis=1), any_linked)

    inside = of_events((placement >= 0) if closes is None else (placement >= 0) | (closes >= 0))
    after = ~inside & of_events(placement != BEFORE)

    def some(kept: Bools) -> tuple[EventTable, LinkTable, Coded[str]]:
        if kept.all():
            return every, found, linked.reasons
        indices = np.flatnonzero(kept)
        return every.take(indices), found.of_events(kept), linked.reasons.take(indices)

    events, links, reasons = some(inside)
    outside, links_outside, reasons_outside = some(~inside)
    placement, closes = placement[inside], None if closes is None else closes[inside]
    link_market = markets_of(links, universe, panel)
    link_row, link_first = place_links(links, link_market, panel.clock, placement, closes)
    outcome = np.where(after[~inside], Outcome.AFTER_PERIOD, Outcome.BEFORE_PERIOD).astype(np.int64)
    return EventSetup(
        events=events,
        links=links,
        link_market=link_market,
        link_row=link_row,
        link_first=link_first,
        placement=placement,
        close_rows=closes,
        reasons=reasons,
        dropped=Dropped(events=outside, links=links_outside, outcome=outcome, reasons=reasons_outside),
        linker=linker,
        cutoffs=inputs.labelled.cutoffs,
        rows_read=batch.rows_read,
    )


def markets_of(links: LinkTable, universe: Universe, panel: MarketPanel) -> Ints:
    """(L,): the market in which each link trades: an index's is its proxy's (X18)."""
    return np.asarray(panel.market_of[traded_columns(universe)[links.ticker]], dtype=np.int64)


def outcomes_of(row: Ints, first: Instants) -> Ints:
    """(L,): what is to be said of a link by its row: nothing inside the run, before or after it outside."""
    outcome = np.full(len(row), Outcome.FILLED, dtype=np.int64)
    outside = np.isnat(first)
    outcome[outside & (row == BEFORE)] = Outcome.BEFORE_PERIOD
    outcome[outside & (row == AFTER)] = Outcome.AFTER_PERIOD
    return outcome
