"""Rules as arithmetic: what both engines call."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbt.domain.market_panel import ex_price as ex_prices
from newsbt.kernels._compile import plain
from newsbt.kernels.codes import (
    CASH,
    FILLED,
    MAX_POSITIONS,
    NO_RATE,
    NO_REFERENCE_PRICE,
    NONE,
    NOT_TRADABLE,
    PARTICIPATION,
    UNKNOWN_LOT,
)
from newsbt.kernels.rules.admission import first_failed, has_slot
from newsbt.kernels.rules.corporate_actions import dividend_paid, split_lot
from newsbt.kernels.rules.dealing import Quote, entry_fill, lot_left
from newsbt.kernels.rules.gains import equity_of, exact_sum
from newsbt.kernels.rules.prices import ex_price
from newsbt.kernels.rules.sizes import is_worth_trading, size_in_lots, step_to
from newsbt.markets.costs import COMPONENT

PRICES = st.integers(1, 10**6).map(lambda cents: cents / 100)
FREE_OF_COST = Quote(0.0, math.inf, math.nan, 0.0, 0.0, 0.0, np.empty(0, dtype=COMPONENT), 0, 0, 1.0)


@pytest.mark.rule("X19")
@given(PRICES, st.sampled_from((0.0, 0.07, 0.5)), st.sampled_from((1.0, 2.0, 3.0, 1.1, 0.5)))
def test_one_price_goes_ex_as_a_panel_of_prices_does(price: float, dividend: float, split: float) -> None:
    assert plain(ex_price)(price, dividend, split) == float(ex_prices(price, dividend, split))


@pytest.mark.rule("X4")
def test_a_size_without_a_price_or_a_lot_is_none() -> None:
    size = plain(size_in_lots)
    assert size(0.1, 10_000.0, 9.9, 100, 100) == 100
    assert size(0.1, 10_000.0, 10.1, 100, 100) == 0
    assert size(0.1, -10_000.0, 9.9, 100, 100) == 0
    assert size(0.1, 10_000.0, math.nan, 100, 100) == NONE
    assert size(0.1, 10_000.0, 9.9, 0, 0) == NONE


@pytest.mark.rule("X7")
def test_the_first_test_that_fails_is_the_reason() -> None:
    first = plain(first_failed)
    assert first(False, False, math.nan, math.nan, 0, NONE, -1, False, False) == NOT_TRADABLE
    assert first(True, True, math.nan, math.nan, 0, NONE, -1, False, False) == NO_REFERENCE_PRICE
    assert first(True, True, 10.0, math.nan, 0, NONE, -1, False, False) == NO_RATE
    assert first(True, True, 10.0, 7.8, 0, NONE, -1, False, False) == UNKNOWN_LOT
    assert first(True, True, 10.0, 7.8, 100, 0, 1, False, False) == MAX_POSITIONS
    assert first(True, True, 10.0, 7.8, 100, 100, 1, False, True) == FILLED


@pytest.mark.parametrize(
    ("most", "taken", "has_one", "admitted"), [(-1, 9, False, True), (2, 2, False, False), (2, 2, True, True)]
)
def test_places(most: int, taken: int, has_one: bool, admitted: bool) -> None:
    assert plain(has_slot)(most, taken, has_one) is admitted


@pytest.mark.parametrize(
    ("left", "free", "reject", "why", "quantity", "cut_by_volume", "cut_by_cash"),
    [
        (1_000, 1e6, False, FILLED, 500, False, False),
        (500, 5_000.0, False, FILLED, 500, False, False),
        (450, 1e6, False, FILLED, 400, True, False),
        (99, 1e6, False, PARTICIPATION, 0, True, False),
        (450, 3_999.99, False, FILLED, 300, True, True),
        (450, 3_999.99, True, CASH, 0, True, True),
        (1_000, 999.99, False, CASH, 0, False, True),
        (1_000, 1_000.0, False, FILLED, 100, False, True),
    ],
)
@pytest.mark.rule("X10", "X11")
def test_an_entry_of_five_lots_of_a_hundred_at_ten(
    left: int, free: float, reject: bool, why: int, quantity: int, cut_by_volume: bool, cut_by_cash: bool
) -> None:
    found = plain(entry_fill)(1, 500, 10.0, math.nan, left, free, reject, 100, 100, FREE_OF_COST)
    assert (found.why, found.quantity) == (why, quantity)
    assert (found.cut_by_volume, found.cut_by_cash) == (cut_by_volume, cut_by_cash)


@pytest.mark.rule("X12")
def test_what_of_a_lot_leaves() -> None:
    leaves = plain(lot_left)
    assert leaves(False, FILLED, 300, 300) == (FILLED, 300)
    assert leaves(False, FILLED, 300, 299) == (PARTICIPATION, 299)
    assert leaves(True, FILLED, 300, 300).filled == 0


@pytest.mark.rule("X21")
@pytest.mark.parametrize(
    ("target", "held", "leaves", "enters"),
    [(300, 0, 0, 300), (300, 200, 0, 100), (200, 300, 100, 0), (-200, 300, 300, -200), (0, -300, 300, 0)],
)
def test_steps_to_a_target(target: int, held: int, leaves: int, enters: int) -> None:
    assert plain(step_to)(target, held) == (leaves, enters)


@pytest.mark.rule("X21")
def test_a_step_of_exactly_the_smallest_trade_is_not_worth_it() -> None:
    worth = plain(is_worth_trading)
    assert not worth(110, 100, 10.0, 1.0, 1.0, 0.01, 10_000.0)
    assert worth(111, 100, 10.0, 1.0, 1.0, 0.01, 10_000.0)
    assert not worth(100, 100, 10.0, 1.0, 1.0, 0.0, 0.0)


@pytest.mark.rule("X19")
def test_a_dividend_gains_nothing_but_by_the_rate_and_a_split_pays_fractions() -> None:
    assert plain(dividend_paid)(1, 100, 0.5, 2.0, 2.0) == (100.0, 0.0)
    assert plain(dividend_paid)(-1, 100, 0.5, 2.0, 1.5) == (-100.0, -25.0)
    found = plain(split_lot)(1, 101, 201, 0.5, 20.0, 1.0, 18.0, 1.0)
    assert found == (50, 100, 10.0, 1.0)


@pytest.mark.rule("C4")
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
