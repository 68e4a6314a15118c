"""Whole runs over several markets, worked out on paper: currencies, their order, fees, limits and T+1."""

from __future__ import annotations

from pathlib import Path

import pytest

from projects import rows, run_project

FILLS = ("at", "ticker", "side", "quantity", "price", "costs", "event_id", "reason")
REFUSALS = ("date", "ticker", "side", "reason", "wanted_quantity", "filled_quantity", "would_have_returned", "event_id")


@pytest.mark.rule("C1", "C4", "X5", "X10")
def test_hong_kong_comes_before_new_york_and_each_in_its_money(tmp_path: Path) -> None:
    """C1, C4, X5, X10: New York's news is older, but Hong Kong opens first and spends the cash."""
    run = run_project(
        tmp_path,
        """
        account: {cash: 1000000, currency: HKD}
        execution: {costs: {use: zero}, slippage: {use: zero}}
        strategies: [{name: Both, use: named_tickers, params: {sign: one}, position: {weight: 0.6, hold: 1}}]
        baselines: []
        """,
        instruments="""
        ticker, name,   exchange, board, currency, lot_size
        U,      Usher,  XNYS,     main,  USD,
        H.HK,   Harbor, XHKG,     main,  HKD,      100
        """,
        announcements="""
        event_id, published_at,         event_type, issuer, headline, tickers
        ny,       2025-04-02T19:00Z,    news,       Usher,  x,        U
        hk,       2025-04-03T00:30Z,    news,       Harbor, x,        H.HK
        """,
        prices="""
        ticker, date,       open, high, low, close, volume
        U,      2025-04-02, 50,   50,   50,  50,    1000000
        U,      2025-04-03, 51,   52,   51,  52,    1000000
        U,      2025-04-04, 53,   53,   53,  53,    1000000
        U,      2025-04-07, 53,   53,   53,  53,    1000000
        H.HK,   2025-04-02, 100,  100,  100, 100,   1000000
        H.HK,   2025-04-03, 101,  102,  101, 102,   1000000
        H.HK,   2025-04-07, 103,  103,  103, 103,   1000000
        """,
        fx="""
        pair,   date,       rate
        USDHKD, 2025-04-01, 7.70
        USDHKD, 2025-04-02, 7.75
        USDHKD, 2025-04-03, 7.80
        USDHKD, 2025-04-04, 7.85
        """,
    )
    found = run["Both"]
    # Hong Kong: 600000 / 100 = 6000 at 101, 394000 left. New York wants 600000 / (50 x 7.75) = 1548 at the rate of
    # the day before; 394000 / (51 x 7.75) = 996.8 fit. Hong Kong is shut on the 4th, so its next own bar is the 7th;
    # New York's is the 4th, at the rate of the 3rd.
    assert rows(found.fills, *FILLS, "price_account") == [
        ("2025-04-03T01:30Z", "H.HK", "buy", 6000, 101.0, 0.0, "hk", "entry", 101.0),
        ("2025-04-03T13:30Z", "U", "buy", 996, 51.0, 0.0, "ny", "entry", 395.25),
        ("2025-04-04T13:30Z", "U", "sell", 996, 53.0, 0.0, "ny", "hold", 413.4),
        ("2025-04-07T01:30Z", "H.HK", "sell", 6000, 103.0, 0.0, "hk", "hold", 103.0),
    ]
    assert rows(found.refusals, *REFUSALS) == [("2025-04-03", "U", "buy", "cash", 1548, 996, None, "ny")]
    # The 3rd: 331 + 6000 x 102 + 996 x 52 x 7.80. The 4th: 331 + 996 x 413.4, Hong Kong at its last close.
    assert rows(found.curve, "date", "equity", "cash") == [
        ("2025-04-02", 1_000_000.0, 1_000_000.0),
        ("2025-04-03", 1_016_308.6, 331.0),
        ("2025-04-04", 1_024_077.4, 412_077.4),
        ("2025-04-07", 1_030_077.4, 1_030_077.4),
    ]
    assert rows(found.events, "event_id", "ticker", "pnl") == [
        ("hk", "H.HK", 12_000.0),
        ("ny", "U", round(996 * (413.4 - 395.25), 9)),
    ]
    assert found.metrics["stale_marks"] == 1
    assert "order of the queue" in found.warnings[0]


@pytest.mark.rule("X17")
def test_without_market_rules_everything_trades_in_single_shares(tmp_path: Path) -> None:
    """X17: no lot, no limit, a mainland short; and the table says that no rules were applied."""
    run = run_project(
        tmp_path,
        """
        account: {cash: 10000, currency: CNY}
        execution: {market_rules: false, costs: {use: zero}, slippage: {use: zero}, participation: null}
        strategies: [{name: Lawless, use: named_tickers, position: {weight: 0.3, hold: 1}}]
        baselines: []
        """,
        instruments="""
        ticker, name,  exchange, board, currency, lot_size
        N.HK,   No lot, XHKG,    main,  HKD,
        C.SH,   Cloud, XSHG,     main,  CNY,
        L.SZ,   Limit, XSHE,     main,  CNY,
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline, tickers, sentiment
        a,        2025-03-04T08:00+08:00, news,       No lot, x,        N.HK,    1
        b,        2025-03-04T08:00+08:00, news,       Cloud,  x,        C.SH,    -1
        c,        2025-03-04T08:00+08:00, news,       Limit,  x,        L.SZ,    1
        """,
        prices="""
        ticker, date,       open, high, low, close, volume
        N.HK,   2025-03-03, 7,    7,    7,   7,     5
        N.HK,   2025-03-04, 7,    7,    7,   7,     5
        N.HK,   2025-03-05, 8,    8,    8,   8,     5
        C.SH,   2025-03-03, 11,   11,   11,  11,    5
        C.SH,   2025-03-04, 10,   11,   10,  11,    5
        C.SH,   2025-03-05, 9,    9,    9,   9,     5
        L.SZ,   2025-03-03, 10,   10,   10,  10,    5
        L.SZ,   2025-03-04, 11,   11,   11,  11,    5
        L.SZ,   2025-03-05, 12,   12,   12,  12,    5
        """,
        fx="""
        pair,   date,       rate
        CNYHKD, 2025-03-01, 1.25
        """,
    )
    found = run["Lawless"]
    # The pair is quoted the other way round: 1 HKD is 0.8 CNY. 3000 / (7 x 0.8) = 535.7, 3000 / 11 = 272.7 short,
    # 3000 / 10 = 300 at a price 10 % up. Mainland exchanges and Hong Kong open together, one queue: by event id.
    assert rows(found.fills, *FILLS) == [
        ("2025-03-04T01:30Z", "N.HK", "buy", 535, 7.0, 0.0, "a", "entry"),
        ("2025-03-04T01:30Z", "C.SH", "sell", 272, 10.0, 0.0, "b", "entry"),
        ("2025-03-04T01:30Z", "L.SZ", "buy", 300, 11.0, 0.0, "c", "entry"),
        ("2025-03-05T01:30Z", "N.HK", "sell", 535, 8.0, 0.0, "a", "hold"),
        ("2025-03-05T01:30Z", "C.SH", "buy", 272, 9.0, 0.0, "b", "hold"),
        ("2025-03-05T01:30Z", "L.SZ", "sell", 300, 12.0, 0.0, "c", "hold"),
    ]
    # 535 x 0.8 + 272 + 300 earned at the openings of the 5th; the short stood 272 in the red on the 4th.
    assert [row[0] for row in rows(found.curve, "equity")] == [10_000, 9_728, 11_000]
    assert any("market rules were not applied" in note for note in run.summary.notices)


@pytest.mark.rule("X8", "X9", "X12", "C2", "C3")
def test_fees_limits_and_t_plus_one_of_the_day(tmp_path: Path) -> None:
    """X8, X9, X12, C2, C3: default costs and rules, Hong Kong beside Shenzhen and Shanghai, at two openings and a
    close."""
    run = run_project(
        tmp_path,
        """
        account: {cash: 1000000, currency: HKD}
        execution: {entry: same_close, slippage: {use: zero}}
        strategies: [{name: Default, use: named_tickers, position: {weight: 0.1, hold: 5}}]
        baselines: []
        """,
        instruments="""
        ticker,  name,  exchange, board, currency, lot_size
        H.HK,    Hotel, XHKG,     main,  HKD,      500
        C.SH,    Cloud, XSHG,     main,  CNY,
        L.SZ,    Limit, XSHE,     main,  CNY,
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline, tickers,        sentiment
        open,     2025-03-04T08:00+08:00, news,       Cloud,  x,        H.HK;C.SH;L.SZ, 1
        turn,     2025-03-04T10:00+08:00, news,       Cloud,  x,        H.HK;C.SH,      -1
        """,
        prices="""
        ticker, date,       open,  high,  low,   close, volume
        H.HK,   2025-03-03, 10,    10,    10,    10,    1000000
        H.HK,   2025-03-04, 10.23, 10.30, 10.20, 10.30, 1000000
        H.HK,   2025-03-05, 10.30, 10.30, 10.30, 10.30, 1000000
        C.SH,   2025-03-03, 20.02, 20.02, 20.02, 20.02, 1000000
        C.SH,   2025-03-04, 20.50, 20.50, 20.00, 20.00, 1000000
        C.SH,   2025-03-05, 19.00, 19.00, 19.00, 19.00, 1000000
        L.SZ,   2025-03-03, 10.05, 10.05, 10.05, 10.05, 1000000
        L.SZ,   2025-03-04, 11.06, 11.06, 10.50, 10.80, 1000000
        L.SZ,   2025-03-05, 11.30, 11.30, 11.30, 11.30, 1000000
        """,
        fx="""
        pair,   date,       rate
        CNYHKD, 2025-03-01, 1.10
        """,
    )
    found = run["Default"]
    # L.SZ: the upper limit is 10.05 x 1.1 = 11.055, half up 11.06, and it opens there. 100000 / (10.05 x 1.1) = 9045,
    # 9000 in lots; bought, it would have earned 11.30 / 11.06 - 1 by the last close, no fifth bar being there.
    # C.SH: bought that morning it cannot be sold at the close; it goes at the next open.
    assert rows(found.refusals, *REFUSALS) == [
        ("2025-03-04", "L.SZ", "buy", "limit_up", 9000, 0, round(11.30 / 11.06 - 1, 9), "open"),
        ("2025-03-04", "C.SH", "sell", "t_plus_one", 4500, 0, None, "open"),
    ]
    # H.HK buys 10000 for 102300: stamp duty 102.3, up to 103; trading fee 5.77995, 5.78; SFC 2.7621, 2.76; AFRC
    # 0.15345, 0.15; settlement 2.046, 2.05; commission 30.69 + 15. At 10.30, 103000: 103; 5.8195, 5.82; 2.781,
    # 2.78; 0.1545, 0.15; 2.06; 30.90 + 15.
    # C.SH buys 4500 (100000 / (20.02 x 1.1) = 4540) for 92250 CNY: commission 23.0625, 23.06; transfer 0.9225, 0.92.
    # At 19, 85500: 21.375, 21.38; transfer 0.855, 0.86; stamp duty 42.75.
    assert rows(found.fills, *FILLS[:5], *FILLS[6:]) == [
        ("2025-03-04T01:30Z", "H.HK", "buy", 10_000, 10.23, "open", "entry"),
        ("2025-03-04T01:30Z", "C.SH", "buy", 4500, 20.5, "open", "entry"),
        ("2025-03-04T08:00Z", "H.HK", "sell", 10_000, 10.3, "open", "opposite"),
        ("2025-03-05T01:30Z", "C.SH", "sell", 4500, 19.0, "open", "opposite"),
    ]
    costs = [159.43, 23.98 * 1.1, 159.71, 64.99 * 1.1]
    assert found.fills["costs"].tolist() == pytest.approx(costs, abs=1e-9)
    assert rows(found.events, "event_id", "ticker", "refused_reason") == [
        ("open", "H.HK", None),
        ("open", "C.SH", None),
        ("open", "L.SZ", "limit_up"),
        ("turn", "H.HK", "opposite"),
        ("turn", "C.SH", "opposite"),
    ]
    final = 1_000_000 + 10_000 * 0.07 - 4500 * 1.5 * 1.1 - sum(costs)
    assert found.metrics["final_equity"] == pytest.approx(final, abs=1e-6)
    assert found.metrics["total_costs"] == pytest.approx(sum(costs), abs=1e-9)
    assert found.metrics["unfillable_return"] == pytest.approx(9000 * 11.06 * 1.1 * (11.30 / 11.06 - 1) / 1_000_000)


@pytest.mark.rule("T2", "X5", "X10", "C1")
def test_news_of_the_evening_trades_in_new_york_first_and_in_hong_kong_next_morning(tmp_path: Path) -> None:
    """T2, X5, X10, C1: nine in the evening in Hong Kong is eight in the morning in New York; each purchase meets the
    cash that is there at its own hour."""
    run = run_project(
        tmp_path,
        """
        account: {cash: 100000, currency: HKD}
        execution: {costs: {use: zero}, slippage: {use: zero}}
        strategies: [{name: Both, use: issuer_drift, params: {sign: one}, position: {weight: 0.6, hold: 1}}]
        baselines: []
        """,
        instruments="""
        ticker,  name,    exchange, board, currency, company
        9988.HK, Alibaba, XHKG,     main,  HKD,      Alibaba
        BABA,    Alibaba, XNYS,     adr,   USD,      Alibaba
        """,
        announcements="""
        event_id, published_at,           event_type, issuer,  headline
        qwq,      2025-03-05T21:00+08:00, news,       Alibaba, x
        """,
        prices="""
        ticker,  date,       open, high, low, close, volume
        9988.HK, 2025-03-04, 100,  100,  100, 100,   1000000
        9988.HK, 2025-03-05, 100,  102,  100, 101,   1000000
        9988.HK, 2025-03-06, 104,  106,  104, 106,   1000000
        9988.HK, 2025-03-07, 108,  108,  108, 108,   1000000
        BABA,    2025-03-04, 100,  100,  100, 100,   1000000
        BABA,    2025-03-05, 102,  105,  102, 105,   1000000
        BABA,    2025-03-06, 106,  107,  106, 107,   1000000
        BABA,    2025-03-07, 110,  110,  110, 110,   1000000
        """,
        fx="""
        pair,   date,       rate
        USDHKD, 2025-03-03, 7.75
        USDHKD, 2025-03-05, 7.80
        """,
    )
    found = run["Both"]
    # BABA, the 5th: 60000 / (100 x 7.75) = 77.4; 77 x 102 x 7.75 = 60868.50 leaves 39131.50. Marked at 105 x 7.80.
    # 9988.HK, the 6th: 0.6 x (39131.50 + 63063) / 101 = 607.1, 600 in lots; 62400 is not there, 300 for 31200 are.
    # Only then does New York open and bring 77 x 106 x 7.80 = 63663.60; it comes too late for Hong Kong.
    assert rows(found.fills, "at", "date", "ticker", "side", "quantity", "price", "reason") == [
        ("2025-03-05T14:30Z", "2025-03-05", "BABA", "buy", 77, 102.0, "entry"),
        ("2025-03-06T01:30Z", "2025-03-06", "9988.HK", "buy", 300, 104.0, "entry"),
        ("2025-03-06T14:30Z", "2025-03-06", "BABA", "sell", 77, 106.0, "hold"),
        ("2025-03-07T01:30Z", "2025-03-07", "9988.HK", "sell", 300, 108.0, "hold"),
    ]
    assert rows(found.refusals, *REFUSALS) == [("2025-03-06", "9988.HK", "buy", "cash", 600, 300, None, "qwq")]
    assert rows(found.events, "ticker", "first_tradable_at") == [
        ("9988.HK", "2025-03-06T01:30Z"),
        ("BABA", "2025-03-05T14:30Z"),
    ]
    assert rows(found.curve, "date", "equity", "cash") == [
        ("2025-03-04", 100_000, 100_000),
        ("2025-03-05", 102_194.5, 39_131.5),
        ("2025-03-06", 103_395.1, 71_595.1),
        ("2025-03-07", 103_995.1, 103_995.1),
    ]


@pytest.mark.rule("X19")
def test_a_move_beyond_the_limits_is_doubted_once(tmp_path: Path) -> None:
    """X19: bonuses without a `split` column in C.SH, one declared in D.SH, and a fall that Hong Kong allows."""
    run = run_project(
        tmp_path,
        """
        account: {cash: 10000, currency: HKD}
        strategies: [{name: Idle, use: named_tickers}]
        fx: {use: fixed, rates: {CNYHKD: 1.1}}
        baselines: []
        """,
        instruments="""
        ticker,  name,  exchange, board, currency, lot_size
        H.HK,    Hotel, XHKG,     main,  HKD,      500
        C.SH,    Cloud, XSHG,     main,  CNY,
        D.SH,    Dim,   XSHG,     main,  CNY,
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline
        e,        2025-03-04T08:00+08:00, news,       Nobody, x
        """,
        prices="""
        ticker, date,       open, high, low, close, volume, split
        H.HK,   2025-03-03, 10,   10,   10,  10,    1000000,
        H.HK,   2025-03-04, 6,    6,    6,   6,     1000000,
        C.SH,   2025-03-03, 20,   20,   20,  20,    1000000,
        C.SH,   2025-03-04, 10,   10,   10,  10,    1000000,
        C.SH,   2025-03-05, 5,    5,    5,   5,     1000000,
        D.SH,   2025-03-03, 20,   20,   20,  20,    1000000,
        D.SH,   2025-03-04, 10,   10,   10,  10,    1000000, 2
        """,
    )
    (doubt,) = [text for text in run.summary.doubts if "limits" in text]
    assert doubt.startswith(
        "C.SH on 2025-03-04 opens at 10.0 and closes at 10.0, beyond the day's limits of 18.0 and 22"
    )
    assert "as on 1 later day:" in doubt


HOLD_AN_INDEX = """
import numpy as np
import newsbt


class HoldIndex(newsbt.StepStrategy):
    def signal_at(self, t, past):
        is_told = "^HXC" in set(past.links["ticker"])
        return np.where((past.tickers == "^HXC") & is_told, 1.0, 0.0)
"""


@pytest.mark.rule("X18", "S3")
def test_an_index_counts_from_the_session_of_its_proxys_own_market(tmp_path: Path) -> None:
    """X18, S3: news before New York opens on the 5th is for Hong Kong's 6th, where the New York index's fund trades."""
    (tmp_path / "mine.py").write_text(HOLD_AN_INDEX, encoding="utf-8")
    result = run_project(
        tmp_path,
        """
        account: {cash: 100000, currency: HKD}
        fx: {use: fixed, rates: {USDHKD: 7.8}}
        execution: {latency: 0min, participation: null, costs: {use: zero}, slippage: {use: zero}}
        strategies: [{name: S, use: "mine.py:HoldIndex", position: {weight: 0.5, mode: target}}]
        baselines: []
        evaluation: {placebo: 0, bootstrap: 0, periods_per_year: 250}
        """,
        instruments="""
        ticker, name,  exchange, board, currency, sector_index, proxy, lot_size
        ^HXC,   Index, XNYS,     index, USD,      ,             F.HK,
        A,      Alpha, XNYS,     main,  USD,      ^HXC,         ,
        F.HK,   Fund,  XHKG,     etf,   HKD,      ,             ,      100
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline, tickers
        e1,       2025-03-05T08:00-05:00, news,       Alpha,  h,        A
        """,
        prices="""
        ticker, date,       open, high, low, close, volume
        A,      2025-03-04, 10,   10,   10,  10,    1000000
        A,      2025-03-05, 10,   10,   10,  10,    1000000
        A,      2025-03-06, 10,   10,   10,  10,    1000000
        F.HK,   2025-03-04, 10,   10,   10,  10,    1000000
        F.HK,   2025-03-05, 10,   10,   10,  10,    1000000
        F.HK,   2025-03-06, 10,   10,   10,  10,    1000000
        """,
    )
    assert rows(result["S"].fills, "at", "ticker", "quantity") == [("2025-03-06T01:30Z", "F.HK", 5000)]
    assert rows(result["S"].events, "ticker", "known_at", "first_tradable_at") == [
        ("A", "2025-03-05T13:00Z", "2025-03-05T14:30Z"),
        ("F.HK", "2025-03-05T13:00Z", "2025-03-06T01:30Z"),
    ]
