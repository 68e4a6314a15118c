"""What `newsbt study` shows in a terminal, and the rows of its CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import ConsoleRenderable, Group, RenderableType
from rich.text import Text

from newsbt._plain import JsonValue
from newsbt.domain.evidence_documents import StudyDocument, StudyGroupJson
from newsbt.domain.verdict import FEWEST_DATES
from newsbt.reports.table_columns import MISSING, percent, probability
from newsbt.reports.tabular import TerminalTable, figure, prose, token
from newsbt.reports.wrapping import Prose

__all__ = ["move_rows", "study_view", "window_rows"]

TESTS = (("kp_bmp", "KP p"), ("holm", "Holm"), ("grank", "GRANK p"), ("wilcoxon", "Wilcoxon p"))
MOVES = ("gap", "latency", "locked", "tradable")
MORE = "--format csv"


def study_view(document: StudyDocument, name: str, notices: Sequence[str] = ()) -> ConsoleRenderable:
    """Abnormal returns by group and window, then what of the moves could be traded."""
    groups = document["groups"]
    parts: list[RenderableType] = [Prose(name, "bold")]
    parts += [Prose(f"! {notice}", "yellow") for notice in notices]
    if not groups:
        return Group(*parts, Prose(document["reason"]))
    parts += [Text(""), Text("Abnormal returns", style="bold"), _windows(groups)]
    parts += [Prose(line, "dim") for line in _notes(document)]
    parts += [
        Text(""),
        Text("How much of the move could be traded, means over all pairs with prices", style="bold"),
        _moves(groups),
    ]
    parts += [Prose(f"  {line}", indent=2) for line in _traded(groups)]
    parts += [Prose(f"Moves are {document['moves_definition']}", "dim")]
    return Group(*parts)


def _windows(groups: Sequence[StudyGroupJson]) -> TerminalTable:
    """Pairs are those of an event and a ticker that a window's tests are made of, with their events and the independent
    dates of these."""
    heads = [
        prose("Group", 0), token("Window", 1), figure("Pairs", 4), figure("Events", 6), figure("Dates", 5),
        figure("CAAR", 2), figure("95 % interval", 7),
        *(figure(title, 3 + 5 * n) for n, (_, title) in enumerate(TESTS)),
    ]  # fmt: skip
    rows = []
    for group in groups:
        for index, window in enumerate(group["windows"]):
            bounds = window["low"], window["high"]
            rows.append(
                [
                    group["name"] if index == 0 else "",
                    f"[{window['start']},{window['end']}]",
                    f"{window['n']:,}",
                    f"{window['events']:,}",
                    f"{window['dates']:,}",
                    _percent(window["caar"]),
                    MISSING if None in bounds else f"{_percent(bounds[0])} to {_percent(bounds[1])}",
                    *(_probability(window["p"].get(key)) for key, _ in TESTS),
                ]
            )
    return TerminalTable(heads, rows, more=MORE)


def _moves(groups: Sequence[StudyGroupJson]) -> TerminalTable:
    heads = [
        prose("Group", 0), figure("To day", 1), figure("Pairs", 4), figure("Total", 2),
        *(figure(part.capitalize(), 3 if part == "tradable" else 5 + n) for n, part in enumerate(MOVES)),
    ]  # fmt: skip
    rows = []
    for group in groups:
        for index, move in enumerate(group["moves"]):
            rows.append(
                [
                    group["name"] if index == 0 else "",
                    f"{move['horizon']:+d}" if move["horizon"] else "0",
                    f"{move['pairs']:,}",
                    _percent(move["total"]),
                    *map(_percent, (move["gap"], move["latency"], move["locked"], move["tradable"])),
                ]
            )
    return TerminalTable(heads, rows, more=f"{MORE} --moves")


def _traded(groups: Sequence[StudyGroupJson]) -> Iterator[str]:
    for group in groups:
        found = group.get("traded")
        if found and found["lots"]:
            yield (
                f"{group['name']}: {found['lots']:,} lots made {_percent(found['net_return'])} each on what they cost, "
                f"{_percent(found['gross_return'])} before costs and slippage"
            )


def _notes(document: StudyDocument) -> Iterator[str]:
    yield str(document["note"])
    yield (
        "KP: Kolari and Pynnonen's test, which allows for events on the same days, and its Holm-adjusted p over all "
        "groups of one window; prefer it and GRANK where events share dates."
    )
    lost: dict[str, int] = {}
    for group in document["groups"]:
        for reason, number in group["excluded"].items():
            lost[reason] = lost.get(reason, 0) + number
    if lost:
        listed = ", ".join(f"{number:,} {reason.replace('_', ' ')}" for reason, number in sorted(lost.items()))
        yield f"Pairs left out of the tests: {listed}."
    yield (
        "Pairs are those of an event and a ticker; dates are independent: events whose windows have a session in "
        "common are one."
    )
    if any(window["no_interval"] for group in document["groups"] for window in group["windows"]):
        yield "No interval where two fifths of the pairs are one date: it would not hold what it promises."
    flat = sum(group["without_variance"] for group in document["groups"])
    if flat:
        yield f"Left out of KP and GRANK besides: {flat:,} without residual variance."
    thin = sum(group["n_dates"] < FEWEST_DATES for group in document["groups"])
    if thin:
        which = "1 group" if thin == 1 else f"{thin:,} groups"
        yield f"Fewer than {FEWEST_DATES} independent dates, from which nothing can be concluded: {which}."


def window_rows(document: StudyDocument) -> list[dict[str, JsonValue]]:
    """A row for each group and window."""
    return [
        {
            "group": group["name"], "kind": group["kind"], "pairs": group["pairs"], "events": group["events"],
            "dates": group["dates"], "clusters": group["clusters"],
            "start": window["start"], "end": window["end"], "n": window["n"], "window_events": window["events"],
            "window_dates": window["dates"], "caar": window["caar"], "bhar": window["bhar"], "low": window["low"],
            "high": window["high"], "no_interval": window["no_interval"],
            **{f"p_{name}": value for name, value in window["p"].items()},
        }
        for group in document["groups"] for window in group["windows"]
    ]  # fmt: skip


def move_rows(document: StudyDocument) -> list[dict[str, JsonValue]]:
    """A row for each group and horizon."""
    return [
        {
            "group": group["name"],
            "kind": group["kind"],
            "horizon": move["horizon"],
            "pairs": move["pairs"],
            "total": move["total"],
            "gap": move["gap"],
            "latency": move["latency"],
            "locked": move["locked"],
            "tradable": move["tradable"],
        }
        for group in document["groups"]
        for move in group["moves"]
    ]


def _percent(value: float | None) -> str:
    return MISSING if value is None else percent(value)


def _probability(value: float | None) -> str:
    return MISSING if value is None else probability(value)
