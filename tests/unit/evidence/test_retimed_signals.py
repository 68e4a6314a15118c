"""Events moved to the instants at which they were known anyway leave a run as it is."""

from __future__ import annotations

import dataclasses
from dataclasses import replace

import numpy as np
import pytest

import newsbt
from newsbt.domain.entries import Entries
from newsbt.evidence.retimed_signals import movable, moved_events
from newsbt.steps.prepare import PreparedRun
from newsbt.steps.simulate import strategy_books
from newsbt.strategies.sentiment_decay import SentimentDecay
from newsbt.testing import make_events, small_market

# At lunch in Hong Kong and Shanghai, before their openings, inside New York's session, after it.
INSTANTS = ("2025-03-05T04:30Z", "2025-03-06T01:00Z", "2025-03-06T15:00Z", "2025-03-10T22:00Z", "2025-03-12T05:00Z")
PLACED = ("link_row", "link_first", "placement", "close_rows")

every_execution = pytest.mark.parametrize(
    "execution",
    [{"entry": entry, "latency": latency} for entry in ("next_open", "same_close") for latency in ("0min", "3h")],
    ids=lambda execution: "-".join(execution.values()),
)


class Delayed(newsbt.Strategy):
    """Follows every link, each some own bars later."""

    def signal(self, view: newsbt.EventView) -> newsbt.Signal:
        pairs = view.links[["event_id", "ticker"]].drop_duplicates()
        return newsbt.Signal.for_events(pairs.assign(signal=0.5, delay=np.arange(len(pairs)) % 3))


def prepared_with(strategy: newsbt.Strategy, execution: dict[str, str]) -> PreparedRun:
    events = make_events(*((at, issuer) for at in INSTANTS for issuer in ("Harbor", "Usher")))
    return small_market(60, events=events, execution=execution).prepared(strategy)


@pytest.mark.rule("S3", "T2")
@every_execution
def test_links_stay_in_their_rows(execution: dict[str, str]) -> None:
    prepared = prepared_with(Delayed(), execution)
    moved = moved_events(prepared.market, prepared.news, prepared.news.events.known_at)
    links, market = prepared.news.links, prepared.market.panel.market_of[prepared.news.links.ticker]
    assert len(links.event) > len(INSTANTS)
    np.testing.assert_array_equal(prepared.news.link_row, prepared.news.placement[links.event, market])  # S3: T2's row
    for name in PLACED:
        np.testing.assert_array_equal(getattr(moved, name), getattr(prepared.news, name), err_msg=name)


@every_execution
def test_a_grid_asked_anew_is_the_run_itself(execution: dict[str, str]) -> None:
    prepared = prepared_with(SentimentDecay(half_life=2.0, sign="one"), execution)
    (spec,) = prepared.components.strategies
    own = strategy_books(prepared, spec)
    moved = moved_events(prepared.market, prepared.news, prepared.news.events.known_at)
    anew = strategy_books(replace(prepared, news=moved), spec)
    np.testing.assert_array_equal(anew.grid, own.grid)
    np.testing.assert_array_equal(anew.ledger.equity, own.ledger.equity)
    assert len(own.ledger.fills)


@every_execution
def test_signals_of_events_keep_their_entries(execution: dict[str, str]) -> None:
    prepared = prepared_with(Delayed(), execution)
    books = strategy_books(prepared, prepared.components.strategies[0])
    assert books.placed is not None and books.placed.delay.any()
    again = movable(prepared.market, prepared.news, books).at(prepared.news.events.known_at)
    for field in dataclasses.fields(Entries):
        np.testing.assert_array_equal(getattr(again, field.name), getattr(books.placed.entries, field.name))
