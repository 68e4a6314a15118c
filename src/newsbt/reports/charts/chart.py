"""A chart as the page's script is handed it: axes, and lines, dots or bars over them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NotRequired, TypedDict

import numpy as np

from newsbt._typing import Days, Floats
from newsbt.domain.showing import brief
from newsbt.reports.charts.axes import thinned
from newsbt.reports.theme import Look

__all__ = [
    "Axis",
    "AxisJson",
    "Chart",
    "ChartJson",
    "ChartSeries",
    "SeriesJson",
    "TableJson",
    "day_numbers",
    "json_numbers",
]

Unit = Literal["day", "percent", "number", "count", "log", "names"]
Style = Literal["line", "dotted line", "area", "dots", "bars"]

MOST_POINTS = 2_500  # of all lines of a chart: 35 KB


class AxisJson(TypedDict):
    unit: Unit
    title: str
    names: NotRequired[list[str]]
    zero: NotRequired[bool]
    span: NotRequired[list[float]]


class SeriesJson(TypedDict):
    name: str
    css: str
    dash: int
    style: Style
    thin: bool
    values: list[float | None]
    low: NotRequired[list[float | None]]
    high: NotRequired[list[float | None]]


class TableJson(TypedDict):
    at: list[float | None]
    series: list[SeriesJson]


class ChartJson(TypedDict):
    x: AxisJson
    y: AxisJson
    tables: list[TableJson]
    marks: list[tuple[float, str]]
    uprights: list[tuple[float, str, str]]
    group: str
    zoom: bool
    log: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """What an axis counts: ``day`` since 1970, ``percent`` of fractions, a ``number``, a whole ``count``, a ``log``
    scale of what is drawn, or ``names`` at 0, 1, 2 and so on."""

    unit: Unit = "number"
    title: str = ""
    names: Sequence[str] = ()
    with_zero: bool = True
    span: tuple[float, float] | None = None

    def document(self) -> AxisJson:
        found = AxisJson(unit=self.unit, title=self.title)
        if self.unit == "names":
            found["names"] = list(self.names)
        if not self.with_zero:
            found["zero"] = False
        if self.span is not None:
            found["span"] = list(self.span)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSeries:
    """What is drawn: `at` (n,) on the x axis in ascending order, `values` (n,), NaN where there is a gap; bounds (n,)
    of its interval where they are known."""

    name: str
    at: Floats
    values: Floats
    look: Look
    style: Style = "line"
    low: Floats | None = None
    high: Floats | None = None

    __repr__ = brief

    def __post_init__(self) -> None:
        for part in (self.values, self.low, self.high):
            if part is not None and part.shape != self.at.shape:
                raise ValueError(f"{self.name}: expected {len(self.at):,} values, got {len(part):,}")

    def document(self) -> SeriesJson:
        found = SeriesJson(
            name=self.name, css=self.look.css, dash=self.look.dash_number, style=self.style,
            thin=self.look.kind != "strategy", values=json_numbers(self.values),
        )  # fmt: skip
        if self.low is not None and self.high is not None:
            found["low"], found["high"] = json_numbers(self.low), json_numbers(self.high)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart: its id on the page, its caption, and what it shows in words for those who do not see it.

    `marks` are x values with texts, drawn as a rug below; `uprights` x values with texts and CSS classes, drawn as
    lines. Charts of one `group` share its legend and are zoomed together.
    """

    name: str
    title: str
    description: str
    series: Sequence[ChartSeries]
    x: Axis
    y: Axis
    marks: Sequence[tuple[float, str]] = ()
    uprights: Sequence[tuple[float, str, str]] = ()
    group: str = ""
    can_zoom: bool = False
    can_log: bool = False
    legend: Mapping[str, Look] = field(default_factory=dict)
    height: int = 280
    most_points: int = MOST_POINTS  # of all lines; longer ones are thinned

    __repr__ = brief

    @property
    def is_thinned(self) -> bool:
        """Whether lines are drawn by the lowest and highest of stretches, as they are too long."""
        return self._points > self.most_points

    @property
    def _points(self) -> int:
        return sum(len(line.values) for line in self.series)

    def document(self) -> ChartJson:
        """The chart as JSON; lines over the same x share it."""
        tables: list[TableJson] = []
        tables_at: dict[bytes, TableJson] = {}
        for line in map(self._thinned, self.series):
            key = line.at.tobytes()
            if key not in tables_at:
                tables_at[key] = TableJson(at=json_numbers(line.at, digits=12), series=[])
                tables.append(tables_at[key])
            tables_at[key]["series"].append(line.document())
        return ChartJson(
            x=self.x.document(), y=self.y.document(), tables=tables, marks=list(self.marks),
            uprights=list(self.uprights), group=self.group, zoom=self.can_zoom, log=self.can_log,
        )  # fmt: skip

    def _thinned(self, line: ChartSeries) -> ChartSeries:
        if not self.is_thinned or line.style in ("bars", "dots"):
            return line
        kept = thinned(line.values, max(self.most_points // len(self.series), 2))
        bounds = [None if bound is None else bound[kept] for bound in (line.low, line.high)]
        return ChartSeries(
            name=line.name, at=line.at[kept], values=line.values[kept], look=line.look, style=line.style, low=bounds[0],
            high=bounds[1],
        )  # fmt: skip


def day_numbers(days: Days) -> Floats:
    """Days since 1970, (n,)."""
    found: Floats = days.astype("M8[D]").astype(np.int64).astype(np.float64)
    return found


def json_numbers(values: Floats, digits: int = 6) -> list[float | None]:
    """Numbers with so many digits, None for those that are not finite, whole ones as integers."""
    found: list[float | None] = []
    for value in values.tolist():
        if not math.isfinite(value):
            found.append(None)
            continue
        short = float(f"{value:.{digits}g}")
        found.append(int(short) if short.is_integer() and abs(short) < 1e15 else short)
    return found
