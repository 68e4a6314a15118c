"""How much of the move after an announcement could be traded: gap, latency, locked, tradable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from newsbt._typing import Bools, Floats, Ints
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.total_prices import total_prices
from newsbt.evidence.contract import Case, Evidence, RowEvidence, RunEvidence
from newsbt.evidence.event_pairs import instants_of
from newsbt.markets.clock import place
from newsbt.steps.event_setup import EventSetup
from newsbt.steps.market_setup import MarketSetup

__all__ = ["PARTS", "TRADABLE_SHARE", "Moves", "moves_of"]

PARTS = ("gap", "latency", "locked", "tradable")
DEFINITION = (
    "fractions of the last close before the news. total: to the close of day 0 plus the horizon; gap: to the first "
    "open after the news; latency: from there to the first open in time for it (T2); locked: the rest, where that open "
    "was at the price limit in the move's direction, or there was no bar; tradable: the rest otherwise. They sum to "
    "the total."
)


@dataclass(frozen=True, kw_only=True)
class Moves:
    """K pairs of event and ticker: `total` (K,) and its :data:`PARTS`, which sum to it; NaN: no price."""

    total: Floats
    gap: Floats
    latency: Floats
    locked: Floats
    tradable: Floats

    def mean(self, chosen: Bools | Ints) -> Mapping[str, float | int | None]:
        """Means over some pairs, those with all prices; None where there are none."""
        total = self.total[chosen]
        known = np.isfinite(total)
        found: dict[str, float | int | None] = {"pairs": int(known.sum())}
        for name in ("total", *PARTS):
            values = getattr(self, name)[chosen][known]
            found[name] = float(values.mean()) if len(values) else None
        return found


def moves_of(
    market: MarketSetup, news: EventSetup, event: Ints, ticker: Ints, horizons: Sequence[int]
) -> Mapping[int, Moves]:
    """Split the move from the last close before each event to the close of day 0 plus each horizon in own sessions.

    Parameters
    ----------
    event, ticker : ndarray of shape (K,)
        Indices; the ticker is the one whose prices count.

    Notes
    -----
    Day 0 is the session of the first close after the announcement (docs/methods.md). Dividends and splits are put back.
    """
    panel, clock = market.panel, market.panel.clock
    out_at = instants_of(news)
    at_once = place(out_at, clock)
    before, start, entry = (np.full(len(event), np.nan) for _ in range(3))
    row, at_open = np.zeros(len(event), dtype=np.int64), np.zeros(len(event), dtype=bool)
    worth_at_end = {horizon: np.full(len(event), np.nan) for horizon in horizons}
    end = {horizon: np.zeros(len(event), dtype=np.int64) for horizon in horizons}
    ends: dict[int, Ints] = {}
    for n in np.unique(ticker).tolist():
        m = int(panel.market_of[n])
        rows = ends.setdefault(m, _session_ends(panel, m))
        if not panel.has_prices[n] or not len(rows):
            continue
        mine = np.flatnonzero(ticker == n)
        e = event[mine]
        day = np.searchsorted(clock.close_at[rows, m].astype("M8[ns]"), out_at[e], side="right")
        worth, opened = _total_prices(panel, n)
        before[mine] = np.where(day > 0, worth[rows[day - 1] + 1], worth[0])
        entry[mine], row[mine], at_open[mine] = _entries(panel, news, e, n, opened, worth)
        soonest = at_once[e, m]
        first = np.where(soonest >= 0, opened[np.maximum(soonest, 0)], np.nan)
        start[mine] = np.where(np.isfinite(first), first, entry[mine])
        for horizon in horizons:
            inside = day + horizon < len(rows)
            last = rows[day[inside] + horizon]
            end[horizon][mine[inside]], worth_at_end[horizon][mine[inside]] = last, worth[last + 1]

    def split(horizon: int) -> Moves:
        worth, total = worth_at_end[horizon], worth_at_end[horizon] / before - 1.0
        too_late, no_bar = (row < 0) | (row > end[horizon]), ~np.isfinite(entry)
        done = ~too_late & ~no_bar
        rest = np.where(done, (worth - entry) / before, 0.0)
        inside = np.maximum(row, 0)
        locked = done & at_open & market.rules.at_limit(inside, ticker, total, panel.open[inside, ticker])
        parts = {
            # Where the horizon is over before anything can be done, all of the move is gap.
            "gap": np.where(too_late, total, np.where(done, start / before - 1.0, 0.0)),
            "latency": np.where(done, (entry - start) / before, 0.0),
            "locked": np.where(~too_late & no_bar, total, np.where(locked, rest, 0.0)),
            "tradable": np.where(done & ~locked, rest, 0.0),
        }
        known = np.isfinite(total)
        return Moves(**{name: np.where(known, part, np.nan) for name, part in {"total": total, **parts}.items()})

    return {horizon: split(horizon) for horizon in horizons}


def _entries(
    panel: MarketPanel, news: EventSetup, e: Ints, n: int, opened: Floats, worth: Floats
) -> tuple[Floats, Ints, Bools]:
    """What entries pay, as total prices (NaN: no bar), in which row, and whether at an open, where limits hold."""
    m = panel.market_of[n]
    row = news.placement[e, m]
    entry = np.where(row >= 0, opened[np.maximum(row, 0)], np.nan)
    at_open = np.ones(len(e), dtype=bool)
    if news.close_rows is not None:
        closing = news.close_rows[e, m]
        inside = np.maximum(closing, 0)
        paid = np.where(panel.tradable[inside, n], worth[inside + 1], np.nan)
        at_open = closing < 0
        entry, row = np.where(at_open, entry, paid), np.where(at_open, row, closing)
    return entry, row, at_open


def _session_ends(panel: MarketPanel, m: int) -> Ints:
    """The last row of each session of a market."""
    session = panel.clock.session_of[:, m]
    rows = np.flatnonzero(session >= 0)
    ends: Ints = rows[np.append(session[rows[1:]] != session[rows[:-1]], True)] if len(rows) else rows
    return ends


def _total_prices(panel: MarketPanel, n: int) -> tuple[Floats, Floats]:
    """(T + 1,) total prices: before row 0, then after each row, the last one staying where there is no bar; and (T,)
    at the open of each row, NaN where there is no bar."""
    tradable, found = panel.tradable[:, n], total_prices(panel, n)
    return found.last(tradable), np.where(tradable, found.open, np.nan)


def _of_groups(case: Case) -> RunEvidence:
    """The mean move of each group's pairs, and its parts, by horizon."""
    assert case.pairs is not None
    event, ticker, group = case.pairs.event, case.pairs.ticker, case.pairs.group
    market, news = case.prepared.market, case.prepared.news
    moves = moves_of(market, news, event, ticker, case.horizons)
    return RunEvidence(
        rows={
            name: RowEvidence(
                section=[{"horizon": horizon, **one.mean(group == name)} for horizon, one in moves.items()]
            )
            for name in dict.fromkeys(group.tolist())
        }
    )


TRADABLE_SHARE = Evidence(name="moves", find=_of_groups, asked_by=("study",), definition=DEFINITION)
