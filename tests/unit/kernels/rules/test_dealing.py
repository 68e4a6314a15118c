"""What orders fill at, cost and need, and what of them fills."""

from __future__ import annotations

import math

import numpy as np
import pytest

from newsbt.kernels._compile import plain
from newsbt.kernels.codes import CASH, FILLED, LIMIT_DOWN, PARTICIPATION, T_PLUS_ONE
from newsbt.kernels.rules.dealing import (
    Quote,
    affordable,
    cost_share,
    dealt,
    entry_fill,
    is_held_back,
    lot_left,
    needed,
    slipped,
)
from newsbt.markets.costs import COMPONENT

FREE_OF_COST = Quote(0.0, math.inf, math.nan, 0.0, 0.0, 0.0, np.empty(0, dtype=COMPONENT), 0, 0, 1.0)


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
    assert leaves(False, LIMIT_DOWN, 300, 300) == (LIMIT_DOWN, 0)
    assert leaves(True, LIMIT_DOWN, 300, 0) == (T_PLUS_ONE, 0)
    assert leaves(False, FILLED, 300, 0) == (PARTICIPATION, 0)


@pytest.mark.rule("X9")
@pytest.mark.parametrize(
    ("sign", "t_plus_one", "session", "held_back"),
    [(1, True, 5, True), (1, True, 6, False), (1, False, 5, False), (-1, True, 5, False)],
)
def test_what_was_bought_in_session_5_cannot_be_sold_in_it(
    sign: int, t_plus_one: bool, session: int, held_back: bool
) -> None:
    assert plain(is_held_back)(sign, t_plus_one, session, 5) is held_back


@pytest.mark.rule("C3")
def test_lots_share_what_an_order_paid_and_the_last_takes_the_rest() -> None:
    share = plain(cost_share)
    assert share(50.0, 0.0, 1000, 2900) == 50.0 * (1000 / 2900)
    assert share(50.0, 40.0, 2900, 2900) == 10.0


BUYING, SELLING = np.zeros(1, dtype=COMPONENT), np.zeros(1, dtype=COMPONENT)
BUYING["rate"], BUYING["on_buy"], BUYING["maximum"], BUYING["minimum"] = 0.5, True, math.inf, -math.inf
SELLING["rate"], SELLING["on_sell"], SELLING["maximum"], SELLING["minimum"] = 0.25, True, math.inf, -math.inf
# A bar from 6 to 12 with a volume of 16, a slippage of an eighth and a half spread of 0.5; the second fee is used.
DEAR = Quote(6.0, 12.0, 16.0, 0.125, 0.5, 0.0, np.concatenate([SELLING, BUYING, SELLING]), 1, 2, 2.0)


@pytest.mark.rule("X6", "C3")
def test_what_an_order_deals_at_and_an_entry_needs() -> None:
    """8 slipped by 1 and 0.5 is 9.5, or 6.5; a purchase of 4 pays half of 4 x 9.5 x 2, a sale nothing."""
    assert plain(dealt)(1, 4, 8.0, math.nan, DEAR) == (9.5, 38.0)
    assert plain(dealt)(-1, 4, 8.0, math.nan, DEAR) == (6.5, 0.0)
    assert plain(dealt)(1, 4, 8.0, 9.0, DEAR) == (9.0, 36.0)
    assert plain(needed)(1, 4, 8.0, math.nan, DEAR) == 4 * 9.5 * 2.0 + 38.0
    assert plain(needed)(-1, 4, 8.0, math.nan, DEAR) == 4 * 6.5 * 2.0
    by_share = SELLING.copy()
    by_share["rate"], by_share["per_share"] = 0.0, 3.0
    assert plain(dealt)(-1, 4, 8.0, math.nan, DEAR._replace(components=by_share, first_fee=0, past_fees=1)) == (
        6.5,
        12.0 * 2.0,
    )
    only_the_last = DEAR._replace(first_fee=2, past_fees=3)
    assert plain(dealt)(-1, 4, 8.0, math.nan, only_the_last) == (6.5, 0.25 * 4 * 6.5 * 2.0)


@pytest.mark.rule("X6")
@pytest.mark.parametrize(
    ("volume", "impact", "price"),
    [
        (16.0, 0.5, 10.0),
        (16.0, 1.0, 12.0),
        (64.0, 1.0, 10.0),
        (1.0, 0.125, 10.0),
        (0.0, 1.0, 8.0),
        (math.nan, 1.0, 8.0),
    ],
)
def test_impact_grows_with_the_root_of_the_share_of_volume(volume: float, impact: float, price: float) -> None:
    """4 shares at 8: 8 x 0.5 x sqrt(4 / 16) is 2. A bar without volume, or of unknown volume, has no impact."""
    quote = Quote(6.0, 12.0, volume, 0.0, 0.0, impact, np.empty(0, dtype=COMPONENT), 0, 0, 1.0)
    assert plain(slipped)(8.0, 1, 4, math.nan, quote) == price


@pytest.mark.rule("X10")
@pytest.mark.parametrize(
    ("free", "fixed", "found", "asked"),
    [
        (55_555.0, 0.0, 55, [55, 56]),  # the first guess fits, the next does not
        (55_555.0, 600.0, 54, [55, 54]),  # a fee: one less
        (55_555.0, 9_000.0, 46, [50, 49, 48, 24, 36, 42, 45, 46, 47]),  # beside the first two guesses, then halfway
        (999.0, 0.0, 0, [1]),
        (1_000.0, 0.0, 1, [1, 2]),
        (-5_000.0, 0.0, 0, [1]),
        (99_999.0, 0.0, 99, [99]),  # a hundred do not fit, as was known
    ],
)
def test_the_most_lots_that_cash_pays_for_are_found_in_a_few_guesses(
    free: float, fixed: float, found: int, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 100 lots of 10 shares at 100, which need 100,000 and a fixed fee."""
    fee = BUYING.copy()
    fee["rate"], fee["fixed"] = 0.0, fixed
    quote = FREE_OF_COST._replace(components=fee, past_fees=1)
    search, seen = plain(affordable), []
    need = search.__globals__["needed"]
    whole = plain(need)(1, 1000, 100.0, math.nan, quote)

    def watched(side: int, quantity: int, *rest: object) -> float:
        seen.append(quantity // 10)
        return plain(need)(side, quantity, *rest)

    monkeypatch.setitem(search.__globals__, "needed", watched)
    assert search(free, whole, 10, 10, 1, 1000, 100.0, math.nan, quote) == 10 * found
    assert seen == asked


@pytest.mark.rule("X10", "X15")
def test_what_cash_pays_for_is_nothing_below_the_smallest_order() -> None:
    """200 shares at least, then single ones, at 10."""
    most = plain(affordable)
    assert most(2_000.0, 5_000.0, 1, 200, 1, 500, 10.0, math.nan, FREE_OF_COST) == 200
    assert most(1_999.0, 5_000.0, 1, 200, 1, 500, 10.0, math.nan, FREE_OF_COST) == 0
    assert most(2_345.0, 5_000.0, 1, 200, 1, 500, 10.0, math.nan, FREE_OF_COST) == 234


@pytest.mark.rule("X6", "X10", "X11")
def test_an_entry_that_is_cut_is_dealt_at_what_is_left_of_it() -> None:
    """Impact and fee are those of the quantity that fills: volume leaves 4 of 9, cash of 100 pays for 3 of 4.

    4 shares slip by 8 x 0.5 x sqrt(4 / 16) = 2 to 10 and pay half of the notional: 60. 1 slips by 1 to 9: 13.5.
    """
    quote = Quote(6.0, 12.0, 16.0, 0.0, 0.0, 0.5, BUYING, 0, 1, 1.0)
    fill = plain(entry_fill)
    assert fill(1, 9, 8.0, math.nan, 4, 60.0, False, 1, 1, quote) == (FILLED, 4, 10.0, 20.0, True, False)
    assert fill(1, 4, 8.0, math.nan, 4, 14.0, False, 1, 1, quote) == (FILLED, 1, 9.0, 4.5, False, True)
    assert fill(1, 4, 8.0, math.nan, 4, 13.0, False, 1, 1, quote) == (CASH, 0, 10.0, 20.0, False, True)
    assert fill(1, 4, 8.0, math.nan, 4, 59.0, True, 1, 1, quote) == (CASH, 0, 10.0, 20.0, False, True)
    assert fill(1, 4, 8.0, math.nan, 0, 60.0, False, 1, 1, quote) == (PARTICIPATION, 0, 8.0, 0.0, True, False)
    assert fill(-1, 4, 8.0, math.nan, 4, 24.0, False, 1, 1, quote) == (FILLED, 4, 6.0, 0.0, False, False)
