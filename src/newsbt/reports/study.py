"""What `newsbt study` shows in a terminal, and the rows of its CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import ConsoleRenderable, Group
from rich.table import Table
from rich.text import Text

from newsbt.reports.columns import MISSING, percent, probability
from newsbt.reports.text import clean

__all__ = ["move_rows", "study_view", "window_rows"]

WIDE = 110  # columns from which all tests are shown
TITLES = ("Group", "Window", "Events", "Dates", "CAAR", "95 % interval")
TESTS = (("kp_bmp", "KP p"), ("holm", "Holm"), ("grank", "GRANK p"), ("wilcoxon", "Wilcoxon p"))
MOVES = ("gap", "latency", "locked", "tradable")


def study_view(
    document: Mapping[str, Any], name: str, notices: Sequence[str] = (), *, width: int = WIDE
) -> ConsoleRenderable:
    """Abnormal returns by group and window, then what of the moves could be traded."""
    groups = document["groups"]
    parts: list[ConsoleRenderable] = [Text(clean(name), style="bold")]
    parts += [Text(f"! {clean(notice)}", style="yellow") for notice in notices]
    if not groups:
        why = "No event is linked to an instrument with prices and an index of its market."
        return Group(*parts, Text(why))
    parts += [Text(""), Text("Abnormal returns", style="bold"), _windows(groups, TESTS if width >= WIDE else TESTS[:1])]
    parts += [Text(clean(line), style="dim") for line in _notes(document)]
    parts += [
        Text(""),
        Text("How much of the move could be traded, means over all pairs", style="bold"),
        _moves(groups),
    ]
    parts += [Text(f"  {clean(line)}") for line in _traded(groups)]
    parts += [Text(clean(document["moves_definition"]), style="dim")]
    return Group(*parts)


def _windows(groups: Sequence[Mapping[str, Any]], tests: Sequence[tuple[str, str]]) -> Table:
    table = _table((*TITLES, *(title for _, title in tests)), texts=2)
    for group in groups:
        for place, window in enumerate(group["windows"]):
            bounds = window["low"], window["high"]
            table.add_row(
                Text(clean(group["name"])) if place == 0 else Text(""),
                Text(f"[{window['start']},{window['end']}]"),
                Text(f"{window['n']:,}"),
                Text(f"{group['clusters']:,}"),
                Text(_percent(window["caar"])),
                Text(MISSING if None in bounds else f"{_percent(bounds[0])} to {_percent(bounds[1])}"),
                *(Text(_probability(window["p"].get(key))) for key, _ in tests),
            )
    return table


def _moves(groups: Sequence[Mapping[str, Any]]) -> Table:
    table = _table(("Group", "To day", "Pairs", "Move", *(part.capitalize() for part in MOVES)), texts=1)
    for group in groups:
        for place, move in enumerate(group["moves"]):
            table.add_row(
                Text(clean(group["name"])) if place == 0 else Text(""),
                Text(f"{move['horizon']:+d}" if move["horizon"] else "0"),
                Text(f"{move['pairs']:,}"),
                Text(_percent(move["total"])),
                *(Text(_percent(move[part])) for part in MOVES),
            )
    return table


def _traded(groups: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for group in groups:
        found = group.get("traded")
        if found and found["lots"]:
            yield (
                f"{group['name']}: {found['lots']:,} lots made {_percent(found['net_return'])} each on what they cost, "
                f"{_percent(found['gross_return'])} before costs and slippage"
            )


def _table(titles: Sequence[str], texts: int) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False)
    for place, title in enumerate(titles):
        table.add_column(Text(title), justify="left" if place < texts else "right", overflow="fold", no_wrap=place > 0)
    return table


def _notes(document: Mapping[str, Any]) -> Iterator[str]:
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
        yield f"Left out of the tests: {listed}."
    thin = [group["name"] for group in document["groups"] if group["clusters"] < 10]
    if thin:
        yield f"Fewer than 10 independent dates, from which nothing can be concluded: {len(thin)} groups."


def window_rows(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row for each group and window."""
    return [
        {
            "group": group["name"], "kind": group["kind"], "pairs": group["pairs"], "events": group["events"],
            "clusters": group["clusters"], **{k: v for k, v in window.items() if k != "p"},
            **{f"p_{name}": value for name, value in window["p"].items()},
        }
        for group in document["groups"] for window in group["windows"]
    ]  # fmt: skip


def move_rows(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row for each group and horizon."""
    return [
        {"group": group["name"], "kind": group["kind"], **move}
        for group in document["groups"]
        for move in group["moves"]
    ]


def _percent(value: float | None) -> str:
    return MISSING if value is None else percent(value)


def _probability(value: float | None) -> str:
    return MISSING if value is None else probability(value)
