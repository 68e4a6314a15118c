"""Columns whose type says what they hold are read as one array, and as their cells would be."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

from newsbt.prices import price_columns
from newsbt.prices.price_columns import instants

AT = 1_741_230_000  # 2025-03-06T03:00Z


def column(kind: pa.DataType, *counted: int | None) -> pa.ChunkedArray:
    return pa.chunked_array(
        [pa.array(counted[:1], pa.int64()).cast(kind), pa.array(counted[1:], pa.int64()).cast(kind)]
    )


@pytest.mark.parametrize(("unit", "each"), [("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "+05:30"])
def test_typed_instants_are_those_of_their_cells(unit: str, each: int, zone: str, monkeypatch) -> None:
    odd = -7_654_321 * each // 1_000_000  # before 1970 too, and past the microsecond
    values = column(pa.timestamp(unit, zone), AT * each, None, odd, AT * each + each // 3, -1)
    found, faults = instants(values, None)
    monkeypatch.setattr(price_columns, "_typed_instants", lambda _column: None)
    by_cell, none = instants(values, None)
    assert (faults, none) == ({}, {})
    np.testing.assert_array_equal(found, by_cell)
    assert found.dtype == np.dtype("datetime64[ns]") and np.isnat(found[1])


def test_typed_instants_make_no_object_for_each(monkeypatch) -> None:
    def encode(_column: object) -> None:
        raise AssertionError("each distinct instant became an object")

    monkeypatch.setattr(price_columns, "encode", encode)
    found, _ = instants(column(pa.timestamp("us", "UTC"), AT * 10**6), None)
    assert found.tolist() == [AT * 10**9]


def test_times_without_a_zone_and_odd_years_are_faults_as_before() -> None:
    _, faults = instants(column(pa.timestamp("s"), AT), None)
    assert "has no offset" in faults[0]
    found, faults = instants(column(pa.timestamp("s"), AT), ZoneInfo("Asia/Shanghai"))
    assert (found[0], faults) == (np.datetime64("2025-03-05T19:00", "ns"), {})
    found, faults = instants(column(pa.timestamp("s", "UTC"), AT, 10**11), None)
    assert np.isnat(found[1]) and "expected a year from 1900 to 2200" in faults[1]
    assert found[0] == np.datetime64(AT, "s")
