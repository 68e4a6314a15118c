"""A strategy's signals on other calendars of its news, run through the same engine, costs and rules; what each left."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from newsbt._typing import Bools, Floats, Ints
from newsbt.analysis.evaluation import last_rows
from newsbt.analysis.hedging import Hedges, spans
from newsbt.analysis.timing.studentised import Sums, daily_profits, sums_of
from newsbt.domain.joined_ledgers import JoinedLedgers, LotColumns
from newsbt.domain.ledger import Ledger
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.progress import Progress, SilentProgress
from newsbt.simulation.on_all_cores import cores, on_all_cores

__all__ = ["CalendarRuns", "run_calendars"]

LEAST_HELD = 0.01  # of the largest cell of a calendar
MOST_CELLS = 100_000  # of rows, and of fills so many times, that are worked out together
HELD_ROWS = 4
MOST_NUMBERS = 64  # of calendars that a thread is given together
SUMS = ("profit", "squares", "exposure")


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
    count: int, run: Callable[[range], Iterable[Ledger]], panel: MarketPanel, hedges: Hedges,
    progress: Progress | None = None, *, at_once: bool = False,
) -> CalendarRuns:  # fmt: skip
    """Run each of A calendars.

    Parameters
    ----------
    count : int
        How many calendars there are, the run's own being number 0.
    run : callable
        From the numbers of some calendars to the strategy's books on each, without hedges.
    progress : Progress, optional
        Told of each.
    at_once : bool
        Whether `run` may be called from several threads.
    """
    progress = progress or SilentProgress()
    done = threading.Lock()

    def worked(numbers: range) -> CalendarRuns:
        found, waiting, cells = [], [], 0
        for ledger in run(numbers):
            waiting.append(ledger)
            cells += len(ledger.equity) + len(ledger.fills) * HELD_ROWS
            if cells > MOST_CELLS:
                found.append(_kept_of(waiting, panel, hedges))
                waiting, cells = [], 0
            with done:
                progress.advance()
        if waiting:
            found.append(_kept_of(waiting, panel, hedges))
        return _joined(found)

    threads = cores() if at_once else 1
    size = max(1, min(MOST_NUMBERS, -(-count // threads)))
    parts = [range(first, min(first + size, count)) for first in range(0, count, size)]
    return _joined(on_all_cores(worked, parts, SilentProgress(), most=threads))


def _joined(parts: Sequence[CalendarRuns]) -> CalendarRuns:
    """The calendars of several parts one after the other."""

    def sums(books: Sequence[Sums]) -> Sums:
        return Sums(**{name: np.concatenate([getattr(one, name) for one in books]) for name in SUMS})

    return CalendarRuns(
        plain=sums([one.plain for one in parts]),
        hedged=sums([one.hedged for one in parts]),
        returns=np.concatenate([one.returns for one in parts]),
        held=[cells for one in parts for cells in one.held],
        meeting=np.concatenate([one.meeting for one in parts]),
        entered=np.concatenate([one.entered for one in parts]),
        hedged_return=parts[0].hedged_return,
    )


def _kept_of(ledgers: Sequence[Ledger], panel: MarketPanel, hedges: Hedges) -> CalendarRuns:
    """What is kept of some calendars' runs, worked out together."""
    joined, ends = JoinedLedgers.of(ledgers), last_rows(panel.dates)
    value, exposure = hedges.values(joined), _exposure(joined)
    plain, hedged = (_sums(joined, beside, exposure, ends) for beside in (np.zeros(1), value))
    held = _held(joined, np.searchsorted(ends, np.arange(panel.shape[0])), panel.shape[1])
    return CalendarRuns(
        plain=plain,
        hedged=hedged,
        returns=np.array([one.total_return for one in ledgers]),
        held=held,
        meeting=_meeting(joined),
        entered=np.array([len(cells) > 0 for cells in held]),
        hedged_return=float((joined.equity[0, -1] + value[0, -1]) / joined.initial_cash[0] - 1.0),
    )


def _sums(joined: JoinedLedgers, beside: Floats, exposure: Floats, ends: Ints) -> Sums:
    profits = daily_profits(joined.equity, beside, joined.initial_cash, ends)
    profit, squares = np.array([sums_of(one) for one in profits]).T
    return Sums(profit=profit, squares=squares, exposure=exposure)


def _exposure(joined: JoinedLedgers) -> Floats:
    """(A,): the mean gross exposure over all rows; 0 in rows in which nothing is left of the account."""
    alive = joined.equity > 0.0
    found: Floats = np.where(alive, joined.gross / np.where(alive, joined.equity, 1.0), 0.0).mean(axis=1)
    return found


def _until(lots: LotColumns, rows: int) -> Ints:
    """(L,): the row in which each lot left, `rows` while it is open."""
    return np.where(lots.exit_row < 0, rows, lots.exit_row)


def _held(joined: JoinedLedgers, session: Ints, tickers: int) -> list[Ints]:
    """The cells that each ledger's lots held: ticker x sessions + session, each once. What a grid has left of a
    position, below a hundredth of the largest, is none."""
    lots, rows = joined.lots, len(session)
    exits = joined.fills.chosen(joined.fills.side != np.sign(lots.quantity)[joined.fills.lot])
    lot = exits.lot
    gone = exits.quantity / np.maximum(np.abs(lots.quantity[lot]), 1)
    amounts = np.append(lots.entry_notional, -gone * lots.entry_notional[lot])
    end = _until(lots, rows)
    until = np.append(np.maximum(end, lots.entry_row + 1), end[lot])
    part, row = spans(np.append(lots.entry_row, exits.row), until)
    sessions = int(session[-1]) + 1
    first = (joined.of_lot * tickers + lots.ticker) * sessions
    cells, of = np.unique(np.append(first, first[lot])[part] + session[row], return_inverse=True)
    held = np.bincount(of, weights=amounts[part], minlength=len(cells))
    bounds = np.searchsorted(cells, np.arange(len(joined) + 1) * (tickers * sessions)).tolist()
    found = []
    for k, (start, stop) in enumerate(pairwise(bounds)):
        mine = held[start:stop]
        found.append(cells[start:stop][mine > LEAST_HELD * mine.max(initial=0.0)] - k * (tickers * sessions))
    return found


def _meeting(joined: JoinedLedgers) -> Floats:
    """(A,): the share of each ledger's traded events whose time from first entry to last exit meets another one's."""
    ledgers, rows = joined.equity.shape
    traded = joined.lots.event >= 0
    lots, of_lot = joined.lots.chosen(traded), joined.of_lot[traded]
    events = int(lots.event.max(initial=0)) + 1
    key, of = np.unique(of_lot * events + lots.event, return_inverse=True)
    ledger = key // events
    apart = rows + 1  # between ledgers, whose rows follow each other: no row of one is in another
    start, end = np.full(len(key), ledgers * apart), np.zeros(len(key), dtype=np.int64)
    np.minimum.at(start, of, of_lot * apart + lots.entry_row)
    np.maximum.at(end, of, of_lot * apart + np.maximum(_until(lots, rows), lots.entry_row + 1))
    order = np.argsort(start, kind="stable")
    start, end, ledger = start[order], end[order], ledger[order]
    met = np.zeros(len(key), dtype=bool)
    met[1:] = start[1:] < np.maximum.accumulate(end)[:-1]  # begins before one that began earlier has ended
    met[:-1] |= start[1:] < end[:-1]  # has not ended when the next begins
    count = np.bincount(ledger, minlength=ledgers)
    return np.bincount(ledger, weights=met, minlength=ledgers) / np.maximum(count, 1)
