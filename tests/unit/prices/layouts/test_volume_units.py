"""Units of volumes: what the market says, what the amount confirms, and what is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from newsbt.prices.layouts.volume_units import UnclearUnitError, VolumeUnit, volume_unit

SHARES = np.array([50_000.0, 80_000.0, 20_000.0, 10_000.0])
PRICE = np.array([10.0, 11.0, 12.0, 13.0])


def unit(expected: float, volume: np.ndarray, amount: np.ndarray | None, money: float = 1.0) -> VolumeUnit:
    return volume_unit(
        expected=expected, source="A-shares", volume=volume, price=PRICE, amount=amount, amount_units={money: ""}
    )


@pytest.mark.parametrize("drift", [1.0, 0.4, 3.0])  # prices adjusted for what came later
def test_the_amount_confirms_what_is_expected(drift: float) -> None:
    assert (
        unit(100.0, SHARES / 100, SHARES * PRICE * drift).why
        == "volume in lots of 100 (A-shares, confirmed by the amount)"
    )
    assert unit(1.0, SHARES, SHARES * PRICE * drift).shares == 1.0
    assert unit(100.0, SHARES / 100, SHARES * PRICE * drift / 1000, money=1000.0).shares == 100.0


@pytest.mark.parametrize(("expected", "volume"), [(100.0, SHARES), (1.0, SHARES / 100)])
def test_where_the_amount_says_otherwise_the_unit_is_asked_for(expected: float, volume: np.ndarray) -> None:
    with pytest.raises(UnclearUnitError, match="volume_unit: 100"):
        unit(expected, volume, SHARES * PRICE)


@pytest.mark.parametrize("amount", [None, np.full(4, np.nan), np.array([1.0, np.nan, np.nan, np.nan])])
def test_without_amounts_nothing_confirms_it(amount: np.ndarray | None) -> None:
    assert "no amount confirms it" in unit(100.0, SHARES / 100, amount).why
