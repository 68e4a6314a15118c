"""The fast lane keeps what a ledger would say: against the engine's own ledger and `analysis.evaluation`."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from market_files import STRATEGY, config
from newsbt.analysis.evaluation import evaluate, last_rows
from newsbt.analysis.event_clusters import session_hours
from newsbt.analysis.inference.purged import purged_walk_forward
from newsbt.analysis.measure import Measure
from newsbt.simulation.account_terms import Hold, PositionTerms
from newsbt.simulation.compiled import simulate
from newsbt.sweeps import variant_worker as lanes
from newsbt.sweeps.folds import Folds
from newsbt.sweeps.sweep_context import SweepContext
from newsbt.sweeps.variant_result import BLOCKS, METRICS, SERIES, ledger_outcome
from newsbt.sweeps.variant_worker import VariantWorker
from newsbt.sweeps.variants import Variant

POSITIONS = (
    PositionTerms(weight=0.3, hold=Hold("bars", 5)),
    PositionTerms(weight=0.3, hold=Hold("sessions", 2), stop_loss=0.02),
    PositionTerms(weight=1.0, hold=None, trailing_stop=0.03, take_profit=0.02, on_repeat="add"),
    PositionTerms(weight=0.1, hold=Hold("duration", 3 * 86_400 * 10**9), max_positions=2, on_repeat="ignore"),
)
WALK = {"grid": {"position.hold": [1]}, "walk_forward": {"folds": 4, "embargo": 3}}


def planned(folder: Path, **blocks: object) -> tuple[SweepContext, object]:
    context = SweepContext(loaded=config(folder, WALK, **blocks), strategy=STRATEGY)
    return context, context.plan(Variant(0, {}))


@pytest.mark.parametrize("use", ["named_tickers", "sentiment_decay"])
def test_every_number_is_the_ledgers_and_buffers_leave_no_trace(here: Path, use: str) -> None:
    mode = "target" if use == "sentiment_decay" else "events"
    strategy = {"name": STRATEGY, "use": use, "position": {"weight": 0.3, "mode": mode}}
    context, plan = planned(here, strategies=[strategy], execution={"borrow_bps": 200})
    variant_worker, panel = VariantWorker(), plan.track.terms.panel
    for position in (*POSITIONS, *reversed(POSITIONS)):
        ledger = simulate(dataclasses.replace(plan.track.terms, position=position), plan.wanted)
        wanted, returns = ledger_outcome(ledger, panel, context.periods_per_year, context.folds)
        got = variant_worker.run(plan.track, position, plan.wanted)
        assert got.keys() == wanted.keys() == {"values", "per_bar_sharpe", "blocks", "offset", "training"}
        for name in got:
            np.testing.assert_allclose(got[name], wanted[name], rtol=1e-9, atol=1e-13, err_msg=name)
        assert variant_worker.returns(plan.track, position, plan.wanted).tobytes() == returns.tobytes()
        assert wanted["values"][METRICS.index("fills")] > 0


def test_blocks_of_exactly_five_sessions_are_kept_and_shorter_ones_are_not(here: Path) -> None:
    context, plan = planned(here)
    days = np.unique(plan.track.terms.panel.dates.astype("M8[D]"))
    for sessions, kept in ((5 * BLOCKS, True), (5 * BLOCKS - 1, False)):
        period = {"start": str(days[0]), "end": str(days[sessions - 1])}
        context, plan = planned(here, period=period)
        terms = dataclasses.replace(plan.track.terms, position=POSITIONS[0])
        wanted, returns = ledger_outcome(
            simulate(terms, plan.wanted), plan.track.terms.panel, context.periods_per_year, context.folds
        )
        got = VariantWorker().run(plan.track, POSITIONS[0], plan.wanted)
        assert len(returns) == sessions
        assert ("blocks" in wanted, "blocks" in got) == (kept, kept)
        if kept:
            np.testing.assert_allclose(got["blocks"], wanted["blocks"], rtol=1e-9, atol=1e-13)


def test_the_layout_of_large_panels_changes_no_bit(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, plan = planned(here, execution={"borrow_bps": 200})
    before = [VariantWorker().run(plan.track, position, plan.wanted) for position in POSITIONS]
    monkeypatch.setattr(lanes, "LARGE", 0)
    turned = dataclasses.replace(plan.track)
    assert turned.plain.close.flags.f_contiguous and not turned.plain.close.flags.c_contiguous
    for position, found in zip(POSITIONS, before, strict=True):
        again = VariantWorker().run(turned, position, plan.wanted)
        assert all(np.asarray(again[name]).tobytes() == np.asarray(found[name]).tobytes() for name in found)


def test_metrics_are_those_of_the_evaluation(here: Path) -> None:
    context, plan = planned(here)
    ledger = simulate(plan.track.terms, plan.wanted)
    found = evaluate(
        ledger, plan.track.terms.panel, benchmark=None, periods_per_year=context.periods_per_year, events={},
        unfillable=Measure(0.0),
    )  # fmt: skip
    outcome = context.run(plan, Variant(0, {}), "key", VariantWorker())
    assert outcome.error == ""
    for name, value in outcome.metrics.items():
        assert value == pytest.approx({**found.metrics, **found.counts}[name], rel=1e-9, nan_ok=True), name


def test_an_account_that_is_lost_and_one_that_never_trades(here: Path) -> None:
    # A short without a stop, with borrowing so dear that it eats the account.
    context, plan = planned(here, execution={"borrow_bps": 500_000})
    variant_worker, panel = VariantWorker(), plan.track.terms.panel
    position = PositionTerms(weight=1.0, hold=None)
    ledger = simulate(dataclasses.replace(plan.track.terms, position=position), plan.wanted)
    wanted, _ = ledger_outcome(ledger, panel, context.periods_per_year, context.folds)
    got = variant_worker.run(plan.track, position, plan.wanted)
    assert got["values"][METRICS.index("total_return")] == ledger.equity[-1] / ledger.initial_cash - 1.0 < -1.0
    assert got["values"][METRICS.index("max_drawdown")] < -1.0
    for name in ("cagr", "volatility", "sharpe", "sortino", "calmar", "psr", "mean_gross"):
        assert np.isnan(got["values"][METRICS.index(name)]), name
    np.testing.assert_allclose(got["values"], wanted["values"], rtol=1e-9)
    growth, cagr = (got["training"][:, SERIES.index(name)] for name in ("total_return", "cagr"))
    assert ((growth < -1.0) & np.isnan(cagr)).any() and np.isfinite(cagr).any()
    np.testing.assert_allclose(got["training"], wanted["training"], rtol=1e-9)
    assert "blocks" not in got and "blocks" not in wanted

    nothing = dataclasses.replace(
        plan.wanted, **{name: getattr(plan.wanted, name)[:0] for name in plan.wanted.__slots__}
    )
    flat = variant_worker.run(plan.track, position, nothing)
    want, _ = ledger_outcome(simulate(plan.track.terms, nothing), panel, context.periods_per_year, context.folds)
    np.testing.assert_allclose(flat["values"], want["values"])
    assert np.isnan(flat["values"][METRICS.index("sharpe")])
    assert flat["values"][METRICS.index("volatility")] == 0.0


def test_training_ends_before_what_reaches_the_test_block(here: Path) -> None:
    """As `purged_walk_forward` has it, a session's outcome being known when the last lot held in it is left."""
    _, plan = planned(here)
    panel = plan.track.terms.panel
    ledger = simulate(plan.track.terms, plan.wanted)
    sessions, of_row = len(last_rows(panel.dates)), session_hours(panel.clock).of_row
    outcome = np.arange(sessions)
    for lot in ledger.lots:
        last = sessions if lot["exit_row"] < 0 else of_row[lot["exit_row"]]
        held = slice(of_row[lot["entry_row"]], min(last, sessions - 1) + 1)
        outcome[held] = np.maximum(outcome[held], last)
    folds = Folds.of(sessions, 4, 0)
    expected = purged_walk_forward(np.arange(sessions), outcome, 4)
    assert [fold.test[0] for fold in expected] == folds.first.tolist()
    assert folds.training(ledger, panel) == [len(fold.train) for fold in expected]
    assert any(len(fold.train) < fold.test[0] for fold in expected)
    embargoed = Folds.of(sessions, 4, 3)
    assert embargoed.training(ledger, panel) == [max(0, len(fold.train) - 3) for fold in expected]


def test_folds_need_sessions() -> None:
    with pytest.raises(ValueError, match="nothing is left"):
        Folds.of(30, 5, 10)
    with pytest.raises(ValueError, match="samples for training"):
        Folds.of(4, 5, 0)
