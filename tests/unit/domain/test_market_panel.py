"""What a panel derives from its grids, where one of them is a single value laid out over all cells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from newsbt.domain.market_panel import frozen_array
from newsbt.testing import small_market

SPLIT = 1.0, 0.5
DIVIDEND = 0.0, 2.0


@pytest.mark.parametrize("dividend", DIVIDEND)
@pytest.mark.parametrize("split", SPLIT)
def test_a_grid_of_one_value_counts_in_every_row_as_one_that_holds_it_in_each_cell(
    dividend: float, split: float
) -> None:
    panel = small_market(12).prepared().market.panel
    close = np.array(panel.close)
    close[3:5, 0] = np.nan
    panel = replace(panel, close=frozen_array(close, np.float64), tradable=frozen_array(np.isfinite(close), np.bool_))
    laid_out = replace(
        panel, dividend=np.broadcast_to(dividend, panel.shape), split=np.broadcast_to(split, panel.shape)
    )
    written = replace(
        panel,
        dividend=frozen_array(np.full(panel.shape, dividend), np.float64),
        split=frozen_array(np.full(panel.shape, split), np.float64),
    )
    assert laid_out.has_actions.tolist() == written.has_actions.tolist()
    assert laid_out.has_actions.any() == ((dividend, split) != (0.0, 1.0))
    assert not laid_out.has_actions.flags.writeable
    np.testing.assert_array_equal(laid_out.mark, written.mark)
    np.testing.assert_array_equal(laid_out.reference, written.reference)


def test_one_cell_that_is_other_than_the_first_is_seen() -> None:
    panel = small_market(12).prepared().market.panel
    split = np.ones(panel.shape)
    split[-1, -1] = 2.0
    assert replace(panel, split=frozen_array(split, np.float64)).has_actions.nonzero()[0].tolist() == [len(split) - 1]
