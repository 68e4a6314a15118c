"""What calendars hold in common, by hand and against sets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbt.analysis.timing.held_cells import distinct_count, jaccard, mean_overlap


def test_overlaps_by_hand() -> None:
    # {1, 2, 3} and {2, 3, 4} share two of four cells, {1, 2, 3} and {9} none of four.
    found = jaccard([np.array([1, 2, 3]), np.array([2, 3, 4]), np.array([9])])
    assert found.tolist() == [[1.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 1.0]]
    assert mean_overlap(found) == pytest.approx(0.5 / 3)
    assert distinct_count(found, 0.9) == 3 and distinct_count(found, 0.4) == 2


def test_each_calendar_is_counted_against_those_counted_before() -> None:
    # The second is as the first, the third as the second alone: it counts, for the second did not.
    overlap = np.array([[1.0, 0.95, 0.85], [0.95, 1.0, 0.95], [0.85, 0.95, 1.0]])
    assert distinct_count(overlap) == 2


def test_calendars_that_hold_nothing_are_the_same() -> None:
    assert jaccard([np.array([], dtype=np.int64)] * 2).tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_a_calendar_alone_has_nothing_to_differ_from() -> None:
    assert mean_overlap(jaccard([np.array([1])])) == 1.0


@given(st.lists(st.sets(st.integers(0, 12)), min_size=1, max_size=6))
def test_it_is_what_sets_say(held) -> None:
    found = jaccard([np.array(sorted(one), dtype=np.int64) for one in held])
    for i, one in enumerate(held):
        for j, other in enumerate(held):
            assert found[i, j] == pytest.approx(len(one & other) / len(one | other) if one | other else 1.0)
