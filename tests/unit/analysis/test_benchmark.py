"""R7: the benchmark is bought once with all the cash, and marked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from made_runs import panel
from newsbt.analysis.benchmark import benchmark_ledger
from newsbt.domain.market_panel import MarketPanel, frozen_array
from newsbt.errors import DataError

pytestmark = pytest.mark.rule("R7")

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
    "actions",
    [
        {"split": SPLIT},
        {"adj_factor": [1, 1, 2, 2, 2]},
        {"split": SPLIT, "adj_factor": [1, 1, 2, 2, 2]},
        {"split": SPLIT, "adj_factor": [0.5, 0.5, 1, 1, 1]},  # as vendors give it, 1 at the end
    ],
    ids=["split", "factor", "both", "both, backwards"],
)
def test_two_shares_for_one_are_no_loss(actions: dict[str, list[float]]) -> None:
    halved = market(open=[10, 10, 5, 5, 5], close=[10, 10, 5, 5, 6], **actions)
    assert benchmark_ledger(halved, 2, CASH, ONES, ONES).equity.tolist() == [1000, 1000, 1000, 1000, 1200]


@pytest.mark.rule("X19")
def test_a_split_or_dividend_without_a_close_is_no_loss_nor_gain() -> None:
    """As in the books (X19): 16.68 less 0.3 is 16.38, in three is 5.46; 1000 / 16.68 shares, to the last bit."""
    prices = [16.68, 16.68, np.nan, np.nan, 5.46]
    gone = market(open=prices, close=prices, dividend=[0, 0, 0.3, 0, 0], split=[1, 1, 1, 3, 1])
    found = benchmark_ledger(gone, 2, CASH, 7.7812 * ONES, 7.7812 * ONES)
    assert found.equity.tolist() == [CASH] * 5
    assert found.cash.tolist() == pytest.approx([0, 0, *[0.3 * CASH / 16.68] * 3])
    assert found.dividends == pytest.approx(0.3 * CASH / 16.68)


def test_a_dividend_is_cash_from_then_on() -> None:
    """Bought at 20 after that day's own dividend; 4 of 20 paid on the third, and the other 16 rise by a tenth."""
    paying = market(open=[20] * 5, close=[20, 20, 16, 17.6, 17.6], dividend=[1, 0, 4, 0, 0])
    found = benchmark_ledger(paying, 2, CASH, ONES, ONES)
    assert found.equity.tolist() == pytest.approx([1000, 1000, 1000, 1080, 1080])


def test_the_rate_of_a_dividends_day_is_the_fill_rate() -> None:
    """50 shares at 20 x 2 cash; 4 each paid at 3, and 16 each marked at 4."""
    paying = market(open=[20] * 5, close=[20, 20, 16, 16, 16], dividend=[0, 0, 4, 0, 0])
    fill, mark = np.array([1.0, 1, 3, 4, 4]), np.array([1.0, 1, 4, 4, 4])
    found = benchmark_ledger(paying, 2, CASH, fill, mark)
    assert found.equity.tolist() == pytest.approx([1000, 1000, *[50 * 4 * 3 + 50 * 16 * 4] * 3])


def test_without_a_price_it_says_so() -> None:
    with pytest.raises(DataError, match=r"benchmark \^HSTECH has no price"):
        benchmark_ledger(market(open=[np.nan] * 5), 2, CASH, ONES, ONES)
