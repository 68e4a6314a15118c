"""Other calendars of the same news, by hand and for any calendar."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbt.analysis.timing.week_shifts import all_shifts, drawn_shifts, moved_days, window_bounds


def test_all_shifts_of_a_circle_of_four_weeks_by_hand() -> None:
    # Days 1 and 10 are nine days apart: in each calendar they are, or 28 - 9 where the seam lies between them.
    found = moved_days(np.array([1, 10]), np.array([0, 4]), all_shifts(4))
    assert found.tolist() == [[8, 17], [15, 24], [22, 3]]


def test_what_lies_outside_the_weeks_is_folded_in() -> None:
    # 30 is two days into a circle of 28, and -1, a day before the first session, is its last day.
    assert moved_days(np.array([30, -1]), np.array([0, 4]), np.array([[1]])).tolist() == [[9, 6]]


def test_windows_move_by_themselves() -> None:
    # Weeks 0 to 1 and 2 to 4: days 3 and 12 move by one week inside the first, day 20 by two inside the second.
    assert moved_days(np.array([3, 12, 20]), np.array([0, 2, 5]), np.array([[1, 2]])).tolist() == [[10, 5, 34]]


@pytest.mark.parametrize(
    ("weeks", "bounds"), [(13, [0, 13]), (19, [0, 19]), (20, [0, 13, 20]), (26, [0, 13, 26]), (32, [0, 13, 32])]
)
def test_a_remainder_of_less_than_seven_weeks_joins_the_last_window(weeks: int, bounds: list[int]) -> None:
    assert window_bounds(weeks).tolist() == bounds


days = st.lists(st.integers(-10, 900), min_size=1, max_size=30).map(np.array)


@given(days, st.integers(1, 120))
def test_weekdays_distances_and_the_number_of_events_stay(day, weeks) -> None:
    found = moved_days(day, np.array([0, weeks]), all_shifts(weeks))
    assert found.shape == (weeks - 1, len(day))
    assert ((found >= 0) & (found < 7 * weeks)).all()
    assert ((found - day) % 7 == 0).all()
    apart = (found - found[:, :1]) % (7 * weeks)
    np.testing.assert_array_equal(apart, np.broadcast_to((day - day[0]) % (7 * weeks), apart.shape))
    assert len(np.unique(found, axis=0)) == weeks - 1


@given(days, st.integers(1, 120), st.integers(0, 5))
def test_events_of_a_window_stay_in_it(day, weeks, seed) -> None:
    bounds = window_bounds(weeks)
    by = drawn_shifts(bounds, 20, seed)
    found = moved_days(day, bounds, by)
    window = np.searchsorted(bounds, (day % (7 * weeks)) // 7, side="right")
    np.testing.assert_array_equal(
        np.searchsorted(bounds, found // 7, side="right"), np.broadcast_to(window, found.shape)
    )
    assert ((found - day) % 7 == 0).all()


def test_every_shift_of_a_window_is_drawn_as_often() -> None:
    drawn = drawn_shifts(np.array([0, 13, 20]), 4000, 1)
    for window, length in enumerate((13, 7)):
        counts = np.bincount(drawn[:, window], minlength=length)
        assert len(counts) == length and abs(counts - 4000 / length).max() < 5 * np.sqrt(4000 / length)
