"""Returns by session of an account, as metrics take them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from newsbt.analysis.evaluation import event_dates, session_returns


def test_an_account_that_is_gone_has_lost_all_once_and_returns_nothing_after() -> None:
    found = session_returns(np.array([5.0, -1.0, 3.0]), 10.0)
    np.testing.assert_array_equal(found, [-0.5, -1.0, np.nan])


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
