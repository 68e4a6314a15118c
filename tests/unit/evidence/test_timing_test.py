"""Which book decides, which calendars count, and what is said where they do not."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from newsbt.analysis.timing.studentised import Sums
from newsbt.evidence.calendar_runs import CalendarRuns
from newsbt.evidence.placebo_runs import _note
from newsbt.evidence.timing_test import NO_OTHER, NOTHING_TRADED, ONE_DAY, timing_test

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


def test_a_hedge_decides_from_a_twentieth_of_the_squares_on() -> None:
    ones, twentieth = np.ones(COUNT), np.append(np.full(24, 1 / 16), np.full(16, 1 / 32))  # 40 of them, and 2
    plain, hedged = (Sums(profit=PROFIT, squares=one, exposure=np.full(COUNT, 0.2)) for one in (ones, twentieth))
    assert timing_test(runs(plain=plain, hedged=hedged), days=12).is_hedged


def test_each_calendar_has_its_own_scale_and_the_run_the_first() -> None:
    squares = np.linspace(1e-4, 9e-4, COUNT)
    hedged = Sums(profit=PROFIT, squares=squares, exposure=np.full(COUNT, 0.2))
    found = timing_test(runs(hedged=hedged), days=12)
    assert found.scale.tolist() == np.sqrt(squares).tolist() and found.hedged_t == PROFIT[0] / 0.01
    unhedged = Sums(profit=PROFIT, squares=np.zeros(COUNT), exposure=np.full(COUNT, 0.2))
    alone = timing_test(runs(hedged=unhedged), days=12)
    assert alone.scale.tolist() == [0.01] * COUNT and math.isnan(alone.hedged_t)


@pytest.mark.parametrize("count", [1, 2])
def test_the_run_stands_beside_the_mean_of_the_others_where_there_are_any(count: int) -> None:
    found = timing_test(runs(entered=np.arange(COUNT) < count, meeting=np.linspace(0.0, 1.0, COUNT)), days=12)
    assert found.others == count - 1 and found.least_p == 1 / count
    assert (NO_OTHER in found.why) is (count == 1)
    assert found.meeting == pytest.approx((0.0, math.nan if count == 1 else 1 / 39), nan_ok=True)
    assert found.returns == pytest.approx((PROFIT[0], math.nan if count == 1 else PROFIT[1]), nan_ok=True)


def test_the_run_s_own_calendar_counts_where_it_traded_nothing() -> None:
    found = timing_test(runs(entered=np.arange(COUNT) > 0), days=12)
    assert found.others == COUNT - 1 and not np.isnan(found.statistic).any()


def beaten_by(of_plain: int, of_hedged: int) -> tuple[Sums, Sums]:
    """Sums of both books in which so many others did at least as well as the run."""
    profit = np.full((2, COUNT), 0.0)
    profit[:, 0] = 1.0
    profit[0, 1 : of_plain + 1] = profit[1, 1 : of_hedged + 1] = 2.0
    plain, hedged = (
        Sums(profit=one, squares=np.full(COUNT, squares), exposure=np.full(COUNT, 0.2))
        for one, squares in zip(profit, (1.0, 0.5), strict=True)
    )
    return plain, hedged


@pytest.mark.parametrize(
    ("of_plain", "of_hedged", "explained"), [(1, 2, True), (1, 1, False), (2, 3, False), (0, 1, False)]
)
def test_the_market_explains_what_passes_at_five_percent_alone_and_not_hedged(
    of_plain: int, of_hedged: int, explained: bool
) -> None:
    plain, hedged = beaten_by(of_plain, of_hedged)
    found = timing_test(runs(plain=plain, hedged=hedged), days=12)
    assert (found.p_plain, found.p_hedged) == ((of_plain + 1) / COUNT, (of_hedged + 1) / COUNT)
    assert found.explained is explained
    withheld = timing_test(runs(plain=plain, hedged=hedged), days=1)
    assert not withheld.explained


def test_the_market_explains_nothing_of_a_book_that_is_not_hedged() -> None:
    plain, hedged = beaten_by(1, 20)
    nothing = Sums(profit=hedged.profit, squares=np.full(COUNT, 1e-6), exposure=hedged.exposure)
    found = timing_test(runs(plain=plain, hedged=nothing), days=12)
    assert found.p_plain <= 0.05 < found.p_hedged and not found.explained


def test_the_note_says_what_is_known_of_the_test_in_its_order() -> None:
    found = replace(timing_test(runs(), days=12), meeting=(0.5, 0.25), exposure=(0.2, 0.3))
    t = (PROFIT[0] - PROFIT.mean()) / 0.01
    after = "40 distinct calendars of 40, smallest p 0.025; mean exposure 20.0%, of the placebo 30.0%; "
    after += "holdings of 50% of events meet another's, of the placebo 25%"
    assert _note(found) == f"t {t:.2f} hedged, {t:.2f} unhedged; {after}"
    assert _note(replace(found, is_hedged=False)) == f"t {t:.2f}, not hedged; {after}"
    assert _note(replace(found, why=NO_OTHER, others=0)) == f"{NO_OTHER}; t {t:.2f} hedged, {t:.2f} unhedged"
