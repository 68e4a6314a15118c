"""What a provider has changed since: another value, a row that is gone, and a split that explains it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from newsbt.domain.entity import Instrument
from newsbt.domain.findings import Finding
from newsbt.markets.rulebook import load_rulebook
from newsbt.prices.checking import check_source
from newsbt.prices.checking.provider_changes import provider_changes
from newsbt.prices.price_readers import ParquetPrices
from newsbt.prices.stored_prices import StoredPrices
from pulled_answers import prices, store_at

DAYS = ["2025-03-03", "2025-03-04", "2025-03-05"]
KINDS = ("restated", "removed_row", "split_since")


def changes(folder: Path) -> list[Finding]:
    return list(provider_changes(StoredPrices(path=folder, as_of="2030-01-01T00:00Z"), None))


def test_nothing_has_changed(tmp_path: Path) -> None:
    for k in range(3):
        store_at(tmp_path, k).add(prices(DAYS, [10.0, 11.0, 12.0]))
    assert changes(tmp_path) == []


def test_a_restated_value_is_found(tmp_path: Path) -> None:
    store_at(tmp_path, 0).add(prices(DAYS, [10.0, 11.0, 12.0], volume=[100, 200, 300]))
    path, *_ = store_at(tmp_path, 1).add(prices(DAYS, [10.0, 11.22, 12.0], volume=[100, 250, 300]))
    (found,) = changes(tmp_path)
    assert (found.kind, found.ticker, found.date, found.count) == ("restated", "0700.HK", "2025-03-04", 1)
    assert (found.file, found.line, found.severity) == (str(path), 2, "doubt")
    assert found.message == (
        "0700.HK: yfinance has changed open, high, low, close, volume, first of 2025-03-04: open 11 to 11.22, high 11 "
        "to 11.22, low 11 to 11.22, close 11 to 11.22, volume 200 to 250 (pulled 2025-03-06T12:00:00.000000Z and "
        "2025-03-07T12:00:00.000000Z); closes by up to 2.00%"
    )


def test_what_a_store_holds_is_settled_by_no_key_of_files(tmp_path: Path) -> None:
    """Nobody can say `adjusted: true`, or add a column, to what was pulled."""
    days = [str(day) for day in np.arange("2025-03-03", "2025-03-08", dtype="datetime64[D]")]
    close = {
        "adjusted_prices": [100.013, 101.017, 102.011, 101.013, 100.017],
        "unadjusted_split": [100, 101, 20, 20.2, 20.4],
    }
    item = Instrument(ticker="0700.HK", name="x", exchange="XHKG", board="main", currency="HKD")
    for kind, values in close.items():
        folder = tmp_path / kind
        store_at(folder, 3).add(prices(days, values, adjusted="none", volume=[1e6, 2e6, 3e6, 4e6, 5e6]))
        reader = StoredPrices(path=folder, as_of="2030-01-01T00:00Z")
        found = check_source(reader, lambda ticker: item, load_rulebook()).findings
        (message,) = [one.message for one in found if one.kind == kind]
        assert message.endswith("`pull.providers` names who is asked instead")


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ({"dividend": [0, 0.5, 0]}, {"dividend": [0, 0.6, 0]}, "dividend 0.5 to 0.6"),
        ({"dividend": [0, 0, 0]}, {"dividend": [0, 0.6, 0]}, "dividend 0 to 0.6"),
        ({"split": [0, 2, 0]}, {"split": [0, 0, 0]}, "split 2 to 0"),
        ({"previous_close": [9, 10, 11]}, {"previous_close": [9, 9.5, 11]}, "previous_close 10 to 9.5"),
    ],
    ids=["dividend", "new", "split", "previous"],
)
def test_what_is_stated_besides_prices_counts(
    tmp_path: Path, before: dict[str, list[float]], after: dict[str, list[float]], named: str
) -> None:
    store_at(tmp_path, 0).add(prices(DAYS, [10.0, 11.0, 12.0], adjusted="none", **before))
    store_at(tmp_path, 1).add(prices(DAYS, [10.0, 11.0, 12.0], adjusted="none", **after))
    (found,) = changes(tmp_path)
    assert found.kind == "restated" and f"first of 2025-03-04: {named} (" in found.message


def test_a_later_split_explains_other_numbers(tmp_path: Path) -> None:
    store_at(tmp_path, 0).add(prices(DAYS[:2], [10.0, 11.0], volume=[100, 200], dividend=[0, 0.4]))
    adjusted = [float(np.float32(value)) for value in (10.0 / 3, 11.0 / 3, 4.0)]
    split = {"volume": [300, 600, 900], "dividend": [0, 0.133333, 0], "split": [0, 0, 3]}
    store_at(tmp_path, 1).add(prices(DAYS, adjusted, **split))
    (found,) = changes(tmp_path)
    assert (found.kind, found.date, found.count, found.severity) == ("split_since", "2025-03-03", 2, "note")
    assert "rows up to 2025-03-04 in shares of after a split of 3 for 1 that came since" in found.message


def test_a_restated_value_is_told_apart_from_a_split_that_came_with_it(tmp_path: Path) -> None:
    store_at(tmp_path, 0).add(prices(DAYS[:2], [10.0, 11.0]))
    split = {"volume": [2000, 2000, 1000], "split": [0, 0, 2]}
    store_at(tmp_path, 1).add(prices(DAYS, [5.0, 6.0, 6.1], **split))
    assert [(one.kind, one.date, one.count) for one in changes(tmp_path)] == [
        ("restated", "2025-03-04", 1), ("split_since", "2025-03-03", 1),
    ]  # fmt: skip


def test_numbers_that_hold_a_split_which_nobody_states_are_restated(tmp_path: Path) -> None:
    store_at(tmp_path, 0).add(prices(DAYS, [10.0, 11.0, 12.0]))
    store_at(tmp_path, 1).add(prices(DAYS, [5.0, 5.5, 12.0], volume=[2000, 2000, 1000]))
    (found,) = changes(tmp_path)
    assert found.kind == "restated" and found.count == 2 and "closes by up to 50.00%" in found.message


def test_rounding_is_no_change(tmp_path: Path) -> None:
    values = [123.45, 0.0345, 1000.01]
    store_at(tmp_path, 0).add(prices(DAYS, values))
    store_at(tmp_path, 1).add(prices(DAYS, [float(np.float32(value)) for value in values]))
    assert changes(tmp_path) == []


def test_a_row_that_is_no_longer_given_is_found(tmp_path: Path) -> None:
    store_at(tmp_path, 0).add(prices(DAYS, [10.0, 11.0, 12.0]))
    span = (date(2025, 3, 3), date(2025, 3, 5))
    store_at(tmp_path, 1).add(prices([DAYS[0], DAYS[2]], [10.0, 12.0], asked=span))
    (found,) = changes(tmp_path)
    assert (found.kind, found.date, found.count) == ("removed_row", "2025-03-04", 1)
    assert "yfinance no longer gives 1 day that it gave, first 2025-03-04" in found.message
    store_at(tmp_path, 2).add(prices(DAYS, [10.0, 11.0, 12.0]))
    assert changes(tmp_path) == []


def test_days_that_were_not_asked_for_again_are_not_gone(tmp_path: Path) -> None:
    store_at(tmp_path, 0).add(prices(DAYS[:2], [10.0, 11.0]))
    store_at(tmp_path, 1).add(prices(DAYS[2:], [12.0]))
    assert changes(tmp_path) == []


def test_each_provider_is_compared_with_itself(tmp_path: Path) -> None:
    store_at(tmp_path, 0).add(prices(DAYS, [10.0, 11.0, 12.0]))
    store_at(tmp_path, 1).add(prices(DAYS, [20.0, 21.0, 22.0], provider="akshare", adjusted="none"))
    assert changes(tmp_path) == []
    store_at(tmp_path, 2).add(prices(DAYS, [20.0, 21.0, 23.0], provider="akshare", adjusted="none"))
    assert [one.message.partition(" has")[0] for one in changes(tmp_path)] == ["0700.HK: akshare"]


def test_other_readers_have_no_changes(tmp_path: Path) -> None:
    assert list(provider_changes(ParquetPrices(path=tmp_path), None)) == []
    assert list(provider_changes(StoredPrices(path=tmp_path), None)) == []


def test_the_check_of_a_store_tells_them(tmp_path: Path) -> None:
    store_at(tmp_path, 0).add(prices(DAYS, [10.0, 11.0, 12.0]))
    store_at(tmp_path, 1).add(prices(DAYS, [10.0, 11.5, 12.0]))
    reader = StoredPrices(path=tmp_path, as_of="2030-01-01T00:00Z")
    found = check_source(reader, lambda _: None, load_rulebook()).findings
    assert [one.kind for one in found if one.kind in KINDS] == ["restated"]
