"""The two engines against each other: the same books to the last bit, on random small markets.

That the books are right, `test_engine_against_twin` proves for the backtrader engine.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsbt.domain.announcement import Announcement
from newsbt.domain.entries import Entries
from newsbt.domain.event_table import EventTable
from newsbt.domain.ledger import Ledger
from newsbt.domain.slippage_table import Slippage
from newsbt.markets.clock import place
from newsbt.simulation import backtrader, compiled
from newsbt.simulation.account_terms import AccountTerms
from newsbt.simulation.entry_rows import place_signals
from newsbt.simulation.grid import Targets
from twin.convert import to_product
from twin.crowded import crowded
from twin.scenario import Scenario
from twin.worlds import Size, scenarios

COSTS = ("zero", "flat", "market_schedule")
SERIES = ("equity", "cash", "gross", "stale", "outcome")
RECORDS = ("fills", "refusals", "lots")
TOTALS = ("initial_cash", "borrow_cost", "dividends")

# How the kernels are run by the last tests of this file: few worlds, for they are slow.
FEW = "NEWSBT_FEW_WORLDS"
quick = settings(max_examples=8 if FEW in os.environ else 250, deadline=None, suppress_health_check=list(HealthCheck))
thorough = settings(quick, max_examples=2000)

DAILY = scenarios(costs=COSTS)
AT_CLOSES = scenarios(costs=COSTS, same_close=True, size=Size(tickers=3, rows=8, events=12))
INTRADAY = scenarios(costs=COSTS, intraday=True, size=Size(tickers=3, rows=4))
GRID = st.one_of(
    scenarios(costs=COSTS, grid=True, same_close=False),
    scenarios(costs=COSTS, grid=True, same_close=False, intraday=True, size=Size(tickers=3, rows=4)),
)


def asked_of(scenario: Scenario) -> tuple[AccountTerms, Entries]:
    """What the engines are given for a world with events."""
    inputs = to_product(scenario)
    order = sorted(range(len(inputs.event_ids)), key=lambda e: inputs.event_ids[e])
    told = scenario.events[0].known_at
    events = EventTable(
        announcements=tuple(
            Announcement(event_id=inputs.event_ids[e], published_at=told, event_type="x", issuer="x") for e in order
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


@st.composite
def slipping(draw: st.DrawFn) -> tuple[AccountTerms, Entries]:
    """Half spreads and impacts that differ from cell to cell."""
    terms, entries = asked_of(draw(DAILY))
    cells = np.random.default_rng(draw(st.integers(0, 9))).random(terms.panel.shape)
    slippage = Slippage(
        rate=draw(st.sampled_from((0.0, 0.001))),
        half_spread=draw(st.sampled_from((None, 0.05 * cells))),
        impact=draw(st.sampled_from((None, 0.5 * cells))),
    )
    return replace(terms, slippage=slippage), entries


@st.composite
def following(draw: st.DrawFn) -> tuple[AccountTerms, Targets]:
    """A world with a grid, and events that may have caused its changes, drawn apart from it; now and then with stops,
    which a config does not give a grid."""
    inputs = to_product(draw(st.one_of(GRID, crowded(grid=True))))
    rows, count = inputs.grid.shape
    cause = st.tuples(st.integers(0, count - 1), st.integers(0, 3), st.sampled_from((0.5, 1.0, 0.25, 0.3)))
    causes = draw(st.dictionaries(st.integers(0, rows - 1), st.lists(cause, min_size=1, max_size=4), max_size=5))
    position = replace(inputs.terms.position, stop_loss=draw(st.sampled_from((None, None, 0.05))))
    slippage = draw(st.sampled_from((inputs.terms.slippage, Slippage(impact=np.full((rows, count), 0.1)))))
    return replace(inputs.terms, position=position, slippage=slippage), Targets(grid=inputs.grid, causes=causes)


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


def check(terms: AccountTerms, wanted: Any) -> None:
    assert_identical(backtrader.simulate(terms, wanted), compiled.simulate(terms, wanted))


@quick
@given(DAILY)
def test_on_daily_bars(scenario: Scenario) -> None:
    check(*asked_of(scenario))


@quick
@given(AT_CLOSES)
def test_with_fills_at_closes(scenario: Scenario) -> None:
    check(*asked_of(scenario))


@quick
@given(INTRADAY)
def test_on_hourly_bars(scenario: Scenario) -> None:
    check(*asked_of(scenario))


@pytest.mark.rule("C3")
@quick
@given(crowded(grid=False))
def test_where_lots_pile_up(scenario: Scenario) -> None:
    """C3: opposite events that sell several lots by one order, and what T+1 and a bar's volume leave of it."""
    check(*asked_of(scenario))


@quick
@given(slipping())
def test_with_slippage_by_cell(world: tuple[AccountTerms, Entries]) -> None:
    check(*world)


@quick
@given(following())
def test_on_grids(world: tuple[AccountTerms, Targets]) -> None:
    check(*world)


@pytest.mark.slow
@thorough
@given(st.one_of(DAILY, AT_CLOSES, INTRADAY))
def test_on_thousands_of_worlds(scenario: Scenario) -> None:
    check(*asked_of(scenario))


@pytest.mark.slow
@thorough
@given(st.one_of(slipping(), following()))
def test_on_thousands_of_grids_and_slippages(world: tuple[AccountTerms, Any]) -> None:
    check(*world)


@pytest.mark.skipif(FEW in os.environ, reason="this is that run")
@pytest.mark.parametrize("how", ["NUMBA_DISABLE_JIT", "NUMBA_BOUNDSCHECK"])
def test_the_same_as_plain_python_and_with_every_index_checked(how: str) -> None:
    """Reads out of bounds raise nothing in compiled code: here they do."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "not slow", "-p", "no:cacheprovider", "-p", "no:xdist", __file__],
        cwd=Path(__file__).parents[2], env={**os.environ, how: "1", FEW: "1"}, capture_output=True, text=True,
        check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    assert "6 passed" in done.stdout
