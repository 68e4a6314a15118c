"""Everything beside a hedged strategy's row is about the hedged book, as its row is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import newsbt
from newsbt.assembly import StrategySpec
from newsbt.audit.auditing import audit
from newsbt.config.models import PositionConfig
from newsbt.domain.results import StrategyResult
from newsbt.evidence.contract import Case
from newsbt.evidence.gathering import gather
from newsbt.pipeline import run_components
from newsbt.steps.evaluate import result_of
from newsbt.steps.run_hashes import hashes_of
from newsbt.steps.simulate import strategy_books
from newsbt.strategies.named_tickers import NamedTickers
from newsbt.strategies.sentiment_decay import SentimentDecay
from newsbt.testing import SmallMarket, small_market
from price_walks import walk

HEDGED = {"weight": 0.1, "hold": {"sessions": 3}, "hedge": "sector_index"}
DRAWS = 20


def market() -> SmallMarket:
    return small_market(
        60,
        execution={"latency": "5min"},
        evaluation={"placebo": {"use": "independent_days", "draws": DRAWS}, "bootstrap": 0},
    )


def components_with(world: SmallMarket, strategy: newsbt.Strategy, position: dict[str, Any]) -> Any:
    spec = StrategySpec(name="S", strategy=strategy, position=PositionConfig.model_validate(position))
    return replace(world.components(), strategies=(spec,))


@pytest.fixture(scope="module")
def row() -> StrategyResult:
    (found,) = run_components(components_with(market(), NamedTickers(), HEDGED)).strategies
    assert found.metrics["hedged_return"] == pytest.approx(found.metrics["total_return"]) != 0.0
    return found


def test_decay_passes_through_the_run(row: StrategyResult) -> None:
    decay, own = row.evidence["decay"], pytest.approx(row.metrics["total_return"], abs=1e-12)
    assert next(point["net_return"] for point in decay["hold"] if point["hold"] == 3) == own
    assert next(point["net_return"] for point in decay["latency"] if point["latency"] == "5min") == own


def test_capacity_passes_through_the_run(row: StrategyResult) -> None:
    mine = [point for point in row.evidence["capacity"] if point["size"] == row.ledger.initial_cash]
    assert [point["total_return"] for point in mine] == [pytest.approx(row.metrics["total_return"], abs=1e-12)]


def test_attribution_sums_to_the_run_and_reruns_are_hedged(row: StrategyResult) -> None:
    found, cash = row.evidence["attribution"], row.ledger.initial_cash
    profit = row.metrics["total_return"] * cash
    assert found["profit"] == pytest.approx(profit)
    for rows in found["by"].values():
        assert sum(part["pnl"] for part in rows) == pytest.approx(profit)
    left = found["leave_one_out"][0]
    world = market()
    fewer = replace(world, announcements=world.announcements[world.announcements["event_id"] != left["event_id"]])
    (other,) = run_components(components_with(fewer, NamedTickers(), HEDGED)).strategies
    assert left["return_rerun"] == pytest.approx(other.metrics["total_return"], abs=1e-12)


def test_the_audit_observes_and_moves_the_hedged_book(row: StrategyResult) -> None:
    (found,) = audit(components_with(market(), NamedTickers(), HEDGED), cuts=2).strategies
    (plain,) = audit(components_with(market(), NamedTickers(), {**HEDGED, "hedge": None}), cuts=2).strategies
    assert found.placebo["observed"] == pytest.approx(row.metrics["total_return"], abs=1e-12)
    assert found.as_dict()["detection_floor"]["observed"] == found.placebo["observed"]
    assert not found.proof.looks_ahead  # a hedge's value is known at each close
    assert found.placebo["p"] == row.metrics["placebo_p"]
    for kind in ("instants", "tickers", "signs"):
        assert found.placebo["kinds"][kind]["median"] != plain.placebo["kinds"][kind]["median"]


def test_the_audit_of_a_hedged_grid_observes_its_row() -> None:
    position = {"mode": "target", "weight": 0.1, "hedge": "sector_index"}
    components = components_with(market(), SentimentDecay(half_life=2.0), position)
    (one,), (found,) = run_components(components).strategies, audit(components, cuts=2, draws=0).strategies
    assert found.placebo["observed"] == pytest.approx(one.metrics["total_return"], abs=1e-12)
    assert not found.proof.looks_ahead
    assert one.evidence["attribution"]["profit"] == pytest.approx(one.metrics["total_return"] * one.ledger.initial_cash)


@pytest.mark.parametrize(("events", "is_thin"), [(9, True), (10, False)])
def test_fewer_than_ten_independent_dates_conclude_nothing(events: int, is_thin: bool) -> None:
    prepared, inputs = walk(3, events=events, position={"weight": 0.2, "hold": 1})
    books = strategy_books(prepared, prepared.components.strategies[0], engine="compiled")
    row = result_of(prepared, books, None, began=0.0)
    hashes = hashes_of(prepared.components, inputs)
    (found,) = gather(Case(prepared=prepared, simulated={books.name: books}, rows=[row], hashes=hashes)).rows
    assert found.counts["event_dates"] == events
    assert any("nothing can be concluded" in warning for warning in found.warnings) is is_thin
