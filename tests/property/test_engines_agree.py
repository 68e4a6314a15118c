"""The two engines against each other: the same books to the last bit, on random small markets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsbt.domain.announcement import Announcement
from newsbt.domain.entries import Entries
from newsbt.domain.events import EventTable
from newsbt.domain.ledger import Ledger
from newsbt.markets.clock import place
from newsbt.simulation import backtrader, compiled
from newsbt.simulation.grid import Targets
from newsbt.simulation.placing import place_signals
from newsbt.simulation.terms import Terms
from twin.convert import to_product
from twin.scenario import Scenario
from twin.worlds import Size, scenarios

COSTS = ("zero", "flat", "market_schedule")
SERIES = ("equity", "cash", "gross", "stale", "outcome")
RECORDS = ("fills", "refusals", "lots")
TOTALS = ("initial_cash", "borrow_cost", "dividends")

quick = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
thorough = settings(quick, max_examples=1500)


def asked_of(scenario: Scenario) -> tuple[Terms, Entries]:
    inputs = to_product(scenario)
    order = sorted(range(len(inputs.event_ids)), key=lambda e: inputs.event_ids[e])
    events = EventTable(
        announcements=tuple(
            Announcement(
                event_id=inputs.event_ids[e], published_at=scenario.events[0].known_at, event_type="x", issuer="x"
            )
            for e in order
        ),
        known_at=inputs.known_at[order],
    )
    placed = place_signals(
        inputs.frame[inputs.frame["signal"] != 0.0],
        events,
        inputs.universe,
        inputs.panel,
        place(events.known_at, inputs.panel.clock),
        None if inputs.close_rows is None else inputs.close_rows[order],
        scenario.position.weight,
        scenario.position.event_weight,
    )
    return inputs.terms, placed.entries


def assert_identical(one: Ledger, other: Ledger) -> None:
    """Every number of two ledgers, byte for byte; the first difference is named."""
    for name in RECORDS:
        mine, theirs = getattr(one, name), getattr(other, name)
        for k in range(max(len(mine), len(theirs))):
            assert k < len(mine), f"{name} {k} is one too many: {theirs[k]}"
            assert k < len(theirs), f"{name} {k} is missing: {mine[k]}"
            for field in mine.dtype.names:
                assert mine[field][k].tobytes() == theirs[field][k].tobytes(), (
                    f"{name} {k}: {field} is {mine[field][k]!r} and {theirs[field][k]!r}\n{mine[k]}\n{theirs[k]}"
                )
    for name in SERIES:
        mine, theirs = getattr(one, name), getattr(other, name)
        assert mine.dtype == theirs.dtype and mine.shape == theirs.shape, name
        for k in range(len(mine)):
            assert mine[k].tobytes() == theirs[k].tobytes(), f"{name} {k} is {mine[k]!r} and {theirs[k]!r}"
    for name in TOTALS:
        assert np.float64(getattr(one, name)).tobytes() == np.float64(getattr(other, name)).tobytes(), name


def check(scenario: Scenario) -> None:
    asked = asked_of(scenario)
    assert_identical(backtrader.simulate(*asked), compiled.simulate(*asked))


@quick
@given(scenarios(costs=COSTS))
def test_daily(scenario: Scenario) -> None:
    check(scenario)


@quick
@given(scenarios(costs=COSTS, same_close=True, size=Size(3, 8, 12)))
def test_at_closes(scenario: Scenario) -> None:
    check(scenario)


@settings(quick, max_examples=60)
@given(scenarios(costs=COSTS, intraday=True, size=Size(3, 3, 8)))
def test_intraday(scenario: Scenario) -> None:
    check(scenario)


@st.composite
def followed(draw: st.DrawFn) -> tuple[Terms, Targets]:
    """A world with a grid, and events that may have caused its changes, drawn apart from it."""
    scenario = draw(scenarios(costs=COSTS, grid=True))
    inputs = to_product(scenario)
    rows, count = inputs.grid.shape
    cause = st.tuples(st.integers(0, count - 1), st.integers(0, 3), st.sampled_from((0.5, 1.0, 0.25, 0.3)))
    causes = draw(st.dictionaries(st.integers(0, rows - 1), st.lists(cause, min_size=1, max_size=4), max_size=5))
    position = replace(inputs.terms.position, stop_loss=draw(st.sampled_from((None, None, 0.05))))
    return replace(inputs.terms, position=position), Targets(grid=inputs.grid, causes=causes)


@quick
@given(followed())
def test_grids(world: tuple[Terms, Targets]) -> None:
    assert_identical(backtrader.simulate(*world), compiled.simulate(*world))
