"""What was traded, out of split-adjusted numbers: a decimal where it is one but for a provider's rounding."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbt.price_store.traded_prices import as_given, later_splits, newest_traded, put_back
from pulled_answers import prices, store_at


def one(name: str, value: float, factor: float = 1.0, holds: bool = True) -> float:
    return float(put_back(name, np.array([value]), np.array([factor]), np.array([holds]))[0])


@pytest.mark.parametrize(
    ("value", "factor", "traded"),
    [
        (86.42900085449219, 10.0, 864.29),
        (140.8000030517578, 1.0, 140.8),
        (0.128348, 224.0, 28.75),
        (0.13300000131130219, 1.0, 0.133),
        (47.0 / 1.05, 1.05, 47.0),
        (1 / 3, 1.0, 1 / 3),
        (612345.67, 1.0, 612345.67),
        (float("nan"), 2.0, float("nan")),
    ],
)
def test_a_price_is_the_decimal_that_it_nearly_is(value: float, factor: float, traded: float) -> None:
    assert one("close", value, factor) == pytest.approx(traded, rel=0, abs=0, nan_ok=True)


def test_unadjusted_prices_stay_as_they_are() -> None:
    assert one("close", 140.8000030517578, 1.0, holds=False) == 140.8000030517578


def test_volumes_are_whole_and_splits_stay() -> None:
    assert one("volume", 678364000.0, 10.0) == 67836400.0 and one("volume", 12.4, 1.05) == 12.0
    assert one("volume", 12.4) == 12.4 and one("split", 4.0, 2.0) == 4.0


@given(
    cents=st.integers(1, 500_000),
    ratio=st.sampled_from([1.0, 0.1, 0.2, 1.05, 1.2, 1.5, 2.0, 3.0, 10.0]),
    other=st.sampled_from([1.0, 1.1, 2.0, 5.0]),
)
def test_cents_come_back_out_of_single_precision(cents: int, ratio: float, other: float) -> None:
    traded, factor = cents / 100, ratio * other
    assert one("close", float(np.float32(traded / factor)), factor) == traded


def test_each_row_holds_the_splits_of_its_own_pull(tmp_path) -> None:
    days = ["2025-02-03", "2025-02-04", "2025-02-05"]
    store_at(tmp_path, 0).add(prices(days[:2], [8.0, 4.0], split=[0, 2]))
    store_at(tmp_path, 1).add(prices(days, [2.0, 2.0, 2.0], split=[0, 2, 2]))
    store_at(tmp_path, 2).add(prices(days, [8.0, 4.0, 2.0], split=[0, 2, 2], adjusted="none", provider="other"))
    stored = as_given(store_at(tmp_path).read("prices", store_at(tmp_path, 3).now()).table)
    order = np.lexsort((stored.day, stored.pulled_at))
    assert later_splits(stored)[order].tolist() == [2.0, 1.0, 4.0, 2.0, 1.0, 1.0, 1.0, 1.0]


def test_a_store_of_nothing_has_no_rows(tmp_path) -> None:
    assert len(newest_traded(store_at(tmp_path).read("prices", store_at(tmp_path).now()).table).ticker) == 0
