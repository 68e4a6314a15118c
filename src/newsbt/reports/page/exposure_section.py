"""What was held in each market over time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from newsbt._typing import Floats
from newsbt.reports.charts.chart import Axis, Chart, ChartSeries, day_numbers
from newsbt.reports.html.page_blocks import Absent, Block, Plotted, Table, Td
from newsbt.reports.page.shown_strategies import left_out, shown_names
from newsbt.reports.page.view import PageView
from newsbt.reports.profit_sources import NOT_KNOWN
from newsbt.reports.table_columns import share
from newsbt.reports.theme import LIGHT, Look

__all__ = ["exposure_by_market"]


def exposure_by_market(view: PageView) -> list[Block]:
    """What was paid for the lots that were open at each close, by market, in percent of equity."""
    trades, fills, listings = view.table("trades"), view.table("fills"), view.document.get("listings")
    if trades is None or fills is None or listings is None or not view.curves:
        return [Absent("This run folder does not tell markets of what was held; run it again to have them.")]
    lots = _lots(trades, fills)
    lots["market"] = [listings[ticker]["market"] if ticker in listings else NOT_KNOWN for ticker in lots["ticker"]]
    blocks: list[Block] = []
    body = []
    for index, name in enumerate(shown_names(view)):
        own = lots[lots["strategy"] == name]
        if name not in view.curves or own.empty:
            continue
        curve = view.curves[name]
        days = day_numbers(curve["date"].to_numpy())
        equity = curve["equity"].to_numpy(dtype=np.float64)
        lines = []
        for k, (market, rows) in enumerate(own.groupby("market", sort=True)):
            held = _held(days, rows)
            with np.errstate(divide="ignore", invalid="ignore"):
                part = np.where(equity > 0, held / equity, np.nan)
            look = Look(f"c{k % len(LIGHT.series)}", "", "strategy")
            lines.append(ChartSeries(name=str(market), at=days, values=part, look=look))
            body.append(
                [
                    Td(name, value=name, look=view.look(name)), Td(str(market)), Td(share(float(np.nanmean(part)))),
                    Td(share(float(np.nanmax(part)))), Td(share(float((held > 0).mean()))),
                ]
            )  # fmt: skip
        words = "; ".join(f"{line.name}: {share(float(np.nanmean(line.values)))} on average" for line in lines)
        chart = Chart(
            name=f"exposure-{index}", title=f"{name}: exposure by market, at entry prices, in percent of equity",
            description=words, series=lines, x=Axis(unit="day"), y=Axis(unit="percent", title="exposure"),
            legend={line.name: line.look for line in lines}, can_zoom=True, height=220,
        )  # fmt: skip
        blocks.append(Plotted(chart))
    if not blocks:
        return [Absent("No position was held.")]
    header = [("Strategy", "text"), ("Market", "text"), ("Mean", "number"), ("Most", "number"),
              ("Sessions with any", "number")]  # fmt: skip
    caption = "Exposure by market at the close: what was paid for the open lots, longs and shorts added, over equity"
    return [*blocks, Table(header, body, caption), *left_out(view, len(shown_names(view)))]


def _lots(trades: pd.DataFrame, fills: pd.DataFrame) -> pd.DataFrame:
    """Each lot with its days of entry and exit since 1970 (inf: still open) and what was paid for it."""
    keys = ["strategy", "ticker", "at"]
    known = fills.drop_duplicates(keys)[[*keys, "date", "price_account"]]
    found = trades[["strategy", "ticker", "quantity", "entry_at", "exit_at"]]
    found = found.merge(known.rename(columns={"at": "entry_at"}), on=["strategy", "ticker", "entry_at"], how="left")
    left = known.drop(columns="price_account").rename(columns={"at": "exit_at", "date": "left_on"})
    found = found.merge(left, on=["strategy", "ticker", "exit_at"], how="left")
    found["paid"] = found["quantity"].abs() * found["price_account"]
    found["first"] = _days(found["date"].fillna(found["entry_at"].dt.tz_convert(None).dt.normalize()), np.inf)
    out = found["left_on"].fillna(found["exit_at"].dt.tz_convert(None).dt.normalize())
    found["last"] = _days(out, np.inf)
    return found[found["paid"].notna()]


def _days(dates: pd.Series, otherwise: float) -> Floats:
    numbers = dates.to_numpy().astype("M8[D]").astype(np.int64).astype(np.float64)
    found: Floats = np.where(dates.isna().to_numpy(), otherwise, numbers)
    return found


def _held(days: Floats, lots: pd.DataFrame) -> Floats:
    """(n,): at each day's close, what was paid for the lots entered on or before it and not yet left."""
    paid = lots["paid"].to_numpy(dtype=np.float64)
    change = np.zeros(len(days) + 1)
    np.add.at(change, np.searchsorted(days, lots["first"].to_numpy(), side="left"), paid)
    np.add.at(change, np.searchsorted(days, lots["last"].to_numpy(), side="left"), -paid)
    found: Floats = np.cumsum(change)[:-1]
    return np.where(found < paid.sum() * 1e-12, 0.0, found)
