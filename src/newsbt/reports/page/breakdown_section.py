"""Sections about trades: profit by what they were of, and their returns against how long they were held."""

from __future__ import annotations

import numpy as np
import pandas as pd

from newsbt.domain.profit_breakdown import DIMENSIONS_OF_TRADES, TradeDimension
from newsbt.errors import DataError
from newsbt.reports.charts.chart import Axis, Chart, ChartSeries
from newsbt.reports.html.page_blocks import Absent, Bar, Block, Details, Grid, Plotted, Table, Td
from newsbt.reports.page.shown_strategies import left_out, shown_names
from newsbt.reports.page.view import PageView
from newsbt.reports.page.wording import EXITS
from newsbt.reports.profit_sources import profit_by
from newsbt.reports.table_columns import MISSING, percent, share

__all__ = ["holding_times", "profit_sources"]

MOST_KEYS = 20  # of a dimension and strategy
MOST_DOTS = 800
HOLDING = ((1, "up to a day"), (3, "1 to 3 days"), (7, "3 to 7 days"), (14, "1 to 2 weeks"), (31, "2 weeks to a month"),
           (92, "1 to 3 months"), (np.inf, "longer"))  # fmt: skip


def profit_sources(view: PageView) -> list[Block]:
    """Whose profit by what, strategy by strategy: the largest gains and losses of each dimension."""
    if view.table("trades") is None:
        return [Absent("The trades of this run could not be read, so that no profit can be told by them.")]
    names = shown_names(view)
    blocks: list[Block] = []
    found: dict[TradeDimension, pd.DataFrame] = {}
    for by in DIMENSIONS_OF_TRADES:
        try:
            found[by] = profit_by(view.record, by, names)
        except DataError as error:
            blocks.append(Absent(f"{error}."))
    for index, name in enumerate(names):
        tables: list[Block] = []
        for by, rows in found.items():
            own = rows[rows["strategy"] == name]
            if len(own):
                tables.append(_table(view, name, by, own))
        content = tables or [Absent(f"{name} made no trade.")]
        blocks += (
            content if index == 0 else [Details(f"{name}: profit by ticker, exit reason, market and sector", content)]
        )
    return [*blocks, *left_out(view, len(names))]


def _table(view: PageView, name: str, by: TradeDimension, rows: pd.DataFrame) -> Table:
    shown = rows
    if len(rows) > MOST_KEYS:
        shown = pd.concat([rows.head(MOST_KEYS // 2), rows.tail(MOST_KEYS // 2)])
    rest = rows.drop(shown.index)
    most = float(shown["pnl"].abs().max()) or 1.0
    low, high = min(float(shown["pnl"].min()), 0.0) / most, max(float(shown["pnl"].max()), 0.0) / most
    width = (high - low) or 1.0
    body = []
    for row in shown.to_dict("records"):
        pnl, of = float(row["pnl"]), row["share"]
        css = "up" if pnl > 0 else "down" if pnl < 0 else ""
        label = str(EXITS.get(row["key"], row["key"])) if by == "exit_reason" else str(row["key"])
        bar = Bar(-low / width, (pnl / most - low) / width, css or "ref")
        body.append(
            [
                Td(label, value=label), Td(f"{pnl:+,.0f}", value=pnl, css=css), Td("", bars=[bar], zero=-low / width),
                Td(percent(float(row["return"])), value=float(row["return"])),
                Td(MISSING if pd.isna(of) else share(float(of)), value=None if pd.isna(of) else float(of)),
                Td(f"{row['trades']:,}", value=int(row["trades"])), Td(f"{row['wins']:,}", value=int(row["wins"])),
                Td(f"{float(row['costs']):,.0f}", value=float(row["costs"])),
            ]
        )  # fmt: skip
    caption = (
        f"{name}: profit by {by.replace('_', ' ')}, in {view.currency} after costs; all rows add up to the net profit"
    )
    if len(rest):
        between = f"{len(rest):,} between the largest gains and losses, {float(rest['pnl'].sum()):+,.0f} together"
        caption += f"; {between}, are left out"
    header = [(by.replace("_", " ").capitalize(), "text"), ("P&L", "number"), ("", "bar"), ("Of the cash", "number"),
              ("Of the profit", "number"), ("Trades", "number"), ("Wins", "number"), ("Costs", "number")]  # fmt: skip
    return Table(header, body, caption, sortable=True)


def holding_times(view: PageView) -> list[Block]:
    """Returns of closed trades against how long they were held, as dots and by classes of time."""
    trades = view.table("trades")
    if trades is None:
        return [Absent("The trades of this run could not be read.")]
    closed = trades[trades["exit_at"].notna() & trades["return"].notna()]
    days = (closed["exit_at"] - closed["entry_at"]).dt.total_seconds() / 86_400
    names = shown_names(view)
    charts: list[Block] = []
    body = []
    for index, name in enumerate(names):
        own = (closed["strategy"] == name).to_numpy()
        if not own.any():
            continue
        held, returned = days[own].to_numpy(), closed["return"][own].to_numpy(dtype=np.float64)
        charts.append(_dots(view, name, index, held, returned))
        body += _classes(view, name, held, returned)
    if not charts:
        return [Absent("No trade was closed.")]
    header = [("Strategy", "text"), ("Held", "text"), ("Trades", "number"), ("Mean return", "number"),
              ("Median", "number"), ("Wins", "number")]  # fmt: skip
    caption = "Closed trades by how long they were held (calendar days from entry to exit); returns after costs"
    return [Grid(charts), Table(header, body, caption), *left_out(view, len(names))]


def _dots(view: PageView, name: str, index: int, held: np.ndarray, returned: np.ndarray) -> Plotted:
    order = np.argsort(held, kind="stable")
    under = ""
    if len(order) > MOST_DOTS:
        order = order[np.linspace(0, len(order) - 1, MOST_DOTS).astype(np.int64)]
        under = f"{MOST_DOTS:,} of {len(held):,} trades are drawn, evenly over the time held."
    correlation = np.corrcoef(held, returned)[0, 1] if len(held) > 2 and np.ptp(held) and np.ptp(returned) else np.nan
    words = f"{len(held):,} closed trades" + ("" if np.isnan(correlation) else f"; correlation {correlation:.2f}")
    dots = ChartSeries(name="return", at=held[order], values=returned[order], look=view.look(name), style="dots")
    chart = Chart(
        name=f"holding-{index}", title=f"{name}: return against holding time", description=words, series=[dots],
        x=Axis(title="days held"), y=Axis(unit="percent", title="return of the trade"), can_zoom=True,
    )  # fmt: skip
    return Plotted(chart, ". ".join(part for part in (words, under) if part))


def _classes(view: PageView, name: str, held: np.ndarray, returned: np.ndarray) -> list[list[Td]]:
    rows, least = [], -np.inf
    for most, label in HOLDING:
        mine = returned[(held > least) & (held <= most)]
        least = most
        if len(mine):
            mean = float(mine.mean())
            rows.append(
                [
                    Td(name, value=name, look=view.look(name)), Td(label), Td(f"{len(mine):,}", value=len(mine)),
                    Td(percent(mean), value=mean, css="up" if mean > 0 else "down" if mean < 0 else ""),
                    Td(percent(float(np.median(mine)))), Td(share(float((mine > 0).mean()))),
                ]
            )  # fmt: skip
    return rows
