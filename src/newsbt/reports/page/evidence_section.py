"""The sections that evidence.json fills beside the event study: placebo, decay, capacity and sweep.

docs/report.md tells its shape. What is absent is said to be; what cannot be read is named and left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

import numpy as np

from newsbt._typing import Floats
from newsbt.domain.evidence_documents import (
    CapacityPoint,
    CurvePoint,
    DecayCurves,
    PlaceboJson,
    SweepMap,
)
from newsbt.reports.charts.axes import number_text
from newsbt.reports.charts.chart import Axis, Chart, ChartSeries
from newsbt.reports.charts.histogram import histogram
from newsbt.reports.html.heat_table import heat_block
from newsbt.reports.html.page_blocks import Absent, Block, Grid, Plotted
from newsbt.reports.page.credibility import as_good
from newsbt.reports.page.document_fields import numbers, read_part
from newsbt.reports.page.shown_strategies import MOST_ROWS, left_out, table_rows
from newsbt.reports.page.view import PageView
from newsbt.reports.table_columns import is_percent, number, percent, probability

__all__ = ["capacity", "decay", "placebo", "sweep"]


Found = TypeVar("Found")


def placebo(view: PageView) -> list[Block]:
    """The placebo's distribution with the observed value, a figure for each strategy."""
    return _by_strategy(view, "placebo", view.evidence.get("placebo"), _placebo, _no_placebo(view))


def _no_placebo(view: PageView) -> str:
    reasons = {str((row.get("reasons") or {}).get("placebo_p") or "") for row in view.strategies}
    why = "; ".join(sorted(reason for reason in reasons if reason))
    return "No placebo distribution was stored with this run" + (f": {why}." if why else ".")


def _placebo(view: PageView, name: str, found: PlaceboJson) -> list[Block]:
    values = numbers(found["values"] if "values" in found else found["returns"])
    observed = found.get("observed")
    key_of = str(found.get("metric", "total_return"))
    show = partial(number, key_of)
    p, draws = found.get("p"), int(found.get("m") or len(values))
    caption = f"{name}: {draws:,} other calendars of its news" + (
        f", p = {probability(float(p))}" if p is not None else ""
    )
    finite = values[np.isfinite(values)]
    words = f"Placebo values run from {show(float(finite.min()))} to {show(float(finite.max()))}"
    if len(finite) < draws:
        words += f" ({draws - len(finite):,} of {draws:,} have none)"
    if observed is not None:
        words += f"; the strategy's is {show(float(observed))}"
        words += "" if p is None else f", and {as_good(float(p), draws):,} of {draws:,} are at least as good"

    chart = histogram(
        values, None if observed is None else float(observed), title=caption, description=words,
        name=_id("placebo", view, name), unit="percent" if is_percent(key_of) else "number",
        x_title=key_of.replace("_", " "), counted="draws",
    )  # fmt: skip
    return [Plotted(chart, ". ".join(part for part in (words, str(found.get("note") or "")) if part))]


def decay(view: PageView) -> list[Block]:
    """Net return against holding horizon and against latency."""
    return _by_strategy(
        view, "decay", view.evidence.get("decay"), _decay,
        "No decay curves were stored with this run: net return against holding time and latency is not known.",
    )  # fmt: skip


def _decay(view: PageView, name: str, found: DecayCurves) -> list[Block]:
    parts: list[Block] = []
    held, waited = found.get("hold"), found.get("latency")
    if held:
        caption, x = f"{name}: net return by holding time", numbers([point["hold"] for point in held])
        parts.append(_curve_figure(view, name, caption, "decay-hold", x, held, Axis(title="sessions held")))
    if waited:
        caption, x = f"{name}: net return by latency", np.arange(float(len(waited)))
        axis = Axis(unit="names", names=[str(point["latency"]) for point in waited], title="from the news to the order")
        parts.append(_curve_figure(view, name, caption, "decay-latency", x, waited, axis))
    return parts


def capacity(view: PageView) -> list[Block]:
    """Net return against the size of the account."""
    return _by_strategy(
        view, "capacity", view.evidence.get("capacity"), _capacity,
        "No capacity curve was stored with this run, so how the net return changes with account size is not known.",
    )  # fmt: skip


def _capacity(view: PageView, name: str, found: Sequence[CapacityPoint]) -> list[Block]:
    points = sorted(found, key=lambda point: float(point["size"]))
    axis = Axis(unit="log", title=f"account size ({view.currency}, log scale)")
    sizes = numbers([point["size"] for point in points])
    return [_curve_figure(view, name, f"{name}: net return by account size", "capacity", sizes, points, axis)]


def _curve_figure(
    view: PageView, name: str, caption: str, kind: str, x: Floats, points: Sequence[CurvePoint], axis: Axis
) -> Plotted:  # fmt: skip
    y = numbers([point.get("net_return", point.get("total_return")) for point in points])
    has_bounds = all("low" in point and "high" in point for point in points)
    curve = ChartSeries(
        name=name, at=x, values=y, look=view.look(name), style="dotted line",
        low=numbers([point["low"] for point in points]) if has_bounds else None,
        high=numbers([point["high"] for point in points]) if has_bounds else None,
    )  # fmt: skip
    at = axis.names or [number_text(value) for value in x.tolist()]
    words = ", ".join(
        f"{label}: {percent(value)}" for label, value in zip(at, y.tolist(), strict=True) if math.isfinite(value)
    )
    y_axis = Axis(unit="percent", title="net return")
    return Plotted(
        Chart(
            name=_id(kind, view, name), title=caption, description=words or "nothing to draw", series=[curve], x=axis,
            y=y_axis,
        ),
        words,
    )  # fmt: skip


def sweep(view: PageView) -> list[Block]:
    """A heat map of one metric over two parameters, as a table."""
    found = view.evidence.get("sweep")
    if not found:
        return []
    return read_part("sweep", lambda: _sweep(found))


def _sweep(found: SweepMap) -> list[Block]:
    name, x, y = str(found["metric"]), str(found["x"]), str(found["y"])
    values = [[math.nan if v is None else float(v) for v in row] for row in found["values"]]
    caption = f"{name.replace('_', ' ')} of each variant, by {y} and {x}"
    columns, rows = [str(one) for one in found["x_values"]], [str(one) for one in found["y_values"]]
    return [heat_block(values, rows, columns, f"{y} ↓\n{x} →", caption, partial(number, name))]


def _by_strategy(
    view: PageView,
    what: str,
    found: Mapping[str, Found] | None,
    draw: Callable[[PageView, str, Found], list[Block]],
    otherwise: str,
) -> list[Block]:
    if not found:
        return [Absent(otherwise)]

    def drawn() -> list[Block]:
        names = [str(row.get("name")) for row in table_rows(view, MOST_ROWS) if str(row.get("name")) in found]
        return [block for name in names for block in draw(view, name, found[name])]

    inside = read_part(what, drawn)
    return [Grid(inside), *left_out(view, MOST_ROWS)] if inside else [Absent(otherwise)]


def _id(kind: str, view: PageView, name: str) -> str:
    names = [str(row.get("name")) for row in view.rows]
    return f"{kind}-{names.index(name)}"
