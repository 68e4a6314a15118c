"""A strategy's signals on other calendars of its news, run through the same engine, costs and rules; what each left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from newsbt._typing import Bools, Floats, Instants, Ints
from newsbt.analysis.evaluation import last_rows
from newsbt.analysis.hedging import Hedges, spans
from newsbt.analysis.timing.studentised import Sums, daily_profits, sums_of
from newsbt.domain.ledger import Ledger
from newsbt.domain.market_panel import MarketPanel

__all__ = ["CalendarRuns", "run_calendars"]

LEAST_HELD = 0.01  # of the largest cell of a calendar


@dataclass(frozen=True, kw_only=True)
class CalendarRuns:
    """A calendars, the run's own first.

    `plain` and `hedged` are the sums of the book alone and beside its hedges; `exposure` is in both. `returns` (A,) are
    total returns, of the hedged book where the strategy is hedged itself; `held` has the numbers of the cells (ticker
    and session) that each held, `meeting` (A,) the share of traded events whose holding meets another's, `entered` (A,)
    whether anything was entered, `hedged_return` what the run's own hedged book returned.
    """

    plain: Sums
    hedged: Sums
    returns: Floats
    held: Sequence[Ints]
    meeting: Floats
    entered: Bools
    hedged_return: float


def run_calendars(
    known_at: Sequence[Instants], run: Callable[[Instants], Ledger], panel: MarketPanel, hedges: Hedges
) -> CalendarRuns:
    """Run each of A calendars.

    Parameters
    ----------
    known_at : sequence of A ndarrays of shape (E,)
        When each event is known, the run's own calendar first.
    run : callable
        From such instants to the strategy's books, without hedges.
    """
    ends, count = last_rows(panel.dates), len(known_at)
    session = np.searchsorted(ends, np.arange(panel.shape[0]))
    sums = np.zeros((2, 2, count))
    exposure, returns, meeting = np.zeros(count), np.zeros(count), np.zeros(count)
    held, hedged_return = [], 0.0
    for k, instants in enumerate(known_at):
        ledger = run(instants)
        value = hedges.book(ledger).value
        for book, beside in enumerate((np.zeros(1), value)):
            sums[book, :, k] = sums_of(daily_profits(ledger.equity, beside, ledger.initial_cash, ends))
        exposure[k] = _exposure(ledger)
        returns[k] = ledger.total_return
        meeting[k] = _meeting(ledger, panel.shape[0])
        held.append(_held(ledger, session))
        if k == 0:
            hedged_return = float((ledger.equity[-1] + value[-1]) / ledger.initial_cash - 1.0)
    alone, hedged = (Sums(profit=both[0], squares=both[1], exposure=exposure) for both in sums)
    return CalendarRuns(
        plain=alone, hedged=hedged, returns=returns, held=held, meeting=meeting,
        entered=np.array([len(cells) > 0 for cells in held]), hedged_return=hedged_return,
    )  # fmt: skip


def _exposure(ledger: Ledger) -> float:
    """The mean gross exposure over all rows; 0 in rows in which nothing is left of the account."""
    alive = ledger.equity > 0.0
    return float(np.where(alive, ledger.gross / np.where(alive, ledger.equity, 1.0), 0.0).mean())


def _held(ledger: Ledger, session: Ints) -> Ints:
    """The cells that lots held: ticker x sessions + session, each once. What a grid has left of a position, below a
    hundredth of the largest, is none."""
    lots, fills, rows = ledger.lots, ledger.fills, len(session)
    exits = fills[fills["side"] != np.sign(lots["quantity"])[fills["lot"]]] if len(lots) else fills[:0]
    gone = exits["quantity"] / np.maximum(np.abs(lots["quantity"][exits["lot"]]), 1)
    amounts = np.append(lots["entry_notional"], -gone * lots["entry_notional"][exits["lot"]])
    end = np.where(lots["exit_row"] < 0, rows, lots["exit_row"])
    until = np.append(np.maximum(end, lots["entry_row"] + 1), end[exits["lot"]])
    part, row = spans(np.append(lots["entry_row"], exits["row"]), until)
    ticker = np.append(lots["ticker"], exits["ticker"])[part]
    cells, of = np.unique(ticker * (int(session[-1]) + 1) + session[row], return_inverse=True)
    held = np.bincount(of, weights=amounts[part], minlength=len(cells))
    found: Ints = cells[held > LEAST_HELD * held.max(initial=0.0)]
    return found


def _meeting(ledger: Ledger, rows: int) -> float:
    """The share of traded events whose time from first entry to last exit meets another one's."""
    lots = ledger.lots[ledger.lots["event"] >= 0]
    event, of = np.unique(lots["event"], return_inverse=True)
    if not len(event):
        return 0.0
    start, end = np.full(len(event), rows, dtype=np.int64), np.zeros(len(event), dtype=np.int64)
    until = np.where(lots["exit_row"] < 0, rows, np.maximum(lots["exit_row"], lots["entry_row"] + 1))
    np.minimum.at(start, of, lots["entry_row"])
    np.maximum.at(end, of, until)
    order = np.argsort(start, kind="stable")
    start, latest = start[order], np.maximum.accumulate(end[order])
    close = start[1:] < latest[:-1]  # begins before one that began earlier has ended
    end = end[order]
    met = np.append(False, close)
    met[:-1] |= start[1:] < end[:-1]  # has not ended when the next begins
    return float(met.mean())
