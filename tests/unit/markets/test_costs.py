"""C2, C3: the fee function, and which fees each market, board and date has."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from newsbt.domain.entity import Instrument, Universe
from newsbt.domain.market_panel import MarketPanel
from newsbt.errors import ConfigError
from newsbt.kernels._compile import plain
from newsbt.kernels.rules.fees import fee
from newsbt.markets.costs import COMPONENT, FeeTable, Flat, MarketSchedule, ZeroCosts
from newsbt.markets.rulebook import Rulebook

pytestmark = pytest.mark.rule("C2", "C3")

Daily = Callable[..., tuple[MarketPanel, Universe]]
Make = Callable[..., Instrument]
Charge = Callable[..., float]


@pytest.fixture
def charge(daily: Daily, rulebook: Rulebook) -> Charge:
    """Costs of one fill of one instrument on one day."""

    def ask(
        item: Instrument, on: str, is_buy: bool, quantity: float, price: float,
        commission: str | None = None, fx: float = 1.0, model: Any = None,
    ) -> float:  # fmt: skip
        panel, universe = daily(on, on, item)
        table = (model or MarketSchedule(commission=commission)).table(panel, universe, rulebook)
        return table.charge(0, 0, is_buy, quantity, price, fx)

    return ask


@pytest.mark.parametrize(("on", "total"), [("2023-11-16", 71.26), ("2025-06-27", 56.26), ("2025-07-02", 56.36)])
@pytest.mark.parametrize("is_buy", [True, False])
def test_hong_kong_without_commission(charge: Charge, instrument: Make, on: str, total: float, is_buy: bool) -> None:
    assert charge(instrument("0700.HK", "XHKG"), on, is_buy, 100, 500.0, "none") == pytest.approx(total, abs=1e-9)


@pytest.mark.parametrize(("on", "total"), [("2023-08-25", 21.57), ("2023-08-28", 11.28)])
def test_mainland_sale_without_commission(charge: Charge, instrument: Make, on: str, total: float) -> None:
    """Stamp duty, handling, regulatory and transfer fee: with no commission to contain them, all are charged."""
    assert charge(instrument("A", "XSHG"), on, False, 1000, 20.0, "none") == pytest.approx(total, abs=1e-9)


@pytest.mark.parametrize(
    ("on", "total"), [("2025-01-15", 1.56), ("2025-12-15", 0.17), ("2026-05-04", 1.23)]
)  # fmt: skip
def test_new_york_sale(charge: Charge, instrument: Make, on: str, total: float) -> None:
    assert charge(instrument("BABA", "XNYS", "adr"), on, False, 1000, 50.0) == pytest.approx(total, abs=1e-9)
    assert charge(instrument("BABA", "XNYS", "adr"), on, True, 1000, 50.0) == 0.0


def test_default_commissions(charge: Charge, instrument: Make) -> None:
    hong_kong, shanghai = instrument("0700.HK", "XHKG"), instrument("A", "XSHG")
    # 0.03 % at least 3, plus 15; stamp 50, trading 2.83, SFC 1.35, AFRC 0.08, CCASS 2.10
    assert charge(hong_kong, "2025-07-02", True, 100, 500.0) == pytest.approx(15 + 15 + 56.36, abs=1e-9)
    assert charge(hong_kong, "2025-07-02", True, 10, 500.0) == pytest.approx(3 + 15 + 5 + 0.28 + 0.14 + 0.01 + 0.21)
    # 0.025 % at least 5; the transfer fee beside it, handling and regulatory fee inside; stamp on sales only
    assert charge(shanghai, "2025-07-02", True, 1000, 50.0) == pytest.approx(12.5 + 0.5)
    assert charge(shanghai, "2025-07-02", False, 100, 50.0) == pytest.approx(5 + 0.05 + 2.5)


def test_named_commissions(charge: Charge, instrument: Make) -> None:
    item = instrument("0700.HK", "XHKG")
    statutory = charge(item, "2025-07-02", True, 100, 500.0, "none")
    for name, commission in (("online", 15 + 15), ("global_broker", 40.0), ("bank", 125.0)):
        assert charge(item, "2025-07-02", True, 100, 500.0, name) == pytest.approx(statutory + commission)
    # The mainland and New York have no tariff of these names and keep their default.
    for other in (instrument("A", "XSHG"), instrument("M", "XNYS")):
        assert charge(other, "2025-07-02", True, 100, 50.0, "bank") == charge(other, "2025-07-02", True, 100, 50.0)


def test_funds_are_exempt(charge: Charge, instrument: Make) -> None:
    assert charge(instrument("3033.HK", "XHKG", "etf"), "2025-07-02", True, 1000, 50.0, "none") == pytest.approx(6.36)
    assert charge(instrument("510300.SH", "XSHG", "etf"), "2025-07-02", False, 1000, 50.0, "none") == pytest.approx(2.0)


def test_hong_kong_stamp_duty_goes_up_to_a_whole_dollar(charge: Charge, instrument: Make) -> None:
    item = instrument("0700.HK", "XHKG")
    rest = 56.36 - 50
    assert charge(item, "2025-07-02", True, 100, 500.0, "none") == pytest.approx(50 + rest)
    above = charge(item, "2025-07-02", True, 100, 500.01, "none")
    assert above == pytest.approx(51 + rest)


def test_fees_are_rounded_before_they_are_converted(charge: Charge, instrument: Make) -> None:
    assert charge(instrument("A", "XSHG"), "2023-08-28", False, 1000, 20.0, "none", fx=1.08) == pytest.approx(
        11.28 * 1.08
    )


def test_flat_minimum_is_in_account_currency(charge: Charge, instrument: Make) -> None:
    model = Flat(commission_bps=10, minimum=8)
    item = instrument("BABA", "XNYS", "adr")
    assert charge(item, "2025-03-06", True, 10, 100.0, fx=7.8, model=model) == 8.0  # 7.80 HKD is below the minimum
    assert charge(item, "2025-03-06", False, 100, 100.0, fx=7.8, model=model) == pytest.approx(78.0)


def test_zero(charge: Charge, instrument: Make) -> None:
    assert charge(instrument("0700.HK", "XHKG"), "2025-03-06", True, 100, 500.0, model=ZeroCosts()) == 0.0


def _components(**fields: Any) -> np.ndarray:
    row = np.zeros(1, dtype=COMPONENT)
    row["maximum"], row["on_buy"], row["on_sell"] = math.inf, True, True
    for name, value in fields.items():
        row[name] = value
    return row


def test_a_minimum_beats_a_cap() -> None:
    both = _components(rate=0.01, minimum=5.0, maximum=3.0)
    assert fee(both, 0, 1, True, 1.0, 100.0, 1.0) == 5.0
    cap = _components(rate=0.01, minimum=2.0, maximum=100.0)
    assert [fee(cap, 0, 1, True, q, 100.0, 1.0) for q in (1.0, 50.0, 1e6)] == [2.0, 50.0, 100.0]


@pytest.mark.parametrize(
    ("rounding", "amount", "expected"),
    [
        (1, 2.825, 2.83), (1, 1.005, 1.01), (1, 2.8249999, 2.82), (1, 0.075, 0.08), (1, 0.0, 0.0),
        (2, 50.0, 50.0), (2, 50.000001, 51.0), (2, 0.0, 0.0), (2, 1e9, 1e9),
        (3, 1.39, 1.39), (3, 1.390001, 1.4), (3, 0.0, 0.0), (0, 1.23456, 1.23456),
    ],
)  # fmt: skip
def test_roundings(rounding: int, amount: float, expected: float) -> None:
    one = _components(fixed=amount, rounding=rounding)
    assert fee(one, 0, 1, True, 1.0, 1.0, 1.0) == expected


def test_binary_noise_moves_no_boundary() -> None:
    """0.1 x 3 is above 0.3 in binary, 0.29 x 100 below 29; the fee is the decimal one."""
    stamp = _components(rate=0.001, rounding=2)
    assert fee(stamp, 0, 1, True, 1000.0, 1.1 * 3, 1.0) == 4.0
    assert fee(stamp, 0, 1, True, 30000.0, 0.1, 1.0) == 3.0
    cents = _components(rate=0.00005, rounding=1)
    assert fee(cents, 0, 1, True, 100.0, 57.0, 1.0) == 0.29  # 0.285 exactly


def test_plain_and_compiled_fee_agree_on_one_fill(
    charge: Charge, daily: Daily, rulebook: Rulebook, instrument: Make
) -> None:
    panel, universe = daily("2025-07-02", "2025-07-02", instrument("0700.HK", "XHKG"))
    table = MarketSchedule().table(panel, universe, rulebook)
    start, stop = table.span[table.class_of[0, 0]]
    fill = (True, 1234.0, 511.37, 1.0)
    assert fee(table.components, start, stop, *fill) == plain(fee)(table.components, int(start), int(stop), *fill)
    assert table.charge(0, 0, *fill) == fee(table.components, start, stop, *fill)


def test_a_table_changes_class_with_the_date(daily: Daily, rulebook: Rulebook, instrument: Make) -> None:
    items = [instrument("0700.HK", "XHKG"), instrument("0005.HK", "XHKG"), instrument("^HSI", "XHKG", "index")]
    panel, universe = daily("2025-06-27", "2025-07-02", *items)
    table = MarketSchedule().table(panel, universe, rulebook)
    assert [str(day)[5:] for day in panel.dates] == ["06-27", "06-30", "07-02"]
    shares = table.class_of[:, 0]
    assert (shares == table.class_of[:, 1]).all()
    assert shares[0] != shares[1] == shares[2]
    assert table.charge(0, 2, True, 1.0, 1.0, 1.0) == 0.0  # an index is never filled
    for array in (table.components, table.span, table.class_of):
        assert not array.flags.writeable
    assert table.class_of.dtype == np.int32


def test_no_rows(daily: Daily, rulebook: Rulebook, instrument: Make) -> None:
    panel, universe = daily("2025-10-01", "2025-10-01", instrument("A", "XSHG"))
    for model in (MarketSchedule(), Flat(commission_bps=1), ZeroCosts()):
        table = model.table(panel, universe, rulebook)
        assert isinstance(table, FeeTable)
        assert table.class_of.shape == (0, 1)


def test_bad_names_and_numbers(daily: Daily, rulebook: Rulebook, instrument: Make) -> None:
    panel, universe = daily("2025-03-06", "2025-03-06", instrument("A", "XSHG"))
    with pytest.raises(
        ConfigError, match="'onlin'; expected one of bank, default, global_broker, none, online; did you"
    ):
        MarketSchedule(commission="onlin").table(panel, universe, rulebook)
    for bad in (-1.0, math.nan, math.inf):
        with pytest.raises(ConfigError, match="0 or more"):
            Flat(commission_bps=bad)
    with pytest.raises(ConfigError, match=r"costs\.minimum"):
        Flat(commission_bps=1, minimum=-1)


def test_dates_of_the_class_are_session_dates(charge: Charge, instrument: Make) -> None:
    """The stamp duty was halved on 2023-08-28, a Monday."""
    item = instrument("A", "XSHG")
    friday, monday = (charge(item, day, False, 10_000, 100.0, "none") for day in ("2023-08-25", "2023-08-28"))
    assert friday - monday == pytest.approx(500 + 14.6)
    assert date(2023, 8, 28).weekday() == 0
