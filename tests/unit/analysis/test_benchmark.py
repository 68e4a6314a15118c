"""R7: the benchmark is bought once with all the cash, and marked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from made_runs import panel
from newsbt.analysis.benchmark import benchmark_ledger
from newsbt.domain.market import MarketPanel, frozen_array
from newsbt.errors import DataError

CASH = 1000.0
ONES = np.ones(5)


def market(**columns: list[float]) -> MarketPanel:
    """Five rows in which the third ticker, the benchmark, has these columns."""
    made = panel()
    untraded = made.tradable.copy()
    untraded[:, 2] = False
    grids = {"tradable": frozen_array(untraded, np.bool_)}
    for name, values in columns.items():
        grid = getattr(made, name).copy()
        grid[:, 2] = values
        grids[name] = frozen_array(grid, np.float64)
    return replace(made, **grids)


def test_bought_at_its_first_open_with_all_the_cash_and_kept_through_missing_closes() -> None:
    nan = np.nan
    found = benchmark_ledger(market(open=[nan, 10, 10, 10, 10], close=[nan, 11, nan, 12, 8]), 2, CASH, ONES, ONES)
    assert found.equity.tolist() == [1000, 1100, 1100, 1200, 800]
    assert found.cash.tolist() == [1000, 0, 0, 0, 0]


def test_bought_at_the_fill_rate_and_marked_at_the_mark_rate() -> None:
    fill, mark = np.array([2.0, 9, 9, 9, 9]), np.array([2.0, 4, 2, 2, 1])
    found = benchmark_ledger(market(open=[10] * 5, close=[10] * 5), 2, CASH, fill, mark)
    assert found.equity.tolist() == [1000, 2000, 1000, 1000, 500]


SPLIT = [1.0, 1, 2, 1, 1]


@pytest.mark.parametrize(
    "said",
    [
        {"split": SPLIT},
        {"adj_factor": [1, 1, 2, 2, 2]},
        {"split": SPLIT, "adj_factor": [1, 1, 2, 2, 2]},
        {"split": SPLIT, "adj_factor": [0.5, 0.5, 1, 1, 1]},  # as vendors give it, 1 at the end
    ],
    ids=["split", "factor", "both", "both, backwards"],
)
def test_two_shares_for_one_are_no_loss(said: dict[str, list[float]]) -> None:
    halved = market(open=[10, 10, 5, 5, 5], close=[10, 10, 5, 5, 6], **said)
    assert benchmark_ledger(halved, 2, CASH, ONES, ONES).equity.tolist() == [1000, 1000, 1000, 1000, 1200]


def test_without_a_price_it_says_so() -> None:
    with pytest.raises(DataError, match=r"benchmark \^HSTECH has no price"):
        benchmark_ledger(market(open=[np.nan] * 5), 2, CASH, ONES, ONES)
