"""Return against account size, as a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from newsbt.reports.charts.axes import number_text
from newsbt.reports.text import clean
from newsbt.reports.theme import LIGHT, plotly_layout

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["capacity_figure"]


def capacity_figure(table: pd.DataFrame, *, currency: str = "") -> go.Figure:
    """A plotly figure of what `newsbt.capacity` found: a line for each strategy, net, and a thin one before costs and
    slippage.

    Parameters
    ----------
    table : DataFrame
        As `newsbt.capacity` returns it.
    currency : str, optional
        The account's, for the axis.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    import plotly.graph_objects as go

    unit = f", {currency}" if currency else ""
    y = "total return; gross is before costs and slippage"
    figure = go.Figure(layout=plotly_layout("Return by account size", x=f"account size{unit}", y=y))
    colours = LIGHT.series
    for index, (name, rows) in enumerate(table.groupby("strategy", sort=False)):
        colour = colours[index % len(colours)]
        for key, label, width, dash in (("total_return", "net", 2, "solid"), ("gross_return", "gross", 1, "dot")):
            figure.add_trace(
                go.Scatter(
                    x=rows["size"], y=rows[key], name=f"{clean(str(name))}, {label}", mode="lines+markers",
                    line={"color": colour, "width": width, "dash": dash}, legendgroup=str(name),
                )
            )  # fmt: skip
    sizes = sorted(set(table["size"].tolist()))
    # Left to itself plotly writes 2 where it means 2M on a log axis.
    figure.update_xaxes(type="log", tickmode="array", tickvals=sizes, ticktext=[number_text(size) for size in sizes])
    return figure
