"""plotly figures of a run for notebooks, in the theme of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from newsbt.domain.results import RunResult, StrategyResult
from newsbt.domain.returns import session_returns
from newsbt.errors import DataError, nearest
from newsbt.reports.text import html_text
from newsbt.reports.theme import LIGHT, Look, look_of, looks, plotly_layout, plotly_line

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["RUN_FIGURES", "STRATEGY_FIGURES", "run_figure", "strategy_figure"]

LONGEST = 60
EACH_SIDE = 12


def run_figure(result: RunResult, what: str = "equity") -> go.Figure:
    """A figure of all strategies, baselines and the benchmark of a run.

    Parameters
    ----------
    what : str
        One of :data:`RUN_FIGURES`: ``equity`` (return since the start, announcements marked), ``drawdown`` or
        ``exposure``.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    DataError
        There is no such figure; the message names those there are.
    """
    return _chosen(RUN_FIGURES, what)(result)


def strategy_figure(item: StrategyResult, look: Look | None = None, what: str = "equity") -> go.Figure:
    """A figure of one strategy: ``equity`` with its drawdown, ``events`` (P&L by announcement), or ``months``."""
    return _chosen(STRATEGY_FIGURES, what)(item, look or Look("c0", "", item.kind))


Draw = TypeVar("Draw")


def _chosen(figures: Mapping[str, Draw], what: str) -> Draw:
    if what not in figures:
        hint = nearest(what, figures) or f"; there are {', '.join(figures)}"
        raise DataError(f"no figure {what!r}{hint}")
    return figures[what]


def _rows(result: RunResult) -> list[StrategyResult]:
    names = {item.name for item in result.strategies}
    extra = [] if result.benchmark is None or result.benchmark.name in names else [result.benchmark]
    return [*result.strategies, *extra]


def _looks(items: Sequence[StrategyResult]) -> dict[str, Look]:
    return looks({"name": item.name, "kind": item.kind} for item in items)


def _over_time(pick: Callable[[StrategyResult], pd.Series], title: str, y: str, *, marked: bool = False) -> go.Figure:
    def draw(result: RunResult) -> go.Figure:
        import plotly.graph_objects as go

        items = _rows(result)
        found = _looks(items)
        figure = go.Figure(layout=plotly_layout(f"{html_text(result.name)}: {title}", x="session", y=y))
        for item in items:
            values = pick(item)
            line = plotly_line(look_of(found, item.name))
            figure.add_trace(go.Scatter(x=values.index, y=values, name=html_text(item.name), mode="lines", line=line))
        if marked:
            _mark(figure, result)
        return figure

    return draw


def _mark(figure: go.Figure, result: RunResult) -> None:
    """Announcements that a strategy signalled, as triangles on the axis with their headlines."""
    import plotly.graph_objects as go

    first: dict[str, pd.Timestamp] = {}
    for item in result.strategies:
        if item.kind != "strategy":
            continue
        spoken = item.events[(item.events["signal"].fillna(0.0) != 0.0) & item.events["first_tradable_at"].notna()]
        for event_id, at in spoken.groupby("event_id")["first_tradable_at"].min().items():
            first[str(event_id)] = min(at, first.get(str(event_id), at))
    if not first:
        return
    events = result.strategies[0].labels.events
    texts = [events.announcements[events.position[event_id]].headline or event_id for event_id in first]
    figure.add_trace(
        go.Scatter(
            x=[at.tz_convert(None).normalize() for at in first.values()], y=[0.0] * len(first), mode="markers",
            name="announcements", text=[_short(text) for text in texts], hovertemplate="%{text}<extra></extra>",
            marker={"symbol": "triangle-up", "size": 8, "color": LIGHT.soft},
        )
    )  # fmt: skip


def _short(text: str) -> str:
    """plotly reads tags in texts, so that markup in data has to be escaped for it."""
    return html_text(text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…")


def _since_start(item: StrategyResult) -> pd.Series:
    return item.equity / item.ledger.initial_cash - 1.0


def _column(name: str) -> Callable[[StrategyResult], pd.Series]:
    return lambda item: pd.Series(item.curve[name].to_numpy(), index=pd.DatetimeIndex(item.curve["date"]))


def _strategy_equity(item: StrategyResult, look: Look) -> go.Figure:
    import plotly.graph_objects as go

    layout = plotly_layout(f"{html_text(item.name)}: return and drawdown", x="session", y="return after costs")
    figure = go.Figure(layout=layout)
    for pick, name, fill in ((_since_start, "return", None), (_column("drawdown"), "drawdown", "tozeroy")):
        values = pick(item)
        line = {**plotly_line(look), **({"width": 1, "color": LIGHT.down} if fill else {})}
        figure.add_trace(go.Scatter(x=values.index, y=values, name=name, mode="lines", line=line, fill=fill))
    return figure


def _strategy_events(item: StrategyResult, _look: Look) -> go.Figure:
    """P&L of the best and worst announcements, bars from the top down."""
    import plotly.graph_objects as go

    own = item.events.groupby("event_id")["pnl"].sum()
    own = own[own != 0.0].sort_values(kind="stable")
    shown = pd.concat([own.head(EACH_SIDE), own.iloc[EACH_SIDE:].tail(EACH_SIDE)])
    events = item.labels.events
    texts = [_short(events.announcements[events.position[name]].headline or name) for name in map(str, shown.index)]
    title = f"{html_text(item.name)}: best and worst of {len(own):,} announcements"
    layout = plotly_layout(title, x="P&L after costs, account currency", percent=False)
    layout |= {"height": 120 + 24 * max(len(shown), 4)}
    figure = go.Figure(layout={**layout, "hovermode": "closest"})
    colours = [LIGHT.up if value > 0 else LIGHT.down for value in shown]
    figure.add_trace(go.Bar(x=shown.to_numpy(), y=list(range(len(shown))), orientation="h", marker={"color": colours}))
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(shown))),
        ticktext=texts,
        automargin=True,
        showgrid=False,
        zeroline=False,
    )
    figure.update_xaxes(showgrid=True)
    return figure


def _strategy_months(item: StrategyResult, _look: Look) -> go.Figure:
    """Returns by calendar month as a heat map."""
    import plotly.graph_objects as go

    ends = item.equity.groupby([item.equity.index.year, item.equity.index.month]).last()  # type: ignore[attr-defined]
    returns = pd.Series(session_returns(ends.to_numpy(), item.ledger.initial_cash), index=ends.index).unstack()
    most = float(np.nanmax(np.abs(returns.to_numpy()))) if returns.size else 1.0
    layout = plotly_layout(f"{html_text(item.name)}: return by month", x="month", y="year", percent=False)
    figure = go.Figure(layout={**layout, "hovermode": "closest"})
    scale = [[0.0, LIGHT.down], [0.5, LIGHT.ground], [1.0, LIGHT.up]]
    figure.add_trace(
        go.Heatmap(
            x=list(returns.columns), y=[str(year) for year in returns.index], z=returns.to_numpy(), zmin=-most,
            zmax=most, colorscale=scale, texttemplate="%{z:+.1%}", hovertemplate="%{y}-%{x}: %{z:+.2%}<extra></extra>",
            showscale=False,
        )
    )  # fmt: skip
    return figure


RUN_FIGURES: dict[str, Callable[[RunResult], go.Figure]] = {
    "equity": _over_time(_since_start, "return since the start", "return after costs", marked=True),
    "drawdown": _over_time(_column("drawdown"), "drawdown", "below the highest equity so far"),
    "exposure": _over_time(_column("gross_exposure"), "gross exposure at the close", "share of equity"),
}
STRATEGY_FIGURES: dict[str, Callable[[StrategyResult, Look], go.Figure]] = {
    "equity": _strategy_equity,
    "events": _strategy_events,
    "months": _strategy_months,
}
