"""Mirror images of bars by hand: returns turned over, limits kept, what a limit cuts off comes at the next bar."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from newsbt.kernels import mirrored_prices as module
from newsbt.kernels._compile import plain
from newsbt.kernels.mirrored_prices import mirrored_prices

LIMIT = plain(module._limit)

CENT = 1_000_000
TENTH = np.array([[100_000, 100_000]])  # 10 % either way
NONE, NO_BANDS = np.zeros((1, 1), np.int64), np.zeros(1, np.int64)


def made(
    bars: list[tuple[float, float, float, float]], sign: list[int], *, before: float = 10.0, limited: bool = False,
    at_limit: Any = None, limits: Any = (TENTH, NONE, NONE, NO_BANDS), sessions: list[int] | None = None,
    tick: int = CENT, **cells: Any,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Open, high, low and close (4, T), dividends and reference prices of one ticker whose bars are such ratios."""
    count = len(bars)
    shape = (count, 1)
    out, dividend, prev = np.empty((4, *shape)), np.empty(shape), np.empty(shape)
    values = {"action": 1.0, "paid": 0.0, "split": 1.0, "given": np.nan, "at_open": 0.0, "later": 0.0} | cells
    grids = {
        name: np.full(shape, value) if np.isscalar(value) else np.array(value, float).reshape(shape)
        for name, value in values.items()
    }
    stands = np.zeros((count, 4)) if at_limit is None else np.array(at_limit)
    mirrored_prices(
        np.array(bars, float).T.reshape(4, count, 1).copy(),
        stands.astype(np.int64).T.reshape(4, count, 1).copy(),
        grids["action"], grids["paid"], grids["split"], grids["given"],
        np.array(range(count) if sessions is None else sessions).reshape(shape),
        np.full(shape, 0 if limited else -1), *limits, np.full(shape, tick),
        np.array([before]), np.array(sign, np.int64), grids["at_open"], grids["later"],
        out, dividend, prev,
    )  # fmt: skip
    return out[:, :, 0], dividend[:, 0], prev[:, 0]


def test_a_bar_that_rose_falls_as_far_with_high_and_low_exchanged() -> None:
    prices, _, _ = made([(1.01, 1.05, 0.98, 1.03)], [-1])
    assert prices[:, 0] == pytest.approx([9.9, 10.2, 9.5, 9.7])
    assert made([(1.01, 1.05, 0.98, 1.03)], [1])[0][:, 0] == pytest.approx([10.1, 10.5, 9.8, 10.3])


def test_each_bar_starts_from_the_close_before_and_missing_bars_stay_missing() -> None:
    nan = (np.nan,) * 4
    prices, _, _ = made([(1.0, 1.0, 0.9, 0.9), nan, (1.0, 1.1, 1.0, 1.1)], [-1, -1, 1])
    assert prices[3, 0] == pytest.approx(11.0) and np.isnan(prices[:, 1]).all() and prices[3, 2] == pytest.approx(12.1)


def test_a_bar_that_doubled_is_halved() -> None:
    assert made([(1.0, 2.0, 1.0, 2.0)], [-1])[0][:, 0] == pytest.approx([10.0, 10.0, 5.0, 5.0])


def test_dividends_are_yields_and_splits_stay() -> None:
    flat = [(1.0, 1.0, 1.0, 1.0), (1.0, 1.0, 1.0, 1.0)]
    prices, dividend, _ = made(
        [(1.0, 1.1, 1.0, 1.1), *flat], [-1, 1, 1], action=[1.0, 0.95, 0.5], paid=[0.0, 0.05, 0.0], split=[1.0, 1.0, 2.0]
    )
    assert prices[3] == pytest.approx([9.0, 8.55, 4.275]) and dividend == pytest.approx([0.0, 0.45, 0.0])


def test_what_stands_at_a_limit_stands_at_the_opposite_one() -> None:
    """10.03 x 1.1 = 11.03, and x 0.9 = 9.03: half up to the cent."""
    up = 11.03 / 10.03
    prices, _, _ = made([(up,) * 4], [-1], before=10.03, limited=True, at_limit=[(1, 1, 1, 1)])
    assert prices[:, 0].tolist() == [9.03] * 4


def test_the_lower_limit_may_be_the_least_price_there_is() -> None:
    """0.02 less 10 % is 0.018, half up 0.02, and a tick away 0.01; a bar that stood at its upper limit goes there."""
    prices, _, _ = made([(1.0,) * 4], [-1], before=0.02, limited=True, at_limit=[(1, 1, 1, 1)])
    assert prices[:, 0].tolist() == [0.01] * 4


def test_no_price_passes_its_limit() -> None:
    prices, _, _ = made([(1.0, 1.0, 0.86, 0.88)], [-1], limited=True)
    assert prices[:, 0].tolist() == [10.0, 11.0, 10.0, 11.0]


def test_an_effect_comes_from_the_open_on_and_what_the_limit_cuts_off_at_the_next_bar() -> None:
    flat = (1.0, 1.0, 1.0, 1.0)
    free, _, _ = made([flat, flat], [1, 1], later=[0.03, 0.0])
    assert free[:, 0] == pytest.approx([10.0, 10.3, 10.0, 10.3]) and free[:, 1] == pytest.approx([10.3] * 4)
    rose = (1.0, 1.09, 1.0, 1.09)
    cut, _, _ = made([rose, flat], [1, 1], later=[0.03, 0.0], limited=True)
    assert cut[3, 0] == 11.0 and cut[0, 1] == pytest.approx(11.23, abs=0.005)  # 10 x 1.09 x 1.03 = 11.227
    closing, _, _ = made([flat, flat], [1, 1], at_open=[0.0, 0.02])
    assert closing[:, 0] == pytest.approx([10.0] * 4) and closing[:, 1] == pytest.approx([10.2] * 4)


def test_a_first_bar_is_as_it_was() -> None:
    prices, _, _ = made([(7.0, 8.0, 6.0, 7.5), (1.0, 1.1, 1.0, 1.1)], [-1, -1], before=np.nan)
    assert prices[:, 0].tolist() == [7.0, 8.0, 6.0, 7.5] and prices[3, 1] == pytest.approx(6.75)


def test_limits_in_money_are_those_of_the_band_of_the_reference_price() -> None:
    """Below 10: 1, from there on: 3."""
    below, amount = np.array([[1_000_000_000, 2_000_000_000]]), np.array([[100_000_000, 300_000_000]])
    bands = (np.array([[-1, -1]]), below, amount, np.array([2]))
    flown = [(1.0, 1.5, 1.0, 1.5)]
    assert made(flown, [1], before=9.99, limited=True, limits=bands)[0][3, 0] == pytest.approx(10.99)
    assert made(flown, [-1], before=10.0, limited=True, limits=bands)[0][3, 0] == pytest.approx(7.0)
    assert made(flown, [1], before=30.0, limited=True, limits=bands)[0][3, 0] == pytest.approx(33.0)


@pytest.mark.parametrize(
    ("reference", "up", "down"),
    [
        (10.03, 1103, 953), (10.05, 1106, 955), (0.02, 3, 1), (0.01, 2, 1), (0.04, 5, 3), (1.0, 110, 95),
        (0.004, 0, 0), (0.005, 2, 1), (0.0, 0, 0), (-1.0, 0, 0), (np.nan, 0, 0), (module.LARGEST, 0, 0),
        (module.LARGEST - 1.0, None, None),
    ],
)  # fmt: skip
def test_a_limit_is_a_share_of_the_reference_half_up_and_a_tick_away(
    reference: float, up: int | None, down: int | None
) -> None:
    """10 % up and 5 % down, in cents: 10.05 x 1.1 = 11.055, and x 0.95 = 9.5475."""
    for sign, expected in ((1, up), (-1, down)):
        found = LIMIT(reference, CENT, 0, sign, np.array([[100_000, 50_000]]), NONE, NONE, NO_BANDS)
        assert found == expected if expected is not None else found > 0


def test_without_an_entry_a_tick_or_a_rate_there_is_no_limit() -> None:
    def limit(k: int = 0, tick: int = CENT, sign: int = 1, rates: tuple[int, int] = (100_000, 100_000)) -> int:
        return int(LIMIT(10.0, tick, k, sign, np.array([rates]), NONE, NONE, NO_BANDS))

    assert (limit(), limit(sign=-1), limit(k=-1), limit(tick=0), limit(tick=-1)) == (1100, 900, 0, 0, 0)
    assert (limit(rates=(-1, 0)), limit(sign=-1, rates=(-1, 0))) == (0, 999)
    assert (limit(rates=(0, -1)), limit(sign=-1, rates=(0, -1))) == (1001, 0)
    assert limit(tick=5 * CENT) == 220


@pytest.mark.parametrize(
    ("reference", "up", "down"), [(9.99, 1099, 899), (10.0, 1300, 700), (19.99, 2299, 1699), (20.0, 2900, 1100)]
)
def test_a_limit_in_money_is_that_of_the_references_band(reference: float, up: int, down: int) -> None:
    below, amount = np.array([[1000, 2000, 3000]]) * CENT, np.array([[100, 300, 900]]) * CENT
    for sign, expected in ((1, up), (-1, down)):
        rates = np.array([[-1, -1]])
        assert LIMIT(reference, CENT, 0, sign, rates, below, amount, np.array([3])) == expected


@pytest.mark.parametrize(("sign", "price"), [(1, 11.08), (-1, 9.06)])
def test_what_stood_at_a_limit_stands_at_it_though_its_return_falls_short_by_a_tick(sign: int, price: float) -> None:
    """11.03 of 10.03 is 11.07 of 10.07, whose limits are 11.08 and 9.06; its mirror image is 9.07."""
    ratio = 11.03 / 10.03
    prices, _, _ = made([(ratio,) * 4], [sign], before=10.07, limited=True, at_limit=[(1, 1, 1, 1)])
    assert prices[:, 0].tolist() == [price] * 4
    free, _, _ = made([(ratio,) * 4], [sign], before=10.07, limited=True)
    assert free[:, 0] == pytest.approx([11.07 if sign > 0 else 9.07] * 4)


def test_a_price_is_a_tick_at_least_where_there_is_no_limit_below() -> None:
    limits = (np.array([[100_000, -1]]), NONE, NONE, NO_BANDS)
    assert made([(0.2,) * 4], [1], before=0.01, limited=True, limits=limits)[0][:, 0].tolist() == [0.01] * 4


def test_bars_of_one_session_have_the_limits_of_its_first() -> None:
    """10 to 11 is all of the session's limit, and the next session's is 10 % of 11."""
    up = (1.0, 1.1, 1.0, 1.1)
    assert made([up] * 3, [1] * 3, limited=True, sessions=[0, 0, 1])[0][3].tolist() == [11.0, 11.0, 12.1]
    assert made([up] * 3, [1] * 3, limited=True, sessions=[0, 1, 2])[0][3].tolist() == [11.0, 12.1, 13.31]
    assert made([up] * 3, [1] * 3, limited=True, sessions=[7, 7, 7])[0][3].tolist() == [11.0] * 3


FLOWN, FALLEN = [(1.0, 1.5, 1.0, 1.5)], [(1.0, 1.0, 0.01, 0.01)]


@pytest.mark.parametrize(
    ("cells", "before", "top", "bottom"),
    [
        ({}, 10.0, 11.0, 9.0),
        # Ten less a dividend of one; the half of it after two for one; less the dividend, and then the half.
        ({"paid": 0.1}, 10.0, 9.9, 8.1),
        ({"split": 2.0}, 10.0, 5.5, 4.5),
        ({"paid": 0.1, "split": 2.0}, 10.0, 4.95, 4.05),
        # The exchange's own reference price stands before both, in whole ticks and one at least.
        ({"given": 0.8}, 10.0, 8.8, 7.2),
        ({"given": 0.8, "paid": 0.1, "split": 2.0}, 10.0, 8.8, 7.2),
        ({"given": 0.80042}, 10.0, 8.8, 7.2),
        ({"given": 0.01}, 0.2, 0.02, 0.01),
        ({"given": 0.0}, 10.0, 11.0, 9.0),
    ],
)
def test_limits_are_those_of_what_is_left_of_the_last_close(
    cells: dict[str, float], before: float, top: float, bottom: float
) -> None:
    assert made(FLOWN, [1], before=before, limited=True, **cells)[0][3, 0] == pytest.approx(top)
    assert made(FALLEN, [1], before=before, limited=True, **cells)[0][3, 0] == pytest.approx(bottom)


@pytest.mark.parametrize(
    ("given", "limited", "tick", "expected"),
    [
        (0.80042, True, CENT, 8.0), (0.80058, True, CENT, 8.01), (0.80042, True, 5 * CENT, 8.0),
        (0.0001, True, CENT, 0.01), (0.80042, False, CENT, 8.0042), (0.80042, True, 0, 8.0042), (0.0, True, CENT, 0.0),
        (-0.5, True, CENT, -5.0),
    ],
)  # fmt: skip
def test_a_reference_price_that_was_given_is_in_whole_ticks_where_there_are_limits(
    given: float, limited: bool, tick: int, expected: float
) -> None:
    _, _, reference = made([(1.0, 1.0, 1.0, 1.0)], [1], limited=limited, tick=tick, given=given)
    assert reference[0] == pytest.approx(expected, abs=1e-12)


def test_what_a_limit_below_cuts_off_comes_at_the_next_bar_too() -> None:
    """9 x .97 is 8.73: the limit leaves 9, and .97 of the next bar is to come; a bar inside its limits owes nothing."""
    fell, flat = (1.0, 1.0, 0.9, 0.9), (1.0, 1.0, 1.0, 1.0)
    prices, _, _ = made([fell, flat, flat], [1] * 3, later=[-0.03, 0.0, 0.0], limited=True)
    assert prices[3, 0] == 9.0 and prices[:, 1] == pytest.approx([8.73] * 4) and prices[3, 2] == pytest.approx(8.73)
    inside, _, _ = made([flat, flat], [1] * 2, later=[-0.03, 0.0], limited=True)
    assert inside[3].tolist() == [9.7, 9.7]


def test_a_planted_effect_moves_high_and_low_along_with_open_and_close() -> None:
    prices, _, _ = made([(1.0, 1.02, 0.99, 1.01)], [1], at_open=0.0, later=0.05)
    assert prices[:, 0] == pytest.approx([10.0, 10.605, 9.9, 10.605])
    prices, _, _ = made([(1.0, 1.02, 0.99, 1.01)], [1], later=-0.05)
    assert prices[:, 0] == pytest.approx([10.0, 10.2, 9.595, 9.595])
    prices, _, _ = made([(1.0, 1.02, 0.99, 1.01)], [1], at_open=0.05)
    assert prices[:, 0] == pytest.approx([10.5, 10.71, 10.395, 10.605])
