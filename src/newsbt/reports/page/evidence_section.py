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
from newsbt.reports.charts.axes import number_labels, number_text, percent_labels
from newsbt.reports.charts.curves import Curve, histogram, xy_chart
from newsbt.reports.charts.plot import HALF, PHONE, Size, figure
from newsbt.reports.page.credibility import as_good
from newsbt.reports.page.document_fields import numbers, read_part
from newsbt.reports.page.html_markup import Td, absent, table
from newsbt.reports.page.view import PageView
from newsbt.reports.table_columns import is_percent, number, percent, probability
from newsbt.reports.text import html_text

__all__ = ["capacity", "decay", "placebo", "sweep"]


Found = TypeVar("Found")


def placebo(view: PageView) -> str:
    """The placebo's distribution with the observed value, a figure for each strategy."""
    return _by_strategy(view, "placebo", view.evidence.get("placebo"), _placebo, _no_placebo(view))


def _no_placebo(view: PageView) -> str:
    reasons = {str((row.get("reasons") or {}).get("placebo_p") or "") for row in view.strategies}
    why = "; ".join(sorted(reason for reason in reasons if reason))
    return "No placebo distribution was stored with this run" + (f": {why}." if why else ".")


def _placebo(view: PageView, name: str, found: PlaceboJson) -> str:
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

    def draw(size: Size) -> str:
        return histogram(
            values, None if observed is None else float(observed), size=size, title=caption, description=words,
            chart_id=_id("placebo", view, name), x_title=key_of.replace("_", " "),
            label=percent_labels if is_percent(key_of) else number_labels,
        )  # fmt: skip

    return figure(draw, caption=caption, sizes=(HALF, PHONE), under=_under(words, found))


def decay(view: PageView) -> str:
    """Net return against holding horizon and against latency."""
    return _by_strategy(
        view, "decay", view.evidence.get("decay"), _decay,
        "No decay curves were stored with this run: net return against holding time and latency is not known.",
    )  # fmt: skip


def _decay(view: PageView, name: str, found: DecayCurves) -> str:
    parts = []
    held, waited = found.get("hold"), found.get("latency")
    if held:
        caption, x = f"{name}: net return by holding time", numbers([point["hold"] for point in held])
        parts.append(_curve_figure(view, name, caption, "decay-hold", x, held, "sessions held", None))
    if waited:
        caption, x = f"{name}: net return by latency", np.arange(float(len(waited)))
        marks = [(float(k), str(point["latency"])) for k, point in enumerate(waited)]
        title = "from the news to the order"
        parts.append(_curve_figure(view, name, caption, "decay-latency", x, waited, title, marks))
    return "".join(parts)


def capacity(view: PageView) -> str:
    """Net return against the size of the account."""
    return _by_strategy(
        view, "capacity", view.evidence.get("capacity"), _capacity,
        "No capacity curve was stored with this run, so how the net return changes with account size is not known.",
    )  # fmt: skip


def _capacity(view: PageView, name: str, found: Sequence[CapacityPoint]) -> str:
    points = sorted(found, key=lambda point: float(point["size"]))
    sizes = numbers([point["size"] for point in points])
    marks = [(math.log10(size), number_text(size)) for size in sizes.tolist()]
    title = f"account size ({view.currency}, log scale)"
    return _curve_figure(
        view, name, f"{name}: net return by account size", "capacity", np.log10(sizes), points, title, marks
    )


def _curve_figure(
    view: PageView, name: str, caption: str, kind: str, x: Floats, points: Sequence[CurvePoint], x_title: str,
    marks: Sequence[tuple[float, str]] | None,
) -> str:  # fmt: skip
    y = numbers([point.get("net_return", point.get("total_return")) for point in points])
    has_bounds = all("low" in point and "high" in point for point in points)
    curve = Curve(
        name=name, x=x, y=y, look=view.look(name),
        low=numbers([point["low"] for point in points]) if has_bounds else None,
        high=numbers([point["high"] for point in points]) if has_bounds else None,
    )  # fmt: skip
    at = [text for _, text in marks] if marks is not None else [number_text(value) for value in x.tolist()]
    words = ", ".join(
        f"{label}: {percent(value)}" for label, value in zip(at, y.tolist(), strict=True) if math.isfinite(value)
    )

    def draw(size: Size) -> str:
        return xy_chart(
            [curve], size=size, title=caption, description=words, chart_id=_id(kind, view, name), x_title=x_title,
            y_title="net return", x_marks=marks,
        )  # fmt: skip

    return figure(draw, caption=caption, sizes=(HALF, PHONE))


def sweep(view: PageView) -> str:
    """A heat map of one metric over two parameters, as a table."""
    found = view.evidence.get("sweep")
    if not found:
        return ""
    return read_part("sweep", lambda: _sweep(found))


def _sweep(found: SweepMap) -> str:
    name = str(found["metric"])
    show = partial(number, name)
    values = np.array([[math.nan if v is None else float(v) for v in row] for row in found["values"]])
    finite = values[np.isfinite(values)]
    most = float(np.abs(finite).max()) if len(finite) else 1.0
    body = []
    for label, row in zip(found["y_values"], values.tolist(), strict=True):
        cells = [Td(str(label))]
        for value in row:
            size = round(4 * abs(value) / most) if math.isfinite(value) and most else 0
            css = f"h{'u' if value > 0 else 'd'}{size}" if size else ""
            cells.append(Td(show(value) if math.isfinite(value) else "–", css=css))
        body.append(cells)
    x, y = str(found["x"]), str(found["y"])
    header = [(f"{y} ↓  {x} →", "text"), *((str(value), "number") for value in found["x_values"])]
    return table(header, body, f"{name.replace('_', ' ')} of each variant, by {y} and {x}", css="months")


def _by_strategy(
    view: PageView,
    what: str,
    found: Mapping[str, Found] | None,
    draw: Callable[[PageView, str, Found], str],
    otherwise: str,
) -> str:
    if not found:
        return absent(otherwise)

    def drawn() -> str:
        names = [str(row.get("name")) for row in view.rows if str(row.get("name")) in found]
        return "".join(draw(view, name, found[name]) for name in names)

    inside = read_part(what, drawn)
    return f'<div class="grid">{inside}</div>' if inside else absent(otherwise)


def _under(words: str, found: PlaceboJson) -> str:
    text = ". ".join(part for part in (words, str(found.get("note") or "")) if part)
    return f'<p class="under">{html_text(text)}</p>' if text else ""


def _id(kind: str, view: PageView, name: str) -> str:
    names = [str(row.get("name")) for row in view.rows]
    return f"{kind}-{names.index(name)}"
