"""The backtrader engine against the plain twin of the rules, on random small markets."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from hypothesis import HealthCheck, given, settings

from newsbt.domain.announcement import Announcement
from newsbt.domain.events import EventTable
from newsbt.domain.ledger import Outcome
from newsbt.markets.clock import place
from newsbt.simulation.backtrader import simulate
from newsbt.simulation.placing import place_signals
from twin.compare import assert_same, label
from twin.convert import product_fee, to_product
from twin.result import TwinResult
from twin.scenario import Scenario
from twin.twin import run_twin
from twin.worlds import scenarios

worlds = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def run_product(scenario: Scenario) -> tuple[TwinResult, TwinResult]:
    """The twin's books and the engine's, in the same words."""
    inputs = to_product(scenario)
    order = sorted(range(len(inputs.event_ids)), key=lambda e: inputs.event_ids[e])
    ids = [inputs.event_ids[e] for e in order]
    known_at = inputs.known_at[order]
    events = EventTable(
        announcements=tuple(
            Announcement(event_id=name, published_at=datetime(2025, 1, 1, tzinfo=UTC), event_type="x", issuer="x")
            for name in ids
        ),
        known_at=known_at,
    )
    frame = inputs.frame[inputs.frame["signal"] != 0.0]
    placed = place_signals(
        frame,
        events,
        inputs.universe,
        inputs.panel,
        place(known_at, inputs.panel.clock),
        None if inputs.close_rows is None else inputs.close_rows[order],
        scenario.position.weight,
        scenario.position.event_weight,
    )
    ledger = simulate(inputs.terms, placed.entries)
    outcome = np.where(placed.entry >= 0, np.append(ledger.outcome, 0)[placed.entry], placed.outcome)
    pairs = zip(frame["event_id"], frame["ticker"], strict=True)
    outcomes = {pair: Outcome(int(code)).word for pair, code in zip(pairs, outcome, strict=True)}
    product = label(ledger, inputs.panel.tickers, ids, inputs.dates, outcomes)
    twin = run_twin(scenario, product_fee(scenario, inputs.terms.fees))
    return twin, product


@worlds
@given(scenarios(costs=("zero", "flat", "market_schedule")))
def test_the_engine_keeps_the_books_of_the_twin(scenario: Scenario) -> None:
    twin, product = run_product(scenario)
    assert_same(twin, product)
