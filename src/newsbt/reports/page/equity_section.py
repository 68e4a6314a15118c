"""Equity, drawdown and exposure over time, with the announcements marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NotRequired, TypedDict

import numpy as np
import pandas as pd

from newsbt._typing import Floats
from newsbt.reports.charts.curves import Line, line_chart
from newsbt.reports.charts.plot import Size, figure
from newsbt.reports.page.html_markup import absent, key
from newsbt.reports.page.view import PageView
from newsbt.reports.table_columns import percent
from newsbt.reports.text import html_text

__all__ = ["curve_data", "equity_and_drawdown", "lines_of"]

MOST_MARKS = 2000


def equity_and_drawdown(view: PageView) -> str:
    """The legend, then return since the start, drawdown and exposure below each other on one time axis."""
    if not view.curves or view.cash is None:
        return absent("No equity was recorded, so there is nothing to draw.")
    returns = lines_of(view, "return")
    marks, left_out = _drawn(_marks(view), returns)
    ends = "; ".join(f"{line.name} ends at {percent(_last(line.values))}" for line in returns)
    about = f"in percent of the initial {view.cash:,.0f} {view.currency}, net of all costs"
    noted = f"; below, {_announcements(len(marks))} that a strategy signalled" if marks else ""
    noted += f" (of {len(marks) + left_out:,} in the run)" if marks and left_out else ""
    parts = [
        _legend(view),
        _chart(returns, "equity", f"Return since the start, {about}{noted}", ends, "return", marks),
        _chart(
            lines_of(view, "drawdown"), "drawdown", "Drawdown: below the highest equity so far, in percent of it",
            "; ".join(f"{line.name} falls to {percent(_least(line.values))}" for line in lines_of(view, "drawdown")),
            "drawdown", (),
        ),
    ]  # fmt: skip
    exposure = lines_of(view, "exposure")
    if any(np.isfinite(line.values).any() and np.nanmax(line.values) > 0 for line in exposure):
        words = "; ".join(f"{line.name}: {percent(_mean(line.values)).lstrip('+')} on average" for line in exposure)
        parts.append(
            _chart(exposure, "exposure", "Gross exposure at the close, in percent of equity", words, "exposure", ())
        )
    else:
        parts.append(absent("Exposure: no position was held at any close."))
    return "".join(parts)


def _chart(
    lines: list[Line],
    name: str,
    caption: str,
    description: str,
    y_title: str,
    marks: Sequence[tuple[float, str]],
) -> str:
    def draw(size: Size) -> str:
        return line_chart(
            lines, size=size, title=caption, description=description, chart_id=name, y_title=y_title, marks=marks,
            filled=name == "drawdown",
        )  # fmt: skip

    return figure(draw, caption=caption, css="over-time")


def _legend(view: PageView) -> str:
    items = []
    for name in view.curves:
        look = view.look(name)
        items.append(f'<li data-name="{html_text(name)}">{key(look.css, look.dash)}<bdi>{html_text(name)}</bdi></li>')
    return f'<ul class="legend" id="legend">{"".join(items)}</ul>'


def lines_of(view: PageView, what: str) -> list[Line]:
    """The lines of a chart over time: `what` is ``return``, ``drawdown`` or, of strategies only, ``exposure``."""
    assert view.cash is not None
    pick = _SERIES[what]
    return [
        Line(
            name=name,
            days=curve["date"].to_numpy().astype("M8[D]"),
            values=pick(curve, view.cash),
            look=view.look(name),
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


def _drawn(marks: list[tuple[float, str]], lines: Sequence[Line]) -> tuple[list[tuple[float, str]], int]:
    """The marks that lie on the axis, at most so many, and how many are left out."""
    days = [line.days.astype(np.int64) for line in lines if len(line.days)]
    if not days:
        return [], len(marks)
    first, last = min(int(own.min()) for own in days), max(int(own.max()) for own in days)
    shown = [mark for mark in marks if first <= mark[0] <= last][:MOST_MARKS]
    return shown, len(marks) - len(shown)


def _announcements(number: int) -> str:
    return "1 announcement" if number == 1 else f"{number:,} announcements"


class CurveLine(TypedDict):
    name: str
    css: str
    days: NotRequired[list[int]]
    values: list[float | None]


class CurveData(TypedDict):
    days: list[int]
    charts: dict[str, list[CurveLine]]
    marks: list[tuple[int, str]]


def curve_data(view: PageView) -> CurveData | None:
    """What the page's script shows beside the pointer: days since 1970 and values by chart and line."""
    if not view.curves or view.cash is None:
        return None
    charts: dict[str, list[CurveLine]] = {}
    for name, what in (("equity", "return"), ("drawdown", "drawdown"), ("exposure", "exposure")):
        charts[name] = [
            {
                "name": line.name,
                "css": line.look.css,
                "days": line.days.astype(np.int64).tolist(),
                "values": [round(value, 5) if np.isfinite(value) else None for value in line.values.tolist()],
            }
            for line in lines_of(view, what)
        ]
    # Lines of one run share their sessions: say them once.
    shared = charts["equity"][0]["days"]
    for lines in charts.values():
        for line in lines:
            if line.get("days") == shared:
                del line["days"]
    marks, _ = _drawn(_marks(view), lines_of(view, "return"))
    return {"days": shared, "charts": charts, "marks": [(int(day), text) for day, text in marks]}
