"""Where the limit orders of an item's signals wait, and whether their session reaches them (X22)."""

from __future__ import annotations

import math

import numpy as np

from newsbt.kernels._compile import plain
from newsbt.kernels.codes import LONG
from newsbt.kernels.rules.prices import is_met_at_open, is_traded_through
from newsbt.simulation.entry_rows import PlacedSignals
from newsbt.steps.market_setup import MarketSetup

__all__ = ["limit_words"]


def limit_words(market: MarketSetup, placed: PlacedSignals, distance: float, as_of: bool) -> list[str]:
    """For each signal: its limit, the price that is reckoned from, and how the session of its bar met it.

    Parameters
    ----------
    placed : PlacedSignals
        Signals of K pairs, whose entries are limit orders.
    distance : float
        `execution.limit_distance`.
    as_of : bool
        Whether the panel ends at the news, so that the order's session is still to come.
    """
    return [_words(market, placed, int(entry), distance, as_of) for entry in placed.entry]


def _words(market: MarketSetup, placed: PlacedSignals, entry: int, distance: float, as_of: bool) -> str:
    if entry < 0:
        return "limit order: its bar lies outside of the prices"
    panel, entries = market.panel, placed.entries
    t, n, sign = int(entries.row[entry]), int(entries.ticker[entry]), int(entries.sign[entry])
    limit = float(entries.bound[entry])
    if math.isnan(limit):
        return "limit order: no last close is known, so that it has no limit"
    side, beyond = ("buy", "below") if sign == LONG else ("short", "above")
    reference = f"{100 * distance:.4g} % {beyond} the last close of {panel.reference[t, n]:.12g}"
    known = f"limit order: {side} at {limit:.12g}, {reference}"
    if panel.dividend[t, n] != 0.0 or panel.split[t, n] != 1.0:
        known += ", ex what its bar is ex"
    return f"{known}; {'its session is still to come' if as_of else _met(market, t, n, sign, limit)}"


def _met(market: MarketSetup, t: int, n: int, sign: int, limit: float) -> str:
    """How the bars of a session, from row t on, meet a limit."""
    panel = market.panel
    sessions = panel.clock.session_of[:, panel.market_of[n]]
    rows = [int(row) for row in np.flatnonzero(sessions == sessions[t]) if row >= t and panel.tradable[row, n]]
    if not rows:
        return "no bar of its session trades"
    for row in rows:
        open_ = float(panel.open[row, n])
        if plain(is_met_at_open)(sign, limit, open_):
            return f"a bar opens at {open_:.12g}, which is the limit or better"
        if plain(is_traded_through)(sign, limit, float(panel.low[row, n]), float(panel.high[row, n])):
            break
    what, furthest = ("low", panel.low[rows, n].min()) if sign == LONG else ("high", panel.high[rows, n].max())
    if plain(is_traded_through)(sign, limit, float(furthest), float(furthest)):
        return f"its session's {what} of {furthest:.12g} goes through it"
    touched = "only touches it" if furthest == limit else "does not reach it"
    return f"its session's {what} of {furthest:.12g} {touched}"
