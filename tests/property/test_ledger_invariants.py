"""The accounting invariants of docs/methods.md, recomputed from the tables of a run and the prices it was given."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsbt.analysis.attribution import unattributed
from newsbt.domain.results import StrategyResult
from random_projects import INSTRUMENTS, Tables, executions, run_tables, tables, template

few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
CURRENCY = INSTRUMENTS.set_index("ticker")["currency"]


class World:
    """Closes and rates of the tables on the days of a run, by pandas and without newsbt."""

    def __init__(self, given: Tables, days: pd.Index) -> None:
        self.prices = given.prices.assign(date=pd.to_datetime(given.prices["date"])).set_index(["ticker", "date"])
        closes = self.prices["close"].unstack("ticker")
        self.mark = closes.reindex(closes.index.union(days)).ffill().loc[days]
        pairs = given.fx.assign(date=pd.to_datetime(given.fx["date"])).pivot(
            index="date", columns="pair", values="rate"
        )
        pairs = pairs.rename(columns={pair: pair[:3] for pair in pairs}).assign(HKD=1.0)
        every_day = pairs.reindex(pd.date_range(pairs.index[0], days[-1])).ffill()
        # C1: the last before the day for fills, the last at or before it for marks.
        self.mark_rate, self.fill_rate = every_day, every_day.shift(1)


def signed(fills: pd.DataFrame) -> pd.Series:
    return fills["quantity"] * fills["side"].map({"buy": 1, "sell": -1})


def assert_books_balance(item: StrategyResult, world: World, known_at: pd.Series) -> None:
    curve, fills = item.curve.set_index("date"), item.fills
    close = {"rel": 1e-9, "abs": 1e-6}
    quantity = signed(fills)
    rates = [world.fill_rate.at[day, CURRENCY[n]] for n, day in zip(fills["ticker"], fills["date"], strict=True)]
    assert fills["price_account"].to_numpy() == pytest.approx(fills["price"].to_numpy() * rates, **close)

    # 2: cash moves by fills and their costs alone, each at or after the instant its event was known.
    paid = (quantity * fills["price_account"] + fills["costs"]).groupby(fills["date"]).sum()
    cash = item.ledger.initial_cash - paid.reindex(curve.index, fill_value=0.0).cumsum()
    assert curve["cash"].to_numpy() == pytest.approx(cash.to_numpy(), **close)
    owned = fills[fills["event_id"].notna()]
    assert (owned["at"].to_numpy() >= known_at.loc[owned["event_id"]].to_numpy()).all()

    # 1 and 6: equity is cash and positions at the last known close, positions being what the fills add up to.
    held = quantity.groupby([fills["date"], fills["ticker"]]).sum().unstack("ticker")
    held = held.reindex(curve.index).fillna(0.0).cumsum()
    value = pd.Series(0.0, index=curve.index)
    for ticker in held:
        value += held[ticker] * world.mark[ticker] * world.mark_rate.loc[curve.index, CURRENCY[ticker]]
    assert curve["equity"].to_numpy() == pytest.approx((curve["cash"] + value).to_numpy(), **close)
    lots = item.ledger.lots
    still = pd.Series(lots["open_quantity"], index=item.labels.tickers[lots["ticker"]]).groupby(level=0).sum()
    assert {n: int(q) for n, q in still.items() if q} == {n: int(q) for n, q in held.iloc[-1].items() if q}

    # 4: slippage is the way from the price itself, against the trader; gross less costs and slippage is net.
    bars = world.prices.loc[list(zip(fills["ticker"], fills["date"], strict=True))] if len(fills) else world.prices[:0]
    at_open = ~fills["reason"].isin(["stop_loss", "take_profit", "trailing_stop"]).to_numpy()
    at_open &= (fills["at"].dt.hour < 2).to_numpy() | (fills["at"].dt.strftime("%H:%M") == "13:30").to_numpy()
    moved = quantity * (fills["price"].to_numpy() - bars["open"].to_numpy()) * rates
    assert fills["slippage_cost"].to_numpy()[at_open] == pytest.approx(moved.to_numpy()[at_open], **close)
    assert (fills["slippage_cost"] >= -1e-9).all()
    gross = item.metrics["gross_return"] * item.ledger.initial_cash
    net = curve["equity"].iloc[-1] - item.ledger.initial_cash
    assert gross - item.metrics["total_costs"] - item.metrics["slippage_cost"] == pytest.approx(net, **close)

    # 5: what events earned and what belongs to none is what was earned.
    assert item.events["pnl"].sum() + unattributed(item.ledger) == pytest.approx(net, **close)
    assert item.events["costs"].sum() == pytest.approx(owned["costs"].sum(), **close)
    assert item.trades["pnl"].sum() == pytest.approx(net, **close)

    # 7: no cash is borrowed while nothing is short; a refused order belongs to its event and earns nothing.
    first_short = (held < 0).any(axis=1).to_numpy().argmax() if (held < 0).any(axis=None) else len(curve)
    assert (curve["cash"].to_numpy()[:first_short] >= -1e-6).all()
    if item.kind == "strategy" and item.signals["event_id"].notna().all():
        assert item.refusals["event_id"].notna().all()
    refused = item.events[item.events["refused_reason"].notna()]
    assert (refused["pnl"] == 0.0).all()

    # 8: returns chain to the total.
    assert np.prod(1.0 + item.returns.to_numpy()) == pytest.approx(1.0 + item.metrics["total_return"], rel=1e-9)


@few
@given(tables(), executions())
def test_the_books_of_every_strategy_balance(given_tables: Tables, execution: dict) -> None:
    run = run_tables(template(execution), given_tables)
    days = pd.DatetimeIndex(run.strategies[0].curve["date"])
    world = World(given_tables, days)
    published = given_tables.announcements.set_index("event_id")["published_at"]
    known_at = pd.to_datetime(published, utc=True, format="ISO8601") + timedelta(minutes=5)
    for item in run.strategies:
        assert_books_balance(item, world, known_at)


@few
@given(tables(), st.sampled_from(("next_open", "same_close")))
def test_without_costs_the_same_fills_earn_the_gross(given_tables: Tables, entry: str) -> None:
    """gross = net + costs + slippage, on one strategy small enough that its costs change none of its sizes."""
    one = ({"use": "named_tickers", "position": {"weight": 0.02, "stop_loss": None, "trailing_stop": None}},)
    dear = {"entry": entry, "costs": {"use": "flat", "commission_bps": 1, "minimum": 0}, "slippage": {"use": "zero"}}
    found = run_tables(template(dear, one), given_tables)["named_tickers"]
    free = run_tables(template({**dear, "costs": {"use": "zero"}}, one), given_tables)["named_tickers"]
    if found.fills["quantity"].tolist() == free.fills["quantity"].tolist():
        assert found.metrics["gross_return"] == pytest.approx(free.metrics["total_return"], abs=1e-12)
