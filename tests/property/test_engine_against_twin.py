"""The backtrader engine against the plain twin of the rules, on random small markets: fill for fill, refusal for
refusal, equity to a billionth."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.compare import assert_same
from twin.crowded import crowded
from twin.product import run_both
from twin.scenario import Scenario
from twin.worlds import Size, scenarios

COSTS = ("zero", "flat", "market_schedule")
DAILY = scenarios(costs=COSTS)
INTRADAY = scenarios(costs=COSTS, intraday=True, size=Size(tickers=3, rows=4))
GRID = st.one_of(
    scenarios(costs=COSTS, grid=True, same_close=False),
    scenarios(costs=COSTS, grid=True, same_close=False, intraday=True, size=Size(tickers=3, rows=4)),
)


@st.composite
def slipping(draw: st.DrawFn) -> Scenario:
    """Worlds with half a spread of the mainland's ticks, or with square-root impact."""
    if draw(st.booleans()):
        found = draw(scenarios(costs=COSTS, markets=("XSHG", "XSHE", "BJSE")))
        return _with(found, half_spread_ticks=draw(st.sampled_from((1.0, 3.0, 40.0))))
    found = draw(scenarios(costs=COSTS, size=Size(tickers=2, rows=16)))
    return _with(found, impact=draw(st.sampled_from((1.0, 0.3))), impact_window=draw(st.sampled_from((5, 8, 20))))


def _with(scenario: Scenario, **changes: Any) -> Scenario:
    return replace(scenario, execution=replace(scenario.execution, **changes))


quick = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
fewer = settings(quick, max_examples=60)
thorough = settings(quick, max_examples=3000)


def check(scenario: Scenario) -> None:
    twin, product = run_both(scenario)
    assert_same(twin, product)


@quick
@given(DAILY)
def test_the_engine_keeps_the_books_of_the_twin(scenario: Scenario) -> None:
    check(scenario)


@pytest.mark.rule("T9")
@fewer
@given(INTRADAY)
def test_the_engine_keeps_the_books_of_the_twin_on_hourly_bars(scenario: Scenario) -> None:
    """T9."""
    check(scenario)


@pytest.mark.rule("X21")
@fewer
@given(GRID)
def test_the_engine_follows_a_grid_as_the_twin_does(scenario: Scenario) -> None:
    """X21."""
    check(scenario)


@pytest.mark.rule("C3", "X3", "X21")
@quick
@given(st.one_of(crowded(grid=True), crowded(grid=False)))
def test_an_order_of_several_lots_is_the_twins(scenario: Scenario) -> None:
    """C3, X3, X21: one order, one fee; what the bar's volume, T+1 and a price limit leave of it."""
    check(scenario)


@pytest.mark.rule("X6", "X10")
@fewer
@given(slipping())
def test_the_engine_slips_as_the_twin_does(scenario: Scenario) -> None:
    """X6, X10: also where the price of an entry depends on how much of it the cash pays for."""
    check(scenario)


@pytest.mark.slow
@thorough
@given(DAILY)
def test_thousands_of_daily_worlds(scenario: Scenario) -> None:
    check(scenario)


@pytest.mark.slow
@thorough
@given(INTRADAY)
def test_thousands_of_hourly_worlds(scenario: Scenario) -> None:
    check(scenario)


@pytest.mark.slow
@thorough
@given(GRID)
def test_thousands_of_grids(scenario: Scenario) -> None:
    check(scenario)


@pytest.mark.slow
@thorough
@given(slipping())
def test_thousands_of_slippages(scenario: Scenario) -> None:
    check(scenario)
