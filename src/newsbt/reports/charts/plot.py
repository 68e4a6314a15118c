"""A plotting area in SVG: scales, axes and the few shapes that the charts are made of."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from newsbt.reports.text import html_text

__all__ = ["HALF", "LEFT", "PHONE", "WIDE", "Plot", "Size", "figure", "margin_for"]


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in units of the drawing, and how many points and labels of time fit."""

    name: str
    width: int
    height: int
    points: int
    dates: int


WIDE = Size("wide", 960, 300, 1200, 8)
HALF = Size("half", 500, 270, 500, 5)  # for charts side by side
PHONE = Size("phone", 350, 240, 350, 3)
LETTER = 6.6  # width of one in the axes' font
LEFT = 64.0  # from the edge to the y axis


def margin_for(labels: Sequence[str], least: float = LEFT) -> float:
    """How far from the edge the y axis has to be for its labels and its title."""
    return max(least, 25 + LETTER * max(map(len, labels), default=0))


@dataclass(kw_only=True)
class Plot:
    """An area of a :class:`Size` whose x and y run over the ranges given; shapes are added in drawing order."""

    size: Size
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    left: float = LEFT
    right: float = 14
    top: float = 12
    bottom: float = 40
    parts: list[str] = field(default_factory=list)

    def x(self, value: float) -> float:
        low, high = self.x_range
        return self.left + (value - low) / ((high - low) or 1.0) * (self.size.width - self.left - self.right)

    def y(self, value: float) -> float:
        low, high = self.y_range
        return self.top + (high - value) / ((high - low) or 1.0) * (self.size.height - self.top - self.bottom)

    @property
    def foot(self) -> float:
        return self.size.height - self.bottom

    def y_axis(self, ticks: Sequence[float], labels: Sequence[str], title: str = "") -> None:
        for tick, label in zip(ticks, labels, strict=True):
            kind = "zero" if abs(tick) < 1e-12 else "grid"
            self.parts.append(
                f'<line class="{kind}" x1="{self.left:g}" x2="{self.size.width - self.right:g}" '
                f'y1="{self.y(tick):.1f}" y2="{self.y(tick):.1f}"/>'
            )
            self.text(self.left - 7, self.y(tick) + 4, label, anchor="end")
        if title:
            middle = (self.top + self.foot) / 2
            self.parts.append(
                f'<text class="axis" transform="translate(12 {middle:.0f}) rotate(-90)" text-anchor="middle">'
                f"{html_text(title)}</text>"
            )

    def x_axis(self, marks: Iterable[tuple[float, str]], title: str = "") -> None:
        for value, label in marks:
            at, half = self.x(value), len(label) * LETTER / 2
            self.parts.append(
                f'<line class="tick" x1="{at:.1f}" x2="{at:.1f}" y1="{self.foot:g}" y2="{self.foot + 4:g}"/>'
            )
            shown = min(max(at, half), self.size.width - half)
            self.text(shown, self.foot + 17, label, anchor="middle")
        if title:
            self.text((self.left + self.size.width - self.right) / 2, self.size.height - 5, title, anchor="middle",
                      css="axis")  # fmt: skip

    def text(self, x: float, y: float, text: str, *, anchor: str = "start", css: str = "") -> None:
        kind = f' class="{css}"' if css else ""
        self.parts.append(f'<text{kind} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html_text(text)}</text>')

    def line(self, xs: Sequence[float], ys: Sequence[float], css: str, dash: str = "", name: str = "") -> None:
        """A line through the points; a gap at every NaN. Scripts find it by its `name`."""
        steps, is_open = [], False
        for x, y in zip(xs, ys, strict=True):
            if not math.isfinite(y):
                is_open = False
                continue
            steps.append(f"{'L' if is_open else 'M'}{self.x(x):.1f} {self.y(y):.1f}")
            is_open = True
        drawn = f' stroke-dasharray="{dash}"' if dash else ""
        named = f' data-line="{html_text(name)}"' if name else ""
        self.parts.append(f'<path class="ln {css}"{drawn}{named} d="{"".join(steps)}"/>')

    def band(self, xs: Sequence[float], low: Sequence[float], high: Sequence[float], css: str) -> None:
        points = [(x, a, b) for x, a, b in zip(xs, low, high, strict=True) if math.isfinite(a) and math.isfinite(b)]
        if points:
            there = "L".join(f"{self.x(x):.1f} {self.y(b):.1f}" for x, _, b in points)
            back = "L".join(f"{self.x(x):.1f} {self.y(a):.1f}" for x, a, _ in reversed(points))
            self.parts.append(f'<path class="band {css}" d="M{there}L{back}Z"/>')

    def dots(self, xs: Sequence[float], ys: Sequence[float], css: str) -> None:
        for x, y in zip(xs, ys, strict=True):
            if math.isfinite(y):
                self.parts.append(f'<circle class="dot {css}" cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="3"/>')

    def bar(self, x0: float, x1: float, y0: float, y1: float, css: str) -> None:
        left, right = sorted((self.x(x0), self.x(x1)))
        top, foot = sorted((self.y(y0), self.y(y1)))
        self.parts.append(
            f'<rect class="bar {css}" x="{left:.1f}" y="{top:.1f}" width="{max(right - left - 0.6, 0.6):.1f}" '
            f'height="{max(foot - top, 0.6):.1f}"/>'
        )

    def upright(self, x: float, css: str) -> None:
        self.parts.append(
            f'<line class="{css}" x1="{self.x(x):.1f}" x2="{self.x(x):.1f}" y1="{self.top:g}" y2="{self.foot:g}"/>'
        )

    def svg(self, title: str, description: str, chart_id: str, extra: str = "") -> str:
        """The element, with its title and description for those who do not see it."""
        name = f"{chart_id}-{self.size.name}"
        return (
            f'<svg class="{self.size.name}" viewBox="0 0 {self.size.width} {self.size.height}" role="img" '
            f'aria-labelledby="{name}-t {name}-d"{extra}><title id="{name}-t">{html_text(title)}</title>'
            f'<desc id="{name}-d">{html_text(description)}</desc>{"".join(self.parts)}</svg>'
        )


def figure(
    draw: Callable[[Size], str], *, caption: str, css: str = "", sizes: Sequence[Size] = (WIDE, PHONE), under: str = ""
) -> str:
    """A figure drawn once for each size, of which the style sheet shows the one that fits; `under` is HTML."""
    drawn = "".join(draw(size) for size in sizes)
    return f'<figure class="{css}"><figcaption>{html_text(caption)}</figcaption>{drawn}{under}</figure>'
