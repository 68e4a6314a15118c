"""X19: what a dividend and a split do to a lot, in numbers that binary holds exactly."""

from __future__ import annotations

import pytest

from newsbt.kernels._compile import plain
from newsbt.kernels.rules.corporate_actions import dividend_paid, fraction_price, split_lot

pytestmark = pytest.mark.rule("X19")


def test_a_dividend_gains_nothing_but_by_the_rate() -> None:
    assert plain(dividend_paid)(100, 0.5, 2.0, 2.0) == (100.0, 0.0)
    assert plain(dividend_paid)(-100, 0.5, 2.0, 1.5) == (-100.0, -25.0)
    assert plain(dividend_paid)(8, 0.5, 4.0, 2.0) == (16.0, 8.0)


def test_a_fraction_is_paid_at_the_last_close_by_the_split_or_at_a_mark_that_is_that_already() -> None:
    assert plain(fraction_price)(12.0, 5.0, 4.0, True) == 3.0
    assert plain(fraction_price)(12.0, 5.0, 4.0, False) == 5.0


@pytest.mark.parametrize(
    ("sign", "quantity", "entered", "split", "found"),
    [
        (1, 101, 201, 0.5, (50, 100, 20.0, 2.0)),  # half a share at 20 x 2, over 18 x 2
        (-1, 101, 201, 0.5, (50, 100, -20.0, -2.0)),
        (1, 100, 200, 0.5, (50, 100, 0.0, 0.0)),
        (1, 3, 5, 2.0, (6, 10, 0.0, 0.0)),
        (1, 1, 2, 0.25, (0, 0, 10.0, 1.0)),
    ],
)
def test_a_split_lot(sign: int, quantity: int, entered: int, split: float, found: tuple) -> None:
    """The price of a new share is 20, its basis 16, the rate 2 and that of the entry 2.25: 40 over 36."""
    assert plain(split_lot)(sign, quantity, entered, split, 20.0, 2.0, 16.0, 2.25) == found


def test_a_sliver_of_a_share_is_rounding() -> None:
    """30 shares at 1.1 are 33 and 4e-15; 10,000 at 1.00000000000001 are 1e-10 more than whole; 1e-7 is paid."""
    assert plain(split_lot)(1, 30, 30, 1.1, 20.0, 1.0, 20.0, 1.0) == (33, 33, 0.0, 0.0)
    assert plain(split_lot)(1, 10_000, 10_000, 1.00000000000001, 20.0, 1.0, 16.0, 1.0)[2:] == (0.0, 0.0)
    assert plain(split_lot)(1, 10_000, 10_000, 1.00000000001, 20.0, 1.0, 16.0, 1.0)[2] == pytest.approx(2e-6, rel=1e-4)
