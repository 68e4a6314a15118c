"""What must hold in every world of the plain twin, whatever the engines do."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.scenario import Scenario
from twin.target import run_target_twin
from twin.twin import run_twin
from twin.worlds import Size, scenarios


@pytest.mark.rule("C4", "R3", "R4")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.one_of(scenarios(), scenarios(intraday=True, size=Size(tickers=3, rows=3))))
def test_the_twin_keeps_its_books(scenario: Scenario) -> None:
    """C4, R3, R4: lots' results sum to the account's, every view has an outcome, nothing is sold that is not there."""
    result = run_twin(scenario)
    assert all(math.isfinite(value) for value in result.equity)
    scale = max(abs(value) for value in [scenario.cash, *result.equity])
    earned = sum(lot.pnl for lot in result.lots)
    assert math.isclose(result.equity[-1] - scenario.cash, earned, abs_tol=1e-9 * scale)
    views = {(event.event_id, view.ticker) for event in scenario.events for view in event.views if view.signal != 0}
    assert set(result.outcomes) == views
    entries = Counter(fill.event_id for fill in result.fills if fill.reason == "entry")
    filled = Counter(event_id for (event_id, _), word in result.outcomes.items() if word == "filled")
    assert entries == filled
    known_at = {event.event_id: event.known_at for event in scenario.events}
    assert all(fill.at >= known_at[fill.event_id] for fill in result.fills)
    assert all(abs(lot.open_quantity) <= abs(lot.quantity) for lot in result.lots)


@pytest.mark.rule("X21", "C4")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(scenarios(grid=True, same_close=False))
def test_the_twin_of_a_grid_keeps_its_books(scenario: Scenario) -> None:
    """X21, C4."""
    result = run_target_twin(scenario)
    scale = max(abs(value) for value in [scenario.cash, *result.equity])
    earned = sum(lot.pnl for lot in result.lots)
    assert math.isclose(result.equity[-1] - scenario.cash, earned, abs_tol=1e-9 * scale)
    assert {fill.reason for fill in result.fills} <= {"rebalance"}
    assert all(fill.date > scenario.row_date(0) for fill in result.fills)
