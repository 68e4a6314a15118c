"""Whole runs, from config and CSV files to tables, small enough to work out on paper; the comments do."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import yaml

from newsbt.config.loading import load
from newsbt.pipeline import run
from newsbt.sweeps.sweep import sweep
from projects import rows, run_project, write_project

FILLS = ("at", "ticker", "side", "quantity", "price", "costs", "event_id", "reason")
REFUSALS = ("date", "ticker", "side", "reason", "wanted_quantity", "filled_quantity", "would_have_returned", "event_id")
EVENTS = ("event_id", "ticker", "signal", "pnl", "refused_reason")


@pytest.mark.rule("C2", "C3", "C4", "R1", "R2", "R3", "R4", "R5", "T1", "T2", "X4", "X6", "X7", "X13")
def test_two_bars_held_with_costs_and_slippage(tmp_path: Path) -> None:
    """T1, T2, X4, X6, X7, X13, C2-C4, R1-R5, and the metrics of docs/methods.md."""
    run = run_project(
        tmp_path,
        """
        account: {cash: 100000, currency: HKD}
        execution: {costs: {use: flat, commission_bps: 10}, slippage: {use: bps, bps: 50}}
        evaluation: {periods_per_year: 250}
        strategies: [{name: Hold two, use: named_tickers, params: {sign: one}, position: {weight: 0.5, hold: 2}}]
        baselines: []
        """,
        instruments="""
        ticker, name,  exchange, board, currency, lot_size
        A.HK,   Alpha, XHKG,     main,  HKD,      100
        B.HK,   Beta,  XHKG,     main,  HKD,      100
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline, tickers
        e1,       2025-03-04T09:10+08:00, news,       Alpha,  Good,     A.HK;B.HK
        late,     2025-03-07T09:11+08:00, news,       Alpha,  Too late, A.HK
        """,
        prices="""
        ticker, date,       open,  high,  low,   close, volume
        A.HK,   2025-03-03, 10,    10,    10,    10,    1000000
        A.HK,   2025-03-04, 10.20, 10.50, 10.10, 10.40, 1000000
        A.HK,   2025-03-05, 10.30, 10.40, 9.90,  10.00, 1000000
        A.HK,   2025-03-06, 10.60, 10.70, 10.40, 10.50, 1000000
        A.HK,   2025-03-07, 10.60, 10.60, 10.60, 10.60, 1000000
        B.HK,   2025-03-03, 20,    20,    20,    20,    1000000
        B.HK,   2025-03-05, 20,    20,    20,    20,    1000000
        """,
    )
    found = run["Hold two"]
    # Known at 09:15 by 5 minutes' latency: in time for the 4th. `late` is known at 09:16 on the last day: dropped.
    # Size 0.5 x 100000 / 10 = 5000 at 10.20 x 1.005 = 10.251: 51255, costs 51.255, cash 48693.745.
    # Two own bars on, 10.60 x 0.995 = 10.547: 52735, costs 52.735, cash 101376.01.
    assert rows(found.fills, *FILLS) == [
        ("2025-03-04T01:30Z", "A.HK", "buy", 5000, 10.251, 51.255, "e1", "entry"),
        ("2025-03-06T01:30Z", "A.HK", "sell", 5000, 10.547, 52.735, "e1", "hold"),
    ]
    assert rows(found.fills, "slippage_cost") == [(255.0,), (265.0,)]
    # B.HK has no bar on the 4th: 0.5 x 100000 / 20 wanted, and nothing to compare with.
    assert rows(found.refusals, *REFUSALS) == [("2025-03-04", "B.HK", "buy", "not_trading", 2500, 0, None, "e1")]
    assert rows(found.events, *EVENTS) == [
        ("e1", "A.HK", 1.0, 1376.01, None),
        ("e1", "B.HK", 1.0, 0.0, "not_trading"),
        ("late", "A.HK", 0.0, 0.0, "after_period"),
    ]
    assert rows(found.trades, "quantity", "entry_price", "exit_price", "pnl", "return", "costs", "exit_reason") == [
        (5000, 10.251, 10.547, 1376.01, round(1376.01 / 51255, 9), 103.99, "hold")
    ]
    # Marks: 48693.745 + 5000 x 10.40, then x 10.00.
    assert rows(found.curve, "date", "equity", "cash") == [
        ("2025-03-03", 100_000, 100_000),
        ("2025-03-04", 100_693.745, 48_693.745),
        ("2025-03-05", 98_693.745, 48_693.745),
        ("2025-03-06", 101_376.01, 101_376.01),
        ("2025-03-07", 101_376.01, 101_376.01),
    ]
    expected = {
        "total_return": 0.0137601,
        "cagr": 1.0137601**50 - 1,  # 250 bars a year, 5 bars
        "gross_return": 0.02,  # 5000 x (10.60 - 10.20), costs and slippage added back
        "max_drawdown": 98_693.745 / 100_693.745 - 1,
        "total_costs": 103.99,
        "slippage_cost": 520.0,
        "final_equity": 101_376.01,
        "exposure": 2 / 5,
        "turnover": (51_255 + 52_735) / (502_139.51 / 5) * 250 / 5,
        "hit_rate": 1.0,
        "expectancy": 1376.01,
        "profit_factor": math.inf,
        # Gains 0.00693745 and 2682.265 / 98693.745 over the one loss, 2000 / 100693.745.
        "omega": (0.00693745 + 2682.265 / 98_693.745) / (2000 / 100_693.745),
    }
    assert {name: found.metrics[name] for name in expected} == pytest.approx(expected, rel=1e-9)
    assert math.isnan(found.metrics["unfillable_return"])
    why = "what 1 of 1 refused entries would have earned is unknown: 1 not trading"
    assert found.reasons["unfillable_return"] == why
    assert [str(found.metrics[f"max_drawdown_{at}"]) for at in ("peak", "trough", "recovery")] == [
        "2025-03-04",
        "2025-03-05",
        "2025-03-06",
    ]
    assert found.counts == {
        "events": 2, "events_linked": 1, "events_traded": 1, "event_dates": 1, "fills": 2, "refusals": 1, "trades": 1,
        "open_trades": 0, "wins": 1, "losses": 0,
    }  # fmt: skip
    assert run.summary.drops == {"events": {"after_period": 1}}
    assert run.benchmark is None
    assert run.table.loc["Hold two", "total_return"] == found.metrics["total_return"]


@pytest.mark.rule("R5")
def test_what_is_traded_on_one_session_is_one_independent_date(tmp_path: Path) -> None:
    """R5: two events and three lots of the 4th, one event of the 5th."""
    (found,) = run_project(
        tmp_path,
        """
        account: {cash: 100000, currency: HKD}
        execution: {latency: 0min, participation: null, costs: {use: zero}, slippage: {use: zero}}
        strategies: [{name: S, use: named_tickers, params: {sign: one},
            position: {weight: 0.1, hold: 1, on_repeat: add}}]
        baselines: []
        evaluation: {placebo: 0, bootstrap: 0, periods_per_year: 250}
        """,
        instruments="""
        ticker, name,  exchange, board, currency, lot_size
        A.HK,   Alpha, XHKG,     main,  HKD,      100
        B.HK,   Beta,  XHKG,     main,  HKD,      100
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline, tickers
        e1,       2025-03-03T20:00+08:00, news,       Alpha,  h,        A.HK;B.HK
        e2,       2025-03-03T21:00+08:00, news,       Alpha,  h,        A.HK
        e3,       2025-03-04T20:00+08:00, news,       Alpha,  h,        B.HK
        """,
        prices="""
        ticker, date,       open, high, low, close, volume
        A.HK,   2025-03-03, 10,   10,   10,  10,    1000000
        A.HK,   2025-03-04, 10,   10,   10,  10,    1000000
        A.HK,   2025-03-05, 10,   10,   10,  10,    1000000
        B.HK,   2025-03-03, 10,   10,   10,  10,    1000000
        B.HK,   2025-03-04, 10,   10,   10,  10,    1000000
        B.HK,   2025-03-05, 10,   10,   10,  10,    1000000
        """,
    ).strategies
    assert len(found.trades) == 4
    assert (found.counts["events_traded"], found.counts["event_dates"]) == (3, 2)


@pytest.mark.rule("R5")
@pytest.mark.parametrize("engine", ["backtrader", "compiled"])
def test_an_event_that_two_markets_trade_on_two_days_is_one_independent_date(tmp_path: Path, engine: str) -> None:
    """R5: e1, of 10:00 in New York on the 3rd, is bought in Hong Kong on the 4th and in New York on the 4th too; e2, of
    17:00 in Hong Kong on the 4th, in New York on the 4th and in Hong Kong on the 5th. Four lots on two days; an event
    has the date of its first lot, which is the 4th for both. A sweep counts the same."""
    path = write_project(
        tmp_path,
        """
        account: {cash: 100000, currency: HKD}
        execution: {latency: 0min, participation: null, costs: {use: zero}, slippage: {use: zero}}
        strategies: [{name: S, use: named_tickers, params: {sign: one},
            position: {weight: 0.1, hold: 1, on_repeat: add}}]
        baselines: []
        evaluation: {placebo: 0, bootstrap: 0, periods_per_year: 250}
        """,
        instruments="""
        ticker, name,  exchange, board, currency, lot_size
        A.HK,   Alpha, XHKG,     main,  HKD,      100
        U,      Usher, XNYS,     main,  USD,      1
        """,
        fx="""
        pair,   date,       rate
        USDHKD, 2025-02-28, 8
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline, tickers
        e1,       2025-03-03T10:00-05:00, news,       Alpha,  h,        A.HK;U
        e2,       2025-03-04T17:00+08:00, news,       Alpha,  h,        A.HK;U
        """,
        prices="""
        ticker, date,       open, high, low, close, volume
        A.HK,   2025-03-03, 10,   10,   10,  10,    1000000
        A.HK,   2025-03-04, 10,   10,   10,  10,    1000000
        A.HK,   2025-03-05, 10,   10,   10,  10,    1000000
        A.HK,   2025-03-06, 10,   10,   10,  10,    1000000
        U,      2025-03-03, 10,   10,   10,  10,    1000000
        U,      2025-03-04, 10,   10,   10,  10,    1000000
        U,      2025-03-05, 10,   10,   10,  10,    1000000
        U,      2025-03-06, 10,   10,   10,  10,    1000000
        """,
    )
    loaded = load(path)
    found = run(loaded, engine=engine).strategies[0]
    days = found.trades.groupby("event_id")["entry_at"].apply(lambda at: sorted(f"{one:%m-%d}" for one in at)).to_dict()
    assert days == {"e1": ["03-04", "03-04"], "e2": ["03-04", "03-05"]}
    assert (found.counts["events_traded"], found.counts["event_dates"]) == (2, 1)
    swept = {**yaml.safe_load(path.read_text(encoding="utf-8")), "sweep": {"grid": {"position.weight": [0.1, 0.2]}}}
    path.write_text(yaml.safe_dump(swept, sort_keys=False), encoding="utf-8")
    assert sweep(load(path), tmp_path / "runs").outcomes[0].metrics["event_dates"] == 1


@pytest.mark.rule("X2", "X3", "X16")
def test_a_repeat_extends_and_an_opposite_event_ends_it(tmp_path: Path) -> None:
    """X2, X3, X16 and the change to summer time in New York on 2025-03-09."""
    run = run_project(
        tmp_path,
        """
        account: {cash: 100000}
        execution: {costs: {use: zero}, slippage: {use: zero}, borrow_bps: 360}
        strategies: [{name: Follow, use: named_tickers, position: {weight: 0.5, hold: 3}}]
        baselines: []
        """,
        instruments="""
        ticker, name,    exchange, board, currency
        U,      Ugly Co, XNYS,     main,  USD
        """,
        announcements="""
        event_id, published_at,           event_type, issuer,  headline, tickers, sentiment
        up,       2025-03-04T08:00-05:00, news,       Ugly Co, x,        U,       1
        again,    2025-03-05T08:00-05:00, news,       Ugly Co, x,        U,       0.2
        down,     2025-03-10T08:00-04:00, news,       Ugly Co, x,        U,       -0.1
        short,    2025-03-11T08:00-04:00, news,       Ugly Co, x,        U,       -0.5
        deeper,   2025-03-12T08:00-04:00, news,       Ugly Co, x,        U,       -1
        """,
        prices="""
        ticker, date,       open, high, low,  close, volume
        U,      2025-03-03, 10,   10,   10,   10,    1000000
        U,      2025-03-04, 10.5, 11,   10.5, 11,    1000000
        U,      2025-03-05, 11,   12,   11,   12,    1000000
        U,      2025-03-06, 12,   12,   12,   12,    1000000
        U,      2025-03-07, 12,   12.5, 12,   12.5,  1000000
        U,      2025-03-10, 13,   13,   12,   12,    1000000
        U,      2025-03-11, 12,   12,   11,   11,    1000000
        U,      2025-03-12, 11,   11,   10,   10,    1000000
        U,      2025-03-13, 10,   10,   10,   10,    1000000
        U,      2025-03-14, 10,   10,   9,    9,     1000000
        U,      2025-03-17, 9,    9,    9,    9,     1000000
        """,
    )
    found = run["Follow"]
    # 5000 bought on the 4th; `again` restarts the hold on the 5th, so that it ends on the 10th, where `down` arrives:
    # the exit becomes `opposite`, and nothing is sold short. E is then 47500 + 5000 x 13 = 112500.
    # `short`: 0.5 x 0.5 x 112500 / 12 = 2343.75 shares; `deeper` restarts the hold on the 12th; over on the 17th.
    assert rows(found.fills, *FILLS) == [
        ("2025-03-04T14:30Z", "U", "buy", 5000, 10.5, 0.0, "up", "entry"),
        ("2025-03-10T13:30Z", "U", "sell", 5000, 13.0, 0.0, "up", "opposite"),
        ("2025-03-11T13:30Z", "U", "sell", 2343, 12.0, 0.0, "short", "entry"),
        ("2025-03-17T13:30Z", "U", "buy", 2343, 9.0, 0.0, "short", "hold"),
    ]
    # The loan of 28116 costs 360 bps / 360 = 1 bp a day: 2.8116 at the closes of the 11th to the 14th.
    assert rows(found.events, *EVENTS) == [
        ("again", "U", 0.2, 0.0, "extended"),
        ("deeper", "U", -1.0, 0.0, "extended"),
        ("down", "U", -0.1, 0.0, "opposite"),
        ("short", "U", -0.5, 2343 * 3 - 4 * 2.8116, None),
        ("up", "U", 1.0, 12_500.0, None),
    ]
    assert rows(found.trades, "quantity", "pnl", "costs", "exit_reason") == [
        (5000, 12_500.0, 0.0, "opposite"),
        (-2343, 7017.7536, 11.2464, "hold"),
    ]
    cash = 112_500 + 2343 * 12  # 140616
    assert [row[0] for row in rows(found.curve, "equity")] == pytest.approx([
        100_000, 102_500, 107_500, 107_500, 110_000, 112_500,
        cash - 2343 * 11 - 2.8116, cash - 2343 * 10 - 5.6232, cash - 2343 * 10 - 8.4348, cash - 2343 * 9 - 11.2464,
        119_517.7536,
    ], rel=1e-12)  # fmt: skip
    assert found.metrics["borrow_cost"] == pytest.approx(11.2464)
    assert found.metrics["total_costs"] == pytest.approx(11.2464)
    assert found.refusals.empty


@pytest.mark.rule("T7")
def test_news_inside_a_session_fills_at_its_close(tmp_path: Path) -> None:
    """T7: an hour before the close is in time, less is for the next open; a hold still ends at an open."""
    run = run_project(
        tmp_path,
        """
        account: {cash: 100000, currency: HKD}
        execution: {entry: same_close, latency: 0min, costs: {use: zero}, slippage: {use: zero}}
        strategies: [{name: At the close, use: named_tickers, params: {sign: one}, position: {weight: 0.4, hold: 1}}]
        baselines: []
        """,
        instruments="""
        ticker, name,  exchange, board, currency, lot_size
        A.HK,   Alpha, XHKG,     main,  HKD,      100
        B.HK,   Beta,  XHKG,     main,  HKD,      100
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline, tickers
        in_time,  2025-03-04T15:00+08:00, news,       Alpha,  x,        A.HK
        too_late, 2025-03-04T15:01+08:00, news,       Beta,   x,        B.HK
        """,
        prices="""
        ticker, date,       open, high, low, close, volume
        A.HK,   2025-03-03, 10,   10,   10,  10,    1000000
        A.HK,   2025-03-04, 11,   12,   11,  12,    1000000
        A.HK,   2025-03-05, 13,   13,   13,  13,    1000000
        A.HK,   2025-03-06, 14,   14,   14,  14,    1000000
        B.HK,   2025-03-03, 10,   10,   10,  10,    1000000
        B.HK,   2025-03-04, 20,   20,   20,  20,    1000000
        B.HK,   2025-03-05, 21,   21,   21,  21,    1000000
        B.HK,   2025-03-06, 22,   22,   22,  22,    1000000
        """,
    )
    found = run["At the close"]
    # A.HK: sized on the close before the row, 40000 / 10 = 4000, at the close of 12; out at 13. Cash 52000.
    # B.HK: E at the close of the 4th is 52000 + 4000 x 12 = 100000; 40000 / 20 = 2000 at 21, out at 22.
    assert rows(found.fills, *FILLS) == [
        ("2025-03-04T08:00Z", "A.HK", "buy", 4000, 12.0, 0.0, "in_time", "entry"),
        ("2025-03-05T01:30Z", "A.HK", "sell", 4000, 13.0, 0.0, "in_time", "hold"),
        ("2025-03-05T01:30Z", "B.HK", "buy", 2000, 21.0, 0.0, "too_late", "entry"),
        ("2025-03-06T01:30Z", "B.HK", "sell", 2000, 22.0, 0.0, "too_late", "hold"),
    ]
    assert rows(found.events, "event_id", "known_at", "first_tradable_at") == [
        ("in_time", "2025-03-04T07:00Z", "2025-03-04T08:00Z"),
        ("too_late", "2025-03-04T07:01Z", "2025-03-05T01:30Z"),
    ]
    assert [row[0] for row in rows(found.curve, "equity")] == [100_000, 100_000, 104_000, 106_000]


@pytest.mark.rule("S2", "S6", "X7", "X11", "X12", "X18", "R7")
def test_an_index_trades_as_its_proxy(tmp_path: Path) -> None:
    """S2, S6, X7, X11, X12, X18: a thin ETF, bought in part and left in two goes."""
    run = run_project(
        tmp_path,
        """
        account: {cash: 100000, currency: HKD}
        execution: {costs: {use: zero}, slippage: {use: zero}, participation: 0.1}
        benchmark: ^IDX
        strategies: [{name: Sector, use: sector_index, params: {sign: one}, position: {weight: 0.5, hold: 2}}]
        baselines: [benchmark]
        """,
        instruments="""
        ticker, name,   exchange, board, currency, sector_index, proxy, lot_size
        A.HK,   Alpha,  XHKG,     main,  HKD,      ^IDX,         ,      100
        B.HK,   Beta,   XHKG,     main,  HKD,      ^NONE,        ,      100
        ^IDX,   Index,  XHKG,     index, HKD,      ,             E.HK,
        ^NONE,  Other,  XHKG,     index, HKD,      ,             ,
        E.HK,   Fund,   XHKG,     etf,   HKD,      ,             ,      200
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline
        first,    2025-03-04T08:00+08:00, news,       Alpha,  x
        repeat,   2025-03-05T08:00+08:00, news,       alpha,  x
        nothing,  2025-03-05T08:00+08:00, news,       Beta,   x
        """,
        prices="""
        ticker, date,       open, high, low,  close, volume
        ^IDX,   2025-03-03, 1000, 1000, 1000, 1000,
        ^IDX,   2025-03-04, 1000, 1100, 1000, 1100,
        ^IDX,   2025-03-05, 1100, 1100, 1050, 1050,
        ^IDX,   2025-03-06, 1050, 1050, 1050, 1050,
        ^IDX,   2025-03-07, 1050, 1050, 1050, 1050,
        ^IDX,   2025-03-10, 1050, 1200, 1050, 1200,
        E.HK,   2025-03-03, 10,   10,   10,   10,    1000000
        E.HK,   2025-03-04, 10,   11,   10,   11,    25000
        E.HK,   2025-03-05, 11,   11,   10.5, 10.5,  1000000
        E.HK,   2025-03-06, 10.5, 10.5, 10.5, 10.5,  1000000
        E.HK,   2025-03-07, 10.5, 10.5, 10.5, 10.5,  13999
        E.HK,   2025-03-10, 12,   12,   12,   12,    1000000
        """,
    )
    found = run["Sector"]
    # Wanted 0.5 x 100000 / 10 = 5000; a tenth of 25000 is 2500, 2400 in lots of 200. `repeat` restarts the hold on
    # the 5th, so it ends on the 7th, where a tenth of 13999 is 1200 in lots; the other 1200 leave on the 10th.
    assert rows(found.fills, *FILLS) == [
        ("2025-03-04T01:30Z", "E.HK", "buy", 2400, 10.0, 0.0, "first", "entry"),
        ("2025-03-07T01:30Z", "E.HK", "sell", 1200, 10.5, 0.0, "first", "hold"),
        ("2025-03-10T01:30Z", "E.HK", "sell", 1200, 12.0, 0.0, "first", "hold"),
    ]
    assert rows(found.refusals, *REFUSALS) == [
        ("2025-03-04", "E.HK", "buy", "participation", 5000, 2400, None, "first"),
        ("2025-03-05", "^NONE", "buy", "not_tradable", None, 0, None, "nothing"),
        ("2025-03-07", "E.HK", "sell", "participation", 2400, 1200, None, "first"),
    ]
    assert math.isnan(found.metrics["unfillable_return"])
    why = "what 1 of 1 refused entries would have earned is unknown: 1 not tradable"
    assert found.reasons["unfillable_return"] == why
    assert rows(found.trades, "quantity", "exit_price", "pnl") == [(2400, 11.25, 3000.0)]
    assert rows(found.events, *EVENTS) == [
        ("first", "A.HK", 0.0, 0.0, None),
        ("first", "E.HK", 1.0, 3000.0, None),
        ("nothing", "B.HK", 0.0, 0.0, None),
        ("nothing", "^NONE", 1.0, 0.0, "not_tradable"),
        ("repeat", "A.HK", 0.0, 0.0, None),
        ("repeat", "E.HK", 1.0, 0.0, "extended"),
    ]
    assert [row[0] for row in rows(found.curve, "equity")] == [100_000, 102_400, 101_200, 101_200, 101_200, 103_000]
    # R7: the index itself, bought whole at its first open and marked at its closes.
    assert [row[0] for row in rows(run["benchmark"].curve, "equity")] == [
        100_000, 110_000, 105_000, 105_000, 105_000, 120_000,
    ]  # fmt: skip


STEPPING = """
import numpy as np
from newsbt.ports import StepStrategy


class Latest(StepStrategy):
    def signal_at(self, t, past):
        named = past.links["ticker"].unique()
        return np.isin(past.tickers, named).astype(float)
"""


@pytest.mark.rule("S3", "T7", "X21")
def test_grids_wait_for_an_opening_under_same_close_too(tmp_path: Path) -> None:
    """S3, T7, X21: news of the 4th at noon is no part of a grid's row before it, whose trades are at the 4th's open."""
    (tmp_path / "stepping.py").write_text(STEPPING, encoding="utf-8")
    run = run_project(
        tmp_path,
        """
        account: {cash: 100000, currency: HKD}
        execution: {entry: same_close, costs: {use: zero}, slippage: {use: zero}}
        strategies:
          - {name: Decay, use: sentiment_decay, params: {sign: one, half_life: 1},
             position: {mode: target, weight: 0.5}}
          - {name: Step, use: stepping.py:Latest, position: {mode: target, weight: 0.5}}
        baselines: []
        """,
        instruments="""
        ticker, name,  exchange, board, currency, lot_size
        A.HK,   Alpha, XHKG,     main,  HKD,      100
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline
        noon,     2025-03-04T12:00+08:00, news,       Alpha,  x
        """,
        prices="""
        ticker, date,       open, high, low, close, volume
        A.HK,   2025-03-03, 10,   10,   10,  10,    1000000
        A.HK,   2025-03-04, 10,   10,   10,  10,    1000000
        A.HK,   2025-03-05, 10,   10,   10,  10,    1000000
        A.HK,   2025-03-06, 10,   10,   10,  10,    1000000
        """,
    )
    # Row 1, the 4th, decides on 0.5 x 100000 / 10 = 5000 shares for the 5th; the decayed half of it leaves on the 6th.
    assert rows(run["Decay"].fills, *FILLS) == [
        ("2025-03-05T01:30Z", "A.HK", "buy", 5000, 10.0, 0.0, "noon", "rebalance"),
        ("2025-03-06T01:30Z", "A.HK", "sell", 2500, 10.0, 0.0, "noon", "rebalance"),
    ]
    assert rows(run["Step"].fills, *FILLS[:4]) == [("2025-03-05T01:30Z", "A.HK", "buy", 5000)]


@pytest.mark.rule("R6", "X7")
@pytest.mark.parametrize("sessions", [1, 2])
def test_a_run_of_a_day_or_two_is_a_run(tmp_path: Path, sessions: int) -> None:
    """R6, X7: with everything at its default; the first bar has no close before it to size by."""
    days = [f"A.HK, 2025-03-0{3 + n}, 10, 10, 10, 10, 1000000" for n in range(sessions)]
    run = run_project(
        tmp_path,
        """
        strategies:
          - {name: Named, use: named_tickers, params: {sign: one}}
          - {name: Fade, use: fade}
          - {name: Decay, use: sentiment_decay, params: {sign: one}, position: {mode: target}}
        """,
        instruments="""
        ticker, name,  exchange, board, currency, lot_size
        A.HK,   Alpha, XHKG,     main,  HKD,      100
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline, tickers
        e,        2025-03-03T08:00+08:00, news,       Alpha,  x,        A.HK
        """,
        prices="\n".join(["ticker, date, open, high, low, close, volume", *days]),
    )
    refused = [("2025-03-03", "A.HK", "buy", "no_reference_price", None, 0, 0.0, "e")]
    assert rows(run["Named"].refusals, *REFUSALS) == refused
    assert run["Fade"].signals.empty  # no close before the first bar to compare it with
    assert run["Named"].metrics["total_return"] == 0.0
    assert run["Named"].counts["fills"] == 0


def test_a_short_that_loses_on_the_first_day(tmp_path: Path) -> None:
    """50 shares sold at 100 close at 120, a tenth of the account: the drawdown counts from the initial cash, and
    exposures are fractions of that day's equity, shorts below zero. The next day all is back."""
    (found,) = run_project(
        tmp_path,
        """
        account: {cash: 10000, currency: USD}
        execution: {latency: 0min, participation: null, costs: {use: zero}, slippage: {use: zero}}
        period: {start: 2025-03-04}
        strategies: [{name: S, use: named_tickers, position: {weight: 0.5, hold: null}}]
        baselines: []
        evaluation: {placebo: 0, bootstrap: 0, periods_per_year: 250}
        """,
        instruments="""
        ticker, name, exchange, board, currency
        U,      U,    XNYS,     main,  USD
        """,
        announcements="""
        event_id, published_at,         event_type, issuer, headline, tickers, sentiment
        e1,       2025-03-04T00:00Z,    news,       U,      h,        U,       -1
        """,
        prices="""
        ticker, date,       open, high, low, close, volume
        U,      2025-03-03, 100,  100,  100, 100,   1000000
        U,      2025-03-04, 100,  120,  100, 120,   1000000
        U,      2025-03-05, 120,  120,  100, 100,   1000000
        """,
    ).strategies
    assert rows(found.curve, "date", "equity", "gross_exposure", "drawdown") == [
        ("2025-03-04", 9_000, round(2 / 3, 9), -0.1), ("2025-03-05", 10_000, 0.5, 0.0),
    ]  # fmt: skip
    assert found.metrics["mean_gross"] == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert found.metrics["mean_net"] == pytest.approx(-(2 / 3 + 1 / 2) / 2)
