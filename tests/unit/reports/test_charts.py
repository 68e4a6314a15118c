"""Charts: round axes, no lost extremes, no bridged gaps."""

from __future__ import annotations

import numpy as np
import pytest

from newsbt.reports.charts.axes import day_ticks, percent_labels, value_ticks
from newsbt.reports.charts.curves import Curve, Line, histogram, line_chart, xy_chart
from newsbt.reports.charts.plot import HALF, PHONE, WIDE, Size
from newsbt.reports.theme import Look

LOOK = Look("c0", "", "strategy")


def drawn(days: np.ndarray, values: np.ndarray, size: Size = WIDE) -> str:
    line = Line(name="A", days=days, values=values, look=LOOK)
    svg = line_chart([line], size=size, title="t", description="d", chart_id="c")
    return svg.split('data-line="A" d="')[1].split('"')[0]


@pytest.mark.parametrize(
    ("low", "high"), [(-0.2, 0.5), (0.0, 0.0), (-0.00013, 0.0), (0.0, 123.0), (-0.99, 0.0), (-1e-12, 1e-12)]
)
def test_ticks_enclose_the_values_and_are_few(low: float, high: float) -> None:
    ticks = value_ticks(low, high)
    assert ticks[0] <= low + 1e-9
    assert ticks[-1] >= high - 1e-9
    assert 2 <= len(ticks) <= 9
    assert any(abs(tick) < 1e-12 for tick in ticks)
    assert len(set(percent_labels(ticks))) == len(ticks), "labels tell ticks apart"


@pytest.mark.parametrize("most", [3, 5, 8])
@pytest.mark.parametrize("days", [1, 3, 40, 300, 700, 4000, 20_000])
def test_dates_on_the_axis_are_few_and_inside(days: int, most: int) -> None:
    first = int(np.datetime64("2024-07-01", "D").astype(np.int64))
    ticks = day_ticks(first, first + days, most)
    assert 1 <= len(ticks) <= most + 2
    assert all(first <= day <= first + days for day, _ in ticks)


@pytest.mark.parametrize("size", [WIDE, HALF, PHONE])
def test_a_long_line_keeps_its_lowest_point(size: Size) -> None:
    days = np.arange(np.datetime64("2000-01-01"), np.datetime64("2000-01-01") + 20_000)
    values = np.zeros(20_000)
    values[12_345] = -0.5
    path = drawn(days, values, size)
    assert path.count("L") <= 2 * size.points
    heights = [float(step.split()[1]) for step in path.replace("L", "M").split("M")[1:]]
    assert max(heights) > size.height * 0.8


def test_a_gap_is_not_bridged() -> None:
    days = np.arange(np.datetime64("2025-01-01"), np.datetime64("2025-01-06"))
    assert drawn(days, np.array([0.0, 0.1, np.nan, 0.2, 0.1])).count("M") == 2


def test_nothing_to_draw_says_so() -> None:
    days = np.array(["2025-01-01"], dtype="M8[D]")
    line = Line(name="A", days=days, values=np.array([np.nan]), look=LOOK)
    assert "nothing to draw" in line_chart([line], size=WIDE, title="t", description="d", chart_id="c")
    curve = Curve(name="A", x=np.array([1.0]), y=np.array([np.nan]), look=LOOK)
    chart = xy_chart([curve], size=HALF, title="t", description="d", chart_id="c", x_title="x", y_title="y")
    assert "nothing to draw" in chart


@pytest.mark.parametrize("values", [[0.01], [0.0, 0.0, 0.0], [-5.0, 5.0, np.nan]])
def test_a_histogram_counts_every_value(values: list[float]) -> None:
    svg = histogram(np.array(values), 0.02, size=HALF, title="t", description="d", chart_id="c", x_title="total return")
    assert svg.count("<rect") >= 1
    assert "observed" in svg
    assert "nan" not in svg
