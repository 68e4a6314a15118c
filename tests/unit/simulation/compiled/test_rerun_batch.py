"""A batch of reruns answers what each of them answers alone, whatever they share and however few rows are worked at a
time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.workload import Size, every_rule, plain

from newsbt.domain.entries import Entries, FillPoint
from newsbt.domain.market_panel import frozen_array
from newsbt.domain.progress import SilentProgress
from newsbt.kernels.engine_state import LedgerState
from newsbt.kernels.ledger_state import forget
from newsbt.simulation.account_terms import AccountTerms, Hold
from newsbt.simulation.compiled import rerun_batch, simulate
from newsbt.simulation.compiled.rerun_batch import total_returns
from newsbt.simulation.reruns import Rerun

SIZE = Size("T", 9, 60, 120, 0.2)


def market(kind: str) -> tuple[AccountTerms, Entries]:
    """Terms, and entries at openings, closes or limits of which most meet others of their ticker."""
    work = (plain if kind == "plain" else every_rule)(SIZE)
    terms, entries = work.terms, work.entries
    if kind == "limits in sessions":
        clock = terms.panel.clock
        sessions = np.where(clock.session_of < 0, -1, clock.session_of // 4)
        clock = replace(clock, session_of=frozen_array(sessions, np.int64), intraday=True)
        terms = replace(terms, panel=replace(terms.panel, clock=clock))
    if kind.startswith("limits"):
        reference = terms.panel.reference[entries.row, entries.ticker]
        points = np.full(len(entries), FillPoint.LIMIT, dtype=np.int64)
        entries = replace(entries, point=points, bound=reference * (1.0 - 0.01 * entries.sign))
    if kind == "closes":
        entries = replace(entries, point=np.where(entries.event % 3 == 0, FillPoint.CLOSE, FillPoint.OPEN))
    if kind == "never sold":
        terms = replace(terms, position=replace(terms.position, hold=None, on_repeat="add"))
    return terms, entries


def reruns_of(terms: AccountTerms, entries: Entries) -> list[Rerun]:
    held = [replace(terms, position=replace(terms.position, hold=Hold("sessions", count))) for count in (1, 3, 20)]
    rich = replace(terms, cash=50 * terms.cash)
    fewer = Rerun(terms=terms, entries=entries, without=int(entries.event[7])).left
    left_out = np.unique(entries.event)[::9].tolist()
    return [
        *(Rerun(terms=one, entries=entries) for one in (*held, terms, rich, terms)),
        *(Rerun(terms=terms, entries=entries, without=event) for event in left_out),
        Rerun(terms=held[2], entries=entries, without=left_out[-1]),
        Rerun(terms=terms, entries=fewer),
    ]


@pytest.mark.parametrize("block", [1, 4000, 1 << 30])
@pytest.mark.parametrize("kind", ["plain", "every rule", "closes", "limits", "limits in sessions", "never sold"])
def test_a_batch_answers_what_each_run_answers_alone(kind: str, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rerun_batch, "BLOCK_BYTES", block)
    monkeypatch.setattr(rerun_batch, "LOTS", 1 if block == 1 else 256)
    runs = reruns_of(*market(kind))
    alone = [simulate(one.terms, one.left).total_return for one in runs]
    assert len(set(alone)) > 10
    assert total_returns(runs, SilentProgress()).tolist() == alone


@pytest.mark.parametrize("kind", ["every rule", "never sold"])
def test_between_blocks_books_hold_what_is_open_alone(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Room for records is that of one block: what is over must not fill it up."""
    held = []

    def forget_and_look(books: LedgerState) -> None:
        forget(books)
        state = books.state[0]
        held.append((state["open"], state["lots"], state["fills"], state["refusals"]))

    monkeypatch.setattr(rerun_batch, "BLOCK_BYTES", 4000)
    monkeypatch.setattr(rerun_batch, "forget", forget_and_look)
    total_returns(reruns_of(*market(kind))[:3], SilentProgress())
    assert max(count for count, *_ in held) > 3
    assert all(tuple(left) == (count, 0, 0) for count, *left in held)


def test_few_rows_are_worked_at_a_time_though_limit_orders_rest() -> None:
    """Of two markets the first has sessions of rows 0, 1 to 3 and 4 to 6, the second of rows 0 to 1, 3 and 6."""
    sessions = np.array([[0, 0], [1, 0], [1, -1], [1, 1], [2, -1], [2, -1], [2, 2]])
    assert rerun_batch._blocks(1, sessions) == [(0, 4), (4, 7)]
    assert rerun_batch._blocks(1, sessions[:, :1]) == [(0, 1), (1, 4), (4, 7)]
    assert rerun_batch._blocks(2, sessions[:, :0]) == [(0, 2), (2, 4), (4, 6), (6, 7)]
    assert rerun_batch._blocks(9, sessions) == [(0, 7)]


def test_each_run_is_told_of_once() -> None:
    class Counting(SilentProgress):
        done = 0

        def advance(self, n: int = 1) -> None:
            self.done += n

    counting, runs = Counting(), reruns_of(*market("plain"))
    total_returns(runs, counting)
    assert counting.done == len(runs)
    assert total_returns([], counting).tolist() == []
