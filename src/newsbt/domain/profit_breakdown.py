"""The profit of a strategy by what its trades were of: their rows add up to it."""

from __future__ import annotations

import math
from typing import Literal, get_args

import pandas as pd

from newsbt._typing import Objects

__all__ = ["DIMENSIONS_OF_TRADES", "NO_TRADE", "TradeDimension", "profit_by_key"]

TradeDimension = Literal["ticker", "exit_reason", "market", "sector"]
DIMENSIONS_OF_TRADES: tuple[TradeDimension, ...] = get_args(TradeDimension)
NO_TRADE = "(no trade)"


def profit_by_key(trades: pd.DataFrame, keys: Objects, profit: float, cash: float) -> pd.DataFrame:
    """A row for each key of some trades, largest P&L first; their P&L adds up to `profit`.

    Parameters
    ----------
    trades : DataFrame
        Rows of trades.parquet: `event_id`, `pnl`, `costs` (account currency).
    keys : (n,)
        What each trade counts for.
    profit : float
        E_n - E_0, account currency; what the trades leave of it is a row :data:`NO_TRADE`, where it is more than 1e-9
        of the cash.
    cash : float
        E_0.

    Returns
    -------
    DataFrame
        `key, events` (distinct), `trades, wins` (P&L above 0), `pnl` (net), `return` (of the cash), `share` (of the
        profit; NaN where that is not above 0), `costs`.
    """
    frame = pd.DataFrame(
        {
            "key": keys, "event_id": trades["event_id"].to_numpy(), "pnl": trades["pnl"].to_numpy(dtype=float),
            "costs": trades["costs"].to_numpy(dtype=float),
        }
    )  # fmt: skip
    frame["won"] = frame["pnl"] > 0.0
    found = frame.groupby("key", sort=True).agg(
        events=("event_id", "nunique"), trades=("pnl", "size"), wins=("won", "sum"), pnl=("pnl", "sum"),
        costs=("costs", "sum"),
    ).reset_index()  # fmt: skip
    rest = profit - float(found["pnl"].sum())
    if abs(rest) > 1e-9 * max(1.0, cash):
        row = {"key": NO_TRADE, "events": 0, "trades": 0, "wins": 0, "pnl": rest, "costs": 0.0}
        found = pd.DataFrame([row]) if found.empty else pd.concat([found, pd.DataFrame([row])], ignore_index=True)
    found = found.sort_values(["pnl", "key"], ascending=[False, True], kind="stable", ignore_index=True)
    found["return"] = found["pnl"] / cash
    found["share"] = found["pnl"] / profit if profit > 0.0 else math.nan
    return found[["key", "events", "trades", "wins", "pnl", "return", "share", "costs"]]
