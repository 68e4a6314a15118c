"""Return against account size, as a figure."""

from __future__ import annotations

from typing import Any

import pandas as pd

from newsbt.reports.text import clean

__all__ = ["capacity_figure"]


def capacity_figure(table: pd.DataFrame, *, currency: str = "") -> Any:
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
    from plotly.colors import qualitative

    figure = go.Figure()
    colours = qualitative.Safe  # told apart by colour-blind eyes, too
    for place, (name, rows) in enumerate(table.groupby("strategy", sort=False)):
        colour = colours[place % len(colours)]
        for key, label, width, dash in (("total_return", "net", 2, "solid"), ("gross_return", "gross", 1, "dot")):
            figure.add_trace(
                go.Scatter(
                    x=rows["size"], y=rows[key], name=f"{clean(name)}, {label}", mode="lines+markers",
                    line={"color": colour, "width": width, "dash": dash}, legendgroup=str(name),
                )
            )  # fmt: skip
    unit = f", {currency}" if currency else ""
    figure.update_layout(template="plotly_white", title="Return by account size", hovermode="x unified")
    figure.update_xaxes(type="log", title=f"account size{unit}")
    figure.update_yaxes(tickformat="+.1%", title="total return; gross is before costs and slippage")
    return figure
