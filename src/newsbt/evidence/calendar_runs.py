"""A strategy's signals on other calendars of its news, run through the same engine, costs and rules; what each left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from newsbt._typing import Bools, Floats, Ints
from newsbt.analysis.evaluation import last_rows
from newsbt.analysis.hedging import Hedges, spans
from newsbt.analysis.timing.studentised import Sums, daily_profits, sums_of
from newsbt.domain.ledger import Ledger
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.progress import Progress, SilentProgress
from newsbt.simulation.on_all_cores import on_all_cores

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What is kept of one calendar's run."""

    plain: tuple[float, float]
    hedged: tuple[float, float]
    exposure: float
    total_return: float
    hedged_return: float
    held: Ints
    meeting: float


def run_calendars(
    count: int, run: Callable[[int], Ledger], panel: MarketPanel, hedges: Hedges,
    progress: Progress | None = None, *, at_once: bool = False,
) -> CalendarRuns:  # fmt: skip
    """Run each of A calendars.

    Parameters
    ----------
    count : int
        How many calendars there are, the run's own being number 0.
    run : callable
        From the number of a calendar to the strategy's books on it, without hedges.
    progress : Progress, optional
        Told of each.
    at_once : bool
        Whether `run` may be called from several threads.
    """
    ends = last_rows(panel.dates)
    session = np.searchsorted(ends, np.arange(panel.shape[0]))

    def kept_of(number: int) -> _Kept:
        ledger = run(number)
        value = hedges.book(ledger).value
        plain, hedged = (
            sums_of(daily_profits(ledger.equity, beside, ledger.initial_cash, ends)) for beside in (np.zeros(1), value)
        )
        return _Kept(
            plain=plain, hedged=hedged, exposure=_exposure(ledger), total_return=ledger.total_return,
            hedged_return=float((ledger.equity[-1] + value[-1]) / ledger.initial_cash - 1.0),
            held=_held(ledger, session), meeting=_meeting(ledger, panel.shape[0]),
        )  # fmt: skip

    progress = progress or SilentProgress()
    kept = on_all_cores(kept_of, range(count), progress, most=None if at_once else 1)
    exposure, held = np.array([one.exposure for one in kept]), [one.held for one in kept]

    def sums(book: Sequence[tuple[float, float]]) -> Sums:
        profit, squares = np.array(book).T
        return Sums(profit=profit, squares=squares, exposure=exposure)

    return CalendarRuns(
        plain=sums([one.plain for one in kept]),
        hedged=sums([one.hedged for one in kept]),
        returns=np.array([one.total_return for one in kept]),
        held=held,
        meeting=np.array([one.meeting for one in kept]),
        entered=np.array([len(cells) > 0 for cells in held]),
        hedged_return=kept[0].hedged_return,
    )


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
