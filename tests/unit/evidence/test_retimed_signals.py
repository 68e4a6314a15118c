"""Events moved to the instants at which they were known anyway leave a run as it is."""

from __future__ import annotations

import dataclasses
from dataclasses import replace

import numpy as np
import pytest

import newsbt
from newsbt.domain.entries import Entries
from newsbt.domain.ledger import Outcome
from newsbt.evidence.retimed_signals import can_enter, movable, moved_events
from newsbt.simulation.account_terms import Hold
from newsbt.simulation.entry_rows import Sizing
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


@pytest.mark.parametrize("delay", [0, 1])
@pytest.mark.parametrize("hold", [None, Hold("bars", 1), Hold("bars", 4), Hold("sessions", 3)])
def test_a_row_can_be_entered_where_a_bar_a_reference_and_a_weight_meet_and_the_hold_ends(
    delay: int, hold: Hold | None
) -> None:
    """Against a plain loop: so many own bars later, and no nearer to the last bar or session than is held."""
    panel = prepared_with(Delayed(), {"entry": "next_open", "latency": "0min"}).market.panel
    rows, count = panel.shape
    weights = np.full((rows, count), 0.1)
    weights[10:14, 1] = np.nan
    for n in range(count):
        bars = [t for t in range(rows) if panel.tradable[t, n]]
        own = [t for t in range(rows) if panel.clock.session_of[t, panel.market_of[n]] >= 0]
        expected = []
        for t in range(rows):
            later = [t, *(bar for bar in bars if bar > t)]
            if delay >= len(later):
                expected.append(False)
                continue
            entry = later[delay]
            left = len([at for at in (bars if hold is not None and hold.unit == "bars" else own) if at > entry])
            met = panel.tradable[entry, n] and np.isfinite(panel.reference[entry, n])
            expected.append(bool(met and np.isfinite(weights[entry, n]) and (hold is None or left >= hold.count)))
        found = can_enter(panel, Sizing(weight=weights), n, delay, hold)
        assert found.tolist() == expected, panel.tickers[n]


@every_execution
def test_signals_move_where_a_row_or_a_close_is_another(execution: dict[str, str]) -> None:
    prepared = prepared_with(Delayed(), execution)
    signals = movable(prepared.market, prepared.news, strategy_books(prepared, prepared.components.strategies[0]))
    for minutes, moves in ((0, False), (24 * 60, True), (-24 * 60, True)):
        assert signals.moves(np.timedelta64(minutes, "m")) is moves
    # Half past twelve in Hong Kong is before the close, four hours later is not: the same opening, another close.
    assert signals.moves(np.timedelta64(4, "h")) is True


def test_only_what_met_a_bar_of_its_own_asks_for_one_elsewhere() -> None:
    prepared = prepared_with(Delayed(), {"entry": "next_open", "latency": "0min"})
    books = strategy_books(prepared, prepared.components.strategies[0])
    signals = movable(prepared.market, prepared.news, books)
    placed = books.placed
    assert placed is not None
    inside = np.flatnonzero(placed.entry >= 0)
    words = [Outcome(int(why)).word for why in books.ledger.outcome[placed.entry[inside]]]
    never = {"not_tradable", "not_trading", "no_reference_price", "unknown_lot", "no_weight"}
    assert signals.traded.tolist() == [word not in never for word in words] and signals.traded.any()
    assert signals.size.tolist() == np.abs(placed.signal[inside]).tolist() and (signals.size == 0.5).all()
    assert signals.sign.tolist() == [1] * len(inside) and signals.delay.tolist() == placed.delay[inside].tolist()
    left_out = placed.entry.copy()
    left_out[0] = -1
    fewer = movable(prepared.market, prepared.news, replace(books, placed=replace(placed, entry=left_out)))
    assert fewer.event.tolist() == placed.event[inside[1:]].tolist()
