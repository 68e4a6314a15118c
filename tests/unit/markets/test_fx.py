"""C1: which rate holds for fills and marks of a row, and what is refused before a run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from newsbt.domain.entity import Instrument, Universe
from newsbt.domain.market_panel import MarketPanel
from newsbt.errors import DataError
from newsbt.markets.fx import FxRates, align_fx

pytestmark = pytest.mark.rule("C1")

Daily = Callable[..., tuple[MarketPanel, Universe]]
Make = Callable[..., Instrument]


@pytest.fixture
def world(daily: Daily, instrument: Make) -> tuple[MarketPanel, Universe]:
    return daily("2025-03-04", "2025-03-07", instrument("0700.HK", "XHKG"), instrument("BABA", "XNYS", "adr"))


def _rates(*rows: tuple[str, float]) -> list[tuple[date, float]]:
    return [(date.fromisoformat(day), rate) for day, rate in rows]


def _usd(found: FxRates) -> tuple[list[float], list[float]]:
    c = found.currencies.index("USD")
    return found.fill_rate[:, c].tolist(), found.mark_rate[:, c].tolist()


def test_fills_use_the_rate_of_the_day_before(world: Any) -> None:
    rates = {"USDHKD": _rates(("2025-03-06", 7.8), ("2025-03-03", 7.7), ("2025-03-05", 7.75))}
    found = align_fx(rates, "HKD", *world)
    assert found.currencies == ("HKD", "USD")
    assert found.currency_of.tolist() == [0, 1]
    assert _usd(found) == ([7.7, 7.7, 7.75, 7.8], [7.7, 7.75, 7.8, 7.8])
    assert (found.fill_rate[:, 0] == 1).all()
    assert (found.mark_rate[:, 0] == 1).all()
    assert not found.fill_rate.flags.writeable


def test_a_weekend_rate_serves_monday(daily: Daily, instrument: Make) -> None:
    world = daily("2025-03-07", "2025-03-10", instrument("BABA", "XNYS", "adr"))
    rates = {"USDHKD": _rates(("2025-03-01", 7.7), ("2025-03-09", 7.9))}
    assert _usd(align_fx(rates, "HKD", *world)) == ([7.7, 7.9], [7.7, 7.9])


def test_the_inverse_serves_where_the_pair_is_missing(world: Any) -> None:
    inverse = {"HKDUSD": _rates(("2025-03-03", 0.125))}
    assert _usd(align_fx(inverse, "HKD", *world)) == ([8.0] * 4, [8.0] * 4)
    both = inverse | {"USDHKD": _rates(("2025-03-03", 7.7))}
    assert _usd(align_fx(both, "HKD", *world))[0] == [7.7] * 4


def test_a_fixed_rate_holds_always(world: Any) -> None:
    assert _usd(align_fx({"USDHKD": 7.78}, "HKD", *world)) == ([7.78] * 4, [7.78] * 4)


def test_own_currency_needs_nothing(daily: Daily, instrument: Make) -> None:
    found = align_fx({}, "HKD", *daily("2025-03-06", "2025-03-06", instrument("0700.HK", "XHKG")))
    assert (found.currencies, found.account) == (("HKD",), "HKD")


def test_a_missing_pair_is_named(world: Any) -> None:
    with pytest.raises(DataError, match="no rate from USD to HKD, which BABA needs; add rows of the pair USDHKD"):
        align_fx({}, "HKD", *world)


def test_a_rate_is_crossed_through_a_common_currency_and_said(daily: Daily, instrument: Make) -> None:
    """CNY in HKD: of CNY in USD (0.14, then 0.15) and USD in HKD (7.8, from the 5th 8). Fills of the 4th know what is
    of the 3rd: 0.14 x 7.8. From the 5th on 0.14 x 8, from the 6th on 0.15 x 8; fills are a day behind."""
    world = daily("2025-03-04", "2025-03-07", instrument("A", "XSHG"))
    legs = {
        "CNYUSD": _rates(("2025-03-03", 0.14), ("2025-03-06", 0.15)),
        "USDHKD": _rates(("2025-03-01", 7.8), ("2025-03-05", 8.0)),
    }
    found = align_fx(legs, "HKD", *world)
    c = found.currencies.index("CNY")
    assert found.fill_rate[:, c].tolist() == pytest.approx([0.14 * 7.8, 0.14 * 7.8, 0.14 * 8, 0.15 * 8])
    assert found.mark_rate[:, c].tolist() == pytest.approx([0.14 * 7.8, 0.14 * 8, 0.15 * 8, 0.15 * 8])
    assert found.crossed == {"CNYHKD": ("CNYUSD", "USDHKD")}


def test_either_leg_may_be_turned_round_and_the_dollar_goes_first(daily: Daily, instrument: Make) -> None:
    world = daily("2025-03-04", "2025-03-07", instrument("A", "XSHG"))
    found = align_fx({"USDCNY": 7.0, "HKDUSD": 0.125, "CNYEUR": 1.0, "EURHKD": 99.0}, "HKD", *world)
    c = found.currencies.index("CNY")
    assert found.mark_rate[0, c] == pytest.approx(8.0 / 7.0)
    assert found.crossed == {"CNYHKD": ("USDCNY", "HKDUSD")}


@pytest.mark.parametrize(
    ("legs", "rate"),
    [({"USDCNY": 7.0, "USDHKD": 7.8}, 7.8 / 7.0), ({"CNYUSD": 0.14, "HKDUSD": 0.128}, 0.14 / 0.128)],
    ids=["of the common currency", "in the common currency"],
)
def test_both_legs_may_name_the_common_currency_on_the_same_side(
    daily: Daily, instrument: Make, legs: dict[str, float], rate: float
) -> None:
    world = daily("2025-03-04", "2025-03-07", instrument("A", "XSHG"))
    found = align_fx(legs, "HKD", *world)
    assert found.mark_rate[0, found.currencies.index("CNY")] == pytest.approx(rate)


def test_a_pair_of_its_own_goes_before_a_cross(daily: Daily, instrument: Make) -> None:
    world = daily("2025-03-04", "2025-03-07", instrument("A", "XSHG"))
    found = align_fx({"HKDCNY": 0.9, "CNYUSD": 0.14, "USDHKD": 7.8}, "HKD", *world)
    assert found.mark_rate[0, found.currencies.index("CNY")] == pytest.approx(1 / 0.9)
    assert found.crossed == {}


def test_pairs_without_a_currency_in_common_make_no_rate(daily: Daily, instrument: Make) -> None:
    world = daily("2025-03-04", "2025-03-07", instrument("A", "XSHG"))
    with pytest.raises(DataError, match="no two pairs with a currency in common"):
        align_fx({"CNYUSD": 0.14, "EURHKD": 7.8}, "HKD", *world)


def test_a_bad_rate_of_a_leg_is_told(daily: Daily, instrument: Make) -> None:
    world = daily("2025-03-04", "2025-03-07", instrument("A", "XSHG"))
    with pytest.raises(DataError, match=r"above 0, got -7\.8"):
        align_fx({"CNYUSD": 0.14, "USDHKD": -7.8}, "HKD", *world)


def test_before_the_first_rate_there_is_none(world: Any) -> None:
    found = align_fx({"USDHKD": _rates(("2025-03-05", 7.8))}, "HKD", *world)
    np.testing.assert_array_equal(_usd(found), [[np.nan, np.nan, 7.8, 7.8], [np.nan, 7.8, 7.8, 7.8]])
    assert found.is_known.tolist() == [[True, False], [True, False], [True, True], [True, True]]
    assert found.first_day == {"USD": date(2025, 3, 5)}
    assert align_fx({"USDHKD": []}, "HKD", *world).first_day == {"USD": None}


def test_an_index_needs_a_rate_only_where_asked(daily: Daily, instrument: Make) -> None:
    world = daily("2025-03-06", "2025-03-06", instrument("0700.HK", "XHKG"), instrument("^SOX", "XNAS", "index"))
    found = align_fx({}, "HKD", *world)
    assert np.isnan(found.mark_rate[0, 1])
    with pytest.raises(DataError, match=r"which \^SOX needs"):
        align_fx({}, "HKD", *world, needed=("^SOX",))


def test_a_rate_of_zero_is_refused(world: Any) -> None:
    with pytest.raises(DataError, match=r"above 0, got 0\.0 on 2025-03-03") as caught:
        align_fx({"USDHKD": _rates(("2025-03-03", 0.0))}, "HKD", *world)
    assert len(caught.value.problems) == 1
    with pytest.raises(DataError, match=r"above 0, got -1\.0"):
        align_fx({"USDHKD": -1.0}, "HKD", *world)
