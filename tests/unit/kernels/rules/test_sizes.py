"""The pieces of the compiled engine against slow or exact twins; the engines as wholes meet in tests/property."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbt.kernels import codes
from newsbt.kernels._compile import plain
from newsbt.kernels.codes import NONE
from newsbt.kernels.rules.dealing import Quote, slipped
from newsbt.kernels.rules.holding import BARS, DURATION, FOREVER, SESSIONS, due_row, missed_returns
from newsbt.kernels.rules.prices import at_limit, stop_hit
from newsbt.kernels.rules.sizes import (
    NO_CAP,
    after_split,
    is_worth_trading,
    participation_left,
    price_of_size,
    size_in_lots,
    split_order,
    step_to,
    whole_lots,
)
from newsbt.markets.costs import COMPONENT

quick = settings(max_examples=200, deadline=None)


@quick
@given(st.integers(0, 10**6), st.sampled_from((1, 10, 100, 200, 500)), st.integers(0, 400))
def test_whole_lots_of_whole_shares_are_exact(shares: int, step: int, minimum: int) -> None:
    floor = shares // step * step
    assert plain(whole_lots)(float(shares), step, minimum) == (floor if floor >= minimum else 0)


def test_a_lot_that_rounding_has_robbed_of_a_sliver_is_whole() -> None:
    assert plain(whole_lots)(99.99999999999, 100, 100) == 100
    assert plain(whole_lots)(99.9999, 100, 100) == 0


@pytest.mark.parametrize(
    ("participation", "volume", "filled", "left"),
    [(0.1, 1_050.0, 0, 100), (0.1, 1_050.0, 60, 40), (0.1, 1_050.0, 200, 0), (math.nan, 5.0, 0, NO_CAP),
     (0.1, math.nan, 0, NO_CAP)],
)  # fmt: skip
def test_what_a_volume_allows(participation: float, volume: float, filled: int, left: int) -> None:
    assert plain(participation_left)(participation, volume, 100, filled) == left


@pytest.mark.rule("X4")
def test_a_size_without_a_price_or_a_lot_is_none() -> None:
    size = plain(size_in_lots)
    assert plain(price_of_size)(10.0, 2.0, 8.0) == 40.0
    assert size(0.1, 10_000.0, 9.9, 100, 100) == 100
    assert size(0.1, 10_000.0, 10.1, 100, 100) == 0
    assert size(0.5, 80.0, 10.0, 1, 1) == 4
    assert size(1.0, -5.0, 0.01, 1, 1) == 0  # no equity, no size
    assert size(1.0, 0.0, 0.01, 1, 1) == 0
    assert size(0.1, 10_000.0, math.nan, 100, 100) == NONE
    assert size(0.1, 10_000.0, 9.9, 0, 0) == NONE


@pytest.mark.rule("X15")
def test_the_smallest_order_is_one_and_a_share_less_is_none() -> None:
    """STAR: 200 shares at least, then single ones; New York: one."""
    assert [plain(whole_lots)(shares, 1, 200) for shares in (199.0, 200.0, 201.0)] == [0, 200, 201]
    assert [plain(whole_lots)(shares, 1, 1) for shares in (0.5, 1.0, 1.5)] == [0, 1, 1]
    assert [plain(whole_lots)(shares, 100, 100) for shares in (99.0, 100.0, 199.0, 200.0)] == [0, 100, 100, 200]


@pytest.mark.rule("X11")
def test_a_share_of_a_volume_that_binary_numbers_cut_is_whole() -> None:
    """0.29 x 100 is 28.999999999999996; where no lot is known the volume is counted in shares."""
    assert plain(participation_left)(0.29, 100.0, 1, 0) == 29
    assert plain(participation_left)(0.1, 1_055.0, 1, 0) == 105
    assert plain(participation_left)(0.1, 1_050.0, 0, 5) == 100
    assert plain(participation_left)(0.1, 1_050.0, 100, 100) == 0


@pytest.mark.rule("X19")
def test_whole_shares_of_a_split() -> None:
    assert [plain(after_split)(*lot) for lot in ((100, 0.29), (3, 0.5), (3, 2.0), (7, 1.0))] == [29, 1, 6, 7]


@pytest.mark.rule("X21")
@pytest.mark.parametrize(
    ("quantity", "shares", "found"),
    [
        (10, [1.0, 1.0, 1.0], [4, 3, 3]),  # equal remainders: the first
        (11, [1.0, 1.0, 1.0], [4, 4, 3]),
        (10, [1.0, 2.0, 4.0], [1, 3, 6]),  # 1.43, 2.86, 5.71: two left, for the second and the third
        (7, [4.0, 2.0, 1.0], [4, 2, 1]),
        (1, [1.0, 3.0], [0, 1]),
        (5, [0.3], [5]),
    ],
)
def test_odd_shares_go_to_the_largest_remainders(quantity: int, shares: list[float], found: list[int]) -> None:
    """Only the first of so many parts are looked at and written."""
    whole, lost = np.full(len(shares) + 1, -7), np.zeros(len(shares))
    plain(split_order)(quantity, len(shares), np.array([*shares, 99.0]), whole, lost)
    assert whole.tolist() == [*found, -7]


@pytest.mark.rule("X21")
@pytest.mark.parametrize(
    ("target", "held", "leaves", "enters"),
    [
        (300, 0, 0, 300), (-300, 0, 0, -300), (300, 200, 0, 100), (200, 300, 100, 0), (-200, 300, 300, -200),
        (200, -300, 300, 200), (0, -300, 300, 0), (0, 300, 300, 0), (-300, -200, 0, -100), (-200, -300, 100, 0),
        (1, -1, 1, 1), (0, 0, 0, 0), (5, 5, 0, 0),
    ],
)  # fmt: skip
def test_steps_to_a_target(target: int, held: int, leaves: int, enters: int) -> None:
    assert plain(step_to)(target, held) == (leaves, enters)


@pytest.mark.rule("X21")
def test_a_step_of_exactly_the_smallest_trade_is_not_worth_it() -> None:
    """A share counts for 8 / 2 x 4 = 16, and a hundredth of 16,000 is 10 of them."""
    worth = plain(is_worth_trading)
    assert not worth(110, 100, 8.0, 2.0, 4.0, 0.01, 16_000.0)
    assert not worth(90, 100, 8.0, 2.0, 4.0, 0.01, 16_000.0)
    assert worth(111, 100, 8.0, 2.0, 4.0, 0.01, 16_000.0)
    assert worth(89, 100, 8.0, 2.0, 4.0, 0.01, 16_000.0)
    assert not worth(100, 100, 10.0, 1.0, 1.0, 0.0, 0.0)
    assert not worth(100, 100, 10.0, 1.0, 1.0, 0.01, -5.0)  # nor with debts


@quick
@given(st.integers(1, 10_000), st.lists(st.sampled_from((0.25, 0.5, 1.0, 2.0, 3.0)), min_size=1, max_size=6))
def test_parts_of_an_order_add_up_and_differ_from_their_share_by_less_than_one(
    quantity: int, shares: list[float]
) -> None:
    whole, lost = np.zeros(len(shares), dtype=np.int64), np.zeros(len(shares))
    plain(split_order)(quantity, len(shares), np.array(shares), whole, lost)
    assert whole.sum() == quantity
    total = sum(map(Fraction, shares))
    for size, share in zip(whole.tolist(), shares, strict=True):
        assert abs(size - quantity * Fraction(share) / total) < 1


def quoted(high: float, volume: float, rate: float, half_spread: float, impact: float) -> Quote:
    """A bar with a low of 9, without fees."""
    return Quote(9.0, high, volume, rate, half_spread, impact, np.empty(0, dtype=COMPONENT), 0, 0, 1.0)


def test_slippage_is_against_the_trader_and_stays_inside_the_bar() -> None:
    price, nothing = plain(slipped), math.nan
    assert price(10.0, 1, 100, nothing, quoted(11.0, nothing, 0.01, 0.05, 0.0)) == pytest.approx(10.15)
    assert price(10.0, -1, 100, nothing, quoted(11.0, nothing, 0.01, 0.05, 0.0)) == pytest.approx(9.85)
    assert price(10.0, 1, 100, nothing, quoted(10.05, nothing, 0.01, 0.05, 0.0)) == 10.05
    assert price(10.0, 1, 100, nothing, quoted(12.0, 10_000.0, 0.0, 0.0, 0.5)) == pytest.approx(10.5)
    assert price(10.0, 1, 100, nothing, quoted(12.0, nothing, 0.0, 0.0, 0.5)) == 10.0


def test_slippage_does_not_pass_the_bound_of_an_order() -> None:
    assert plain(slipped)(10.0, 1, 100, 10.1, quoted(12.0, math.nan, 0.02, 0.0, 0.0)) == 10.1
    assert plain(slipped)(10.0, -1, 100, 9.9, quoted(12.0, math.nan, 0.02, 0.0, 0.0)) == 9.9
    assert plain(slipped)(10.0, 1, 100, 10.5, quoted(12.0, math.nan, 0.02, 0.0, 0.0)) == pytest.approx(10.2)


@pytest.mark.parametrize(
    ("side", "price", "why"),
    [(1, 10.995, codes.LIMIT_UP), (1, 10.99, codes.FILLED), (-1, 9.005, codes.LIMIT_DOWN), (-1, 11.0, codes.FILLED)],
)
def test_limits(side: int, price: float, why: int) -> None:
    assert plain(at_limit)(side, price, 11.0, 9.0, 0.01) == why
    assert plain(at_limit)(side, price, math.nan, math.nan, 0.01) == codes.FILLED


@pytest.mark.parametrize(
    ("sign", "bar", "found"),
    [
        (1, (94.0, 96.0, 90.0), (codes.STOP_LOSS, 94.0, True)),
        (1, (100.0, 101.0, 94.0), (codes.STOP_LOSS, 95.0, False)),
        (1, (111.0, 112.0, 94.0), (codes.TAKE_PROFIT, 111.0, True)),
        (1, (100.0, 112.0, 96.0), (codes.TAKE_PROFIT, 110.0, False)),
        (1, (100.0, 112.0, 94.0), (codes.STOP_LOSS, 95.0, False)),
        (-1, (106.0, 107.0, 104.0), (codes.STOP_LOSS, 106.0, True)),
        (-1, (100.0, 104.0, 89.0), (codes.TAKE_PROFIT, 90.0, False)),
    ],
)
def test_stops_and_targets(sign: int, bar: tuple[float, float, float], found: tuple[int, float, bool]) -> None:
    reason, price, at_open = plain(stop_hit)(sign, 100.0, 100.0, 0.05, math.nan, 0.1, *bar)
    assert (reason, at_open) == (found[0], found[2])
    assert price == pytest.approx(found[1])


def test_of_two_stops_the_nearer_acts_and_at_one_price_the_stop_loss() -> None:
    hit = plain(stop_hit)
    assert hit(1, 100.0, 110.0, 0.05, 0.05, math.nan, 110.0, 110.0, 90.0)[0] == codes.TRAILING_STOP
    assert hit(1, 100.0, 100.0, 0.05, 0.05, math.nan, 100.0, 100.0, 90.0)[0] == codes.STOP_LOSS
    assert hit(1, 100.0, 100.0, math.nan, math.nan, math.nan, 1.0, 1.0, 1.0)[0] == codes.NONE


def slow_due(t: int, unit: int, count: int, tradable: list[bool], session: list[int], opens: list[int]) -> int:
    """X13 in lists: the bars from t on, the first of which starts the hold."""
    bars = [row for row in range(t, len(tradable)) if tradable[row]]
    if unit == FOREVER or not bars:
        return len(tradable)
    start, later = bars[0], bars[1:]
    if unit == BARS:
        ready = bars[count : count + 1]
    elif unit == SESSIONS:
        seen = list(dict.fromkeys(session[row] for row in bars))
        ready = [row for row in later if seen.index(session[row]) >= count]
    else:
        ready = [row for row in later if opens[row] >= opens[start] + count]
    return ready[0] if ready else len(tradable)


@quick
@given(
    st.lists(st.booleans(), min_size=1, max_size=14),
    st.integers(0, 13),
    st.sampled_from((FOREVER, BARS, SESSIONS, DURATION)),
    st.integers(1, 4),
    st.integers(1, 4),
)
def test_where_a_hold_ends(tradable: list[bool], start: int, unit: int, count: int, width: int) -> None:
    t = start % len(tradable)
    session = [row // width for row in range(len(tradable))]
    if unit == SESSIONS and not tradable[t]:
        t = t // width * width  # a session without a bar of its own: so far, at least
    opens = [row * 10 for row in range(len(tradable))]
    number, last, seen = [], -1, 0
    for row, is_open in enumerate(tradable):
        if is_open and session[row] != last:
            seen, last = seen + 1, session[row]
        number.append(seen)
    found = plain(due_row)(
        t, 0, 0, unit, count * (10 if unit == DURATION else 1), np.array(tradable)[:, None],
        np.array(number)[:, None], np.array(opens)[:, None],
    )  # fmt: skip
    assert found == slow_due(t, unit, count * (10 if unit == DURATION else 1), tradable, session, opens)


def test_missed_returns_reach_to_the_holds_end_or_the_last_mark_and_know_splits() -> None:
    open_ = np.array([[10.0], [11.0], [6.0], [7.0]])
    split = np.array([[1.0], [1.0], [2.0], [1.0]])
    rest = np.zeros((0, 0), dtype=np.int64), np.zeros(1, dtype=np.int64), np.zeros((4, 1), dtype=np.int64)
    ones, out = np.ones((4, 1), dtype=bool), np.empty(3)
    missed_returns(
        np.array([0, 0, 3]), np.zeros(3, dtype=np.int64), np.array([1, -1, 1]), np.array([10.0, 10.5, 7.0]), BARS, 2,
        open_, open_ + 0.25, split, ones, *rest, out,
    )  # fmt: skip
    assert out.tolist() == pytest.approx([6.0 * 2 / 10.0 - 1, -(6.0 * 2 / 10.5 - 1), 7.25 / 7.0 - 1])
