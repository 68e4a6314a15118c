"""Profit by ticker, exit reason, market and sector of a run: for the page, `newsbt show RUN --by` and Python."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from rich.console import ConsoleRenderable, Group, RenderableType
from rich.text import Text

from newsbt.domain.object_arrays import objects
from newsbt.domain.profit_breakdown import DIMENSIONS_OF_TRADES, TradeDimension, profit_by_key
from newsbt.domain.record import RunRecord
from newsbt.errors import DataError
from newsbt.reports.run_text import reason_text
from newsbt.reports.table_columns import MISSING, money, percent, share
from newsbt.reports.tabular import TerminalTable, figure, prose
from newsbt.reports.wrapping import Prose

__all__ = ["NOT_KNOWN", "profit_by", "profit_view"]

NOT_KNOWN = "(none)"  # the instruments have no sector, or the folder does not tell
MORE = "--format csv"


def profit_by(record: RunRecord, by: TradeDimension, names: Sequence[str] | None = None) -> pd.DataFrame:
    """The profit of strategies by what their trades were of.

    Parameters
    ----------
    by : {'ticker', 'exit_reason', 'market', 'sector'}
    names : sequence of str, optional
        Of which rows of the results table; by default of the strategies.

    Returns
    -------
    DataFrame
        `strategy`, then as `domain.profit_breakdown.profit_by_key`: rows of a strategy add up to its net profit.

    Raises
    ------
    DataError
        There is no such dimension, or the folder is of a version that kept no markets and sectors.
    """
    if by not in DIMENSIONS_OF_TRADES:
        raise DataError(f"no profit by {by!r}; there are {', '.join(DIMENSIONS_OF_TRADES)}", code="unknown_name")
    cash = (record.document.get("account") or {}).get("cash")
    chosen = [row for row in record.rows if _is_wanted(row.get("kind"), str(row.get("name")), names)]
    trades = record.table("trades")
    parts = []
    for row in chosen:
        name, end = str(row.get("name")), (row.get("metrics") or {}).get("final_equity")
        own = trades[trades["strategy"] == name]
        profit = float(own["pnl"].sum()) if not isinstance(end, float | int) or cash is None else float(end) - cash
        found = profit_by_key(own, objects(_keys(record, own, by)), profit, cash or 1.0)
        parts.append(found.assign(strategy=name)[["strategy", *found.columns]])
    columns = ["strategy", "key", "events", "trades", "wins", "pnl", "return", "share", "costs"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _is_wanted(kind: str | None, name: str, names: Sequence[str] | None) -> bool:
    return (kind or "strategy") == "strategy" if names is None else name in names


def _keys(record: RunRecord, trades: pd.DataFrame, by: TradeDimension) -> list[str]:
    if by in ("ticker", "exit_reason"):
        return [str(key) for key in trades[by]]
    listings = record.document.get("listings")
    if listings is None:
        raise DataError(
            f"the run {record.run_id!r} is of a version that kept no markets and sectors; run it again to have them",
            code="no_data",
        )
    known = {ticker: (one["market"], one["sector"]) for ticker, one in listings.items()}
    index = 0 if by == "market" else 1
    return [known.get(str(ticker), ("", ""))[index] or NOT_KNOWN for ticker in trades["ticker"]]


def profit_view(found: pd.DataFrame, by: TradeDimension) -> ConsoleRenderable:
    """A table for each strategy."""
    parts: list[RenderableType] = []
    titles = ("Trades", "Wins", "P&L", "Of the cash", "Share", "Costs", "Events")
    heads = [prose("", 0), *(figure(title, rank) for title, rank in zip(titles, (4, 5, 1, 2, 3, 6, 7), strict=True))]
    for name, rows in found.groupby("strategy", sort=False):
        parts.append(Prose(f"{name}, profit {money(float(rows['pnl'].sum()))} by {by.replace('_', ' ')}", "bold"))
        body = [
            (
                reason_text(key) if by == "exit_reason" else key, f"{trades:,}", f"{wins:,}", money(pnl), percent(part),
                MISSING if pd.isna(of) else share(of), money(costs), f"{events:,}",
            )
            for key, events, trades, wins, pnl, part, of, costs in rows.drop(columns="strategy").itertuples(index=False)
        ]  # fmt: skip
        parts += [TerminalTable(heads, body, more=MORE), Text("")]
    return Group(*parts)
