"""Which announcements made and lost the money: a waterfall of the best and the worst."""

from __future__ import annotations

import pandas as pd

from newsbt.reports.html.page_blocks import Absent, Bar, Block, Details, Table, Td
from newsbt.reports.page.document_fields import BAD_SHAPE, read_part
from newsbt.reports.page.shown_strategies import first_rows, left_out
from newsbt.reports.page.view import PageView, metric
from newsbt.reports.table_columns import percent

__all__ = ["waterfalls"]

EACH_SIDE = 8


def waterfalls(view: PageView, cards: dict[str, int]) -> list[Block]:
    """A table with bars for each strategy, the first one open; `cards` are the numbers of the events' cards."""
    frame = view.events
    if frame is None:
        return [Absent("The events of this run could not be read, so nothing can be attributed to them.")]
    parts: list[Block] = []
    shown = first_rows(view)
    for index, row in enumerate(shown):
        name = str(row.get("name"))
        own = frame[frame["strategy"] == name].groupby("event_id", sort=True)["pnl"].sum()
        own = own[own != 0.0]
        if own.empty:
            content: list[Block] = [Absent(f"{name}: no announcement led to a profit or a loss.")]
        else:
            content = [_waterfall(view, name, own, metric(row, "final_equity"), cards), *_sources(view, name)]
        parts += content if index == 0 else [Details(f"{name}: best and worst announcements", content)]
    return [*parts, *left_out(view, len(shown))] or [Absent("This run holds no strategy.")]


def _waterfall(view: PageView, name: str, own: pd.Series, end: float | None, cards: dict[str, int]) -> Table:
    ordered = own.sort_values(ascending=False, kind="stable")
    best = ordered[ordered > 0].head(EACH_SIDE)
    worst = ordered[ordered < 0].tail(EACH_SIDE)
    rest = ordered.drop([*best.index, *worst.index])
    steps: list[tuple[str, str | None, float]] = [("", str(event_id), float(pnl)) for event_id, pnl in best.items()]
    if len(rest):
        steps.append((f"{len(rest):,} other announcements", None, float(rest.sum())))
    steps += [("", str(event_id), float(pnl)) for event_id, pnl in worst.items()]
    total = float(own.sum())
    if end is not None and view.cash is not None:
        without = end - view.cash - total
        if abs(without) >= 1:
            steps.append(("Without an announcement", None, without))
        total = end - view.cash
    levels = [0.0]
    for _, _, pnl in steps:
        levels.append(levels[-1] + pnl)
    low, width = min(levels), (max(levels) - min(levels)) or 1.0

    def at(value: float) -> float:
        return (value - low) / width

    alone = _left_one_out(view, name)
    body = []
    for (label, event_id, pnl), start in zip(steps, levels[:-1], strict=True):
        text = label if event_id is None else view.title_of(event_id, 110)
        css = "up" if pnl > 0 else "down" if pnl < 0 else ""
        cells = [
            Td(text, href=f"#card-{cards[event_id]}" if event_id in cards else ""),
            Td(f"{pnl:+,.0f}", css=css),
        ]
        if alone:
            cells.append(Td(alone.get(event_id or "", "")))
        body.append([*cells, Td("", bars=[Bar(at(start), at(start + pnl), css or "ref")], zero=at(0.0))])
    css = "up" if total > 0 else "down" if total < 0 else ""
    cells = [Td("Profit of the run"), Td(f"{total:+,.0f}", css=css)]
    if alone:
        cells.append(Td(f"{percent(total / view.cash)} with all" if view.cash else ""))
    body.append([*cells, Td("", bars=[Bar(at(0.0), at(total), "net")], zero=at(0.0))])
    caption = f"{name}: the best and worst announcements, and how they add up, in {view.currency} after costs"
    caption += "; the return without one is that of the run made again, or (≈) its own less the P&L" if alone else ""
    header = [("Announcement", "text"), ("P&L", "number")]
    header += [("Run's return without it", "number")] if alone else []
    return Table([*header, ("Adding up", "bar")], body, caption, css="waterfall")


def _left_one_out(view: PageView, name: str) -> dict[str, str]:
    """By event id, what the run would have returned had the announcement not been: of the run made again where that was
    done, else by arithmetic."""
    found = {}
    try:
        for row in view.evidence["attribution"][name]["leave_one_out"]:
            rerun = row.get("return_rerun")
            found[str(row["event_id"])] = (
                f"≈ {percent(float(row['return_without']))}" if rerun is None else percent(float(rerun))
            )
    except BAD_SHAPE:
        return {}
    return found


KINDS = {"event_type": "type of event", "relation": "kind of link", "market": "market", "year": "year"}


def _sources(view: PageView, name: str) -> list[Block]:
    """Profit by type of event, kind of link, market and year, where the run's evidence has it."""
    found = view.evidence.get("attribution")
    if not found:
        return []

    def drawn() -> list[Block]:
        if name not in found:
            return []
        body = []
        for kind, rows in found[name]["by"].items():
            for row in rows:
                pnl = float(row["pnl"])
                css = "up" if pnl > 0 else "down" if pnl < 0 else ""
                body.append(
                    [
                        Td(str(row["key"]).replace("_", " ")),
                        Td(KINDS.get(kind, str(kind).replace("_", " "))),
                        Td(f"{int(row['events']):,}", value=int(row["events"])),
                        Td(f"{int(row['trades']):,}", value=int(row["trades"])),
                        Td(f"{pnl:+,.0f}", value=pnl, css=css),
                        Td(f"{float(row['costs']):,.0f}", value=float(row["costs"])),
                    ]
                )
        header = [
            ("Of", "text"),
            ("By", "text"),
            *((title, "number") for title in ("Events", "Trades", "P&L", "Costs")),
        ]
        caption = f"{name}: where the profit came from, in {view.currency}; each way of counting adds up to the whole"
        return [Details("Profit by type, link, market and year", [Table(header, body, caption, sortable=True)])]

    return read_part("attribution", drawn)
