"""The event study of a run: mean abnormal returns around the news, and how much of the move could be traded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from newsbt.domain.evidence_documents import StudyDocument, StudyGroupJson
from newsbt.reports.charts.curves import Curve, xy_chart
from newsbt.reports.charts.plot import HALF, PHONE, Size, figure
from newsbt.reports.page.document_fields import numbers, read_part
from newsbt.reports.page.html_markup import Td, absent, details, listed, table
from newsbt.reports.page.view import PageView
from newsbt.reports.table_columns import MISSING, percent, probability
from newsbt.reports.text import html_text
from newsbt.reports.theme import Look

__all__ = ["study"]

MOST_DRAWN = 6  # groups of each kind; the table has all
KINDS = (("signals", "What the strategies signalled"), ("links", "All links, by type of event and kind of link"))


def study(view: PageView) -> str:
    """CAAR by group with intervals, then windows and moves of all groups in a table."""
    found = view.evidence.get("study")
    if not found:
        return absent("No event study was stored with this run, so there is no curve of abnormal returns.")
    return read_part("study", lambda: _study(view, found))


def _study(view: PageView, found: StudyDocument) -> str:
    groups: Sequence[StudyGroupJson] = found["groups"]
    if not groups:
        return absent("The event study of this run holds no group.")
    model = str(found.get("model") or "market").replace("_", " ")
    about = f"Cumulative average abnormal return, {_starts(groups)}, {model} model{_bands(groups)}."
    parts = [f'<p class="under">{html_text(about)}</p>']
    curves = [_curve(view, group) for group in groups]
    for kind, title in KINDS:
        mine = [k for k, group in enumerate(groups) if str(group.get("kind") or "links") == kind]
        if not mine:
            continue
        span = _span([curves[k] for k in mine[:MOST_DRAWN]])
        drawn = "".join(_figure(curves[k], groups[k], k, span) for k in mine[:MOST_DRAWN])
        parts.append(f'<h3>{title}</h3><div class="grid">{drawn}</div>')
        parts.append(_table([groups[k] for k in mine], title))
    notes = any(group.get("notes") for group in groups)
    if found.get("note"):
        parts.append(f'<p class="under">{html_text(found["note"])}</p>')
    if notes:
        named = [f"{group['name']}: {' '.join(group['notes'])}" for group in groups if group.get("notes")]
        parts.append(details("Read with the tests", listed(named, "notes")))
    if found.get("moves_definition"):
        parts.append(f'<p class="under">Moves: {html_text(found["moves_definition"])}</p>')
    return "".join(parts)


def _span(curves: Sequence[Curve]) -> tuple[float, float] | None:
    """The scale that the curves share, so that they can be compared."""
    values = np.concatenate([part for curve in curves for part in (curve.y, curve.low, curve.high) if part is not None])
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


def _curve(view: PageView, group: StudyGroupJson) -> Curve:
    name = str(group["name"])
    own = name.rpartition(": ")[0]
    shown = name if str(group.get("kind")) == "signals" else name.replace("_", " ")
    look = view.look(own) if own in view.looks else Look("ref", "", "strategy")
    low, high = group.get("low"), group.get("high")
    return Curve(
        name=shown,
        x=numbers(group["days"]),
        y=numbers(group["caar"]),
        look=look,
        low=None if low is None else numbers(low),
        high=None if high is None else numbers(high),
    )


def _figure(curve: Curve, group: StudyGroupJson, index: int, span: tuple[float, float] | None) -> str:
    caption = f"{curve.name}: {_counted(group)}"
    first, last = int(curve.x[0]), int(curve.x[-1])
    words = f"CAAR from day {first} to day {last} ends at {percent(float(curve.y[-1]))}"

    def draw(size: Size) -> str:
        return xy_chart(
            [curve], size=size, title=caption, description=words, chart_id=f"caar-{index}", span=span,
            x_title="sessions before (-) and after day 0", y_title="CAAR", upright=0.0,
        )  # fmt: skip

    return figure(draw, caption=caption, sizes=(HALF, PHONE))


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


def _table(groups: Sequence[StudyGroupJson], title: str) -> str:
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
    return table(header, body, caption, sortable=True)


def _count(value: float | None) -> Td:
    return Td(MISSING) if value is None else Td(f"{int(value):,}", value=int(value))


def _percent(value: float | None) -> Td:
    if value is None:
        return Td(MISSING)
    return Td(percent(float(value)), value=float(value), css="up" if value > 0 else "down" if value < 0 else "")


def _p(value: float | None) -> Td:
    return Td(MISSING) if value is None else Td(probability(float(value)), value=float(value))
