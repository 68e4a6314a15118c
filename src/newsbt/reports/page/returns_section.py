"""Sections about returns over time: drawdowns, rolling figures, distribution, bars by year and month."""

from __future__ import annotations

import numpy as np
import pandas as pd

from newsbt._typing import Floats
from newsbt.domain.falls import worst_falls
from newsbt.domain.returns import session_returns
from newsbt.domain.rolling import ROLLING_SESSIONS, rolling_beta, rolling_sharpe, rolling_volatility
from newsbt.reports.charts.chart import Axis, Chart, ChartSeries, Unit, day_numbers
from newsbt.reports.charts.histogram import histogram
from newsbt.reports.html.page_blocks import Absent, Block, Grid, Legend, Plotted, Table, Td
from newsbt.reports.page.equity_section import OVER_TIME
from newsbt.reports.page.shown_strategies import left_out, shown_names
from newsbt.reports.page.view import PageView
from newsbt.reports.table_columns import percent, ratio

__all__ = ["distribution", "drawdowns", "period_bars", "rolling"]

WORST = 5


def drawdowns(view: PageView) -> list[Block]:
    """The worst stretches below a peak of each strategy and the benchmark, with their dates and lengths."""
    if not view.curves or view.cash is None:
        return [Absent("No equity was recorded, so there are no drawdowns.")]
    names = [*shown_names(view), *(name for name in view.curves if view.look(name).kind == "benchmark")]
    body = []
    for name in names:
        if name not in view.curves:
            continue
        curve = view.curves[name]
        dates = [f"{day:%Y-%m-%d}" for day in pd.DatetimeIndex(curve["date"])]
        path = curve["drawdown"].to_numpy(dtype=np.float64)
        for rank, fall in enumerate(worst_falls(np.nan_to_num(path), WORST), start=1):
            peak = dates[fall.peak - 1] if fall.peak else "the start"
            back = "not yet" if fall.recovery is None else dates[fall.recovery - 1]
            last = len(dates) if fall.recovery is None else fall.recovery
            first_day = pd.Timestamp(dates[max(fall.peak - 1, 0)])
            body.append(
                [
                    Td(name, value=name, look=view.look(name)), Td(str(rank), value=rank),
                    Td(percent(fall.depth), value=fall.depth, css="down"), Td(peak), Td(dates[fall.trough - 1]),
                    Td(back),
                    Td(f"{fall.trough - fall.peak:,}", value=fall.trough - fall.peak),
                    Td(f"{last - fall.peak:,}", value=last - fall.peak),
                    Td(f"{(pd.Timestamp(dates[last - 1]) - first_day).days:,}"),
                ]
            )  # fmt: skip
    if not body:
        return [Absent("No strategy ever stood below an earlier high.")]
    header = [("Strategy", "text"), ("Rank", "number"), ("Depth", "number"), ("From the high of", "text"),
              ("Lowest on", "text"), ("Back on", "text"), ("Sessions down", "number"), ("Sessions in all", "number"),
              ("Days in all", "number")]  # fmt: skip
    caption = (
        f"The {WORST} deepest stretches below an earlier high; one that is not over is counted to the last session"
    )
    return [Table(header, body, caption, sortable=True), *left_out(view, len(shown_names(view)))]


def rolling(view: PageView) -> list[Block]:
    """Sharpe ratio, volatility and beta of the last quarter's sessions, over time."""
    if not view.curves or view.cash is None:
        return [Absent("No equity was recorded, so there are no rolling figures.")]
    year = float(view.document.get("periods_per_year") or 252.0)
    returns = _returns(view)
    benchmark = next((name for name in returns if view.look(name).kind == "benchmark"), None)
    names = [name for name in returns if name in shown_names(view) or name == benchmark]
    longest = max((len(values) for values in returns.values()), default=0)
    if longest < ROLLING_SESSIONS:
        return [Absent(f"The run has {longest:,} sessions; a rolling figure needs {ROLLING_SESSIONS}.")]
    window = f"of the last {ROLLING_SESSIONS} sessions"
    drawn = [
        ("rolling-sharpe", f"Sharpe ratio {window}, annual, without a risk-free rate", "Sharpe", "number",
         {name: rolling_sharpe(returns[name].to_numpy(), year) for name in names}),
        ("rolling-volatility", f"Volatility {window}, annual", "volatility", "percent",
         {name: rolling_volatility(returns[name].to_numpy(), year) for name in names}),
    ]  # fmt: skip
    if benchmark is not None:
        market = returns[benchmark]
        market = market[~market.index.duplicated(keep="last")]  # a date may stand twice in a damaged table
        beta = {
            name: rolling_beta(own.to_numpy(), market.reindex(own.index).to_numpy())
            for name, own in returns.items()
            if name in names and name != benchmark
        }
        drawn.append(("rolling-beta", f"Beta to the benchmark {window}", "beta", "number", beta))
    blocks: list[Block] = [Legend(OVER_TIME, {name: view.look(name) for name in names})]
    for chart_name, title, y_title, unit, values in drawn:
        blocks.append(
            _rolled(view, chart_name, title, y_title, "percent" if unit == "percent" else "number", values, returns)
        )
    return [*blocks, *left_out(view, len(shown_names(view)))]


def _rolled(
    view: PageView, name: str, title: str, y_title: str, unit: Unit, values: dict[str, Floats],
    returns: dict[str, pd.Series],
) -> Plotted:  # fmt: skip
    show = percent if unit == "percent" else ratio
    lines = [
        ChartSeries(name=row, at=day_numbers(returns[row].index.to_numpy()), values=found, look=view.look(row))
        for row, found in values.items()
    ]
    words = "; ".join(
        f"{line.name}: {show(float(finite.min()))} to {show(float(finite.max()))}, last {show(float(finite[-1]))}"
        for line in lines
        if len(finite := line.values[np.isfinite(line.values)])
    )
    chart = Chart(
        name=name, title=title, description=words or "no value", series=lines, x=Axis(unit="day"),
        y=Axis(unit=unit, title=y_title), group=OVER_TIME, can_zoom=True, height=220,
    )  # fmt: skip
    return Plotted(chart, words)


def _returns(view: PageView) -> dict[str, pd.Series]:
    """Session returns of each row, by date."""
    assert view.cash is not None
    return {
        name: pd.Series(
            session_returns(curve["equity"].to_numpy(dtype=np.float64), view.cash),
            index=pd.DatetimeIndex(curve["date"]),
        )
        for name, curve in view.curves.items()
    }


def distribution(view: PageView) -> list[Block]:
    """How often which return of a session, and of a trade."""
    if not view.curves or view.cash is None:
        return [Absent("No equity was recorded, so there are no returns.")]
    returns, trades = _returns(view), view.table("trades")
    blocks: list[Block] = []
    for index, name in enumerate(shown_names(view)):
        if name not in returns:
            continue
        values = returns[name].to_numpy()
        moved = values[np.isfinite(values) & (values != 0.0)]
        parts = [
            ("sessions", f"{name}: returns of sessions, without {len(values) - len(moved):,} that moved nothing", moved)
        ]
        if trades is not None:
            own = trades["return"][trades["strategy"] == name].to_numpy(dtype=np.float64)
            parts.append(("trades", f"{name}: returns of trades", own[np.isfinite(own)]))
        for counted, title, found in parts:
            if len(found):
                blocks.append(_histogram(view, name, f"{counted}-{index}", counted, title, found))
    if not blocks:
        return [Absent("No return is other than zero.")]
    return [Grid(blocks), *left_out(view, len(shown_names(view)))]


def _histogram(view: PageView, name: str, chart_name: str, counted: str, title: str, values: Floats) -> Plotted:
    lowest, middle, highest = np.quantile(values, [0.05, 0.5, 0.95])
    words = (
        f"{len(values):,} {counted}: mean {percent(float(values.mean()))}, median {percent(middle)}, 90 % of them from "
        f"{percent(lowest)} to {percent(highest)}, least {percent(float(values.min()))}, most "
        f"{percent(float(values.max()))}"
    )
    chart = histogram(
        values, None, name=f"distribution-{chart_name}", title=title, description=words, unit="percent",
        x_title="return", counted=counted, look=view.look(name), around_zero=True,
    )  # fmt: skip
    return Plotted(chart, words)


def period_bars(view: PageView) -> list[Block]:
    """Returns by year and by month as bars, of the strategies and the benchmark."""
    if not view.curves or view.cash is None:
        return [Absent("No equity was recorded, so there are no returns.")]
    names = [*shown_names(view), *(name for name in view.curves if view.look(name).kind == "benchmark")]
    names = [name for name in names if name in view.curves]
    blocks: list[Block] = []
    for what, length in (("year", 4), ("month", 7)):
        found = {name: _by_period(view, name, length) for name in names}
        periods = sorted({period for values in found.values() for period in values})
        blocks.append(_bars(view, what, periods, found))
    return blocks


def _by_period(view: PageView, name: str, length: int) -> dict[str, float]:
    """Return of each period, named by so many letters of its dates."""
    assert view.cash is not None
    curve = view.curves[name]
    ends = (
        curve.groupby([f"{day:%Y-%m-%d}"[:length] for day in pd.DatetimeIndex(curve["date"])])["equity"].last().dropna()
    )
    return dict(zip(ends.index, session_returns(ends.to_numpy(dtype=np.float64), view.cash).tolist(), strict=True))


def _bars(view: PageView, what: str, periods: list[str], found: dict[str, dict[str, float]]) -> Block:
    width = 1 / (len(found) + 1)
    lines = []
    for index, (name, values) in enumerate(found.items()):
        shift = (index - (len(found) - 1) / 2) * width
        heights = np.array([values.get(period, np.nan) for period in periods])
        at = np.arange(float(len(periods))) + shift
        lines.append(ChartSeries(name=name, at=at, values=heights, look=view.look(name), style="bars"))
    words = "; ".join(
        f"{line.name}: best {percent(float(np.nanmax(line.values)))}, worst {percent(float(np.nanmin(line.values)))}"
        for line in lines
        if np.isfinite(line.values).any()
    )
    chart = Chart(
        name=f"bars-{what}", title=f"Return by {what}, net of all costs; the first and last may be partial",
        description=words, series=lines, x=Axis(unit="names", names=periods), y=Axis(unit="percent", title="return"),
        legend={line.name: line.look for line in lines}, can_zoom=len(periods) > 12,
    )  # fmt: skip
    return Plotted(chart, words)
