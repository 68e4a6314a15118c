"""Which book decides, which calendars count, and what is said where they do not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from newsbt.analysis.timing.studentised import Sums
from newsbt.evidence.calendar_runs import CalendarRuns
from newsbt.evidence.timing_test import NOTHING_TRADED, ONE_DAY, timing_test

COUNT = 40
PROFIT = np.random.default_rng(1).normal(0.0, 0.01, COUNT)


def runs(**change: Any) -> CalendarRuns:
    """The run's own calendar and 39 others, each with holdings of its own; hedged profits are half of the others'."""
    squares, exposure = np.full(COUNT, 1e-4), np.full(COUNT, 0.2)
    found: dict[str, Any] = {
        "plain": Sums(profit=PROFIT, squares=squares, exposure=exposure),
        "hedged": Sums(profit=PROFIT / 2, squares=squares / 4, exposure=exposure),
        "returns": PROFIT, "held": [np.array([k, COUNT + k]) for k in range(COUNT)], "meeting": np.full(COUNT, 0.5),
        "entered": np.ones(COUNT, dtype=bool), "hedged_return": 0.01,
    }  # fmt: skip
    return CalendarRuns(**{**found, **change})


def test_the_hedged_book_decides() -> None:
    found = timing_test(runs(), days=12)
    assert found.is_hedged and found.others == 39 and found.distinct == COUNT
    t = (PROFIT - PROFIT.mean()) / 0.01
    assert found.hedged == pytest.approx(t[0]) == found.plain
    assert found.p == found.p_hedged == (t >= t[0] - 1e-9).mean()


@pytest.mark.parametrize(("share", "is_hedged"), [(0.0499, False), (0.0501, True), (1.0, False)])
def test_a_hedge_that_leaves_next_to_nothing_or_hedges_nothing_does_not_decide(share: float, is_hedged: bool) -> None:
    hedged = Sums(profit=-PROFIT, squares=np.full(COUNT, share * 1e-4), exposure=np.full(COUNT, 0.2))
    found = timing_test(runs(hedged=hedged), days=12)
    assert found.is_hedged is is_hedged
    assert found.p == (found.p_hedged if is_hedged else found.p_plain) and found.p_hedged != found.p_plain


def test_calendars_without_an_entry_are_left_out_of_everything() -> None:
    entered = np.ones(COUNT, dtype=bool)
    entered[[3, 7]] = False
    found = timing_test(runs(entered=entered), days=12)
    kept = PROFIT[entered]
    assert found.others == 37 and np.isnan(found.statistic).sum() == 2
    assert found.plain == pytest.approx((kept[0] - kept.mean()) / 0.01)


@pytest.mark.parametrize(
    ("change", "days", "why"),
    [
        ({"entered": np.arange(COUNT) > 0}, 12, NOTHING_TRADED),
        ({}, 1, ONE_DAY),
        ({"entered": np.arange(COUNT) < 19}, 12, "19 calendars, the run's own and 18 others"),
        ({"held": [np.array([1, 2])] * COUNT}, 12, "leaves 100% of the same holdings"),
    ],
)
def test_p_is_withheld_with_its_reason(change: dict[str, Any], days: int, why: str) -> None:
    found = timing_test(runs(**change), days=days)
    assert math.isnan(found.p) and why in found.why


def test_news_too_even_to_test_shows_its_hedged_return_and_t_value() -> None:
    found = timing_test(runs(held=[np.array([1])] * COUNT), days=12)
    assert found.why.endswith(f"hedged return +1.00%, t-value {PROFIT[0] / 2 / 0.005:.2f}") and found.evenly


def test_what_passes_alone_but_not_beside_its_hedges_is_explained_by_the_market() -> None:
    profit = np.append(0.05, np.linspace(-0.01, 0.01, COUNT - 1))
    plain = Sums(profit=profit, squares=np.full(COUNT, 1e-4), exposure=np.full(COUNT, 0.2))
    found = timing_test(runs(plain=plain, hedged=Sums(
        profit=np.append(0.0, profit[1:]), squares=np.full(COUNT, 5e-5), exposure=np.full(COUNT, 0.2)
    )), days=12)  # fmt: skip
    assert found.p_plain == 1 / COUNT and found.p > 0.3 and found.explained
