"""What a strategy did not look at did not cause its orders, and whoever shares an order, it pays once: on random worlds
and both engines."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import newsbt
from newsbt.assembly import Components, StrategySpec
from newsbt.config.models import PositionConfig
from newsbt.domain.ledger import Ledger
from newsbt.domain.progress import SilentProgress
from newsbt.events.from_frame import FrameAnnouncements
from newsbt.linking.universe_tables import read_universe
from newsbt.prices.fx_readers import FrameFx
from newsbt.prices.price_readers import FramePrices
from newsbt.simulation import backtrader, compiled
from newsbt.simulation.account_terms import AccountTerms
from newsbt.simulation.grid import Targets
from newsbt.steps.prepare import prepare
from newsbt.steps.simulate import strategy_books
from random_projects import DAYS, INSTRUMENTS, Tables, announcements, executions, tables, template
from twin.convert import to_product
from twin.crowded import crowded

few = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
quick = settings(few, max_examples=200)


class Trend(newsbt.Strategy):
    """The direction of each bar, a third or the whole of the weight."""

    def signal(self, view: newsbt.EventView) -> newsbt.Signal:
        moved = np.nan_to_num(view.close / view.open - 1.0)
        return newsbt.Signal.grid(np.sign(moved) * np.where(np.abs(moved) > 0.03, 1.0, 1 / 3))


class Drop(newsbt.StepStrategy):
    """Half of the weight in what fell in the last bar, a quarter in the rest."""

    def signal_at(self, t: int, past: newsbt.PastView) -> Any:
        return np.where(np.nan_to_num(past.close[-1] / past.open[-1], nan=1.0) < 1.0, 0.5, 0.25)


class Own(newsbt.BacktraderStrategy):
    """Buys what fell and sells what rose, on its own."""

    def next(self) -> None:
        for data in self.datas:
            if data.tradable[0] and data.close[0] < data.open[0]:
                self.buy(data, size=200)
            elif data.tradable[0] and self.getposition(data).size:
                self.sell(data, size=300)


REBALANCES = ("daily", "weekly", "on_change")


def specs(rebalance: str) -> list[tuple[StrategySpec, str]]:
    position = PositionConfig(weight=0.3, mode="target", rebalance=rebalance, min_trade=0.0)
    grids = [StrategySpec(name=type(one).__name__, strategy=one, position=position) for one in (Trend(), Drop())]
    own = StrategySpec(name="Own", strategy=Own, position=PositionConfig())
    return [*((spec, engine) for spec in grids for engine in ("backtrader", "compiled")), (own, "backtrader")]


def books_of(components: Components, world: Tables, news: Any, rebalance: str) -> list[Ledger]:
    prepared = prepare(
        replace(
            components, readers=(FrameAnnouncements(frame=news),) if len(news) else (),
            prices=(FramePrices(frame=world.prices),), fx=FrameFx(frame=world.fx),
            read_universe=lambda: read_universe(INSTRUMENTS), files=(),
        ),
        SilentProgress(),
    )  # fmt: skip
    return [strategy_books(prepared, spec, engine=engine).ledger for spec, engine in specs(rebalance)]


def assert_same_books(one: Ledger, other: Ledger) -> None:
    for field in dataclasses.fields(Ledger):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        assert np.asarray(mine).tobytes() == np.asarray(theirs).tobytes(), field.name


@few
@given(tables(), executions(), st.sampled_from(REBALANCES), announcements(days=DAYS, prefix="other"))
def test_a_strategy_that_reads_no_news_has_the_same_books_with_any(
    world: Tables, execution: dict, rebalance: str, other: Any
) -> None:
    """All announcements, half of them, one, one of another world's, and none at all."""
    components = template(execution)
    news = world.announcements
    with_all = books_of(components, world, news, rebalance)
    for fewer in (news.iloc[: len(news) // 2], news.iloc[-1:], other.iloc[:1], news.iloc[:0]):
        for mine, theirs in zip(books_of(components, world, fewer, rebalance), with_all, strict=True):
            assert_same_books(mine, theirs)
    assert (np.concatenate([ledger.lots["event"] for ledger in with_all]) == -1).all()


@st.composite
def shared(draw: st.DrawFn) -> tuple[AccountTerms, Any, dict[int, list[tuple[int, int, float]]]]:
    """A world with a grid, and events that share its orders."""
    inputs = to_product(draw(crowded(grid=True)))
    rows, count = inputs.grid.shape
    cause = st.tuples(st.integers(0, count - 1), st.integers(0, 6), st.sampled_from((0.5, 1.0, 0.25, 0.3)))
    causes = {row: draw(st.lists(cause, min_size=1, max_size=9)) for row in range(rows)}
    return inputs.terms, inputs.grid, causes


def orders(ledger: Ledger) -> dict[tuple[int, int, int], tuple[int, float, float, float]]:
    """Quantity, price, costs and slippage of what was filled of a ticker on one side in a row."""
    found: dict[tuple[int, int, int], tuple[int, float, float, float]] = {}
    for fill in ledger.fills:
        key = int(fill["row"]), int(fill["ticker"]), int(fill["side"])
        quantity, _, costs, slippage = found.get(key, (0, 0.0, 0.0, 0.0))
        found[key] = (
            quantity + int(fill["quantity"]), float(fill["price"]), costs + float(fill["costs"]),
            slippage + float(fill["slippage_cost"]),
        )  # fmt: skip
    return found


@pytest.mark.parametrize("engine", [backtrader.simulate, compiled.simulate], ids=["backtrader", "compiled"])
@quick
@given(shared())
def test_whoever_shares_an_order_it_is_the_same_order(engine: Any, world: tuple[AccountTerms, Any, Any]) -> None:
    terms, grid, causes = world
    alone = engine(terms, Targets(grid=grid, causes={}))
    many = engine(terms, Targets(grid=grid, causes=causes))
    mine, theirs = orders(many), orders(alone)
    assert mine.keys() == theirs.keys()
    for key, found in mine.items():
        assert found == pytest.approx(theirs[key], rel=1e-9, abs=1e-9), key
    assert many.equity == pytest.approx(alone.equity, rel=1e-9, abs=1e-6)
    assert many.lots["pnl"].sum() == pytest.approx(alone.lots["pnl"].sum(), rel=1e-9, abs=1e-6)
