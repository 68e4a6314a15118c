"""Figures of a run for notebooks, in the theme of the page and with its charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np
import pandas as pd

from newsbt._typing import Floats
from newsbt.domain.event_table import EventTable
from newsbt.domain.results import RunResult, StrategyResult
from newsbt.domain.returns import session_returns
from newsbt.errors import DataError, nearest
from newsbt.reports.charts.chart import Axis, Chart, ChartSeries, day_numbers
from newsbt.reports.html.figure import Figure
from newsbt.reports.html.heat_table import heat_block
from newsbt.reports.html.page_blocks import Bar, Plotted, Table, Td
from newsbt.reports.table_columns import percent
from newsbt.reports.theme import Look, look_of, looks

__all__ = ["RUN_FIGURES", "STRATEGY_FIGURES", "run_figure", "strategy_figure"]

LONGEST = 60
EACH_SIDE = 12


def run_figure(result: RunResult, what: str = "equity") -> Figure:
    """A figure of all strategies, baselines and the benchmark of a run.

    Parameters
    ----------
    what : str
        One of :data:`RUN_FIGURES`: ``equity`` (return since the start, announcements marked), ``drawdown`` or
        ``exposure``.

    Returns
    -------
    Figure

    Raises
    ------
    DataError
        There is no such figure; the message names those there are.
    """
    return _chosen(RUN_FIGURES, what)(result)


def strategy_figure(item: StrategyResult, look: Look | None = None, what: str = "equity") -> Figure:
    """A figure of one strategy: ``equity`` with its drawdown, ``events`` (P&L by announcement), or ``months``."""
    return _chosen(STRATEGY_FIGURES, what)(item, look or Look("c0", "", item.kind))


Draw = TypeVar("Draw")


def _chosen(figures: Mapping[str, Draw], what: str) -> Draw:
    if what not in figures:
        hint = nearest(what, figures) or f"; there are {', '.join(figures)}"
        raise DataError(f"no figure {what!r}{hint}", code="unknown_name")
    return figures[what]


def _rows(result: RunResult) -> list[StrategyResult]:
    names = {item.name for item in result.strategies}
    extra = [] if result.benchmark is None or result.benchmark.name in names else [result.benchmark]
    return [*result.strategies, *extra]


def _over_time(
    pick: Callable[[StrategyResult], Floats], title: str, y: str, *, marked: bool = False
) -> Callable[[RunResult], Figure]:
    def draw(result: RunResult) -> Figure:
        items = _rows(result)
        found = looks({"name": item.name, "kind": item.kind} for item in items)
        lines = [
            ChartSeries(name=item.name, at=_days(item), values=pick(item), look=look_of(found, item.name))
            for item in items
        ]
        chart = Chart(
            name="chart", title=title, description="; ".join(f"{line.name}: {_ends(line.values)}" for line in lines),
            series=lines, x=Axis(unit="day", title="session"), y=Axis(unit="percent", title=y),
            marks=_marks(result) if marked else (), can_zoom=True, can_log=marked, height=360, most_points=50_000,
            legend={line.name: line.look for line in lines},
        )  # fmt: skip
        return Figure(f"{result.name}: {title}", [Plotted(chart)])

    return draw


def _marks(result: RunResult) -> list[tuple[float, str]]:
    """Announcements that a strategy signalled, by the day on which the first became tradable, with their headlines."""
    first: dict[str, pd.Timestamp] = {}
    for item in result.strategies:
        if item.kind != "strategy":
            continue
        spoken = item.events[(item.events["signal"].fillna(0.0) != 0.0) & item.events["first_tradable_at"].notna()]
        for event_id, at in spoken.groupby("event_id")["first_tradable_at"].min().items():
            first[str(event_id)] = min(at, first.get(str(event_id), at))
    if not first:
        return []
    events = result.strategies[0].labels.events
    return [
        (float(np.datetime64(at.date(), "D").astype(np.int64)), _short(_headline(events, event_id)))
        for event_id, at in first.items()
    ]


def _headline(events: EventTable, event_id: str) -> str:
    return events.announcements[events.position[event_id]].headline or event_id


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def _days(item: StrategyResult) -> Floats:
    return day_numbers(item.equity.index.to_numpy())


def _since_start(item: StrategyResult) -> Floats:
    found: Floats = item.equity.to_numpy() / item.ledger.initial_cash - 1.0
    return found


def _column(name: str) -> Callable[[StrategyResult], Floats]:
    return lambda item: item.curve[name].to_numpy(dtype=np.float64)


def _ends(values: Floats) -> str:
    finite = values[np.isfinite(values)]
    return f"ends at {percent(float(finite[-1]))}" if len(finite) else "no values"


def _strategy_equity(item: StrategyResult, look: Look) -> Figure:
    lost = Look("down", "", "drawdown")
    lines = [
        ChartSeries(name="return", at=_days(item), values=_since_start(item), look=look),
        ChartSeries(name="drawdown", at=_days(item), values=_column("drawdown")(item), look=lost, style="area"),
    ]
    chart = Chart(
        name="chart", title="Return since the start and drawdown, after costs",
        description=f"return {_ends(lines[0].values)}; deepest drawdown {percent(float(np.nanmin(lines[1].values)))}",
        series=lines, x=Axis(unit="day", title="session"), y=Axis(unit="percent", title="return after costs"),
        can_zoom=True, can_log=True, legend={line.name: line.look for line in lines}, height=360, most_points=50_000,
    )  # fmt: skip
    return Figure(f"{item.name}: return and drawdown", [Plotted(chart)])


def _strategy_events(item: StrategyResult, _look: Look) -> Figure:
    """P&L of the best and worst announcements, bars from the top down."""
    own = item.events.groupby("event_id")["pnl"].sum()
    own = own[own != 0.0].sort_values(kind="stable", ascending=False)
    shown = pd.concat([own.head(EACH_SIDE), own.iloc[EACH_SIDE:].tail(EACH_SIDE)])
    low, high = min(shown.min(), 0.0) if len(shown) else 0.0, max(shown.max(), 0.0) if len(shown) else 0.0
    width = (high - low) or 1.0
    zero = -low / width
    body = []
    for event_id, pnl in shown.items():
        css = "up" if pnl > 0 else "down"
        bar = Bar(zero, (pnl - low) / width, css)
        text = _short(_headline(item.labels.events, str(event_id)))
        body.append([Td(text), Td(f"{pnl:+,.0f}", css=css), Td("", bars=[bar], zero=zero)])
    title = f"{item.name}: best and worst of {len(own):,} announcements"
    header = [("Announcement", "text"), ("P&L", "number"), ("", "bar")]
    return Figure(title, [Table(header, body, "P&L after costs, account currency")])


def _strategy_months(item: StrategyResult, _look: Look) -> Figure:
    """Returns by calendar month as a heat map."""
    ends = item.equity.groupby([item.equity.index.year, item.equity.index.month]).last()  # type: ignore[attr-defined]
    values = pd.Series(session_returns(ends.to_numpy(), item.ledger.initial_cash), index=ends.index).unstack()
    caption = "Return by calendar month, after costs; the first and last month may be partial"
    rows, columns = [str(year) for year in values.index], [f"{month:02d}" for month in values.columns]
    table = heat_block(values.to_numpy().tolist(), rows, columns, "year ↓\nmonth →", caption, percent)
    return Figure(f"{item.name}: return by month", [table])


RUN_FIGURES: dict[str, Callable[[RunResult], Figure]] = {
    "equity": _over_time(_since_start, "return since the start", "return after costs", marked=True),
    "drawdown": _over_time(_column("drawdown"), "drawdown", "below the highest equity so far"),
    "exposure": _over_time(_column("gross_exposure"), "gross exposure at the close", "share of equity"),
}
STRATEGY_FIGURES: dict[str, Callable[[StrategyResult, Look], Figure]] = {
    "equity": _strategy_equity,
    "events": _strategy_events,
    "months": _strategy_months,
}
