"""Runs a strategy's signals through the kernels, and hands back the ledger."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt

from newsbt._typing import Ints, Kind, Records
from newsbt.domain.entries import Entries
from newsbt.domain.ledger import FILL, LOT, REFUSAL, Ledger, Outcome
from newsbt.kernels.codes import NONE
from newsbt.kernels.engine_state import LOT_STATE, MONEY, TICKER_STATE, Asked, Costs, Followed, LedgerState
from newsbt.kernels.event_engine import replay
from newsbt.kernels.ledger_state import close_books
from newsbt.kernels.rules.holding import FOREVER
from newsbt.kernels.target_engine import follow
from newsbt.simulation.account_terms import AccountTerms
from newsbt.simulation.compiled.inputs import costs_of, market_of, position_of, rules_of
from newsbt.simulation.grid import Targets, rebalance_rows
from newsbt.simulation.missed_returns import read_only, with_hindsight
from newsbt.simulation.reruns import NO_EVENT

__all__ = ["prepared", "simulate"]

NEVER = int(np.iinfo(np.int64).min)  # NaT
NO_WEIGHTS = np.empty((0, 0))


def simulate(terms: AccountTerms, wanted: Entries | Targets) -> Ledger:
    """Run one strategy's signals through the kernels.

    Parameters
    ----------
    terms : Terms
        The market and the account.
    wanted : Entries or Targets
        What the signals ask for: entries of single events, or a grid to follow.

    Returns
    -------
    Ledger
        That of `newsbt.simulation.backtrader.simulate`, bit for bit.

    Notes
    -----
    The first call in an environment compiles the kernels, which takes a while and says so in the log.
    """
    return with_hindsight(prepared(terms)(wanted), terms)


def prepared(terms: AccountTerms) -> Callable[[Entries | Targets], Ledger]:
    """What simulates on the same terms again and again, from any thread; its ledgers have no `would_have_returned`."""
    market, rules, costs, position = market_of(terms), rules_of(terms), costs_of(terms), position_of(terms)
    rows, count = terms.panel.shape

    def run(wanted: Entries | Targets) -> Ledger:
        row = 0
        if isinstance(wanted, Entries):
            asked = ask(wanted)
            books = open_books(terms.cash, rows, count, lots=len(wanted), records=2 * len(wanted) + 1024)
            while (row := replay(row, rows, market, rules, costs, position, asked, books)) < rows:
                books = with_capacity(books)
            return ledger_of(terms, costs, books, asked.outcome)
        # A grid's lots are held until it says otherwise, whatever the hold.
        held = position._replace(hold_unit=FOREVER)
        followed = follow_up(terms, wanted)
        books = open_books(terms.cash, rows, count, lots=0, records=0)
        while (row := follow(row, market, rules, costs, held, followed, books)) < rows:
            books = with_capacity(books, lots=True)
        return ledger_of(terms, costs, books, np.empty(0, dtype=np.int64))

    return run


def follow_up(terms: AccountTerms, targets: Targets) -> Followed:
    causes = [(t, *cause) for t in sorted(targets.causes) if t >= 0 for cause in targets.causes[t]]
    rows, tickers, events, sizes = zip(*causes, strict=True) if causes else ((), (), (), ())
    count, most = terms.panel.shape[1], len(causes)
    return Followed(
        grid=read_only(targets.grid, np.float64),
        weights=read_only(NO_WEIGHTS if targets.weights is None else targets.weights, np.float64),
        due=read_only(rebalance_rows(terms.panel, terms.position.rebalance, targets.grid), np.bool_),
        cause_row=read_only(rows, np.int64),
        cause_ticker=read_only(tickers, np.int64),
        cause_event=read_only(events, np.int64),
        cause_size=read_only(sizes, np.float64),
        first_part=np.full(count, NONE, dtype=np.int64),
        part_next=np.empty(most, dtype=np.int64),
        part_event=np.empty(most, dtype=np.int64),
        part_size=np.empty(most),
        unfinished=np.zeros(count, dtype=bool),
        unsizable=np.zeros(count),
        entry_ticker=np.empty(count, dtype=np.int64),
        entry_quantity=np.empty(count, dtype=np.int64),
        shares=np.empty(most),
        whole=np.empty(most, dtype=np.int64),
        lost=np.empty(most),
        keys=np.empty(count),
        moved_ticker=np.empty(count, dtype=np.int64),
        moved_quantity=np.empty(count, dtype=np.int64),
    )


def ask(entries: Entries) -> Asked:
    return Asked(
        event=read_only(entries.event, np.int64),
        ticker=read_only(entries.ticker, np.int64),
        sign=read_only(entries.sign, np.int64),
        weight=read_only(entries.weight, np.float64),
        row=read_only(entries.row, np.int64),
        point=read_only(entries.point, np.int64),
        bound=read_only(entries.bound, np.float64),
        wanted=np.zeros(len(entries), dtype=np.int64),
        outcome=np.full(len(entries), Outcome.PENDING, dtype=np.int64),
        without=NO_EVENT,
    )


def open_books(cash: float, rows: int, tickers: int, *, lots: int, records: int) -> LedgerState:
    """Empty books with room for so many lots, and fills and refusals."""
    state = np.zeros(1, dtype=MONEY)
    state["cash"] = state["initial"] = state["equity"] = cash
    known = np.full(tickers, -1, dtype=TICKER_STATE)
    known["stop_slot"] = known["opposed"] = 0
    return LedgerState(
        state=state,
        lots=np.empty(lots, dtype=LOT_STATE),
        open_lots=np.empty(lots, dtype=np.int64),
        leaving=np.empty(lots, dtype=np.int64),
        tickers=known,
        stop_cash=np.empty(2 * lots),
        stop_slots=np.empty(tickers, dtype=np.int64),
        fills=np.empty(records, dtype=_numbers(FILL)),
        refusals=np.empty(records, dtype=_numbers(REFUSAL)),
        equity=np.empty(rows),
        cash=np.empty(rows),
        gross=np.empty(rows),
        stale=np.empty(rows, dtype=np.int64),
    )


def with_capacity(books: LedgerState, *, lots: bool = False) -> LedgerState:
    """The same books with twice the room for records, and for lots where they may run out."""
    books = books._replace(fills=_doubled(books.fills), refusals=_doubled(books.refusals))
    if lots:
        books = books._replace(
            lots=_doubled(books.lots),
            open_lots=_doubled(books.open_lots),
            leaving=_doubled(books.leaving),
            stop_cash=_doubled(_doubled(books.stop_cash)),
        )
    return books


def ledger_of(terms: AccountTerms, costs: Costs, books: LedgerState, outcome: Ints) -> Ledger:
    """The books, closed: open lots at the last mark."""
    state = books.state[0]
    lots = np.empty(int(state["lots"]), dtype=_numbers(LOT))
    close_books(terms.panel.shape[0] - 1, NEVER, costs, books, lots)
    return Ledger(
        fills=_by_instant(books.fills[: int(state["fills"])].view(FILL)),
        refusals=_by_instant(books.refusals[: int(state["refusals"])].view(REFUSAL)),
        lots=lots.view(LOT),
        equity=books.equity,
        cash=books.cash,
        gross=books.gross,
        stale=books.stale,
        outcome=outcome,
        initial_cash=terms.cash,
        borrow_cost=float(state["borrowed"]),
        dividends=float(state["dividends"]),
    )


@cache
def _numbers(dtype: np.dtype[np.void]) -> np.dtype[np.void]:
    """The same layout with whole nanoseconds for instants, which kernels reckon in."""
    return np.dtype([(name, "i8" if dtype[name].kind == "M" else dtype[name].str) for name in dtype.names or ()])


def _doubled(records: npt.NDArray[Kind]) -> npt.NDArray[Kind]:
    return np.concatenate([records, np.empty(max(len(records), 1024), dtype=records.dtype)])


def _by_instant(records: Records) -> Records:
    """Ordered by `at`, then as executed; mostly they are."""
    at = records["at"]
    return records if (at[1:] >= at[:-1]).all() else records[np.argsort(at, kind="stable")]
