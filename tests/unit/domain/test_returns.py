"""Returns by session of an account, and when there is nothing to make of them."""

from __future__ import annotations

import numpy as np

from newsbt.domain.returns import session_returns, why_no_returns

DAYS = np.array(["2025-03-05", "2025-03-06", "2025-03-07"], dtype="M8[ns]")


def test_the_first_return_is_over_the_initial_cash_and_one_that_did_not_move_is_zero() -> None:
    found = session_returns(np.array([11.0, 11.0, 5.5]), 11.0)
    assert found.tolist() == [0.0, 0.0, -0.5]
    assert why_no_returns(found, DAYS) == ""


def test_an_account_below_zero_returns_what_it_lost_and_nothing_after() -> None:
    """10, 5, -5, 20: half is lost, then twice what was left; from there on a fraction of what is owed says nothing."""
    found = session_returns(np.array([5.0, -5.0, 20.0]), 10.0)
    np.testing.assert_array_equal(found, [-0.5, -2.0, np.nan])
    assert why_no_returns(found, DAYS) == "equity below zero on 2025-03-06"
    assert why_no_returns(found) == "equity below zero in session 2"


def test_at_zero_all_is_lost_and_nothing_comes_after() -> None:
    found = session_returns(np.array([5.0, 0.0, 0.0]), 10.0)
    np.testing.assert_array_equal(found, [-0.5, -1.0, np.nan])
    assert why_no_returns(found, DAYS) == "equity at or below zero on 2025-03-06"
