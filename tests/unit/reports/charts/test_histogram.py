"""Histograms: every value is counted once, and none of either sign share a bin where that is asked."""

from __future__ import annotations

import numpy as np
import pytest

from newsbt.reports.charts.histogram import histogram


def counts(values: list[float], **changes: object) -> tuple[list[float], list[float]]:
    chart = histogram(
        np.array(values), 0.02, name="h", title="t", description="d", unit="percent", x_title="x", counted="draws",
        **changes,  # type: ignore[arg-type]
    )  # fmt: skip
    (bars,) = chart.series
    assert chart.uprights[0][0] == 0.02 and chart.y.unit == "count"
    return bars.at.tolist(), bars.values.tolist()


@pytest.mark.parametrize("values", [[0.01], [0.0, 0.0, 0.0], [-5.0, 5.0, np.nan], [0.0, 0.5, 1.0]])
def test_a_histogram_counts_every_value(values: list[float]) -> None:
    _, heights = counts(values)
    assert sum(heights) == np.isfinite(values).sum()


def test_gains_and_losses_share_no_bin() -> None:
    """With edges at multiples of a width, none has values of either sign."""
    values = [-0.0101, -0.0001, 0.0001, 0.0301]
    middles, heights = counts(values, around_zero=True)
    below = sum(height for middle, height in zip(middles, heights, strict=True) if middle < 0)
    assert (below, sum(heights)) == (2, 4)
