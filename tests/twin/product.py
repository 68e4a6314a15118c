"""A scenario through the product: signals placed by its own code, and an engine's ledger in the twin's words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np

from newsbt.domain.announcement import Announcement
from newsbt.domain.event_table import EventTable
from newsbt.domain.ledger import Ledger, Outcome
from newsbt.markets.clock import place
from newsbt.simulation.account_terms import AccountTerms
from newsbt.simulation.backtrader import simulate
from newsbt.simulation.entry_rows import place_signals
from newsbt.simulation.grid import Targets

from .compare import label
from .convert import to_product
from .result import TwinResult
from .scenario import Scenario
from .target import run_target_twin
from .twin import run_twin

Engine = Callable[[AccountTerms, Any], Ledger]


def run_both(scenario: Scenario, engine: Engine = simulate) -> tuple[TwinResult, TwinResult]:
    """The twin's books and an engine's."""
    return _run_grid(scenario, engine) if scenario.grid is not None else _run_events(scenario, engine)


def _run_grid(scenario: Scenario, engine: Engine) -> tuple[TwinResult, TwinResult]:
    inputs = to_product(scenario)
    assert inputs.grid is not None
    ids = sorted({cause.event_id for cause in scenario.causes})
    causes: dict[int, list[tuple[int, int, float]]] = {}
    for cause in scenario.causes:
        place = inputs.panel.tickers.index(cause.ticker), ids.index(cause.event_id)
        causes.setdefault(scenario.rows.index(cause.key), []).append((*place, cause.size))
    ledger = engine(inputs.terms, Targets(grid=inputs.grid, causes=causes))
    product = label(ledger, inputs.panel.tickers, ids, inputs.dates, {})
    return run_target_twin(scenario), product


def _run_events(scenario: Scenario, engine: Engine) -> tuple[TwinResult, TwinResult]:
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
    ledger = engine(inputs.terms, placed.entries)
    outcome = np.where(placed.entry >= 0, np.append(ledger.outcome, 0)[placed.entry], placed.outcome)
    pairs = zip(frame["event_id"], frame["ticker"], strict=True)
    outcomes = {pair: Outcome(int(code)).word for pair, code in zip(pairs, outcome, strict=True)}
    product = label(ledger, inputs.panel.tickers, ids, inputs.dates, outcomes)
    return run_twin(scenario), product
