"""Returns by session of an account, as metrics take them."""

from __future__ import annotations

import numpy as np

from newsbt.analysis.evaluation import session_returns


def test_an_account_that_is_gone_has_lost_all_once_and_returns_nothing_after() -> None:
    found = session_returns(np.array([5.0, -1.0, 3.0]), 10.0)
    np.testing.assert_array_equal(found, [-0.5, -1.0, np.nan])
