"""Where the profit came from and how it decays, for `newsbt show RUN --by` and `--decay`, from evidence.json."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import ConsoleRenderable, Group, RenderableType
from rich.text import Text

from newsbt._plain import JsonValue
from newsbt.domain.evidence_documents import AttributedKey, Attribution, Concentration, DecayCurves, LeftOut
from newsbt.reports.table_columns import MISSING, money, percent, share
from newsbt.reports.tabular import TerminalTable, figure, prose, token
from newsbt.reports.wrapping import Prose

__all__ = ["attribution_rows", "attribution_view", "decay_rows", "decay_view"]

HOLDS_SHOWN = (1, 2, 3, 5, 10, 15, 20)
MORE = "--format csv"


def attribution_rows(
    found: Mapping[str, Attribution], by: str, strategies: Sequence[str], events: Sequence[str] = ()
) -> list[dict[str, JsonValue]]:
    """A row for each strategy and key of a dimension, or event (some `events`, or all); `found` is the attribution of
    evidence.json."""
    rows: list[dict[str, JsonValue]] = []
    for name in strategies:
        mine = found.get(name)
        if mine is None:
            continue
        if by == "event":
            rows += [
                {"strategy": name, "event_id": one["event_id"], "pnl": one["pnl"],
                 "return_without": one["return_without"], "return_rerun": one["return_rerun"]}
                for one in _left_out(mine, events)
            ]  # fmt: skip
        else:
            rows += [
                {"strategy": name, "key": one["key"], "events": one["events"], "trades": one["trades"],
                 "pnl": one["pnl"], "return": one["return"], "share": one["share"], "costs": one["costs"],
                 "slippage_cost": one["slippage_cost"], "unfillable": one["unfillable"]}
                for one in mine["by"][by]
            ]  # fmt: skip
    return rows


def _left_out(mine: Attribution, events: Sequence[str]) -> list[LeftOut]:
    return [row for row in mine["leave_one_out"] if not events or row["event_id"] in events]


def attribution_view(
    found: Mapping[str, Attribution], by: str, strategies: Sequence[str], events: Sequence[str] = ()
) -> ConsoleRenderable:
    """A table for each strategy, and how few events made its profit."""
    parts: list[RenderableType] = []
    for name in strategies:
        mine = found.get(name)
        if mine is None:
            continue
        parts.append(Prose(f"{name}, profit {money(mine['profit'])} by {by.replace('_', ' ')}", "bold"))
        parts.append(_events(_left_out(mine, events)) if by == "event" else _keys(mine["by"][by]))
        parts += [Prose(line) for line in _concentration(mine["concentration"])]
        parts.append(Text(""))
    return Group(*parts)


def _keys(rows: Sequence[AttributedKey]) -> TerminalTable:
    titles = ("Events", "Trades", "P&L", "Of the cash", "Share", "Costs", "Slippage", "Unfillable")
    ranks = (4, 5, 1, 2, 3, 6, 7, 8)
    heads = [prose("", 0), *(figure(title, rank) for title, rank in zip(titles, ranks, strict=True))]
    return TerminalTable(
        heads,
        (
            (
                row["key"], f"{row['events']:,}", f"{row['trades']:,}", money(row["pnl"]), percent(row["return"]),
                MISSING if row["share"] is None else share(row["share"]), money(row["costs"]),
                money(row["slippage_cost"]), money(row["unfillable"]),
            )
            for row in rows
        ),
        more=MORE,
    )  # fmt: skip


def _events(rows: Sequence[LeftOut]) -> TerminalTable:
    heads = [
        token("Left out", 0),
        figure("P&L", 1),
        figure("Return without it", 2),
        figure("Run again without it", 3),
    ]
    return TerminalTable(
        heads,
        (
            (row["event_id"], money(row["pnl"]), percent(row["return_without"]), _percent(row["return_rerun"]))
            for row in rows
        ),
        more=MORE,
    )


def _concentration(found: Concentration) -> Iterator[str]:
    if found["reason"]:
        yield f"Share of the best events: {found['reason']}"
        return
    parts = [
        f"the best {'event' if k == 1 else f'{k} events'} made {share(top['share'])}"
        for k, top in ((1, found["top_1"]), (3, found["top_3"]), (5, found["top_5"]))
        if found["events"] > k and top["share"] is not None
    ]
    if parts:
        yield f"Of the profit, {', '.join(parts)}; {found['events_up']:,} of {found['events']:,} events made money."


def decay_rows(found: Mapping[str, DecayCurves], strategies: Sequence[str]) -> list[dict[str, JsonValue]]:
    """A row for each strategy and point of a curve; `found` is the decay of evidence.json."""
    rows: list[dict[str, JsonValue]] = []
    for name in strategies:
        mine = found.get(name)
        if mine is None:
            continue
        rows += [
            {"strategy": name, "curve": "hold", "at": point["hold"], "net_return": point["net_return"]}
            for point in mine["hold"]
        ]
        rows += [
            {"strategy": name, "curve": "latency", "at": point["latency"], "net_return": point["net_return"]}
            for point in mine["latency"]
        ]
    return rows


def decay_view(found: Mapping[str, DecayCurves], strategies: Sequence[str]) -> ConsoleRenderable:
    """Net return by holding time, and by what passes from the news to the order, a row a strategy."""
    known = [name for name in strategies if name in found]
    holds = [str(count) for count in HOLDS_SHOWN]
    waits = [str(point["latency"]) for point in found[known[0]]["latency"]] if known else []
    holding, waiting = [], []
    for name in known:
        by_hold = {point["hold"]: point["net_return"] for point in found[name]["hold"]}
        holding.append([name, *(_percent(by_hold.get(count)) for count in HOLDS_SHOWN)])
        waiting.append([name, *(_percent(point["net_return"]) for point in found[name]["latency"])])
    return Group(
        Text("Net return", style="bold"), _curve("Sessions held", holds, holding), Text(""),
        _curve("News to order", waits, waiting),
    )  # fmt: skip


def _curve(title: str, points: Sequence[str], rows: Sequence[Sequence[str]]) -> TerminalTable:
    heads = [prose(title, 0), *(figure(point, rank) for rank, point in enumerate(points, start=1))]
    return TerminalTable(heads, rows, more=MORE)


def _percent(value: float | None) -> str:
    return MISSING if value is None else percent(value)
