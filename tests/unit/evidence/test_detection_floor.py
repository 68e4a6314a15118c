"""The smallest effect that could have been shown, by numbers put in order by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from newsbt.evidence.detection_floor import DEFINITION, OF_RETURNS, detection_floor, floor_of_test

LEDGER: Any = SimpleNamespace(
    lots=np.array([(50_000.0,), (-30_000.0,)], dtype=[("entry_notional", float)]), initial_cash=100_000.0
)
NOTHING: Any = SimpleNamespace(lots=LEDGER.lots[:0], initial_cash=100_000.0)


@pytest.mark.parametrize(("others", "critical"), [(19, 0.18), (38, 0.37), (39, 0.37), (40, 0.38), (59, 0.56)])
def test_critical_is_what_so_many_runs_leave_a_p_of_five_percent_above(others: int, critical: float) -> None:
    """Of 39 runs one may be as good, (1 + 1) / 40 is 5 %, of 38 none."""
    returns = np.random.default_rng(1).permutation(np.arange(others) / 100)
    found = detection_floor(returns, critical, LEDGER, events=4, dates=2)
    assert found.critical == critical and found.reached is False and not found.reason
    assert detection_floor(returns, critical + 1e-6, LEDGER, events=4, dates=2).reached is True


def test_the_floor_is_what_lifts_four_fifths_above_critical_told_by_trade_event_and_date() -> None:
    """41 returns: the lower fifth ends at 8 %, critical is 39 %; 80,000 were invested of 100,000."""
    returns = np.arange(41) / 100
    found = detection_floor(returns, 0.1, LEDGER, events=4, dates=2)
    assert (found.critical, found.observed, found.definition) == (0.39, 0.1, OF_RETURNS)
    parts = (found.total_return, found.per_trade, found.per_event, found.per_date)
    assert parts == pytest.approx((0.31, 0.31 / 0.8, 0.31 / 4, 0.31 / 2))
    untraded = detection_floor(returns, 0.1, NOTHING, events=0, dates=0)
    assert (untraded.per_trade, untraded.per_event, untraded.per_date) == (None, None, None)
    assert found.as_dict()["power"] == 0.8 and found.as_dict()["level"] == 0.05


def test_what_cannot_be_told_has_a_reason() -> None:
    few = detection_floor(np.arange(18) / 100, 0.1, LEDGER, events=4, dates=2)
    assert (few.reason, few.observed) == ("18 placebo runs: a level of 0.05 needs at least 19", 0.1)
    assert few.total_return is None and few.definition == OF_RETURNS
    same = detection_floor(np.full(30, 0.02), 0.1, LEDGER, events=4, dates=2)
    assert (same.reason, same.observed, same.critical) == ("all placebo runs returned the same", 0.1, None)
    calendars = floor_of_test(np.arange(19.0), np.ones(19), 0.1, LEDGER, events=4, dates=2)
    assert (calendars.reason[:15], calendars.observed) == ("18 placebo runs", 0.1)
    assert not floor_of_test(np.arange(20.0), np.ones(20), 0.1, LEDGER, events=4, dates=2).reason


def test_of_other_calendars_each_has_its_own_scale() -> None:
    """T of 41 others is 0 to 4 with a scale of 1 %, or twice that from 2 on; that of the run is 3 with half of it."""
    others = np.arange(41) / 10
    scale = np.append(0.005, np.where(others < 2.0, 0.01, 0.02))
    found = floor_of_test(np.append(3.0, others), scale, 0.1, LEDGER, events=4, dates=2)
    lifts = sorted([(3.9 - t) * (0.01 if t < 2.0 else 0.02) for t in others.tolist()])
    assert found.total_return == pytest.approx(lifts[32])  # 80 % of the way from the first to the last
    assert found.critical == pytest.approx(0.1 + (3.9 - 3.0) * 0.005)
    assert (found.reached, found.definition) == (False, DEFINITION)
    parts = (found.per_trade, found.per_event, found.per_date)
    assert parts == pytest.approx((lifts[32] / 0.8, lifts[32] / 4, lifts[32] / 2))
    at_critical, above = (np.append(t, others) for t in (3.9, 3.91))
    assert floor_of_test(at_critical, scale, 0.1, LEDGER, events=4, dates=2).reached is False
    assert floor_of_test(above, scale, 0.1, LEDGER, events=4, dates=2).reached is True


def test_calendars_that_pass_as_they_are_need_no_effect() -> None:
    t = np.append(np.zeros(5), np.full(36, 3.0))
    assert floor_of_test(np.append(1.0, t), np.full(42, 0.01), 0.1, LEDGER, events=4, dates=2).total_return == 0.0
