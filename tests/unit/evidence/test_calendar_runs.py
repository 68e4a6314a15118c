"""What is kept of each calendar's run, against plain loops."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from newsbt.analysis.hedging import PEERS, Hedges
from newsbt.domain.joined_ledgers import JoinedLedgers
from newsbt.domain.ledger import Ledger
from newsbt.evidence import calendar_runs
from newsbt.evidence.calendar_runs import CalendarRuns, run_calendars
from newsbt.simulation.compiled import simulate
from newsbt.steps.simulate import strategy_books
from newsbt.strategies.sentiment_decay import SentimentDecay
from price_walks import walk


def kept_of(ledger: Ledger, prepared: object) -> CalendarRuns:
    market = prepared.market  # type: ignore[attr-defined]
    none = Hedges(panel=market.panel, fx=market.fx, index_of=np.full(len(market.panel.tickers), -1))
    return run_calendars(1, lambda _: [ledger], market.panel, none)


@pytest.mark.parametrize("hold", [1, 3, 20])
def test_sums_holdings_and_meetings_are_those_of_plain_loops(hold: int) -> None:
    prepared, _ = walk(2, events=20, position={"weight": 0.2, "hold": hold, "on_repeat": "add"})
    ledger = strategy_books(prepared, prepared.components.strategies[0], engine="compiled").ledger
    found, rows = kept_of(ledger, prepared), len(ledger.equity)
    equity = [ledger.initial_cash, *ledger.equity.tolist()]
    x = [equity[t + 1] / equity[t] - 1.0 for t in range(rows)]
    assert found.plain.profit[0] == found.hedged.profit[0] == pytest.approx(sum(x))
    assert found.plain.squares[0] == pytest.approx(sum(one**2 for one in x))
    assert found.plain.exposure[0] == pytest.approx(sum(ledger.gross / ledger.equity) / rows)
    spans = {}
    cells = set()
    for lot in ledger.lots:
        end = rows if lot["exit_row"] < 0 else int(lot["exit_row"])
        cells |= {(int(lot["ticker"]), t) for t in range(int(lot["entry_row"]), end)}
        low, high = spans.get(int(lot["event"]), (rows, 0))
        spans[int(lot["event"])] = (min(low, int(lot["entry_row"])), max(high, end))
    assert found.held[0].tolist() == sorted(ticker * rows + t for ticker, t in cells)
    met = [any(a[0] < b[1] and b[0] < a[1] for j, b in spans.items() if j != i) for i, a in spans.items()]
    assert found.meeting[0] == pytest.approx(sum(met) / len(met))
    assert found.entered.tolist() == [True] and found.returns[0] == ledger.total_return


@pytest.mark.parametrize("cores", [2, 7])
def test_calendars_in_threads_are_those_of_a_single_one(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each calendar has books of its own, and stands in its own place, whichever thread is done first, and whichever
    others are worked out together with it."""
    prepared, _ = walk(3, events=40, position={"weight": 0.2, "hold": 3, "on_repeat": "add"})
    books = strategy_books(prepared, prepared.components.strategies[0], engine="compiled")
    panel, fx, (terms, placed) = prepared.market.panel, prepared.market.fx, (books.terms, books.placed)
    assert terms is not None and placed is not None
    hedges = Hedges(panel=panel, fx=fx, index_of=np.full(len(panel.tickers), PEERS))

    def run(numbers: range) -> Iterator[Ledger]:
        for number in numbers:
            row = np.minimum(placed.entries.row + number, panel.shape[0] - 1)
            yield simulate(terms, replace(placed.entries, row=row))

    def calendars(threads: int) -> CalendarRuns:
        monkeypatch.setattr(calendar_runs, "cores", lambda: threads)
        return run_calendars(60, run, panel, hedges, at_once=True)

    beside = calendars(cores)
    monkeypatch.setattr(calendar_runs, "MOST_CELLS", 0)
    alone = calendars(1)
    assert len(set(alone.returns.tolist())) > 50
    for name in ("returns", "meeting", "entered"):
        assert getattr(beside, name).tolist() == getattr(alone, name).tolist()
    for name in ("plain", "hedged"):
        for part in ("profit", "squares", "exposure"):
            assert getattr(getattr(beside, name), part).tolist() == getattr(getattr(alone, name), part).tolist()
    assert [one.tolist() for one in beside.held] == [one.tolist() for one in alone.held]
    assert beside.hedged_return == alone.hedged_return


def test_what_a_decaying_grid_has_left_of_a_position_is_no_holding() -> None:
    position = {"mode": "target", "weight": 0.2, "min_trade": 0.0}
    prepared, _ = walk(2, strategies={"decay": SentimentDecay(half_life=0.5)}, position=position)
    ledger = strategy_books(prepared, prepared.components.strategies[0], engine="compiled").ledger
    held = np.unique(kept_of(ledger, prepared).held[0] % len(ledger.equity))
    invested = np.flatnonzero(ledger.gross > 0)
    assert set(held) < set(invested) and len(held) < 0.8 * len(invested)


def test_a_run_without_a_trade_has_entered_nothing() -> None:
    prepared, _ = walk(1, position={"weight": 1e-9, "hold": 3})
    ledger = strategy_books(prepared, prepared.components.strategies[0], engine="compiled").ledger
    found = kept_of(ledger, prepared)
    assert not found.entered[0] and found.meeting[0] == 0.0 and not len(found.held[0])


def test_exposure_is_of_an_account_of_half_a_unit_too_and_of_none_where_nothing_is_left() -> None:
    prepared, _ = walk(2, events=20, position={"weight": 0.2, "hold": 3})
    joined = JoinedLedgers.of([strategy_books(prepared, prepared.components.strategies[0], engine="compiled").ledger])
    equity, gross = np.array([[2.0, 0.5, 0.0, -1.0]]), np.array([[1.0, 0.4, 3.0, 3.0]])
    assert calendar_runs._exposure(replace(joined, equity=equity, gross=gross)).tolist() == [(0.5 + 0.8) / 4]
