"""T and its p, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from newsbt.analysis.timing.studentised import Sums, daily_profits, p_of, studentised, sums_of


def test_daily_profits_by_hand() -> None:
    # Two days of two rows; hedges are worth +10 at the end of the first day and -5 at that of the second.
    equity = np.array([[101.0, 110.0, 99.0, 121.0], [100.0, 100.0, 100.0, 50.0]])
    beside = np.array([[0.0, 10.0, 0.0, -5.0], [0.0, 0.0, 0.0, 0.0]])
    found, other = daily_profits(equity, beside, np.array([100.0, 200.0]), np.array([1, 3]))
    assert other.tolist() == [-0.5, -0.5]
    # 110 + 10 - 100 of 100; (121 - 5) - (110 + 10) of the book's own 110.
    assert found.tolist() == pytest.approx([0.20, -4 / 110])
    assert sums_of(found) == pytest.approx((0.20 - 4 / 110, 0.04 + (4 / 110) ** 2))


def test_from_the_day_on_after_which_nothing_is_left_there_are_no_profits() -> None:
    (found,) = daily_profits(np.array([[50.0, -10.0, 5.0, 9.0]]), np.zeros(1), np.array([100.0]), np.arange(4))
    assert found.tolist() == pytest.approx([-0.5, -1.2, 0.0, 0.0])


@pytest.mark.parametrize("left", [0.0, -0.5])
def test_an_account_of_nothing_or_half_a_unit_of_debt_earns_nothing_afterwards(left: float) -> None:
    (found,) = daily_profits(np.array([[left, 5.0]]), np.zeros(1), np.array([1.0]), np.arange(2))
    assert found.tolist() == [left - 1.0, 0.0]


def test_it_is_centred_by_exposure_and_divided_by_the_root_of_its_own_squares() -> None:
    # All calendars together earn 0.06 at an exposure of 1.5: 0.04 for each unit of it.
    sums = Sums(
        profit=np.array([0.05, 0.01, 0.0]), squares=np.array([4e-4, 1e-4, 0.0]), exposure=np.array([0.5, 1.0, 0.0])
    )
    assert studentised(sums).tolist() == pytest.approx([(0.05 - 0.02) / 0.02, (0.01 - 0.04) / 0.01, 0.0])


def test_ties_up_to_rounding_count() -> None:
    assert p_of(np.array([1.0, 1.0 - 1e-10, 1.0 - 1e-8, 2.0])) == 0.75


values = st.floats(-0.5, 0.5).map(lambda value: round(value, 6))


@given(arrays(np.float64, 12, elements=values), st.floats(1e-3, 1e3))
def test_it_does_not_depend_on_scale(profit, scale) -> None:
    squares, exposure = profit**2 + 1e-4, np.linspace(0.1, 1.0, 12)
    one = studentised(Sums(profit=profit, squares=squares, exposure=exposure))
    other = studentised(Sums(profit=scale * profit, squares=scale**2 * squares, exposure=scale * exposure))
    np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)
    assert 1 / 12 <= p_of(one) <= 1.0
