"""Where the profit came from and how it decays, for `newsbt show RUN --by` and `--decay`, from evidence.json."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import ConsoleRenderable, Group
from rich.table import Table
from rich.text import Text

from newsbt.reports.columns import MISSING, money, percent, share
from newsbt.reports.text import clean

__all__ = ["attribution_rows", "attribution_view", "decay_rows", "decay_view"]

HOLDS_SHOWN = (1, 2, 3, 5, 10, 15, 20)


def attribution_rows(found: Mapping[str, Any], by: str, strategies: Sequence[str]) -> list[dict[str, Any]]:
    """A row for each strategy and key of a dimension, or event; `found` is the attribution of evidence.json."""
    rows = []
    for name in strategies:
        mine = found.get(name)
        if mine is not None:
            parts = mine["leave_one_out"] if by == "event" else mine["by"][by]
            rows += [{"strategy": name, **part} for part in parts]
    return rows


def attribution_view(found: Mapping[str, Any], by: str, strategies: Sequence[str]) -> ConsoleRenderable:
    """A table for each strategy, and how few events made its profit."""
    parts: list[ConsoleRenderable] = []
    for name in strategies:
        mine = found.get(name)
        if mine is None:
            continue
        parts.append(Text(f"{clean(name)}, profit {money(mine['profit'])} by {by.replace('_', ' ')}", style="bold"))
        parts.append(_events(mine) if by == "event" else _keys(mine["by"][by]))
        parts += [Text(line) for line in _concentration(mine["concentration"])]
        parts.append(Text(""))
    return Group(*parts)


def _keys(rows: Sequence[Mapping[str, Any]]) -> Table:
    table = _table(("", "Events", "Trades", "P&L", "Of the cash", "Share", "Costs", "Slippage", "Unfillable"))
    for row in rows:
        table.add_row(
            Text(clean(row["key"])), Text(f"{row['events']:,}"), Text(f"{row['trades']:,}"), Text(money(row["pnl"])),
            Text(percent(row["return"])), Text(MISSING if row["share"] is None else share(row["share"])),
            Text(money(row["costs"])), Text(money(row["slippage_cost"])), Text(money(row["unfillable"])),
        )  # fmt: skip
    return table


def _events(found: Mapping[str, Any]) -> Table:
    table = _table(("Left out", "P&L", "Return without it", "Run again without it"))
    for row in found["leave_one_out"]:
        again = row["return_rerun"]
        table.add_row(
            Text(clean(row["event_id"])), Text(money(row["pnl"])), Text(percent(row["return_without"])),
            Text(MISSING if again is None else percent(again)),
        )  # fmt: skip
    return table


def _concentration(found: Mapping[str, Any]) -> Iterator[str]:
    if found["reason"]:
        yield f"Share of the best events: {found['reason']}"
        return
    parts = [
        f"the best {'event' if k == 1 else f'{k} events'} made {share(found[f'top_{k}']['share'])}"
        for k in (1, 3, 5)
        if found["events"] > k
    ]
    if parts:
        yield f"Of the profit, {', '.join(parts)}; {found['events_up']:,} of {found['events']:,} events made money."


def decay_rows(found: Mapping[str, Any], strategies: Sequence[str]) -> list[dict[str, Any]]:
    """A row for each strategy and point of a curve; `found` is the decay of evidence.json."""
    rows = []
    for name in strategies:
        mine = found.get(name)
        if mine is None:
            continue
        rows += [
            {"strategy": name, "curve": curve, "at": point[curve], "net_return": point["net_return"]}
            for curve in ("hold", "latency")
            for point in mine[curve]
        ]
    return rows


def decay_view(found: Mapping[str, Any], strategies: Sequence[str]) -> ConsoleRenderable:
    """Net return by holding time, and by what passes from the news to the order, a row a strategy."""
    known = [name for name in strategies if name in found]
    holding = _table(("Sessions held", *map(str, HOLDS_SHOWN)))
    waits = [str(point["latency"]) for point in found[known[0]]["latency"]] if known else []
    waiting = _table(("News to order", *waits))
    for name in known:
        by_hold = {point["hold"]: point["net_return"] for point in found[name]["hold"]}
        holding.add_row(Text(clean(name)), *(Text(_percent(by_hold.get(count))) for count in HOLDS_SHOWN))
        waiting.add_row(Text(clean(name)), *(Text(_percent(point["net_return"])) for point in found[name]["latency"]))
    return Group(Text("Net return", style="bold"), holding, Text(""), waiting)


def _table(titles: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False)
    for place, title in enumerate(titles):
        table.add_column(Text(title), justify="left" if place == 0 else "right", no_wrap=place > 0, overflow="fold")
    return table


def _percent(value: float | None) -> str:
    return MISSING if value is None else percent(value)
