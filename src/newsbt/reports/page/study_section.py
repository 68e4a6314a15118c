"""The event study of a run: mean abnormal returns around the news, and how much of the move could be traded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from newsbt.domain.evidence_documents import StudyDocument, StudyGroupJson
from newsbt.reports.charts.chart import Axis, Chart, ChartSeries
from newsbt.reports.html.page_blocks import Absent, Block, Details, Grid, Lines, Plotted, Subheading, Table, Td, Under
from newsbt.reports.page.document_fields import numbers, read_part
from newsbt.reports.page.view import PageView
from newsbt.reports.table_columns import MISSING, percent, probability
from newsbt.reports.theme import Look

__all__ = ["study"]

MOST_DRAWN = 6  # groups of each kind; the table has all
KINDS = (("signals", "What the strategies signalled"), ("links", "All links, by type of event and kind of link"))


def study(view: PageView) -> list[Block]:
    """CAAR by group with intervals, then windows and moves of all groups in a table."""
    found = view.evidence.get("study")
    if not found:
        return [Absent("No event study was stored with this run, so there is no curve of abnormal returns.")]
    return read_part("study", lambda: _study(view, found))


def _study(view: PageView, found: StudyDocument) -> list[Block]:
    groups: Sequence[StudyGroupJson] = found["groups"]
    if not groups:
        return [Absent("The event study of this run holds no group.")]
    model = str(found.get("model") or "market").replace("_", " ")
    about = f"Cumulative average abnormal return, {_starts(groups)}, {model} model{_bands(groups)}."
    parts: list[Block] = [Under(about)]
    curves = [_curve(view, group) for group in groups]
    for kind, title in KINDS:
        mine = [k for k, group in enumerate(groups) if str(group.get("kind") or "links") == kind]
        if not mine:
            continue
        span = _span([curves[k] for k in mine[:MOST_DRAWN]])
        drawn = [_figure(curves[k], groups[k], k, span) for k in mine[:MOST_DRAWN]]
        parts += [Subheading(title), Grid(drawn), _table([groups[k] for k in mine], title)]
    notes = any(group.get("notes") for group in groups)
    if found.get("note"):
        parts.append(Under(str(found["note"])))
    if notes:
        named = [f"{group['name']}: {' '.join(group['notes'])}" for group in groups if group.get("notes")]
        parts.append(Details("Read with the tests", [Lines(named, "notes")]))
    if found.get("moves_definition"):
        parts.append(Under(f"Moves: {found['moves_definition']}"))
    return parts


def _span(curves: Sequence[ChartSeries]) -> tuple[float, float] | None:
    """The scale that the curves share, so that they can be compared."""
    values = np.concatenate(
        [part for curve in curves for part in (curve.values, curve.low, curve.high) if part is not None]
    )
    values = values[np.isfinite(values)]
    return (float(values.min()), float(values.max())) if len(values) else None


def _starts(groups: Sequence[StudyGroupJson]) -> str:
    """From which day on the curves add up."""
    days = sorted({int(group["days"][0]) for group in groups if len(group["days"])})
    if not days:
        return "of no day"
    return f"summed from day {days[0]} on" if len(days) == 1 else f"summed from days {days[0]} to {days[-1]} on"


def _bands(groups: Sequence[StudyGroupJson]) -> str:
    """What the bands are, where there are any."""
    bounds = [value for group in groups for side in (group.get("low"), group.get("high")) for value in side or ()]
    if not any(value is not None for value in bounds):
        return "; too few independent clusters of events for intervals"
    return ", with 95% bands where enough independent clusters of events allow them"


def _curve(view: PageView, group: StudyGroupJson) -> ChartSeries:
    name = str(group["name"])
    own = name.rpartition(": ")[0]
    shown = name if str(group.get("kind")) == "signals" else name.replace("_", " ")
    look = view.look(own) if own in view.looks else Look("ref", "", "strategy")
    low, high = group.get("low"), group.get("high")
    return ChartSeries(
        name=shown,
        at=numbers(group["days"]),
        values=numbers(group["caar"]),
        look=look,
        style="dotted line",
        low=None if low is None else numbers(low),
        high=None if high is None else numbers(high),
    )


def _figure(curve: ChartSeries, group: StudyGroupJson, index: int, span: tuple[float, float] | None) -> Plotted:
    first, last = int(curve.at[0]), int(curve.at[-1])
    chart = Chart(
        name=f"caar-{index}", title=f"{curve.name}: {_counted(group)}",
        description=f"CAAR from day {first} to day {last} ends at {percent(float(curve.values[-1]))}",
        series=[curve], x=Axis(unit="count", title="sessions before (-) and after day 0"),
        y=Axis(unit="percent", title="CAAR", span=span), uprights=[(0.0, "", "soft")],
    )  # fmt: skip
    return Plotted(chart)


def _counted(group: StudyGroupJson) -> str:
    """Pairs, and the events and dates that they are of, where the run tells."""
    if group.get("n") is None:
        return "pairs not counted"
    counts = [_number(group["n"], "pair")]
    if group.get("n_events") is not None:
        counts += [_number(group["n_events"], "event"), _number(group["n_dates"], "date")]
    return ", ".join(counts)


def _number(value: int, word: str) -> str:
    return f"{int(value):,} {word}{'' if int(value) == 1 else 's'}"


def _table(groups: Sequence[StudyGroupJson], title: str) -> Table:
    """Windows from day 0 with their robust test, and the mean move of day 0 with its parts."""
    windows = sorted(
        {(w["start"], w["end"]) for group in groups for w in group.get("windows") or () if w["start"] == 0}
    )
    header = [("Group", "text"), ("Pairs", "number"), ("Events", "number"), ("Dates", "number")]
    for start, end in windows:
        header += [(f"CAAR [{start}, {end}]", "number"), ("p", "number"), ("Holm p", "number")]
    header += [(name, "number") for name in ("Pairs priced", "Move to day 0", "Gap", "Latency", "Locked", "Tradable")]
    body = []
    for group in groups:
        name = str(group["name"])
        shown = name if group.get("kind") == "signals" else name.replace("_", " ")
        cells = [Td(shown), *map(_count, (group.get("n"), group.get("n_events"), group.get("n_dates")))]
        by_window = {(w["start"], w["end"]): w for w in group.get("windows") or ()}
        for window in windows:
            found = by_window.get(window)
            p: Mapping[str, float | None] = {} if found is None else found.get("p") or {}
            cells += [_percent(None if found is None else found.get("caar")), _p(p.get("kp_bmp")), _p(p.get("holm"))]
        move = next((m for m in group.get("moves") or () if m.get("horizon") == 0), None)
        if move is None:
            cells += [_count(None)] * 6
        else:
            parts = (move.get("total"), move.get("gap"), move.get("latency"), move.get("locked"), move.get("tradable"))
            cells += [_count(move.get("pairs")), *map(_percent, parts)]
        body.append(cells)
    caption = (
        f"{title}: windows from day 0 over the pairs of an event and a ticker that could be tested (p of Kolari and "
        "Pynnönen; Holm p over the groups), and, over all pairs with prices, the mean move from the last close before "
        "the news to the close of day 0 and what of it was tradable. Dates are independent: events whose windows share "
        "a session are one"
    )
    return Table(header, body, caption, sortable=True)


def _count(value: float | None) -> Td:
    return Td(MISSING) if value is None else Td(f"{int(value):,}", value=int(value))


def _percent(value: float | None) -> Td:
    if value is None:
        return Td(MISSING)
    return Td(percent(float(value)), value=float(value), css="up" if value > 0 else "down" if value < 0 else "")


def _p(value: float | None) -> Td:
    return Td(MISSING) if value is None else Td(probability(float(value)), value=float(value))
