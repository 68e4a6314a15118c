"""X8's arithmetic: the rulebook's test vectors, and corners of rounding."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from newsbt.markets.limits import (
    PRICE_UNIT,
    RATE_UNIT,
    References,
    band_limits,
    band_ticks,
    price_limits,
    references,
    units,
)

pytestmark = pytest.mark.rule("X8")


def _limits(reference: float, percentage: float, tick: float = 0.01) -> tuple[float, float]:
    step = units(np.array([tick]))
    count = (2 * units(np.array([reference])) + step) // (2 * step)
    rate = np.array([round(percentage * RATE_UNIT)])
    up, down = price_limits(count, step, rate, rate)
    return float(up[0]), float(down[0])


@pytest.mark.parametrize(
    ("reference", "percentage", "up", "down"),
    [
        (10.05, 0.10, 11.06, 9.05),
        (33.33, 0.20, 40.00, 26.66),
        (2.35, 0.05, 2.47, 2.23),
        (0.09, 0.05, 0.10, 0.08),
        (5.85, 0.10, 6.44, 5.27),
        (1.15, 0.10, 1.27, 1.04),
        (44.56, 0.10, 49.02, 40.10),
        (0.01, 0.10, 0.02, 0.0),
    ],
)
def test_vectors(reference: float, percentage: float, up: float, down: float) -> None:
    assert _limits(reference, percentage) == (up, down)


def test_a_fund_has_a_finer_tick() -> None:
    assert _limits(1.005, 0.10, tick=0.001) == (1.106, 0.905)


@pytest.mark.parametrize(
    ("close", "split", "ticks"),
    [(10, 3, 333), (10, 6, 167), (1, 8, 13), (1, 40, 3), (2, 3, 67), (10, Fraction(3, 2), 667)],
)
def test_a_reference_that_a_split_leaves_a_fraction_of_is_rounded_half_up_to_the_tick(
    close: int, split: Fraction, ticks: int
) -> None:
    """10 / 3 is 333.33 ticks of 0.01, 1 / 8 is 12.5 and 1 / 40 is 2.5."""
    exact = Fraction(close * PRICE_UNIT) / split
    found = References(np.array([[int(exact)]]), {(0, 0): exact})
    assert found.in_ticks(np.array([[PRICE_UNIT // 100]])).tolist() == [[ticks]]


def test_no_limit_without_percentage_or_reference() -> None:
    count, tick = np.array([1005, 0, 1005]), np.full(3, PRICE_UNIT // 100)
    up, down = price_limits(count, tick, np.array([-1, 100_000, 100_000]), np.array([100_000, 100_000, -1]))
    assert np.isnan(up).tolist() == [True, True, False]
    assert np.isnan(down).tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("reference", "tick", "up", "down"),
    [
        (99.0, 1.0, 129.0, 69.0),
        (100.0, 1.0, 150.0, 50.0),  # below 100 is over: 50 from here on
        (199.9, 0.1, 249.9, 149.9),
        (1000.0, 1.0, 1300.0, 700.0),  # beyond all bands: the last one's
        (20.0, 1.0, 50.0, -10.0),  # a sale is never stopped below zero
        (99.9, 50.0, 150.0, 50.0),  # the reference to the tick, 100; 150 is there already
        (50.0, 70.0, 140.0, 0.0),  # at least one tick of 70 away from 70, half up: 120 and 20 would be 140 and 0
    ],
)
def test_amounts_by_price_band(reference: float, tick: float, up: float, down: float) -> None:
    step = units(np.array([tick]))
    count = (2 * units(np.array([reference])) + step) // (2 * step)
    below, amount = units(np.array([[100, 30], [200, 50], [500, 300]], dtype=np.float64)).T
    found = band_limits(count, step, below, amount)
    assert [float(side[0]) for side in found] == [up, down]


def test_no_band_without_a_reference() -> None:
    found = band_limits(np.array([0]), np.array([PRICE_UNIT]), units(np.array([100.0])), units(np.array([30.0])))
    assert np.isnan(found).all()


def test_a_price_on_a_band_s_edge_belongs_to_the_lower_band() -> None:
    upper, tick = np.array([25, 50, 1000]), np.array([1, 5, 10])
    assert band_ticks(np.array([1, 25, 26, 50, 51, 1000, 9999]), upper, tick).tolist() == [1, 1, 5, 5, 10, 10, 10]


def test_units_of_what_is_no_price() -> None:
    assert units(np.array([np.nan, np.inf, 1e300, 1.15])).tolist() == [0, 0, 0, 115_000_000]


@pytest.mark.parametrize("split_of", [0.001, 0.005])  # 2e11, and exactly the 4e10 from which on nothing is a price
def test_a_split_beyond_any_price_leaves_no_reference(daily, instrument, split_of: float) -> None:
    """A reverse split of many to one: nothing overflows, and such a price has no limit."""
    split = np.array([[1.0], [split_of], [1.0]])
    panel, _ = daily("2025-03-03", "2025-03-05", instrument("A.SH", "XSHG"), close=np.full((3, 1), 2.0e8), split=split)
    found = references(panel)
    assert found.value[:, 0].tolist() == [0, 0, units(np.array([2.0e8]))[0]]
    assert not found.exact
