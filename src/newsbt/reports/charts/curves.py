"""Lines over time and over numbers, and histograms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from newsbt._typing import Days, Floats
from newsbt.reports.charts.axes import day_ticks, number_labels, number_text, percent_labels, thinned, value_ticks
from newsbt.reports.charts.plot import Plot, Size, margin_for
from newsbt.reports.text import html_text
from newsbt.reports.theme import Look

__all__ = ["Curve", "Line", "histogram", "line_chart", "xy_chart"]

MOST_TRIANGLES = 120  # more marks than this are drawn as strokes


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A named line: days (n,) as datetime64[D], values (n,) as fractions; NaN leaves a gap."""

    name: str
    days: Days
    values: Floats
    look: Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A named curve over numbers: x and y (n,), with bounds (n,) of its interval where they are known."""

    name: str
    x: Floats
    y: Floats
    look: Look
    low: Floats | None = None
    high: Floats | None = None


def line_chart(
    lines: Sequence[Line],
    *,
    size: Size,
    title: str,
    description: str,
    chart_id: str,
    y_title: str = "",
    marks: Sequence[tuple[float, str]] = (),
    filled: bool = False,
) -> str:
    """An SVG element with axes, grid and a line each, in percent; `marks` are days and texts of a rug below."""
    days = np.concatenate([_days(line) for line in lines]) if lines else np.array([])
    values = np.concatenate([line.values for line in lines]) if lines else np.array([])
    values = values[np.isfinite(values)]
    if not days.size or not values.size:
        return f"<p>{html_text(title)}: nothing to draw.</p>"
    first, last = int(days.min()), max(int(days.max()), int(days.min()) + 1)
    ticks = value_ticks(float(values.min()), float(values.max()))
    labels = percent_labels(ticks)
    plot = Plot(
        size=size, x_range=(first, last), y_range=(ticks[0], ticks[-1]), left=margin_for(labels),
        bottom=46 if marks else 28,
    )  # fmt: skip
    plot.y_axis(ticks, labels, y_title)
    plot.x_axis(day_ticks(first, last, size.dates))
    for line in sorted(lines, key=lambda line: line.look.kind == "strategy"):
        shown = thinned(line.values, size.points)
        xs, ys = _days(line)[shown].tolist(), line.values[shown].tolist()
        if filled and line.look.css == "c0":
            plot.band(xs, [min(value, 0.0) for value in ys], [max(value, 0.0) for value in ys], line.look.css)
        plot.line(xs, ys, line.look.css, line.look.dash, line.name)
    for day, text in marks:
        if first <= day <= last:
            at, foot = plot.x(day), plot.size.height - 4
            shape = "l4 10h-8z" if len(marks) <= MOST_TRIANGLES else "h1.2v10h-1.2z"
            plot.parts.append(
                f'<path class="mk" d="M{at:.1f} {foot - 12}{shape}"><title>{html_text(text)}</title></path>'
            )
    extra = (
        f' data-chart="{chart_id}" data-frame="{plot.left:g} {size.width - plot.right:g} {plot.top:g} {plot.foot:g} '
        f'{first} {last} {ticks[0]:.6g} {ticks[-1]:.6g}" tabindex="0"'
    )
    return plot.svg(title, description, chart_id, extra)


def _days(line: Line) -> Floats:
    found: Floats = line.days.astype("M8[D]").astype(np.int64).astype(np.float64)
    return found


def xy_chart(
    curves: Sequence[Curve],
    *,
    size: Size,
    title: str,
    description: str,
    chart_id: str,
    x_title: str,
    y_title: str,
    x_marks: Sequence[tuple[float, str]] | None = None,
    upright: float | None = None,
    span: tuple[float, float] | None = None,
) -> str:
    """Curves with dots and bands over a common x; y is in percent, from at most `span` where charts share a scale."""
    xs = np.concatenate([curve.x for curve in curves])
    ys = np.concatenate([part for curve in curves for part in (curve.y, curve.low, curve.high) if part is not None])
    ys = ys[np.isfinite(ys)]
    if not len(ys):
        return f"<p>{html_text(title)}: nothing to draw.</p>"
    ticks = value_ticks(*(span or (float(ys.min()), float(ys.max()))))
    low, high = float(xs.min()), float(xs.max())
    labels = percent_labels(ticks)
    plot = Plot(size=size, x_range=(low, high), y_range=(ticks[0], ticks[-1]), left=margin_for(labels, 72))
    plot.y_axis(ticks, labels, y_title)
    plot.x_axis(_x_marks(xs, size) if x_marks is None else x_marks, x_title)
    if upright is not None and low <= upright <= high:
        plot.upright(upright, "when")
    for curve in curves:
        if curve.low is not None and curve.high is not None:
            plot.band(curve.x.tolist(), curve.low.tolist(), curve.high.tolist(), curve.look.css)
    for curve in curves:
        plot.line(curve.x.tolist(), curve.y.tolist(), curve.look.css, curve.look.dash)
        plot.dots(curve.x.tolist(), curve.y.tolist(), curve.look.css)
    return plot.svg(title, description, chart_id)


def _x_marks(xs: Floats, size: Size) -> list[tuple[float, str]]:
    own = np.unique(xs)
    if len(own) <= size.dates + 3:
        return [(float(value), number_text(float(value))) for value in own]
    ticks = value_ticks(float(own[0]), float(own[-1]), size.dates, with_zero=False)
    inside = [tick for tick in ticks if own[0] <= tick <= own[-1]]
    return list(zip(inside, number_labels(inside), strict=True))


def histogram(
    values: Floats,
    observed: float | None,
    *,
    size: Size,
    title: str,
    description: str,
    chart_id: str,
    x_title: str,
    label: Callable[[Sequence[float]], list[str]] = percent_labels,
) -> str:
    """How often values fell where, with the observed one as a line."""
    values = values[np.isfinite(values)]
    spread = np.append(values, [] if observed is None else [observed])
    ticks = value_ticks(float(spread.min()), float(spread.max()), size.dates, with_zero=False)
    bins = np.linspace(ticks[0], ticks[-1], min(max(int(len(values) ** 0.5) * 2, 10), 48) + 1)
    heights, edges = np.histogram(values, bins)
    counts = value_ticks(0.0, float(max(heights.max(), 1)), 4, only_whole=True)
    heads = number_labels(counts)
    plot = Plot(size=size, x_range=(ticks[0], ticks[-1]), y_range=(0.0, counts[-1]), left=margin_for(heads))
    plot.y_axis(counts, heads, "draws")
    plot.x_axis(zip(ticks, label(ticks), strict=True), x_title)
    for height, left, right in zip(heights.tolist(), edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if height:
            plot.bar(left, right, 0.0, height, "ref")
    if observed is not None:
        plot.upright(observed, "seen")
        is_right = plot.x(observed) > size.width * 0.7
        plot.text(plot.x(observed) + (-6 if is_right else 6), plot.top + 12, "observed", css="seen-text",
                  anchor="end" if is_right else "start")  # fmt: skip
    return plot.svg(title, description, chart_id)
