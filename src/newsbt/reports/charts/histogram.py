"""How often values fell where."""

from __future__ import annotations

import numpy as np

from newsbt._typing import Floats
from newsbt.reports.charts.axes import value_ticks
from newsbt.reports.charts.chart import Axis, Chart, ChartSeries, Unit
from newsbt.reports.theme import Look

__all__ = ["histogram"]

MOST_BINS = 48


def histogram(
    values: Floats,
    observed: float | None,
    *,
    name: str,
    title: str,
    description: str,
    unit: Unit,
    x_title: str,
    counted: str,
    look: Look | None = None,
    around_zero: bool = False,
) -> Chart:
    """A chart of counts, with the observed value as an upright line.

    Parameters
    ----------
    values : (n,)
        Those that are not finite are left out.
    around_zero : bool
        Whether no bin has values of either sign.
    """
    values = values[np.isfinite(values)]
    spread = np.append(values, [] if observed is None else [observed])
    ticks = value_ticks(float(spread.min()), float(spread.max()), with_zero=around_zero)
    wanted = min(max(int(len(values) ** 0.5) * 2, 10), MOST_BINS)
    edges = np.linspace(ticks[0], ticks[-1], wanted + 1)
    if around_zero:
        width = (ticks[-1] - ticks[0]) / wanted
        edges = width * np.arange(np.floor(ticks[0] / width), np.ceil(ticks[-1] / width) + 1)
    heights, edges = np.histogram(values, edges)
    middles = (edges[:-1] + edges[1:]) / 2
    bars = ChartSeries(
        name=counted,
        at=middles,
        values=heights.astype(np.float64),
        look=look or Look("ref", "", "strategy"),
        style="bars",
    )
    return Chart(
        name=name, title=title, description=description, series=[bars], x=Axis(unit=unit, title=x_title),
        y=Axis(unit="count", title=counted), uprights=[] if observed is None else [(observed, "observed", "down")],
    )  # fmt: skip
