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


def test_no_cross_rates(daily: Daily, instrument: Make) -> None:
    world = daily("2025-03-04", "2025-03-07", instrument("A", "XSHG"))
    with pytest.raises(DataError, match="cross rates are not made"):
        align_fx({"CNYUSD": 0.14, "USDHKD": 7.8}, "HKD", *world)


def test_a_rate_must_stand_before_the_first_session(world: Any) -> None:
    rates = {"USDHKD": _rates(("2025-03-04", 7.8))}
    with pytest.raises(DataError, match=r"no USDHKD rate dated before 2025-03-04.*first is of 2025-03-04.*earlier row"):
        align_fx(rates, "HKD", *world)


def test_the_first_session_is_the_currency_s_own(daily: Daily, instrument: Make) -> None:
    close = np.full((4, 2), 10.0)
    close[:2, 1] = np.nan
    world = daily(
        "2025-03-04", "2025-03-07", instrument("0700.HK", "XHKG"), instrument("BABA", "XNYS", "adr"), close=close
    )  # fmt: skip
    found = align_fx({"USDHKD": _rates(("2025-03-05", 7.8))}, "HKD", *world)
    assert np.isfinite(found.fill_rate).all()
    assert _usd(found)[0][2:] == [7.8, 7.8]


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
