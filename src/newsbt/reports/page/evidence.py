"""The sections that evidence.json fills: placebo, decay, event study, capacity and sweep.

docs/report.md tells its shape. What is absent is said to be; what cannot be read is named and left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from newsbt._typing import Floats
from newsbt.reports.charts.axes import number_text, percent_labels
from newsbt.reports.charts.curves import Curve, histogram, xy_chart
from newsbt.reports.charts.plot import HALF, PHONE, Size, figure
from newsbt.reports.columns import percent, probability, ratio
from newsbt.reports.page.markup import Td, absent, key, table
from newsbt.reports.page.view import PageView
from newsbt.reports.text import html_text
from newsbt.reports.theme import LIGHT, Look

__all__ = ["capacity", "decay", "placebo", "study", "sweep"]

RATIOS = frozenset({"sharpe", "sortino", "calmar", "information_ratio", "profit_factor", "omega", "psr", "dsr"})
BAD_SHAPE = (KeyError, TypeError, ValueError, IndexError, AttributeError)


def placebo(view: PageView) -> str:
    """The placebo's distribution with the observed value, a figure for each strategy."""
    return _by_strategy(view, "placebo", _placebo, _no_placebo(view))


def _no_placebo(view: PageView) -> str:
    reasons = {str((row.get("reasons") or {}).get("placebo_p") or "") for row in view.strategies}
    why = "; ".join(sorted(reason for reason in reasons if reason))
    return "No placebo distribution was stored with this run" + (f": {why}." if why else ".")


def _placebo(view: PageView, name: str, found: Mapping[str, Any]) -> str:
    values = _numbers(found["returns"])
    observed = found.get("observed")
    key_of = str(found.get("metric", "total_return"))
    show = ratio if key_of in RATIOS else percent
    p, draws = found.get("p"), int(found.get("m") or len(values))
    caption = f"{name}: {draws:,} placebo draws" + (f", p = {probability(float(p))}" if p is not None else "")
    words = f"Placebo values run from {show(float(values.min()))} to {show(float(values.max()))}"
    if observed is not None:
        words += f"; the strategy's is {show(float(observed))}"

    def draw(size: Size) -> str:
        return histogram(
            values, None if observed is None else float(observed), size=size, title=caption, description=words,
            chart_id=_id("placebo", view, name), x_title=key_of.replace("_", " "),
            label=_plain_labels if key_of in RATIOS else percent_labels,
        )  # fmt: skip

    return figure(draw, caption=caption, sizes=(HALF, PHONE), under=_under(words, found))


def _plain_labels(ticks: Sequence[float]) -> list[str]:
    return [number_text(tick) for tick in ticks]


def decay(view: PageView) -> str:
    """Net return against holding horizon and against latency."""
    return _by_strategy(
        view, "decay", _decay, "No decay curves were stored with this run: net return against holding time and latency "
        "is not known.",
    )  # fmt: skip


def _decay(view: PageView, name: str, found: Mapping[str, Any]) -> str:
    parts = []
    for kind, place, title, x_title in (
        ("hold", "hold", "net return by holding time", "sessions held"),
        ("latency", "latency", "net return by latency", "from the news to the order"),
    ):
        points = list(found.get(kind) or ())
        if not points:
            continue
        is_number = kind == "hold"
        x = _numbers([point[place] for point in points]) if is_number else np.arange(float(len(points)))
        marks = None if is_number else [(float(k), str(point[place])) for k, point in enumerate(points)]
        parts.append(_curve_figure(view, name, f"{name}: {title}", f"decay-{kind}", x, points, x_title, marks))
    return "".join(parts)


def capacity(view: PageView) -> str:
    """Net return against the size of the account."""
    return _by_strategy(
        view, "capacity", _capacity, "No capacity curve was stored with this run, so how the net return changes with "
        "account size is not known.",
    )  # fmt: skip


def _capacity(view: PageView, name: str, found: Any) -> str:
    points = sorted(found, key=lambda point: float(point["size"]))
    sizes = _numbers([point["size"] for point in points])
    marks = [(math.log10(size), number_text(size)) for size in sizes.tolist()]
    title = f"account size ({view.currency}, log scale)"
    return _curve_figure(
        view, name, f"{name}: net return by account size", "capacity", np.log10(sizes), points, title, marks
    )


def _curve_figure(
    view: PageView, name: str, caption: str, kind: str, x: Floats, points: Sequence[Mapping[str, Any]], x_title: str,
    marks: Sequence[tuple[float, str]] | None,
) -> str:  # fmt: skip
    y = _numbers([point.get("net_return", point.get("total_return")) for point in points])
    has_bounds = all("low" in point and "high" in point for point in points)
    curve = Curve(
        name=name, x=x, y=y, look=view.look(name),
        low=_numbers([point["low"] for point in points]) if has_bounds else None,
        high=_numbers([point["high"] for point in points]) if has_bounds else None,
    )  # fmt: skip
    at = [text for _, text in marks] if marks is not None else [number_text(value) for value in x.tolist()]
    words = ", ".join(
        f"{place}: {percent(value)}" for place, value in zip(at, y.tolist(), strict=True) if math.isfinite(value)
    )

    def draw(size: Size) -> str:
        return xy_chart(
            [curve], size=size, title=caption, description=words, chart_id=_id(kind, view, name), x_title=x_title,
            y_title="net return", x_marks=marks,
        )  # fmt: skip

    return figure(draw, caption=caption, sizes=(HALF, PHONE))


def study(view: PageView) -> str:
    """Cumulative average abnormal returns by group, with intervals."""
    found = view.evidence.get("study")
    if not found:
        return absent("No event study was stored with this run, so there is no curve of abnormal returns.")
    return _read("study", lambda: _study(found))


def _study(found: Mapping[str, Any]) -> str:
    curves, legend, words = [], [], []
    for place, group in enumerate(found["groups"]):
        look = Look(f"c{place % len(LIGHT.series)}", "" if place < len(LIGHT.series) else "8 3", "strategy")
        low, high = group.get("low"), group.get("high")
        curve = Curve(
            name=str(group["name"]), x=_numbers(group["days"]), y=_numbers(group["caar"]), look=look,
            low=None if low is None else _numbers(low), high=None if high is None else _numbers(high),
        )  # fmt: skip
        curves.append(curve)
        number = f", {int(group['n']):,} events" if group.get("n") is not None else ""
        legend.append(f"<li>{key(look.css, look.dash)}<bdi>{html_text(curve.name)}</bdi>{number}</li>")
        words.append(f"{curve.name} ends at {percent(float(curve.y[-1]))}{number}")
    if not curves:
        return absent("The event study of this run holds no group.")
    model = str(found.get("model") or "market").replace("_", " ")
    caption = f"Cumulative average abnormal return by sessions from the news ({model} model)"

    def draw(size: Size) -> str:
        return xy_chart(
            curves, size=size, title=caption, description="; ".join(words), chart_id="caar",
            x_title="sessions from day 0", y_title="CAAR", upright=0.0,
        )  # fmt: skip

    bands = "Bands are bootstrap intervals." if any(curve.low is not None for curve in curves) else ""
    return f'<ul class="legend">{"".join(legend)}</ul>' + figure(draw, caption=caption, under=_under(bands, found))


def sweep(view: PageView) -> str:
    """A heat map of one metric over two parameters, as a table."""
    found = view.evidence.get("sweep")
    if not found:
        return ""
    return _read("sweep", lambda: _sweep(found))


def _sweep(found: Mapping[str, Any]) -> str:
    name = str(found["metric"])
    show = ratio if name in RATIOS else percent
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


def _by_strategy(view: PageView, what: str, draw: Callable[[PageView, str, Any], str], otherwise: str) -> str:
    found = view.evidence.get(what)
    if not found:
        return absent(otherwise)

    def drawn() -> str:
        names = [str(row.get("name")) for row in view.rows if str(row.get("name")) in found]
        return "".join(draw(view, name, found[name]) for name in names)

    inside = _read(what, drawn)
    return f'<div class="grid">{inside}</div>' if inside else absent(otherwise)


def _read(what: str, draw: Callable[[], str]) -> str:
    """A section, or a sentence that says that its part of evidence.json has another shape than it should."""
    try:
        return draw()
    except BAD_SHAPE as error:
        return absent(f"The part {what!r} of evidence.json could not be read: {type(error).__name__}: {error}.")


def _under(words: str, found: Mapping[str, Any]) -> str:
    text = " ".join(part for part in (words, str(found.get("note") or "")) if part)
    return f'<p class="under">{html_text(text)}</p>' if text else ""


def _numbers(values: Sequence[Any]) -> Floats:
    found: Floats = np.array([math.nan if value is None else float(value) for value in values], dtype=np.float64)
    return found


def _id(kind: str, view: PageView, name: str) -> str:
    names = [str(row.get("name")) for row in view.rows]
    return f"{kind}-{names.index(name)}"
