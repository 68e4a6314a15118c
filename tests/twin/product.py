"""A scenario through the product: signals placed by its own code, and an engine's ledger in the twin's words."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from newsbt.domain.announcement import Announcement
from newsbt.domain.event_table import EventTable
from newsbt.domain.ledger import Outcome
from newsbt.markets.clock import place
from newsbt.simulation import backtrader, compiled
from newsbt.simulation.entry_rows import Sizing
from newsbt.simulation.grid import Targets

from .compare import assert_same, label
from .convert import to_product
from .result import TwinResult
from .run import run
from .scenario import Scenario
from .whole_run import run_whole

ENGINES = {"backtrader": backtrader.simulate, "compiled": compiled.simulate}


def check(scenario: Scenario, *engines: str) -> TwinResult:
    """The twin's books, which these engines (or both) have kept too: AssertionError with the first difference."""
    books = run(scenario)
    check_books(scenario, books, *engines)
    return books


def check_books(scenario: Scenario, books: TwinResult, *engines: str) -> None:
    """The same of books that the twin has kept already."""
    for engine in engines or ENGINES:
        try:
            assert_same(books, kept_by(scenario, engine))
        except AssertionError as error:
            raise AssertionError(f"{engine}: {error}\n{scenario.position}\n{scenario.execution}") from None


def kept_by(scenario: Scenario, engine: str) -> TwinResult:
    """An engine's books."""
    if scenario.step is not None:
        return run_whole(scenario, engine)
    return _of_grid(scenario, engine) if scenario.grid is not None else _of_events(scenario, engine)


def _of_grid(scenario: Scenario, engine: str) -> TwinResult:
    inputs = to_product(scenario)
    assert inputs.grid is not None
    ids = sorted({cause.event_id for cause in scenario.causes})
    causes: dict[int, list[tuple[int, int, float]]] = {}
    for cause in scenario.causes:
        column, event = inputs.panel.tickers.index(cause.ticker), ids.index(cause.event_id)
        causes.setdefault(scenario.rows.index(cause.key), []).append((column, event, cause.size))
    weights = None if isinstance(inputs.weight, float) else inputs.weight
    ledger = ENGINES[engine](inputs.terms, Targets(grid=inputs.grid, causes=causes, weights=weights))
    return label(ledger, inputs.panel.tickers, ids, inputs.dates, {})


def _of_events(scenario: Scenario, engine: str) -> TwinResult:
    inputs = to_product(scenario)
    order = sorted(range(len(inputs.event_ids)), key=lambda e: inputs.event_ids[e])
    ids = [inputs.event_ids[e] for e in order]
    known_at = inputs.known_at[order]
    kinds = {one.event_id: "resumption" if one.resumes else "x" for one in scenario.events}
    events = EventTable(
        announcements=tuple(
            Announcement(
                event_id=name, published_at=datetime(2025, 1, 1, tzinfo=UTC), event_type=kinds[name], issuer="x"
            )
            for name in ids
        ),
        known_at=known_at,
    )
    frame = inputs.frame[inputs.frame["signal"] != 0.0]
    placed = inputs.placer.signals(
        frame,
        events,
        place(known_at, inputs.panel.clock),
        None if inputs.close_rows is None else inputs.close_rows[order],
        Sizing(weight=inputs.weight, event_weight=scenario.position.event_weight),
    )
    ledger = ENGINES[engine](inputs.terms, placed.entries)
    outcome = np.where(placed.entry >= 0, np.append(ledger.outcome, 0)[placed.entry], placed.outcome)
    pairs = zip(frame["event_id"], frame["ticker"], strict=True)
    outcomes = {pair: Outcome(int(code)).word for pair, code in zip(pairs, outcome, strict=True)}
    return label(ledger, inputs.panel.tickers, ids, inputs.dates, outcomes)
