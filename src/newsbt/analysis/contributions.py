"""Where a strategy's profit came from: by event, event type, relation, market and year; and how few events made it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from newsbt._typing import Floats
from newsbt.domain.evidence_documents import AttributedKey, Attribution, Concentration, LeftOut, TopShare

__all__ = ["DIMENSIONS", "TOPS", "contributions", "grouped"]

DIMENSIONS = ("event_type", "relation", "market", "year")
MONEY = ("pnl", "costs", "slippage_cost", "unfillable")
TOPS = (1, 3, 5)
UNATTRIBUTED = "(no event)"
MOST_LEFT_OUT = 60


def contributions(
    parts: pd.DataFrame, profit: float, cash: float, rerun: Callable[[Sequence[str]], Floats] | None = None
) -> Attribution:
    """The attribution of one strategy.

    Parameters
    ----------
    parts : DataFrame
        A row for each lot and each refused entry: `event_id` (None: no event caused it), the :data:`DIMENSIONS`,
        `trades` (1 for a lot), and in account currency `pnl` (net), `costs`, `slippage_cost` and `unfillable`, what a
        refused entry would have earned.
    profit : float
        E_n - E_0, account currency; what the parts leave of it is put into a row of no event.
    cash : float
        E_0.
    rerun : callable, optional
        The total return of the strategy without each of some events, everything else run anew; NaN where unknown.

    Returns
    -------
    dict
        `by` dimension: rows `key, events, trades, pnl, return, share, costs, slippage_cost, unfillable`, largest P&L
        first, which sum to the run; `concentration`: the share of the best 1, 3 and 5 events in the profit, None with a
        `reason` where there is no profit, and the profit without them; `leave_one_out`: for the events of the largest
        |P&L|, `pnl`, `return_without` (its P&L taken away) and `return_rerun`.
    """
    rest = profit - float(parts["pnl"].sum())
    if abs(rest) > 1e-9 * max(1.0, cash):
        blank = {**dict.fromkeys(DIMENSIONS, UNATTRIBUTED), "event_id": None, "trades": 0, **dict.fromkeys(MONEY, 0.0)}
        parts = pd.concat([parts, pd.DataFrame([{**blank, "pnl": rest}])], ignore_index=True)
    by_event = parts[parts["event_id"].notna() & (parts["trades"] > 0)].groupby("event_id", sort=True)["pnl"].sum()
    return {
        "profit": profit,
        "by": {name: grouped(parts, name, profit, cash) for name in DIMENSIONS},
        "concentration": _concentration(by_event, profit),
        "leave_one_out": _leave_one_out(by_event, profit, cash, rerun),
    }


def grouped(parts: pd.DataFrame, name: str, profit: float, cash: float) -> list[AttributedKey]:
    """One dimension's rows, largest P&L first."""
    found: list[AttributedKey] = []
    for key, mine in parts.groupby(name, sort=True):
        pnl = float(mine["pnl"].sum())
        traded = mine[mine["trades"] > 0]
        found.append(
            {
                "key": str(key),
                "events": int(traded["event_id"].dropna().nunique()),
                "trades": int(mine["trades"].sum()),
                "pnl": pnl,
                "return": pnl / cash,
                "share": pnl / profit if profit > 0 else None,
                "costs": float(mine["costs"].sum()),
                "slippage_cost": float(mine["slippage_cost"].sum()),
                "unfillable": float(mine["unfillable"].sum()),
            }
        )
    return sorted(found, key=lambda row: (-row["pnl"], row["key"]))


def _concentration(by_event: pd.Series, profit: float) -> Concentration:
    ordered = np.sort(by_event.to_numpy(dtype=np.float64))[::-1]
    gains = float(ordered[ordered > 0].sum())

    def top(k: int) -> TopShare:
        best = float(ordered[:k].sum()) if len(ordered) else 0.0
        return {
            "pnl": best,
            "share": best / profit if profit > 0 else None,
            "share_of_gains": best / gains if gains > 0 else None,
            "profit_without": profit - best,
        }

    return {
        "events": len(ordered),
        "events_up": int((ordered > 0).sum()),
        "top_1": top(1),
        "top_3": top(3),
        "top_5": top(5),
        "reason": "" if profit > 0 else "no profit to have a share in",
    }


def _leave_one_out(
    by_event: pd.Series, profit: float, cash: float, rerun: Callable[[Sequence[str]], Floats] | None
) -> list[LeftOut]:
    largest = np.argsort(-by_event.abs().to_numpy(dtype=np.float64), kind="stable")[:MOST_LEFT_OUT]
    ordered = by_event.iloc[largest]
    found: list[LeftOut] = []
    ids = [str(event_id) for event_id in ordered.index]
    returns = [math.nan] * len(ids) if rerun is None or not ids else rerun(ids).tolist()
    for event_id, pnl, again in zip(ids, ordered.tolist(), returns, strict=True):
        found.append(
            {
                "event_id": event_id,
                "pnl": pnl,
                "return_without": (profit - pnl) / cash,
                "return_rerun": None if math.isnan(again) else again,
            }
        )
    return found
