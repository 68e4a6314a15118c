"""The same signals at other instants: what placebo runs and latency curves are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from newsbt._typing import Bools, Floats, Instants, Ints
from newsbt.domain.entries import Entries
from newsbt.domain.ledger import Outcome
from newsbt.domain.market_panel import MarketPanel
from newsbt.linking.place_links import place_links
from newsbt.markets.clock import close_rows, place
from newsbt.simulation.account_terms import Hold
from newsbt.simulation.entry_rows import SignalShares, Sizing, delayed_rows, traded_columns, waiting
from newsbt.steps.event_setup import EventSetup
from newsbt.steps.market_setup import MarketSetup
from newsbt.steps.simulated_strategy import SimulatedStrategy

__all__ = ["RetimableSignals", "can_enter", "linked_signals", "movable", "moved_events"]


@dataclass(frozen=True, kw_only=True)
class RetimableSignals:
    """The K signalled pairs of one strategy that reached a row, free to be placed again.

    `event`, `linked` (the signalled instrument), `ticker` (the traded one), `sign`, `size` (|signal|), `delay` (K,).
    `shares` is asked anew for what each of them is to have wherever it is placed. `traded` (K,) tells the pairs whose
    own entry met a bar: the others are carried along, and ask nothing of a new instant.
    """

    market: MarketSetup
    news: EventSetup
    event: Ints
    linked: Ints
    ticker: Ints
    sign: Ints
    size: Floats
    shares: SignalShares
    delay: Ints
    traded: Bools

    def at(self, known_at: Instants, extra_delay: int = 0) -> Entries:
        """Entries with each event known at another instant (E,), in X5's order; those outside the run are left out."""
        return next(self.at_each(known_at[np.newaxis], extra_delay))

    def at_each(self, known_at: Instants, extra_delay: int = 0) -> Iterator[Entries]:
        """The same for several sets of instants (A, E), which are placed together."""
        panel, instants = self.market.panel, known_at.reshape(-1)
        shape = (*known_at.shape, len(panel.clock.markets))
        placement, closes = place(instants, panel.clock).reshape(shape), None
        if self.news.close_rows is not None:
            closes = close_rows(instants, panel.clock, self.market.rulebook).reshape(shape)
        delay, waits = self.delay + extra_delay, waiting(self.news.events)[self.event]
        for k in range(len(known_at)):
            yield self.market.placer.entries(
                known_at[k], placement[k], None if closes is None else closes[k],
                event=self.event, linked=self.linked, ticker=self.ticker, sign=self.sign, size=self.size,
                delay=delay, waits=waits, shares=self.shares,
            ).entries  # fmt: skip

    def moves(self, later: np.timedelta64) -> bool:
        """Whether another row, or another point of it, is any event's where all are known so much later."""
        news, clock = self.news, self.market.panel.clock
        known_at = news.events.known_at + later
        if not np.array_equal(place(known_at, clock), news.placement):
            return True
        closes = news.close_rows
        return closes is not None and not np.array_equal(close_rows(known_at, clock, self.market.rulebook), closes)


def movable(market: MarketSetup, news: EventSetup, books: SimulatedStrategy) -> RetimableSignals:
    """The signals of a strategy that answered events; those outside the run are left out."""
    placed = books.placed
    assert placed is not None
    inside = np.flatnonzero(placed.entry >= 0)
    entry = placed.entry[inside]
    outcome = books.ledger.outcome[entry]
    never = (
        Outcome.NOT_TRADABLE, Outcome.NOT_TRADING, Outcome.NO_REFERENCE_PRICE, Outcome.UNKNOWN_LOT, Outcome.NO_WEIGHT,
    )  # fmt: skip
    return RetimableSignals(
        market=market,
        news=news,
        event=placed.event[inside],
        linked=placed.linked[inside],
        ticker=placed.ticker[inside],
        sign=placed.entries.sign[entry],
        size=np.abs(placed.signal[inside]),
        shares=placed.shares(inside),
        delay=placed.delay[inside],
        traded=~np.isin(outcome, [int(why) for why in never]),
    )


def linked_signals(market: MarketSetup, news: EventSetup, hops: int) -> RetimableSignals:
    """The direct and related instruments of each event as if each were a signal: what must have a bar on another day
    when a grid is asked anew."""
    links, panel = news.links, market.panel
    ticker = traded_columns(market.universe)[links.ticker]
    near = links.hop <= hops
    inside = np.flatnonzero(near & (news.link_row >= 0) & panel.has_prices[ticker])
    row, ticker = news.link_row[inside], ticker[inside]
    event, size = links.event[inside], np.zeros(len(inside))
    return RetimableSignals(
        market=market,
        news=news,
        event=event,
        linked=links.ticker[inside],
        ticker=ticker,
        sign=np.ones(len(inside), dtype=np.int64),
        size=size,
        shares=SignalShares(
            sizing=Sizing(weight=0.0), event=event, ticker=ticker, size=size, chosen=np.arange(len(inside))
        ),
        delay=np.zeros(len(inside), dtype=np.int64),
        traded=panel.tradable[row, ticker],
    )


def moved_events(market: MarketSetup, news: EventSetup, known_at: Instants) -> EventSetup:
    """The same events, each known at another instant (E,); links stay as they are."""
    panel = market.panel
    placement = place(known_at, panel.clock)
    closes = None
    if news.close_rows is not None:
        closes = close_rows(known_at, panel.clock, market.rulebook)
    link_row, link_first = place_links(news.links, news.link_market, panel.clock, placement, closes)
    return replace(
        news,
        events=replace(news.events, known_at=known_at),
        placement=placement,
        close_rows=closes,
        link_row=link_row,
        link_first=link_first,
    )


def can_enter(panel: MarketPanel, sizing: Sizing, n: int, delay: int, hold: Hold | None) -> Bools:
    """(T,): whether an entry of a ticker whose first tradable row is t meets a bar, has a weight there, and is held
    inside the run."""
    rows = np.arange(panel.shape[0])
    entry = delayed_rows(panel, rows, np.full(len(rows), n), np.full(len(rows), delay))
    met = entry >= 0
    entry = np.where(met, entry, 0)
    met &= panel.tradable[entry, n] & np.isfinite(panel.reference[entry, n]) & sizing.is_known(entry, n)
    if hold is not None:
        progress = hold.progress(panel)[:, n]
        met &= progress[-1] - progress[entry] >= hold.count
    return met
