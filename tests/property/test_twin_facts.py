"""The twin's own tables of lots, limits, T+1, shorts, hours and placing against the product's, on random worlds."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsbt.markets.clock import AFTER, BEFORE, daily_clock, place
from newsbt.markets.rulebook import load_rulebook
from twin import facts
from twin.convert import to_product
from twin.intents import close_key, first_key
from twin.scenario import Scenario
from twin.sessions import STRETCHES, slot_of
from twin.twin import Twin
from twin.worlds import Size, scenarios

worlds = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def test_the_hours_typed_in_are_those_of_the_calendars() -> None:
    markets = ["XHKG", "XSHG", "XSHE", "BJSE", "XNYS", "XNAS"]
    for start, end in STRETCHES:
        clock = daily_clock(markets, start, end, load_rulebook())
        for t, day in enumerate(clock.dates.tolist()):
            for m, mic in enumerate(markets):
                slot = slot_of(mic, day)
                here = [clock.open_at[t, m], clock.close_at[t, m], clock.cutoff_at[t, m]]
                if slot is None:
                    assert np.isnat(here).all(), (mic, day)
                else:
                    expected = [slot.open_at, slot.close_at, slot.cutoff_at]
                    assert here == [np.datetime64(at.replace(tzinfo=None), "ns") for at in expected], (mic, day)


@pytest.mark.rule("X8", "X9", "X15", "X16", "X17")
@worlds
@given(st.one_of(scenarios(), scenarios(intraday=True, size=Size(tickers=3, rows=7))))
def test_lots_limits_and_permissions(scenario: Scenario) -> None:
    """X8, X9, X15, X16, X17."""
    rules = to_product(scenario).terms.rules
    enabled = scenario.execution.market_rules
    twin = Twin(scenario)
    for n, item in enumerate(scenario.instruments):
        if item.is_index:
            continue
        assert rules.t_plus_one[n] == facts.is_t_plus_one(item, enabled), item
        assert rules.can_short[n] == facts.may_short(item, enabled), item
        for t, key in enumerate(scenario.rows):
            if (item.ticker, key) not in scenario.bars:
                continue
            lot = facts.lot_of(item, scenario.row_date(t), enabled) or (0, 0)
            assert (rules.lot_minimum[t, n], rules.lot_step[t, n]) == lot, (item, key)
            limits = twin.limits(item.ticker, t)
            up, down = rules.limit_up[t, n], rules.limit_down[t, n]
            if limits is None:
                assert np.isnan([up, down]).all(), (item, key, up, down)
            else:
                half = float(facts.tick_of(item, scenario.row_date(t), Decimal(1))) / 2
                np.testing.assert_allclose(
                    [down + half, up - half], [float(x) for x in limits], rtol=1e-12, err_msg=f"{item} {key}"
                )


@pytest.mark.rule("T2", "T5", "T7")
@worlds
@given(st.one_of(scenarios(same_close=True), scenarios(intraday=True, same_close=True, size=Size(3, 3, 8))))
def test_first_rows_and_closes(scenario: Scenario) -> None:
    """T2, T5, T7."""
    inputs = to_product(scenario)
    clock = inputs.panel.clock
    rows = place(inputs.known_at, clock)
    known_at = {event.event_id: event.known_at for event in scenario.events}
    for e, event_id in enumerate(inputs.event_ids):
        for m, mic in enumerate(clock.markets):
            first = first_key(scenario, mic, known_at[event_id])
            expected = {"before_period": BEFORE, "after_period": AFTER}
            assert rows[e, m] == (expected[first] if isinstance(first, str) else scenario.rows.index(first))
            close = close_key(scenario, mic, known_at[event_id])
            assert inputs.close_rows[e, m] == (-1 if close is None else scenario.rows.index(close))
