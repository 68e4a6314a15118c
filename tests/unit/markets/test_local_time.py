"""Times of day stay those of the market's clocks when news is moved over their change."""

from __future__ import annotations

import numpy as np
import pytest

from newsbt.markets.local_time import local_instants, utc_instants

NEW_YORK = "America/New_York"


def instants(*texts: str) -> np.ndarray:
    return np.array(texts, dtype="M8[ns]")


def test_a_quarter_to_nine_in_new_york_stays_one_in_summer() -> None:
    january = local_instants(instants("2025-01-07T13:45"), NEW_YORK)
    assert january.tolist() == instants("2025-01-07T08:45").tolist()
    july = utc_instants(january + np.timedelta64(26 * 7, "D"), NEW_YORK)
    assert july.tolist() == instants("2025-07-08T12:45").tolist()


@pytest.mark.parametrize(
    ("shown", "is_at"),
    [
        ("2025-03-09T02:30", "2025-03-09T07:00"),  # skipped: the clocks went from 2 to 3
        ("2025-11-02T01:30", "2025-11-02T05:30"),  # shown twice: the first time
    ],
)
def test_hours_that_clocks_skip_or_show_twice(shown: str, is_at: str) -> None:
    assert utc_instants(instants(shown), NEW_YORK).tolist() == instants(is_at).tolist()


def test_shapes_stay() -> None:
    found = utc_instants(np.full((2, 3), np.datetime64("2025-01-07T08:00", "ns")), "Asia/Hong_Kong")
    assert found.shape == (2, 3) and found[1, 2] == np.datetime64("2025-01-07T00:00", "ns")
