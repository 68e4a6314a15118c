"""Round numbers for charts, exact labels, and no lost extremes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbt.reports.charts.axes import number_text, thinned, value_ticks


@pytest.mark.parametrize(
    ("low", "high"), [(-0.2, 0.5), (0.0, 0.0), (-0.00013, 0.0), (0.0, 123.0), (-0.99, 0.0), (-1e-12, 1e-12)]
)
def test_ticks_enclose_the_values_and_are_few(low: float, high: float) -> None:
    ticks = value_ticks(low, high)
    assert ticks[0] <= low + 1e-9
    assert ticks[-1] >= high - 1e-9
    assert 2 <= len(ticks) <= 9
    assert any(abs(tick) < 1e-12 for tick in ticks)


@given(
    low=st.floats(-1e7, 1e7), span=st.floats(1e-7, 1e7), wanted=st.integers(2, 9), with_zero=st.booleans(),
    only_whole=st.booleans(),
)  # fmt: skip
def test_ticks_of_any_span_enclose_it(low: float, span: float, wanted: int, with_zero: bool, only_whole: bool) -> None:
    ticks = value_ticks(low, low + span, wanted, with_zero=with_zero, only_whole=only_whole)
    step = ticks[1] - ticks[0]
    assert ticks[0] <= low + step * 1e-3 and ticks[-1] >= low + span - step * 1e-3 and len(ticks) <= wanted + 3
    if only_whole:
        assert all(tick == round(tick) for tick in ticks)


def parsed(label: str) -> float:
    """The number that a label says."""
    for letters, size in (("bn", 1e9), ("M", 1e6), ("k", 1e3)):
        if label.endswith(letters):
            return float(label.removesuffix(letters).replace(",", "")) * size
    return float(label.replace(",", ""))


STEPS = [factor * 10.0**power for power in range(-7, 6) for factor in (1, 2, 2.5, 5)]


@pytest.mark.parametrize("step", STEPS)
def test_numbers_are_written_exactly(step: float) -> None:
    """Over more than ten decades, near zero and far from it: read back, the text is the number."""
    for tick in (number * step for first in (-3, 0, 1, 400, 39_997) for number in range(first, first + 6)):
        assert parsed(number_text(tick)) == pytest.approx(tick, rel=1e-8, abs=0.0)


def test_account_sizes_are_written_exactly() -> None:
    """An account of 1,234,567 was 1.235M."""
    assert (number_text(1_234_567), number_text(2_500_000), number_text(12_500)) == ("1,234,567", "2.5M", "12.5k")


def test_a_long_line_keeps_its_lowest_point_and_its_ends() -> None:
    values = np.zeros(20_000)
    values[12_345] = -0.5
    kept = thinned(values, 500)
    assert len(kept) <= 502 and {0, 12_345, 19_999} <= set(kept.tolist())
