"""Which calendars a table meets."""

from __future__ import annotations

import pytest

from newsbt.evidence.common_calendars import calendars_of


@pytest.mark.parametrize(
    ("weeks", "tests", "use", "draws", "method", "others"),
    [
        (60, 3, "weeks", 200, "weeks", 59),  # 3 / 60 is 5 %
        (59, 3, "weeks", 200, "windows", 200),
        (59, 3, "weeks", 58, "weeks", 58),  # so few draws allow no smaller p
        (60, 1, "windows", 30, "windows", 30),
    ],
)
def test_windows_are_taken_where_the_table_needs_a_smaller_p(
    weeks: int, tests: int, use: str, draws: int, method: str, others: int
) -> None:
    name, bounds, by = calendars_of(weeks, tests, use, draws, seed=7)
    assert (name, len(by)) == (method, others)
    assert bounds[-1] == weeks and by.shape[1] == len(bounds) - 1
