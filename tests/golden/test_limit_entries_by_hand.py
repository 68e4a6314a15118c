"""X22 on paper, on both engines: entries at a limit, better than it, inside a bar, bars later, and not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from projects import rows, run_project

pytestmark = pytest.mark.rule("X22")

FILLS = ("at", "ticker", "side", "quantity", "price", "slippage_cost", "event_id", "reason")
REFUSALS = ("at", "ticker", "side", "reason", "wanted_quantity", "filled_quantity", "would_have_returned", "event_id")
ENGINES = ("backtrader", "compiled")


@pytest.mark.parametrize("engine", ENGINES)
def test_inside_the_bar_better_at_the_open_and_only_touched(tmp_path: Path, engine: str) -> None:
    """Hong Kong, steps of 0.02 from 10 to 20 and of 0.01 below, slippage of 50 bps, a tenth of 100,000 for each order.

    In: close 10.06, less 1 % is 9.9594, in steps of 0.02 downwards 9.94. The bar opens at 10.00 and trades to 9.92:
    bought at 9.94, not slipped, at the close. 10,000 / 10.06 are 994 shares: 900.
    Gap: close 9.50, less 1 % is 9.405, in steps of 0.01 9.40. The bar opens at 9.38, which is better: bought there, and
    slipped to 9.38 x 1.005 = 9.4269, but not past 9.40, at the open. 1052 shares: 1000, whose slippage is 20.
    Touch: close 8.00, less 1 % is 7.92, which is the bar's low: not traded through. From its close of 8.08 to the last
    close of 8.16 it would have returned 1 %.
    """
    run = run_project(
        tmp_path,
        f"""
        account: {{cash: 100000, currency: HKD}}
        execution:
          engine: {engine}
          entry: limit
          limit_distance: 0.01
          costs: {{use: zero}}
          slippage: {{use: bps, bps: 50}}
        evaluation: {{placebo: 0, bootstrap: 0}}
        strategies: [{{name: Wait, use: named_tickers, params: {{sign: one}}, position: {{weight: 0.1, hold: null}}}}]
        baselines: []
        """,
        instruments="""
        ticker, name,  exchange, board, currency, lot_size
        I.HK,   In,    XHKG,     main,  HKD,      100
        G.HK,   Gap,   XHKG,     main,  HKD,      100
        T.HK,   Touch, XHKG,     main,  HKD,      100
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline, tickers
        e1,       2025-03-04T09:00+08:00, news,       In,     x,        I.HK
        e2,       2025-03-04T09:01+08:00, news,       Gap,    x,        G.HK
        e3,       2025-03-04T09:02+08:00, news,       Touch,  x,        T.HK
        """,
        prices="""
        ticker, date,       open,  high,  low,   close, volume
        I.HK,   2025-03-03, 10.06, 10.06, 10.06, 10.06, 1000000
        I.HK,   2025-03-04, 10.00, 10.02, 9.92,  9.96,  1000000
        I.HK,   2025-03-05, 9.96,  9.96,  9.96,  9.96,  1000000
        G.HK,   2025-03-03, 9.50,  9.50,  9.50,  9.50,  1000000
        G.HK,   2025-03-04, 9.38,  9.60,  9.30,  9.50,  1000000
        G.HK,   2025-03-05, 9.50,  9.50,  9.50,  9.50,  1000000
        T.HK,   2025-03-03, 8.00,  8.00,  8.00,  8.00,  1000000
        T.HK,   2025-03-04, 8.00,  8.10,  7.92,  8.08,  1000000
        T.HK,   2025-03-05, 8.16,  8.16,  8.16,  8.16,  1000000
        """,
    )
    found = run["Wait"]
    assert rows(found.fills, *FILLS) == [
        ("2025-03-04T01:30Z", "G.HK", "buy", 1000, 9.4, 20.0, "e2", "entry"),
        ("2025-03-04T08:00Z", "I.HK", "buy", 900, 9.94, 0.0, "e1", "entry"),
    ]
    assert rows(found.refusals, *REFUSALS) == [
        ("2025-03-04T08:00Z", "T.HK", "buy", "limit_not_reached", 1200, 0, round(8.16 / 8.08 - 1, 9), "e3")
    ]
    assert rows(found.events, "event_id", "refused_reason") == [("e1", None), ("e2", None), ("e3", "limit_not_reached")]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_short_above_what_a_split_and_a_dividend_leave(tmp_path: Path, engine: str) -> None:
    """New York, steps of 0.01. The close is 41, and on the next day the share goes ex 1 and splits two for one:
    (41 - 1) / 2 = 20, and 2 % above it 20.40. The bar opens at 20.10 and trades up to 21.50: sold at 20.40. The size
    goes by 41 / 2 = 20.5: a tenth of 100,000 is 487 shares, of which a tenth of the volume of 3,000 leaves 300.

    The stop, 5 % above, is at 21.42, and counts from the next bar, although this one would have met it at 21.50 if it
    had been there; the next one opens at 21.50.
    """
    run = run_project(
        tmp_path,
        f"""
        account: {{cash: 100000, currency: USD}}
        execution:
          engine: {engine}
          entry: limit
          limit_distance: 0.02
          costs: {{use: zero}}
          slippage: {{use: bps, bps: 10}}
        evaluation: {{placebo: 0, bootstrap: 0}}
        strategies:
          - {{name: Wait, use: named_tickers, position: {{weight: 0.1, hold: null, stop_loss: 0.05}}}}
        baselines: []
        """,
        instruments="""
        ticker, name, exchange, board, currency
        U,      Umbra, XNYS,    main,  USD
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline, tickers, sentiment
        e1,       2025-03-04T09:00-05:00, news,       Umbra,  x,        U,       -1
        """,
        prices="""
        ticker, date,       open,  high,  low,   close, volume, dividend, split
        U,      2025-03-03, 41,    41,    41,    41,    100000, 0,        1
        U,      2025-03-04, 20.10, 21.50, 20.00, 20.50, 3000,   1,        2
        U,      2025-03-05, 21.50, 21.50, 21.50, 21.50, 100000, 0,        1
        """,
    )
    found = run["Wait"]
    assert rows(found.fills, *FILLS) == [
        ("2025-03-04T21:00Z", "U", "sell", 300, 20.4, 0.0, "e1", "entry"),
        ("2025-03-05T14:30Z", "U", "buy", 300, 21.5, 0.0, "e1", "stop_loss"),
    ]
    assert rows(found.refusals, *REFUSALS) == [
        ("2025-03-04T21:00Z", "U", "sell", "participation", 487, 300, None, "e1")
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_order_waits_for_a_later_bar_of_its_session(tmp_path: Path, engine: str) -> None:
    """Hourly bars in Hong Kong. Both orders are placed at 10:30, 1 % below the close of 100.00 before: 99.00, of a
    hundred shares each. H trades at 99.50 or more until 13:00, when a bar goes down to 98.95: bought at 99.00, at that
    bar's end. K's order ends with the session, at 16:00; the next day's fall finds none. A second event on H at 13:30,
    placed at 14:00, finds it held: `extended`.
    """
    times = ("09:30", "10:30", "11:30", "13:00", "14:00", "15:00")
    harbor = {"13:00": "99.50,99.60,98.95,99.40"}
    bars = [
        f"{ticker},2024-12-23T{at}:00+08:00,{own.get(at, '100,100,99.5,100')},100000"
        for ticker, own in (("H.HK", harbor), ("K.HK", {}))
        for at in times
    ]
    bars += [f"{ticker},2024-12-24T09:30:00+08:00,90,90,90,90,100000" for ticker in ("H.HK", "K.HK")]
    run = run_project(
        tmp_path,
        f"""
        account: {{cash: 100000, currency: HKD}}
        execution:
          engine: {engine}
          entry: limit
          limit_distance: 0.01
          latency: 0min
          costs: {{use: zero}}
          slippage: {{use: zero}}
        evaluation: {{placebo: 0, bootstrap: 0}}
        strategies: [{{name: Wait, use: named_tickers, params: {{sign: one}}, position: {{weight: 0.1, hold: null}}}}]
        baselines: []
        """,
        instruments="""
        ticker, name,   exchange, board, currency, lot_size
        H.HK,   Harbor, XHKG,     main,  HKD,      100
        K.HK,   Kite,   XHKG,     main,  HKD,      100
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline, tickers
        e1,       2024-12-23T10:00+08:00, news,       Harbor, x,        H.HK
        e2,       2024-12-23T10:01+08:00, news,       Kite,   x,        K.HK
        e3,       2024-12-23T13:30+08:00, news,       Harbor, x,        H.HK
        """,
        prices="ticker,bar_start,open,high,low,close,volume\n" + "\n".join(bars) + "\n",
    )
    found = run["Wait"]
    assert rows(found.fills, *FILLS) == [("2024-12-23T06:00Z", "H.HK", "buy", 100, 99.0, 0.0, "e1", "entry")]
    assert rows(found.refusals, *REFUSALS) == [
        ("2024-12-23T08:00Z", "K.HK", "buy", "limit_not_reached", 100, 0, -0.1, "e2")
    ]
    assert rows(found.events, "event_id", "refused_reason") == [
        ("e1", None), ("e2", "limit_not_reached"), ("e3", "extended"),
    ]  # fmt: skip
