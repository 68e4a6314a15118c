"""Charts as the page's script is handed them: gaps stay gaps, lines share their x, and long ones are thinned."""

from __future__ import annotations

import json

import numpy as np
import pytest

from newsbt.reports.charts.chart import MOST_POINTS, Axis, Chart, ChartSeries, day_numbers
from newsbt.reports.theme import DASHES, Look

LOOK = Look("c0", DASHES[1], "strategy")


def line(values: np.ndarray, name: str = "A", first: int = 0) -> ChartSeries:
    return ChartSeries(name=name, at=first + np.arange(float(len(values))), values=values, look=LOOK)


def chart(*lines: ChartSeries) -> Chart:
    return Chart(name="c", title="t", description="d", series=lines, x=Axis(unit="day"), y=Axis(unit="percent"))


def test_a_gap_is_null_and_numbers_have_six_digits() -> None:
    (table,) = chart(line(np.array([0.0, 0.123456789, np.nan, np.inf, -2.0]))).document()["tables"]
    assert table["series"][0]["values"] == [0, 0.123457, None, None, -2]
    assert table["at"] == [0, 1, 2, 3, 4]
    assert (table["series"][0]["css"], table["series"][0]["dash"]) == ("c0", 1)


def test_lines_over_the_same_days_say_them_once_and_others_their_own() -> None:
    values = np.zeros(3)
    first, second = chart(line(values), line(values, "B"), line(values, "C", first=7)).document()["tables"]
    assert [one["name"] for one in first["series"]] == ["A", "B"]
    assert [one["name"] for one in second["series"]] == ["C"] and second["at"] == [7, 8, 9]


def test_long_lines_are_thinned_to_their_lowest_and_highest() -> None:
    values = np.zeros(3 * MOST_POINTS)
    values[1_234] = -0.5
    drawn = chart(line(values), line(values + 1.0, "B"))
    assert drawn.is_thinned
    document = drawn.document()
    kept = [table["series"][0]["values"] for table in document["tables"]]
    assert sum(map(len, kept)) <= MOST_POINTS + 4 and min(kept[0]) == -0.5
    assert len(json.dumps(document)) < 60 * MOST_POINTS
    assert not chart(line(values[:100])).is_thinned


def test_values_that_do_not_fit_their_axis_are_named() -> None:
    with pytest.raises(ValueError, match="A: expected 3 values, got 2"):
        ChartSeries(name="A", at=np.zeros(3), values=np.zeros(2), look=LOOK)


def test_days_are_counted_from_1970() -> None:
    assert day_numbers(np.array(["1970-01-02", "2025-03-06"], dtype="M8[ns]")).tolist() == [1.0, 20153.0]
