"""Charts: round axes, no lost extremes, no bridged gaps."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbt.reports.charts.axes import day_ticks, number_labels, number_text, percent_labels, value_ticks
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


def parsed(label: str) -> float:
    """The number that a label says."""
    for letters, size in (("bn", 1e9), ("M", 1e6), ("k", 1e3), ("%", 0.01)):
        if label.endswith(letters):
            return float(label.removesuffix(letters).replace(",", "")) * size
    return float(label.replace(",", ""))


STEPS = [factor * 10.0**power for power in range(-7, 6) for factor in (1, 2, 2.5, 5)]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("first", [-3, 0, 1, 400, 39_997])
def test_labels_say_exactly_where_their_ticks_stand(step: float, first: int) -> None:
    """Ticks of every step that an axis can choose, over more than ten decades, near zero and far from it: read back,
    the label is the tick to a thousandth of a step, and no two are alike."""
    ticks = [number * step for number in range(first, first + 6)]
    for labels in (percent_labels(ticks), number_labels(ticks)):
        assert len(set(labels)) == len(ticks)
        for label, tick in zip(labels, ticks, strict=True):
            assert parsed(label) == pytest.approx(tick, rel=1e-12, abs=step * 1e-3), (label, tick)
    for tick in ticks:
        assert parsed(number_text(tick)) == pytest.approx(tick, rel=1e-8, abs=0.0)


@given(
    low=st.floats(-1e7, 1e7), span=st.floats(1e-7, 1e7), wanted=st.integers(2, 9), with_zero=st.booleans(),
    only_whole=st.booleans(),
)  # fmt: skip
def test_every_axis_that_can_be_chosen_is_labelled_exactly(
    low: float, span: float, wanted: int, with_zero: bool, only_whole: bool
) -> None:
    ticks = value_ticks(low, low + span, wanted, with_zero=with_zero, only_whole=only_whole)
    step = ticks[1] - ticks[0]
    assert ticks[0] <= low + step * 1e-3 and ticks[-1] >= low + span - step * 1e-3 and len(ticks) <= wanted + 3
    for labels in (percent_labels(ticks), number_labels(ticks)):
        assert len(set(labels)) == len(ticks)
        assert [parsed(label) for label in labels] == pytest.approx(ticks, rel=1e-12, abs=step * 2e-3)
    if only_whole:
        assert all(tick == round(tick) for tick in ticks)


@pytest.mark.parametrize("days", [1, 3, 29, 62, 300, 4000, 20_000])
def test_dates_on_the_axis_stand_where_they_say(days: int) -> None:
    first = int(np.datetime64("2024-07-01", "D").astype(np.int64))
    for day, label in day_ticks(first, first + days):
        assert np.datetime64(label, "D").astype(np.int64) == day, "a month stands at its first day"


def test_draws_are_counted_in_whole_numbers() -> None:
    """Three values in three bars: the axis has 0 and 1, not 0.25 of a draw."""
    svg = histogram(np.array([0.0, 0.5, 1.0]), None, size=HALF, title="t", description="d", chart_id="c", x_title="x")
    heights = re.findall(r'text-anchor="end">([^<]*)<', svg)
    assert heights == ["0", "1"]


def test_account_sizes_and_quarters_of_a_percent_are_labelled_exactly() -> None:
    """2.5 % was labelled 2 %, 7.5 % as 8 %; an account of 1,234,567 as 1.235M."""
    assert percent_labels([0.0, 0.025, 0.05, 0.075]) == ["0%", "2.5%", "5.0%", "7.5%"]
    assert percent_labels([0.0, 0.0025, 0.005]) == ["0%", "0.25%", "0.50%"]
    assert (number_text(1_234_567), number_text(2_500_000), number_text(12_500)) == ("1,234,567", "2.5M", "12.5k")


@pytest.mark.parametrize("most", [3, 5, 8])
@pytest.mark.parametrize("days", [1, 3, 40, 300, 700, 4000, 20_000])
def test_dates_on_the_axis_are_few_and_inside(days: int, most: int) -> None:
    first = int(np.datetime64("2024-07-01", "D").astype(np.int64))
    ticks = day_ticks(first, first + days, most)
    assert 1 <= len(ticks) <= most + 2
    assert all(first <= day <= first + days for day, _ in ticks)


@pytest.mark.parametrize("size", [WIDE, HALF, PHONE])
def test_a_long_line_keeps_its_lowest_point(size: Size) -> None:
    days = np.arange(np.datetime64("2000-01-01"), np.datetime64("2000-01-01") + np.timedelta64(20_000, "D"))
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
