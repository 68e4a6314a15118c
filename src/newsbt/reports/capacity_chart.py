"""Return against account size, as a figure."""

from __future__ import annotations

import numpy as np
import pandas as pd

from newsbt.reports.charts.axes import number_text
from newsbt.reports.charts.chart import Axis, Chart, ChartSeries
from newsbt.reports.html.figure import Figure
from newsbt.reports.html.page_blocks import Plotted
from newsbt.reports.table_columns import percent
from newsbt.reports.theme import LIGHT, Look

__all__ = ["capacity_figure"]


def capacity_figure(table: pd.DataFrame, *, currency: str = "") -> Figure:
    """A figure of what `newsbt.capacity` found: a line for each strategy, net, and a thin one before costs.

    Parameters
    ----------
    table : DataFrame
        As `newsbt.capacity` returns it.
    currency : str, optional
        The account's, for the axis.

    Returns
    -------
    Figure

    Raises
    ------
    KeyError
        `table` lacks a column of it.

    Examples
    --------
    >>> import pandas as pd
    >>> columns = ["strategy", "size", "total_return", "gross_return"]
    >>> capacity_figure(pd.DataFrame([["A", 1e6, 0.05, 0.06], ["A", 1e7, 0.02, 0.06]], columns=columns))
    <Figure 'Return by account size'...>
    """
    lines = []
    for index, (name, rows) in enumerate(table.sort_values("size", kind="stable").groupby("strategy", sort=False)):
        css = f"c{index % len(LIGHT.series)}"
        sizes = rows["size"].to_numpy(dtype=np.float64)
        for key, label, dash, kind in (
            ("total_return", "net", "", "strategy"),
            ("gross_return", "gross", "2 3", "gross"),
        ):
            values = rows[key].to_numpy(dtype=np.float64)
            look = Look(css, dash, kind)
            lines.append(ChartSeries(name=f"{name}, {label}", at=sizes, values=values, look=look, style="dotted line"))
    words = [
        f"{line.name}: "
        + ", ".join(f"{percent(y)} at {number_text(x)}" for x, y in zip(line.at, line.values, strict=True))
        for line in lines
    ]
    unit = f", {currency}" if currency else ""
    chart = Chart(
        name="chart", title="Total return by account size; gross is before costs and slippage",
        description="; ".join(words), series=lines, x=Axis(unit="log", title=f"account size{unit}"),
        y=Axis(unit="percent", title="total return"), legend={line.name: line.look for line in lines}, height=360,
    )  # fmt: skip
    return Figure("Return by account size", [Plotted(chart)])
