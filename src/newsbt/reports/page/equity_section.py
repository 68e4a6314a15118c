"""Equity, drawdown and exposure over time, with the announcements marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from newsbt._typing import Floats
from newsbt.reports.charts.chart import Axis, Chart, ChartSeries, day_numbers
from newsbt.reports.html.page_blocks import Absent, Block, Legend, Plotted
from newsbt.reports.page.view import PageView
from newsbt.reports.table_columns import percent

__all__ = ["OVER_TIME", "equity_and_drawdown", "equity_chart", "lines_of"]

OVER_TIME = "over-time"  # the group of charts that are zoomed together
MOST_MARKS = 600


def equity_and_drawdown(view: PageView) -> list[Block]:
    """The legend, then return since the start, drawdown and exposure below each other on one time axis."""
    if not view.curves or view.cash is None:
        return [Absent("No equity was recorded, so there is nothing to draw.")]
    drawdown = lines_of(view, "drawdown", style="area")
    parts: list[Block] = [
        Legend(OVER_TIME, {name: view.look(name) for name in view.curves}),
        _plotted(equity_chart(view, group=OVER_TIME)),
        _plotted(
            _over_time(
                "drawdown", "Drawdown: below the highest equity so far, in percent of it", drawdown,
                "; ".join(f"{line.name} falls to {percent(_least(line.values))}" for line in drawdown),
                height=220,
            )
        ),
    ]  # fmt: skip
    exposure = lines_of(view, "exposure")
    if any(np.isfinite(line.values).any() and np.nanmax(line.values) > 0 for line in exposure):
        words = "; ".join(f"{line.name}: {percent(_mean(line.values)).lstrip('+')} on average" for line in exposure)
        caption = "Gross exposure at the close, in percent of equity"
        parts.append(_plotted(_over_time("exposure", caption, exposure, words, height=220)))
    else:
        parts.append(Absent("Exposure: no position was held at any close."))
    return parts


def equity_chart(view: PageView, *, group: str = "") -> Chart:
    """Return since the start of each row, with the announcements that a strategy signalled below."""
    assert view.cash is not None
    returns = lines_of(view, "return")
    marks, left_out = _drawn(_marks(view), returns)
    noted = f"; below, {_announcements(len(marks))} that a strategy signalled" if marks else ""
    noted += f" (of {len(marks) + left_out:,} in the run)" if marks and left_out else ""
    return Chart(
        name="equity-over-time",
        title=f"Return since the start, in percent of the initial {view.cash:,.0f} {view.currency}, net of all "
        f"costs{noted}",
        description="; ".join(f"{line.name} ends at {percent(_last(line.values))}" for line in returns),
        series=returns, x=Axis(unit="day"), y=Axis(unit="percent", title="return"), marks=marks, group=group,
        can_zoom=True, can_log=True, height=320, most_points=6_000,
    )  # fmt: skip


def _over_time(name: str, title: str, lines: Sequence[ChartSeries], description: str, *, height: int = 280) -> Chart:
    return Chart(
        name=f"{name}-over-time", title=title, description=description, series=lines, x=Axis(unit="day"),
        y=Axis(unit="percent", title=name), group=OVER_TIME, can_zoom=True, height=height,
    )  # fmt: skip


def _plotted(chart: Chart) -> Plotted:
    return Plotted(chart, "Lines are drawn by the lowest and highest of each stretch." if chart.is_thinned else "")


def lines_of(view: PageView, what: str, *, style: str = "line") -> list[ChartSeries]:
    """The lines of a chart over time: `what` is ``return``, ``drawdown`` or, of strategies only, ``exposure``. An
    ``area`` is the first strategy's, whatever else there is."""
    assert view.cash is not None
    pick = _SERIES[what]
    first = next((name for name in view.curves if view.look(name).kind == "strategy"), None)
    return [
        ChartSeries(
            name=name,
            at=day_numbers(curve["date"].to_numpy()),
            values=pick(curve, view.cash),
            look=view.look(name),
            style="area" if style == "area" and name == first else "line",
        )
        for name, curve in view.curves.items()
        if what != "exposure" or view.look(name).kind == "strategy"
    ]


_SERIES: dict[str, Callable[[pd.DataFrame, float], Floats]] = {
    "return": lambda curve, cash: curve["equity"].to_numpy(dtype=np.float64) / cash - 1.0,
    "drawdown": lambda curve, _: curve["drawdown"].to_numpy(dtype=np.float64),
    "exposure": lambda curve, _: curve["gross_exposure"].to_numpy(dtype=np.float64),
}


def _last(values: Floats) -> float:
    finite = values[np.isfinite(values)]
    return float(finite[-1]) if len(finite) else 0.0


def _least(values: Floats) -> float:
    return float(np.nanmin(values)) if np.isfinite(values).any() else 0.0


def _mean(values: Floats) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else 0.0


def _marks(view: PageView) -> list[tuple[float, str]]:
    """Days (since 1970, as numbers) on which an announcement became tradable that some strategy signalled."""
    frame = view.events
    if frame is None:
        return []
    spoken = frame[(frame["signal"].fillna(0.0) != 0.0) & frame["first_tradable_at"].notna()]
    first = spoken.groupby("event_id")["first_tradable_at"].min().sort_values()
    return [
        (float(np.datetime64(at.date(), "D").astype(np.int64)), f"{at:%Y-%m-%d} {view.title_of(str(event_id), 120)}")
        for event_id, at in first.items()
    ]


def _drawn(marks: list[tuple[float, str]], lines: Sequence[ChartSeries]) -> tuple[list[tuple[float, str]], int]:
    """The marks that lie on the axis, at most so many, evenly, and how many are left out."""
    days = [line.at for line in lines if len(line.at)]
    if not days:
        return [], len(marks)
    first, last = min(float(own.min()) for own in days), max(float(own.max()) for own in days)
    inside = [mark for mark in marks if first <= mark[0] <= last]
    chosen = np.unique(np.linspace(0, max(len(inside) - 1, 0), min(len(inside), MOST_MARKS)).astype(np.int64))
    return [inside[k] for k in chosen.tolist()], len(marks) - len(chosen)


def _announcements(number: int) -> str:
    return "1 announcement" if number == 1 else f"{number:,} announcements"
