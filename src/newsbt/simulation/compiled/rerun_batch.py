"""Many runs of a strategy's signals at once, of which nothing but the total return is kept.

They are worked beside each other, some rows at a time, so that what one reads of the market is at hand for the others;
what is over is forgotten; and a run without an event begins in the rows in which that event first asks for something,
with what the run of all events holds by then.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from newsbt._typing import Floats, Ints
from newsbt.domain.entries import Entries, FillPoint
from newsbt.domain.ledger import Outcome
from newsbt.domain.progress import Progress, SilentProgress
from newsbt.kernels.engine_state import Asked, Costs, LedgerState, Market, RuleArrays
from newsbt.kernels.event_engine import replay
from newsbt.kernels.ledger_state import forget
from newsbt.simulation.account_terms import AccountTerms
from newsbt.simulation.compiled.engine import ask, open_books, with_capacity
from newsbt.simulation.compiled.inputs import costs_of, market_of, position_of, rules_of
from newsbt.simulation.on_all_cores import cores, on_all_cores
from newsbt.simulation.reruns import NO_EVENT, Rerun

__all__ = ["total_returns"]

BLOCK_BYTES = 1 << 20  # of one table of the market that all runs read before the next rows
LOTS = 256  # that books have room for to begin with


def total_returns(reruns: Sequence[Rerun], progress: Progress) -> Floats:
    """The total return of each run: that of the ledger which `compiled.simulate` answers, bit for bit.

    Parameters
    ----------
    reruns : sequence of Rerun
        In one market: their terms differ in position and cash alone.
    progress : Progress
        Told of each run that is done.

    Returns
    -------
    ndarray of shape (R,)
        Fractions of the initial cash.
    """
    alike: dict[Hashable, Rerun] = {}
    for one in reruns:
        alike.setdefault(_key(one), one)
    keys, done_runs = list(alike), _DoneRuns(progress, len(reruns) / max(1, len(alike)))
    parts = [keys[k :: cores()] for k in range(cores())]
    done = on_all_cores(lambda mine: _worked([alike[key] for key in mine], done_runs), parts, SilentProgress())
    found = dict(zip(chain.from_iterable(parts), np.concatenate(done).tolist(), strict=True))
    return np.array([found[_key(one)] for one in reruns])


def _key(one: Rerun) -> Hashable:
    """Runs with the same key are the same."""
    return id(one.entries), one.terms.position, one.terms.cash, one.without


class _DoneRuns:
    """Counts parts of runs, from any thread, and tells of whole ones."""

    def __init__(self, progress: Progress, each: float) -> None:
        self._progress, self._lock, self._each = progress, threading.Lock(), each
        self._runs, self._counted = 0.0, 0

    def add(self, runs: float) -> None:
        with self._lock:
            self._runs += runs * self._each
            whole = int(self._runs + 1e-6)
            if whole > self._counted:
                self._progress.advance(whole - self._counted)
                self._counted = whole


def _worked(reruns: Sequence[Rerun], done_runs: _DoneRuns) -> Floats:
    """What one thread works: all its runs, one block of rows after the other."""
    if not reruns:
        return np.empty(0)
    rows, count = reruns[0].terms.panel.shape
    height = max(1, BLOCK_BYTES // (8 * count))
    tables = _Tables(reruns[0].terms)
    asked = {id(one.entries): _Slices(one.entries) for one in reruns}
    may_rest = any((one.entries.point == FillPoint.LIMIT).any() for one in reruns)
    blocks = _blocks(height, reruns[0].terms.panel.clock.session_of if may_rest else np.full((rows, 0), -1))
    whole: dict[Hashable, _Run] = {}
    runs: list[_Run] = []
    for one in reruns:
        slices, every = asked[id(one.entries)], replace(one, without=NO_EVENT)
        base = whole.setdefault(_key(every), _Run(every, tables, slices))
        runs.append(base if one.without == NO_EVENT else _Run(one, tables, slices, base))
    for start, stop in blocks:
        for run in runs:
            run.begin(start, stop)
        for run in dict.fromkeys((*whole.values(), *runs)):
            run.advance(start, stop)
        done_runs.add(len(reruns) * (stop - start) / rows)
    return np.array([run.total_return for run in runs])


def _blocks(height: int, session_of: Ints) -> list[tuple[int, int]]:
    """Rows that are worked together: about so many, and none ends within a session of `session_of` (T, M), -1 where a
    market has none: until then a limit order may rest."""
    rows = len(session_of)
    begun = np.maximum.accumulate(session_of, axis=0)
    to_come = np.minimum.accumulate(np.where(session_of < 0, rows, session_of)[::-1], axis=0)[::-1]
    ends = np.append(np.flatnonzero((begun[:-1] < to_come[1:]).all(axis=1)) + 1, rows)
    blocks, start = [], 0
    while start < rows:
        stop = int(ends[np.searchsorted(ends, min(start + height, rows))])
        blocks.append((start, stop))
        start = stop
    return blocks


class _Tables:
    """The market as kernels read it, made once."""

    def __init__(self, terms: AccountTerms) -> None:
        self.rules: RuleArrays = rules_of(terms)
        self.costs: Costs = costs_of(terms)
        self._markets: dict[bool, Market] = {}

    def market(self, terms: AccountTerms) -> Market:
        hold = terms.position.hold
        by_session = hold is not None and hold.unit == "sessions"
        if by_session not in self._markets:
            self._markets[by_session] = market_of(terms)
        return self._markets[by_session]


class _Slices:
    """Entries, by rows; `wanted` and `outcome` serve whichever run is at work."""

    def __init__(self, entries: Entries) -> None:
        self._asked = ask(entries)

    def between(self, start: int, stop: int, without: int) -> Asked:
        """Those of some rows, nothing of them decided."""
        asked = self._asked
        first, last = np.searchsorted(asked.row, (start, stop)).tolist()
        asked.outcome[first:last] = Outcome.PENDING
        return Asked._make((*(array[first:last] for array in asked[:-1]), without))


class _Run:
    """One run under way. One without an event has a `base`, the run of all events, and its own books from that event
    on."""

    def __init__(self, rerun: Rerun, tables: _Tables, asked: _Slices, base: _Run | None = None) -> None:
        terms = rerun.terms
        self._rerun, self._asked, self._base = rerun, asked, base
        self._market, self._rules, self._costs = tables.market(terms), tables.rules, tables.costs
        self._position = position_of(terms)
        self._first_row = rerun.first_row
        self._books: LedgerState | None = None
        if base is None:
            self._books = open_books(terms.cash, *terms.panel.shape, lots=LOTS, records=0)
            self._books.state["counts_only"] = 1

    def begin(self, start: int, stop: int) -> None:
        """Take over what the base holds before these rows, where the event that is left out first asks in them."""
        if self._base is not None and start <= self._first_row < stop:
            held = self._base._books
            assert held is not None
            self._books = LedgerState._make(array.copy() for array in held)

    def advance(self, start: int, stop: int) -> None:
        """Work these rows; without books there is nothing of its own to work yet."""
        books = self._books
        if books is None:
            return
        asked = self._asked.between(start, stop, self._rerun.without)
        books.state["next"] = 0
        while len(books.lots) < books.state["open"][0] + len(asked.row):
            books = with_capacity(books, lots=True)
        row = replay(start, stop, self._market, self._rules, self._costs, self._position, asked, books)
        assert row == stop
        forget(books)
        self._books = books

    @property
    def total_return(self) -> float:
        assert self._books is not None
        return float(self._books.equity[-1] / self._rerun.terms.cash - 1.0)
