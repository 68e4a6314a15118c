"""What a grid's strategy did not look at did not cause its orders; the view notices, results are not asked."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import numpy as np
import pytest

import newsbt
from newsbt.audit.auditing import audit
from newsbt.config.models import PositionConfig
from newsbt.ports import EventView, PastView
from newsbt.steps.strategy_signals import StrategyAnswer, ask
from newsbt.testing import SmallMarket, small_market
from newsbt.testing.small_market import spec_of

GRID = {"mode": "target", "weight": 0.2, "min_trade": 0.0}


class Whole(newsbt.Strategy):
    """Follows closes, and looks at what `look` says on the way."""

    look: str = ""

    def signal(self, view: EventView) -> newsbt.Signal:
        look(view, self.look)
        return newsbt.Signal.grid(np.nan_to_num(np.sign(view.close - view.open)) * view.tradable / 2)


class Steps(newsbt.StepStrategy):
    """The same, row by row, and looks in row `at` only."""

    look: str = ""
    at: int = 5

    def signal_at(self, t: int, past: PastView) -> Any:
        if t == self.at:
            look(past, self.look)
        return np.nan_to_num(np.sign(past.close[-1] - past.open[-1])) * past.tradable[-1] / 2


def look(view: Any, what: str) -> None:
    if what == "copy":
        copy.copy(view)
    elif what == "replace":
        dataclasses.replace(view, close=view.open)
    elif what == "vars":
        vars(view)
    elif what == "fields":
        [getattr(view, one.name) for one in dataclasses.fields(view)]
    elif what == "all but news":
        for name in ("universe", "tickers", "dates", "instruments", "open", "high", "low", "close", "volume"):
            getattr(view, name)
        repr(type(view)), view.close.mean(), hash(id(view))
    elif what:
        getattr(view, what)


def audited(market: SmallMarket, strategy: Any, cuts: int = 2) -> dict[str, Any]:
    spec = dataclasses.replace(spec_of(strategy), position=PositionConfig.model_validate(GRID))
    components = dataclasses.replace(market.components(), strategies=(spec,))
    return audit(components, cuts=cuts, draws=20).strategies[0].as_dict()


def asked(market: SmallMarket, strategy: Any) -> StrategyAnswer:
    prepared = market.prepared(strategy)
    return ask(prepared.market, prepared.news, spec_of(strategy))


READ = ("links", "events", "copy", "replace", "vars", "fields")


@pytest.fixture(scope="module")
def market() -> SmallMarket:
    return small_market(30, baselines=[], evaluation={"placebo": 0, "bootstrap": 0})


@pytest.mark.parametrize("cls", [Whole, Steps])
@pytest.mark.parametrize("what", ["", "all but news", *READ])
def test_the_view_notices_what_is_looked_at(market: SmallMarket, cls: Any, what: str) -> None:
    strategy = cls(look=what)
    assert asked(market, strategy).read_news is (what in READ)


def test_asking_what_the_linker_reaches_is_reading(market: SmallMarket) -> None:
    assert asked(market, Whole(look="reach")).read_news


def test_a_view_that_was_kept_is_still_noticed(market: SmallMarket) -> None:
    class Keeps(newsbt.StepStrategy):
        def signal_at(self, t: int, past: PastView) -> Any:
            kept.append(past)
            if t == 7:
                assert len(kept[3].links) >= 0
            return np.zeros(len(past.tickers))

    kept: list[PastView] = []
    assert asked(market, Keeps()).read_news


def test_a_view_given_for_several_questions_is_noticed_in_each(market: SmallMarket) -> None:
    """As a sweep hands one view to many strategies."""
    prepared, view = market.prepared(), market.view()
    for what, read in (("links", True), ("", False), ("events", True), ("all but news", False)):
        assert ask(prepared.market, prepared.news, spec_of(Whole(look=what)), view).read_news is read


def test_a_frame_of_the_view_is_still_guarded(market: SmallMarket) -> None:
    class Writes(newsbt.Strategy):
        def signal(self, view: EventView) -> newsbt.Signal:
            view.links["relation"] = "mine"
            return newsbt.Signal.grid(np.zeros(view.close.shape))

    with pytest.raises(newsbt.errors.StrategyError, match=r"view\.links, its column 'relation'"):
        asked(market, Writes())


@pytest.mark.parametrize("cls", [Whole, Steps])
def test_run_and_audit_say_the_same_of_a_grid_that_reads_no_events(market: SmallMarket, cls: Any) -> None:
    blind = market.run(cls(), position=GRID, evaluation={"placebo": 20, "bootstrap": 0})
    (row,) = blind.strategies
    assert row.counts["trades"] > 0 and len(row.fills)
    assert row.counts["events_traded"] == row.counts["event_dates"] == 0
    assert row.fills["event_id"].isna().all() and row.trades["event_id"].isna().all()
    assert (row.events["signal"] == 0).all() and (row.events["pnl"] == 0).all()
    assert row.reasons["placebo_p"] == "the strategy read no events"
    assert row.warnings == ("the strategy read no events: its results say nothing about news",)
    by = row.evidence["attribution"]["by"]
    assert {part["key"] for name in ("event_type", "relation") for part in by[name]} == {"(no event)"}
    assert row.evidence["attribution"]["leave_one_out"] == []
    document = audited(market, cls())
    assert document["placebo"]["reason"] == document["detection_floor"]["reason"] == "the strategy read no events"
    assert document["placebo"]["p"] is None and document["detection_floor"]["total_return"] is None
    assert (document["events_traded"], document["event_dates"], document["look_ahead"]) == (0, 0, False)


@pytest.mark.parametrize("cls", [Whole, Steps])
def test_looking_changes_what_is_owned_and_nothing_else(market: SmallMarket, cls: Any) -> None:
    """The grids are equal, and so are orders, costs and equity; only the one that looked has events."""
    blind, seeing = (market.run(cls(look=what), position=GRID).strategies[0] for what in ("", "links"))
    assert seeing.counts["events_traded"] > 1
    orders = [
        row.fills.groupby(["at", "ticker", "side"])[["quantity", "costs"]].sum().reset_index()
        for row in (blind, seeing)
    ]
    assert orders[0][["at", "ticker", "side", "quantity"]].equals(orders[1][["at", "ticker", "side", "quantity"]])
    assert orders[0]["costs"].to_numpy() == pytest.approx(orders[1]["costs"].to_numpy(), rel=1e-12)
    assert blind.equity.to_numpy() == pytest.approx(seeing.equity.to_numpy(), rel=1e-12)


class LooksLate(newsbt.StepStrategy):
    """Looks at links once a bar of the second half closes above its open: another future, another answer."""

    def signal_at(self, t: int, past: PastView) -> Any:
        if t > 25 and past.close[-1, 0] > past.open[-1, 0]:
            assert past.links is not None
        return np.nan_to_num(np.sign(past.close[-1] - past.open[-1])) * past.tradable[-1] / 2


def test_a_strategy_that_looks_late_is_not_blamed_for_looking_ahead(market: SmallMarket) -> None:
    """What its earlier orders are attributed to depends on whether it looks later; what they were does not."""
    assert audited(market, LooksLate(), cuts=8)["look_ahead"] is False


def test_a_backtrader_strategy_that_does_not_listen_says_so(market: SmallMarket) -> None:
    ticker = market.prices["ticker"].iloc[0]

    class Deaf(newsbt.BacktraderStrategy):
        def next(self) -> None:
            if len(self) == 3:
                self.buy(self.getdatabyname(ticker), size=100)

    class Listens(Deaf):
        def on_announcement(self, event: Any, links: Any) -> None:
            pass

    deaf, listens = (market.run(cls).strategies[0] for cls in (Deaf, Listens))
    assert deaf.reasons["placebo_p"] == "the strategy read no events"
    assert listens.reasons["placebo_p"] == "only signals of single events can be moved"
    assert len(deaf.fills) == len(listens.fills) == 1
