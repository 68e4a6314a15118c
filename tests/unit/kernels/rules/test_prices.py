"""At what price: each rule at its boundary and a hair beside it, for both sides."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbt.domain.market_panel import ex_price as ex_prices
from newsbt.kernels._compile import plain
from newsbt.kernels.codes import FILLED, LIMIT_DOWN, LIMIT_UP, NONE, STOP_LOSS, TAKE_PROFIT, TRAILING_STOP
from newsbt.kernels.rules.prices import (
    at_limit,
    best_price,
    ex_price,
    is_met_at_open,
    is_traded_through,
    limit_price,
    no_buy_from,
    no_sale_from,
    session_ends,
    stop_hit,
)

NOT_SET = math.nan


@pytest.mark.rule("X8")
def test_half_a_tick_before_a_limit_nobody_is_on_the_other_side() -> None:
    """Limits of 11 and 9 and ticks of 0.5, which binary numbers hold exactly."""
    assert plain(no_buy_from)(11.0, 0.5) == 10.75
    assert plain(no_sale_from)(9.0, 0.5) == 9.25
    locked = plain(at_limit)
    assert [locked(1, price, 11.0, 9.0, 0.5) for price in (10.75, 10.7499, 9.25, 8.0)] == [LIMIT_UP, *[FILLED] * 3]
    assert [locked(-1, price, 11.0, 9.0, 0.5) for price in (9.25, 9.2501, 10.75, 12.0)] == [LIMIT_DOWN, *[FILLED] * 3]


# Of a lot entered at 100 whose best close was 128: a stop loss at 75, a trailing stop at 112, a target at 150; of a
# short whose best was 64: at 125, at 72, at 50. All exact in binary.
LONG, SHORT = (1, 100.0, 128.0), (-1, 100.0, 64.0)


@pytest.mark.rule("X14")
@pytest.mark.parametrize(
    ("lot", "bar", "found"),
    [
        (LONG, (75.0, 80.0, 70.0), (STOP_LOSS, 75.0, True)),
        (LONG, (75.5, 80.0, 75.0), (STOP_LOSS, 75.0, False)),
        (LONG, (75.5, 80.0, 75.25), (NONE, 0.0, False)),
        (LONG, (150.0, 150.0, 150.0), (TAKE_PROFIT, 150.0, True)),
        (LONG, (149.5, 150.0, 149.0), (TAKE_PROFIT, 150.0, False)),
        (LONG, (149.5, 149.75, 149.0), (NONE, 0.0, False)),
        (LONG, (149.5, 150.0, 75.0), (STOP_LOSS, 75.0, False)),
        (SHORT, (125.0, 130.0, 120.0), (STOP_LOSS, 125.0, True)),
        (SHORT, (124.5, 125.0, 120.0), (STOP_LOSS, 125.0, False)),
        (SHORT, (124.5, 124.75, 120.0), (NONE, 0.0, False)),
        (SHORT, (50.0, 50.0, 50.0), (TAKE_PROFIT, 50.0, True)),
        (SHORT, (50.5, 51.0, 50.0), (TAKE_PROFIT, 50.0, False)),
        (SHORT, (50.5, 51.0, 50.25), (NONE, 0.0, False)),
    ],
)
def test_a_bar_that_just_reaches_a_stop_or_a_target(
    lot: tuple[int, float, float], bar: tuple[float, float, float], found: tuple[int, float, bool]
) -> None:
    """Open, high and low; the price of a bar that hits nothing is 0."""
    assert plain(stop_hit)(*lot, 0.25, NOT_SET, 0.5, *bar) == found


@pytest.mark.rule("X14")
def test_the_nearer_of_two_stops_acts_and_before_a_target_that_lies_below_it() -> None:
    hit = plain(stop_hit)
    assert hit(*LONG, 0.25, 0.125, NOT_SET, 112.5, 113.0, 112.0) == (TRAILING_STOP, 112.0, False)
    assert hit(*SHORT, 0.25, 0.125, NOT_SET, 71.5, 72.0, 71.0) == (TRAILING_STOP, 72.0, False)
    assert hit(1, 100.0, 100.0, 0.25, 0.25, NOT_SET, 75.0, 75.0, 75.0) == (STOP_LOSS, 75.0, True)
    # The target at 106.25 lies below the trailing stop at 112: an open at the stop is the stop's.
    assert hit(*LONG, NOT_SET, 0.125, 0.0625, 112.0, 112.0, 112.0) == (TRAILING_STOP, 112.0, True)
    assert hit(*LONG, NOT_SET, 0.125, 0.0625, 112.5, 113.0, 112.0) == (TAKE_PROFIT, 112.5, True)
    assert hit(*LONG, NOT_SET, NOT_SET, NOT_SET, 1.0, 1e9, 0.0) == (NONE, 0.0, False)


@pytest.mark.rule("X14")
@pytest.mark.parametrize(("sign", "close", "peak"), [(1, 11.0, 11.0), (1, 9.0, 10.0), (-1, 11.0, 10.0), (-1, 9.0, 9.0)])
def test_a_trailing_stop_follows_the_better_close(sign: int, close: float, peak: float) -> None:
    assert plain(best_price)(sign, 10.0, close) == peak


@pytest.mark.rule("X19")
@pytest.mark.parametrize(
    ("price", "dividend", "split", "left"),
    [
        (41.0, 1.0, 2.0, 20.0),
        (10.0, 0.5, 1.0, 9.5),
        (51.42, 0.0, 0.1, 514.2),  # 514.1999999999999 in binary, which is a decimal but for rounding
        (4_327_671.25, 0.0, 3.0, 4_327_671.25 / 3),  # no decimal of eight places, however near
    ],
)
def test_what_a_price_becomes_where_it_goes_ex(price: float, dividend: float, split: float, left: float) -> None:
    assert plain(ex_price)(price, dividend, split) == left


@pytest.mark.rule("X19")
@given(
    st.integers(1, 10**9).map(lambda cents: cents / 100), st.sampled_from((0.0, 0.07, 0.5)),
    st.sampled_from((1.0, 2.0, 3.0, 1.1, 0.5, 0.1, 7.0)),
)  # fmt: skip
def test_one_price_goes_ex_as_a_panel_of_prices_does(price: float, dividend: float, split: float) -> None:
    assert plain(ex_price)(price, dividend, split) == float(ex_prices(price, dividend, split))


@pytest.mark.rule("X22")
@pytest.mark.parametrize(
    ("sign", "reference", "dividend", "split", "tick", "distance", "limit"),
    [
        (1, 10.06, 0.0, 1.0, 0.02, 0.01, 9.94),  # 9.9594 downwards
        (-1, 10.06, 0.0, 1.0, 0.02, 0.01, 10.18),  # 10.1606 upwards
        (1, 10.0, 0.0, 1.0, 0.01, 0.05, 9.5),  # a whole number of ticks, whatever binary numbers say
        (-1, 10.0, 0.0, 1.0, 0.01, 0.05, 10.5),
        (1, 1.1, 0.0, 1.0, 0.1, 0.0, 1.1),  # 1.1 / 0.1 is 11.000000000000002
        (-1, 1.1, 0.0, 1.0, 0.1, 0.0, 1.1),
        (1, 0.3, 0.0, 1.0, 0.1, 0.0, 0.3),  # 0.3 / 0.1 is 2.9999999999999996
        (1, 41.0, 1.0, 2.0, 0.01, 0.02, 19.6),
        (-1, 41.0, 1.0, 2.0, 0.01, 0.02, 20.4),
    ],
)
def test_where_a_limit_order_waits(
    sign: int, reference: float, dividend: float, split: float, tick: float, distance: float, limit: float
) -> None:
    assert plain(limit_price)(sign, reference, dividend, split, tick, distance) == limit


@pytest.mark.rule("X22")
def test_an_open_at_the_limit_is_met_and_a_bar_that_touches_it_is_not_through() -> None:
    met, through = plain(is_met_at_open), plain(is_traded_through)
    assert [met(1, 10.0, open_) for open_ in (9.0, 10.0, 10.5)] == [True, True, False]
    assert [met(-1, 10.0, open_) for open_ in (11.0, 10.0, 9.5)] == [True, True, False]
    assert [through(1, 10.0, low, 99.0) for low in (9.5, 10.0, 10.5)] == [True, False, False]
    assert [through(-1, 10.0, 0.0, high) for high in (10.5, 10.0, 9.5)] == [True, False, False]


@pytest.mark.rule("X22")
def test_the_last_row_of_a_session() -> None:
    """Two sessions, 0 and 1; in rows of -1 only other markets trade. The second column has one of three rows."""
    session_of = np.array([[0, 3], [0, -1], [-1, 3], [0, 3], [1, -1], [-1, -1], [1, -1]])
    ends = plain(session_ends)
    assert [ends(t, 0, session_of) for t in (0, 1, 3, 4, 6)] == [False, False, True, False, True]
    assert [ends(t, 1, session_of) for t in (0, 2, 3)] == [False, False, True]
