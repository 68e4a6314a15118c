"""Counts of a strategy's events, as rows of the results table have them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from newsbt.analysis.evaluation import event_dates


def test_an_event_has_one_date_however_many_markets_trade_it() -> None:
    """Event 0 is opened on the 4th and the 5th, 1 and 2 on the 5th, 3 on the 6th: the 4th, the 5th and the 6th."""
    dates = np.array(["2025-03-05", "2025-03-04", "2025-03-05", "2025-03-05", "2025-03-06"], dtype="M8[D]")
    assert event_dates(np.array([0, 0, 1, 2, 3]), dates) == 3
    assert event_dates(np.array(["a", "a", "b", "b", "b"], dtype=object), dates) == 2


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), max_size=30))
def test_there_are_never_more_dates_than_events(pairs: list[tuple[int, int]]) -> None:
    events = np.array([event for event, _ in pairs], dtype=np.int64)
    dates = np.array([day for _, day in pairs], dtype="M8[D]")
    found = event_dates(events, dates)
    assert found <= len(set(events.tolist())) and found <= len(set(dates.tolist()))
    assert (found == 0) == (not pairs)
