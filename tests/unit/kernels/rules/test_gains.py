"""C4: money of fills, gains and sums, exact in binary."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbt.kernels._compile import plain
from newsbt.kernels.rules.gains import (
    borrow_charge,
    equity_of,
    exact_sum,
    fill_money,
    free_cash,
    gain_of_leaving,
    gained,
    lot_pnl,
)

pytestmark = pytest.mark.rule("C4")


def test_what_a_fill_moves() -> None:
    """A share's price, the notional, and slippage, which is against the trader on either side."""
    assert plain(fill_money)(1, 4, 10.0, 9.5, 8.0) == (80.0, 320.0, 16.0)
    assert plain(fill_money)(-1, 4, 9.0, 9.5, 8.0) == (72.0, 288.0, 16.0)
    nothing = plain(fill_money)(-1, 4, 9.5, 9.5, 8.0).slippage
    assert nothing == 0.0 and math.copysign(1.0, nothing) == 1.0


@pytest.mark.rule("X10")
def test_shorts_tie_up_twice_what_they_brought() -> None:
    assert plain(free_cash)(100.0, 30.0) == 40.0


def test_what_shares_have_gained() -> None:
    assert plain(gained)(4, 10.0, 8.0, 9.0, 7.0) == 4 * (80.0 - 63.0)
    assert plain(gained)(-4, 10.0, 8.0, 9.0, 7.0) == -4 * (80.0 - 63.0)
    assert plain(gain_of_leaving)(5, 2, 10.0, 8.0, 9.0, 7.0) == (5 * 17.0, 3 * 17.0)
    assert plain(gain_of_leaving)(-5, -2, 10.0, 8.0, 9.0, 7.0) == (-5 * 17.0, -3 * 17.0)
    assert plain(lot_pnl)(10.0, 3.0, 5.0) == 12.0


@pytest.mark.rule("X16")
def test_what_borrowing_costs() -> None:
    assert plain(borrow_charge)(4, 10.0, 8.0, 0.25, 3) == 240.0


def test_sums_say_what_rounding_took() -> None:
    """2 to the 53rd and 1 is no double: 1 is lost of the sum, whichever of the two comes first."""
    big = 2.0**53
    assert plain(exact_sum)(big, 1.0) == (big, 1.0)
    assert plain(exact_sum)(1.0, big) == (big, 1.0)
    assert plain(exact_sum)(1.5, 2.25) == (3.75, 0.0)


def test_equity_is_what_there_was_and_what_was_gained() -> None:
    """Profit and gains cancel, but for what rounding took of each; so do the initial cash and both."""
    big = 2.0**53
    assert plain(equity_of)(100.0, 10.0, 0.25, 5.0, 0.5) == 115.75
    assert plain(equity_of)(100.0, big, 0.0, -big, 0.0) == 100.0
    assert plain(equity_of)(-big, big, 0.0, 1.0, 0.0) == 1.0
    assert plain(equity_of)(1.0, big, 0.0, -2.0 - big, 0.0) == -1.0


@given(st.lists(st.sampled_from((0.1, -0.1, 1e16, -1e16, 3.3)), max_size=12))
def test_sums_keep_what_rounding_drops(amounts: list[float]) -> None:
    total = lost = 0.0
    for amount in amounts:
        found = plain(exact_sum)(total, amount)
        total, lost = found.total, lost + found.lost
    assert total + lost == pytest.approx(
        math.fsum(amounts), rel=1e-12, abs=1e-3 if 1e16 in map(abs, amounts) else 1e-12
    )
    assert plain(equity_of)(1e6, total, lost, -total, -lost) == pytest.approx(1e6, abs=1e-3)
