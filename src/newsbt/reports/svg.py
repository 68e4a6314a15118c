"""Line charts as SVG: no script, no font, colours from the page's style sheet."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from newsbt._typing import Days, Floats, Ints
from newsbt.reports.text import html_text

__all__ = ["DASHES", "Line", "line_chart"]

WIDTH, HEIGHT = 960, 320
LEFT, RIGHT, TOP, BOTTOM = 88, 12, 14, 32
EDGE = 60  # a label nearer to the right edge would be cut
MOST_POINTS = 1200
COLOURS = 8  # --c0 to --c7 in the page's style sheet
DASHES = ("", "7 3", "2 3", "9 3 2 3")  # a second way to tell lines apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A named line: days (n,) as datetime64[D], values (n,) as fractions; NaN leaves a gap. `place` picks colour
    and dash, the same for one strategy in every chart."""

    name: str
    days: Days
    values: Floats
    place: int


def line_chart(lines: Sequence[Line], *, title: str, description: str, chart_id: str) -> str:
    """An SVG element with axes, grid and a line each; values are shown in percent."""
    days = np.concatenate([line.days.astype("M8[D]").astype(np.int64) for line in lines]) if lines else np.array([])
    values = np.concatenate([line.values for line in lines]) if lines else np.array([])
    values = values[np.isfinite(values)]
    if not days.size or not values.size:
        return f"<p>{html_text(title)}: nothing to draw.</p>"
    first, last = int(days.min()), max(int(days.max()), int(days.min()) + 1)
    ticks = value_ticks(min(float(values.min()), 0.0), max(float(values.max()), 0.0))
    low, high = ticks[0], ticks[-1]

    def x(day: float) -> float:
        return LEFT + (day - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{chart_id}-t {chart_id}-d">',
        f'<title id="{chart_id}-t">{html_text(title)}</title><desc id="{chart_id}-d">{html_text(description)}</desc>',
    ]
    digits = max(0, -math.floor(math.log10((ticks[1] - ticks[0]) * 100) + 1e-9))
    for tick in ticks:
        kind = "zero" if abs(tick) < 1e-12 else "grid"
        parts.append(f'<line class="{kind}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(tick):.1f}" y2="{y(tick):.1f}"/>')
        shown = abs(tick) if kind == "zero" else tick
        parts.append(f'<text x="{LEFT - 8}" y="{y(tick) + 4:.1f}" text-anchor="end">{shown * 100:.{digits}f}%</text>')
    for day, label in day_ticks(first, last):
        foot = HEIGHT - BOTTOM
        parts.append(f'<line class="tick" x1="{x(day):.1f}" x2="{x(day):.1f}" y1="{foot}" y2="{foot + 5}"/>')
        anchor = "end" if x(day) > WIDTH - EDGE else "middle"
        parts.append(f'<text x="{x(day):.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}">{label}</text>')
    parts += [_path(line, x, y) for line in lines]
    parts.append("</svg>")
    return "".join(parts)


def _path(line: Line, x: Callable[[float], float], y: Callable[[float], float]) -> str:
    """The line's path; a gap at every NaN."""
    places = _thinned(line.values)
    steps, is_open = [], False
    for place in places.tolist():
        value = float(line.values[place])
        if not math.isfinite(value):
            is_open = False
            continue
        day = float(line.days[place].astype("M8[D]").astype(np.int64))
        steps.append(f"{'L' if is_open else 'M'}{x(day):.1f} {y(value):.1f}")
        is_open = True
    dash = DASHES[line.place // COLOURS % len(DASHES)]
    drawn = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path class="c{line.place % COLOURS}"{drawn} d="{"".join(steps)}"/>'


def _thinned(values: Floats) -> Ints:
    """Places to draw: of a long line the lowest and highest of each stretch, so that no drawdown goes missing."""
    count = len(values)
    if count <= MOST_POINTS:
        return np.arange(count)
    kept = [0, count - 1]
    for stretch in np.array_split(np.arange(count), MOST_POINTS // 2):
        finite = stretch[np.isfinite(values[stretch])]
        if finite.size:
            kept += [int(finite[values[finite].argmin()]), int(finite[values[finite].argmax()])]
    return np.unique(np.array(kept))


def value_ticks(low: float, high: float) -> list[float]:
    """Round values that enclose [low, high], about five of them, 0 among them."""
    if high - low < 1e-9:
        low, high = low - 0.005, high + 0.005
    raw = (high - low) / 5
    scale = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * scale for factor in (1, 2, 2.5, 5, 10) if factor * scale >= raw * 0.999)
    return [number * step for number in range(math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9) + 1)]


def day_ticks(first: int, last: int) -> list[tuple[int, str]]:
    """Days (since 1970) to mark on the axis, at most about eight, with their labels: beginnings of months or years."""
    start, end = np.datetime64(first, "D"), np.datetime64(last, "D")
    months = np.arange(start.astype("M8[M]"), end.astype("M8[M]") + 1)
    begins = months[(months.astype("M8[D]") >= start) & (months.astype("M8[D]") <= end)]
    if len(begins) < 2:
        chosen = np.unique(np.linspace(first, last, 5).astype(np.int64))
        return [(int(day), str(np.datetime64(int(day), "D"))) for day in chosen]
    step = next((k for k in (1, 2, 3, 6) if len(begins) / k <= 7), 12 * math.ceil(len(begins) / 84))
    aligned = begins[begins.astype(np.int64) % step == 0]
    return [(int(month.astype("M8[D]").astype(np.int64)), str(month)) for month in aligned]
